"""Provides fitted forecasters that many tests use without changes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gated.forecast import Forecaster
from gated.forecast.training import trainer
from tests.forecast.example_tables import QUICK, sales


@pytest.fixture(scope="session")
def fitted() -> Forecaster:
    with keeping_training():
        return Forecaster(h=14, **QUICK).fit(sales()[["unique_id", "ds", "y"]])


@pytest.fixture(scope="session")
def with_covariates() -> Forecaster:
    with keeping_training():
        return Forecaster(h=14, **QUICK).fit(sales(), covariates=["open", "promo"])


@pytest.fixture
def trained() -> Iterator[None]:
    """Keep trained networks, also brief ones that are worse than the forecast without training."""
    with keeping_training():
        yield


@contextmanager
def keeping_training() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(trainer, "_trained_is_better", lambda *_: True)
        yield
