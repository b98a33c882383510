"""Tests covariates without training: used where they help, left out elsewhere, and told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gated
from gated.errors import DataError, GatedWarning

HOURS = pd.date_range("2024-01-01", periods=24 * 120, freq="h")
H = 48


def demand(seed: int = 0) -> pd.DataFrame:
    """Hourly demand; above 18 degrees each degree adds to it, most in the afternoon."""
    rng = np.random.default_rng(seed)
    hour = np.arange(len(HOURS))
    weather = np.repeat(np.cumsum(rng.normal(0, 1.5, 120)) % 12, 24)
    heat = 14 + weather + 4 * np.sin(2 * np.pi * (hour - 9) / 24)
    cooling = np.maximum(heat - 18, 0) * (1 + np.sin(2 * np.pi * (hour - 9) / 24))
    y = 100 + 20 * np.sin(2 * np.pi * hour / 24) + 3 * cooling + rng.normal(0, 2, len(hour))
    return pd.DataFrame({"ds": HOURS, "y": y, "heat": heat})


def error(frame: pd.DataFrame, *covariates: str, h: int = H, **roles: object) -> float:
    model = gated.Forecaster(h=h)
    names = roles or {"covariates": list(covariates)}
    found = model.backtest(frame, n_windows=4, against=[], refit=True, target_col="y", **names)
    return found.overall["gated"]["mase"]


def test_a_threshold_of_a_covariate_lowers_the_error_and_is_noted() -> None:
    frame = demand()
    assert error(frame, "heat") < 0.6 * error(frame)
    model = gated.Forecaster(h=H).fit(frame, covariates=["heat"])
    assert model.verdict_.origin == "pretrained"
    [note] = [note for note in model.notes_ if "explains" in note]
    assert note.startswith("`heat` explains ")
    assert "on the held-out windows the network's error is 0." in note


@pytest.mark.parametrize("seed", range(3))
def test_noise_and_random_walks_do_not_raise_the_error(seed: int) -> None:
    frame = demand(seed)
    rng = np.random.default_rng(seed)
    frame["noise"] = rng.normal(size=len(frame))
    frame["walk"] = np.cumsum(rng.normal(size=len(frame)))
    assert error(frame, "noise", "walk") <= 1.02 * error(frame)


def test_future_values_are_needed_only_for_covariates_in_use() -> None:
    frame = demand().assign(noise=np.random.default_rng(0).normal(size=len(HOURS)))
    past, ahead = frame.iloc[:-H], frame.iloc[-H:][["ds", "heat"]]
    model = gated.Forecaster(h=H).fit(past, covariates=["heat", "noise"], target_col="y")
    assert "left out: `noise` did not explain y in the past." in model.notes_
    assert len(model.predict(X_df=ahead)) == H
    with pytest.raises(DataError, match="needs the values of `heat` in the 48 steps ahead"):
        model.predict()
    without = gated.Forecaster(h=H).fit(past, covariates=["noise"], target_col="y")
    plain = gated.Forecaster(h=H).fit(past[["ds", "y"]])
    pd.testing.assert_frame_equal(without.predict(), plain.predict())


def test_a_wild_future_value_is_clipped_and_a_missing_one_has_no_effect() -> None:
    frame = demand()
    past, ahead = frame.iloc[:-H], frame.iloc[-H:][["ds", "heat"]].copy()
    model = gated.Forecaster(h=H).fit(past, covariates=["heat"])
    ahead.iloc[3, 1] = 1e9
    with pytest.warns(GatedWarning, match="1 future value of `heat` outside of the range of the"):
        wild = model.predict(X_df=ahead)
    assert wild["gated"].max() < 2 * past["y"].max()
    ahead.iloc[3, 1] = np.nan
    with pytest.warns(GatedWarning, match="1 future value of `heat` missing"):
        assert np.isfinite(model.predict(X_df=ahead)["gated"]).all()


def test_a_model_file_keeps_the_regression(tmp_path: Path) -> None:
    frame = demand()
    past, ahead = frame.iloc[:-H], frame.iloc[-H:][["ds", "heat"]]
    model = gated.Forecaster(h=H).fit(past, covariates=["heat"])
    model.save(tmp_path / "m.gated")
    again = gated.Forecaster.load(tmp_path / "m.gated")
    pd.testing.assert_frame_equal(model.predict(X_df=ahead), again.predict(X_df=ahead))
    assert again.notes_ == model.notes_


def test_a_past_covariate_of_a_season_before_is_used() -> None:
    """Orders of one week are the sales of the next."""
    rng = np.random.default_rng(0)
    days, rows = pd.date_range("2022-01-01", periods=210), []
    for index in range(6):
        weeks = np.repeat(rng.normal(size=31), 7)
        y = 100 + 10 * weeks[:210] + rng.normal(0, 1, 210)
        columns = {"unique_id": f"s{index}", "ds": days, "y": y, "orders": weeks[7:]}
        rows.append(pd.DataFrame(columns))
    frame = pd.concat(rows)
    assert error(frame, h=7, past_covariates=["orders"]) < 0.3 * error(
        frame[["unique_id", "ds", "y"]], h=7
    )


def test_later_values_of_a_past_covariate_are_not_used() -> None:
    frame = demand().rename(columns={"heat": "visitors"})
    frame["visitors"] = frame["y"].shift(-H).ffill()  # known two days ahead
    spoilt = frame.copy()
    spoilt.loc[spoilt.index[-H:], "visitors"] = 1e6
    model = gated.Forecaster(h=H)
    results = [
        model.cross_validation(table, past_covariates=["visitors"], target_col="y")
        for table in (frame, spoilt)
    ]
    pd.testing.assert_frame_equal(*results)
    plain = model.cross_validation(frame[["ds", "y"]])
    assert not np.allclose(results[0]["gated"], plain["gated"])


def test_training_that_does_not_help_is_reported() -> None:
    frame = demand()
    model = gated.Forecaster(h=H, training="scratch", max_steps=3, hidden_size=8, num_layers=1)
    model.fit(frame, covariates=["heat"])
    assert model.verdict_.origin == "pretrained"
    assert model.verdict_.instead["training"] > 1
    assert "With training, the network's loss there was " in model.verdict_.text
    assert any("`heat` explains" in note for note in model.notes_)


@pytest.mark.parametrize("freq", ["D", "MS", "YS", "1"])
def test_odd_columns_are_survived(freq: str) -> None:
    n = 90
    rng = np.random.default_rng(0)
    ds = np.arange(n) if freq == "1" else pd.date_range("1900-01-01", periods=n, freq=freq)
    frame = pd.DataFrame(
        {
            "ds": ds,
            "y": rng.normal(100, 5, n),
            "constant": 1.0,
            "huge": rng.normal(size=n) * 1e300,
            "rare": np.where(np.arange(n) == 40, 1.0, 0.0),
            "gaps": np.where(rng.random(n) < 0.7, np.nan, rng.normal(size=n)),
            "words": rng.choice(["a", "b", "c"], n),
        }
    )
    names = ["constant", "huge", "rare", "gaps", "words"]
    model = gated.Forecaster(h=4).fit(frame.iloc[:-4], covariates=names, target_col="y")
    forecast = model.predict(X_df=frame.iloc[-4:].drop(columns="y"))
    assert forecast["gated"].between(70, 130).all()


def test_a_target_of_any_size_is_survived() -> None:
    frame = demand()
    for factor in (1e-200, 1e200):
        scaled = frame.assign(y=frame["y"] * factor)
        past, ahead = scaled.iloc[:-H], scaled.iloc[-H:]
        model = gated.Forecaster(h=H).fit(past, covariates=["heat"])
        forecast = model.predict(X_df=ahead[["ds", "heat"]])["gated"].to_numpy() / factor
        assert abs(forecast - frame["y"].iloc[-H:].to_numpy()).mean() < 10


def test_amounts_stay_amounts_where_covariates_are_used() -> None:
    """Values without the effect of covariates may be negative; the target is not."""
    days = pd.date_range("2023-01-01", periods=300, freq="D")
    promo = (np.arange(300) % 5 == 0).astype(float)
    noise = np.random.default_rng(0).random(300)
    frame = pd.DataFrame({"ds": days, "y": 1.0 + noise + 30 * promo, "promo": promo})
    model = gated.Forecaster(h=7).fit(frame, covariates=["promo"])
    assert any(note.startswith("`promo` explains") for note in model.notes_)
    expected = model.verdict_.expected
    assert expected is not None
    assert expected.share is not None
    assert expected.total is not None
