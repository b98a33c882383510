"""Provides fitted forecasters that many tests use without changes."""

import pytest

from gated.forecast import Forecaster
from tests.forecast.example_tables import QUICK, sales


@pytest.fixture(scope="session")
def fitted() -> Forecaster:
    return Forecaster(h=14, **QUICK).fit(sales()[["unique_id", "ds", "y"]])


@pytest.fixture(scope="session")
def with_covariates() -> Forecaster:
    return Forecaster(h=14, **QUICK).fit(sales(), covariates=["open", "promo"])
