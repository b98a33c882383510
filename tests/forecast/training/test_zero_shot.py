"""Tests forecasts without training: validated and calibrated for the requested horizon."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.forecast import Forecaster
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.train import Loop
from tests.forecast.example_tables import QUICK, sales


@pytest.fixture(scope="module")
def walk() -> pd.DataFrame:
    """An autoregressive series by quarter-hours: far ahead it is much harder to forecast."""
    rng = np.random.default_rng(0)
    y = np.zeros(700)
    for step in range(1, len(y)):
        y[step] = 0.97 * y[step - 1] + rng.normal()
    return pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=len(y), freq="15min"), "y": y})


def test_every_way_to_request_a_horizon_gives_equal_forecasts(walk: pd.DataFrame) -> None:
    asked_late, asked_early, fitted, fitted_for_another = (
        Forecaster().predict(walk, h=4),
        Forecaster(h=4).predict(walk),
        Forecaster(h=4).fit(walk).predict(),
        Forecaster(h=50).fit(walk).predict(h=4),
    )
    for other in (asked_early, fitted, fitted_for_another):
        pd.testing.assert_frame_equal(other, asked_late)


def test_intervals_are_calibrated_for_the_horizon(walk: pd.DataFrame) -> None:
    """Intervals of the default horizon differ: so the test above can fail."""
    model = Forecaster().fit(walk)
    usual = model.predict()
    assert model.verdict_.h == model.h_ == len(usual) == 96
    near = model.predict(h=4)
    assert model.verdict_.h == 4
    columns = ["gated-lo-80", "gated-hi-80"]
    assert not np.allclose(near[columns], usual[columns].head(4), rtol=1e-3)
    pd.testing.assert_frame_equal(model.predict(), usual)


def test_a_horizon_is_validated_once(walk: pd.DataFrame, monkeypatch) -> None:
    model = Forecaster(h=4).fit(walk)
    model.predict(h=6)
    monkeypatch.setattr("gated.forecast.forecaster.fit_zero_shot", lambda *_: pytest.fail("again"))
    assert len(model.predict(h=6)) == 6
    assert len(model.predict(h=4)) == 4


def test_a_loaded_model_is_validated_for_its_horizon(walk: pd.DataFrame, tmp_path: Path) -> None:
    model = Forecaster(h=50).fit(walk)
    model.save(tmp_path / "m")
    loaded = Forecaster.load(tmp_path / "m")
    pd.testing.assert_frame_equal(loaded.predict(h=4), model.predict(h=4))
    assert loaded.verdict_.h == 4


def test_a_trained_network_keeps_the_validation_of_its_horizon() -> None:
    model = Forecaster(h=14, **QUICK).fit(sales()[["unique_id", "ds", "y"]])
    model.predict(h=3)
    assert model.verdict_.h == 14


def test_nothing_is_trained(walk: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Loop, "run", lambda *_: pytest.fail("trained"))
    model = Forecaster().fit(walk)
    network = model.forecast(h=4).fitted.network
    shipped = pretrained_network(network.config.layout)
    assert all(network.arrays[name] is value for name, value in shipped.arrays.items())


@pytest.mark.parametrize("training", ["none", "tune", "scratch", "auto"])
@pytest.mark.parametrize("length", [2, 140], ids=["too short to train on", "long"])
def test_every_fitted_network_is_of_arrays(training: str, length: int, tmp_path: Path) -> None:
    """Tensors could have gradients, for which backends may choose kernels that give other bits."""
    model = Forecaster(h=2, freq="D", **{**QUICK, "training": training})
    model.fit(sales(1, length)[["ds", "y"]]).save(tmp_path / "m")
    for owner in (model, Forecaster.load(tmp_path / "m")):
        network = owner.forecast().fitted.network
        assert type(network) is SeasonNetwork
        kinds = {(type(array), array.dtype.str) for array in network.arrays.values()}
        assert kinds == {(np.ndarray, "<f4")}
