"""Tests unusual tables: short, constant, huge, with gaps, of any frequency."""

import numpy as np
import pandas as pd
import pytest

from gated.forecast import Forecaster
from tests.forecast.example_tables import DAYS, QUICK, future, sales, series

by_training = pytest.mark.parametrize("hyperparameters", [{}, QUICK], ids=["none", "scratch"])


def test_rows_in_any_order_give_the_same_forecast() -> None:
    frame = sales()[["unique_id", "ds", "y"]]
    shuffled = frame.sample(frac=1, random_state=0)
    expected, found = (
        Forecaster(h=14).fit(rows).predict().sort_values(["unique_id", "ds"], ignore_index=True)
        for rows in (frame, shuffled)
    )
    pd.testing.assert_frame_equal(found, expected)


@by_training
def test_missing_values_are_masked_not_imputed(hyperparameters: dict) -> None:
    frame = sales(n=1)[["unique_id", "ds", "y"]]
    holes = frame.copy()
    holes.loc[[50, 51, 90], "y"] = np.nan
    zeros = frame.copy()
    zeros.loc[[50, 51, 90], "y"] = 0.0
    dropped = frame.drop(index=[50, 51, 90])
    forecasts = [
        Forecaster(h=7, **hyperparameters).fit(f).predict()["gated"].to_numpy()
        for f in (holes, dropped, zeros)
    ]
    np.testing.assert_array_equal(forecasts[0], forecasts[1])
    assert (forecasts[0] != forecasts[2]).any()


@by_training
@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        (np.full(60, 7.0), 7, 7),
        (np.zeros(60), 0, 0),
        (np.tile([1e300, 2e300], 30), 0, 4e300),
        (np.tile([-5.0, -6.0, -7.0], 20), -20, 0),
        (np.arange(9.0), 0, 40),
        (np.array([3.0, 4.0]), 0, 20),
        (np.r_[np.zeros(50), 1, np.zeros(9)], 0, 1),
        (np.tile([1e-9, 3e-9], 30), 0, 1e-8),
    ],
    ids=["constant", "zeros", "huge", "negative", "nine", "two", "one-sale", "tiny"],
)
def test_unusual_series_get_a_finite_plausible_forecast(
    values, low: float, high: float, hyperparameters: dict, tmp_path
) -> None:
    model = Forecaster(h=7, freq="D", **hyperparameters).fit(series(values))
    out = model.predict()
    for column in ("gated", "gated-lo-80", "gated-hi-80"):
        assert np.isfinite(out[column]).all()
    assert out["gated"].between(low, high).all()
    assert model.verdict_.text
    model.save(tmp_path / "m")


@by_training
def test_a_series_of_length_one_among_others_is_forecast_too(hyperparameters: dict) -> None:
    frame = pd.concat([sales(1), sales(1).tail(1).assign(unique_id="late")])
    out = Forecaster(h=7, **hyperparameters).fit(frame[["unique_id", "ds", "y"]]).predict()
    late = out[out["unique_id"] == "late"]["gated"]
    assert len(late) == 7
    assert np.isfinite(late).all()


def test_integer_and_non_negative_data_are_respected() -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.4, 120).astype(float)
    out = Forecaster(h=7).fit(series(counts)).predict(level=[95])
    for column in ("gated", "gated-lo-95", "gated-hi-95"):
        assert (out[column] >= 0).all()
        assert (out[column] == out[column].round()).all()


@pytest.mark.parametrize(
    ("freq", "periods"),
    [("min", 300), ("15min", 400), ("h", 300), ("B", 200), ("W", 160), ("MS", 90), ("QS", 40)],
)
def test_every_usual_frequency(freq: str, periods: int) -> None:
    frame = series(10 + np.sin(np.arange(periods)), freq)
    out = Forecaster().fit(frame).predict(h=5)
    last = frame["ds"].iloc[-1]
    assert out["ds"].tolist() == pd.date_range(last, periods=6, freq=freq)[1:].tolist()


def test_years_and_numbered_steps() -> None:
    frame = pd.DataFrame({"ds": np.arange(30), "y": np.arange(30) % 5})
    out = Forecaster().fit(frame).predict(h=3)
    assert out["ds"].tolist() == [30, 31, 32]


def test_last_rows_without_target_are_left_out_and_noted() -> None:
    frame = sales(1)[["ds", "y"]]
    longer = pd.concat([frame, pd.DataFrame({"ds": future(1)["ds"], "y": np.nan})])
    model = Forecaster(h=7).fit(longer)
    assert model.predict()["ds"].iloc[0] == DAYS[-1] + pd.Timedelta(days=1)
    assert any("14 rows after the last `y`" in note for note in model.notes_)


@pytest.mark.parametrize("training", ["none", "scratch"])
def test_single_values_are_repeated(training: str) -> None:
    frame = pd.DataFrame({"unique_id": list("abc"), "ds": [DAYS[0]] * 3, "y": [1.0, 2.0, 3.0]})
    model = Forecaster(h=2, freq="D", training=training).fit(frame)
    assert "too short for held-out windows" in model.verdict_.text
    assert model.predict()["gated"].tolist() == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    "hyperparameters", [{}, {**QUICK, "max_steps": 20}], ids=["none", "scratch"]
)
def test_intervals_of_a_very_short_history_are_wide(hyperparameters: dict) -> None:
    frame = pd.concat(
        [
            sales(2)[["unique_id", "ds", "y"]],
            pd.DataFrame({"unique_id": "one", "ds": DAYS[-1:], "y": 7.0}),
            pd.DataFrame({"unique_id": "two", "ds": DAYS[-2:], "y": [7.0, 9.0]}),
        ]
    )
    several = Forecaster(h=3, **hyperparameters).fit(frame).predict()
    single = frame[frame["unique_id"] == "one"]
    alone = Forecaster(h=3, freq="D", **hyperparameters).fit(single).predict()
    for out in (several[several["unique_id"].isin(["one", "two"])], alone):
        width = out["gated-hi-80"] - out["gated-lo-80"]
        is_open = out["gated"] > 0  # the shops are closed on Sundays
        assert is_open.sum() >= len(out) - 2
        assert (width > 0.1 * out["gated"])[is_open].all()


def test_a_wide_table_is_forecast_again() -> None:
    wide = sales().pivot(index="ds", columns="unique_id", values="y").reset_index()
    model = Forecaster(h=7).fit(wide)
    again = model.predict(wide, h=7)
    pd.testing.assert_frame_equal(again, model.predict(h=7))


@pytest.mark.parametrize("constant", [1.0, 0.1 + 0.2, 1e200])
def test_a_constant_covariate_is_uninformative(constant: float) -> None:
    frame = sales(1)[["ds", "y"]].assign(x=constant)
    model = Forecaster(h=7, **QUICK).fit(frame, covariates=["x"])
    ahead = future(1, 7)[["ds"]]
    usual, odd = (
        model.predict(h=7, X_df=ahead.assign(x=value))["gated"] for value in (constant, constant)
    )
    np.testing.assert_array_equal(usual, odd)
    assert np.isfinite(usual).all()
