"""Tests the forecaster of sktime: by the checks of sktime, and against `gated.Forecaster`.

`make adapters` runs this file where sktime is installed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sktime", reason="sktime is not installed here; `make adapters` installs it")

from sktime.forecasting.base import ForecastingHorizon
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter
from sktime.transformations.detrend import Deseasonalizer
from sktime.utils.estimator_checks import check_estimator

from gated import Forecaster
from gated.adapters.sktime import GatedForecaster
from gated.errors import DataError, GatedWarning

RNG = np.random.default_rng(0)


def weekly(index: pd.Index) -> pd.Series:
    """A season of seven steps with noise, the same at every call."""
    noise = np.random.default_rng(1).normal(0, 0.3, len(index))
    return pd.Series(20 + 5.0 * (np.arange(len(index)) % 7 == 0) + noise, index, name="y")


INDICES = {
    "D": pd.date_range("2024-01-01", periods=84, freq="D"),
    "B": pd.date_range("2024-01-01", periods=84, freq="B"),
    "ME": pd.date_range("2000-01-01", periods=84, freq="ME"),
    "MS": pd.date_range("2000-01-01", periods=84, freq="MS"),
    "h": pd.date_range("2024-01-01", periods=84, freq="h"),
    "periods D": pd.period_range("2024-01-01", periods=84, freq="D"),
    "periods W": pd.period_range("2024-01-01", periods=84, freq="W-WED"),
    "periods M": pd.period_range("2000-01", periods=84, freq="M"),
    "periods Q": pd.period_range("2000-01", periods=84, freq="Q-JAN"),
    "periods Y": pd.period_range("1900", periods=84, freq="Y"),
    "periods h": pd.period_range("2024-01-01", periods=84, freq="h"),
    "range": pd.RangeIndex(10, 94),
    "numbers": pd.Index(np.arange(1900, 1984)),
}


def test_the_checks_of_sktime_pass() -> None:
    found = check_estimator(GatedForecaster, verbose=0)
    assert len(found) > 800
    assert {check: error for check, error in found.items() if error != "PASSED"} == {}


@pytest.mark.parametrize("name", INDICES)
def test_every_index_gives_the_numbers_of_gated(name: str) -> None:
    y = weekly(INDICES[name])
    made = GatedForecaster(season_length=7).fit(y, fh=[1, 4]).predict()
    assert made.name == "y"
    assert (made.index == ForecastingHorizon([1, 4]).to_absolute_index(y.index[-1:])).all()
    times = y.index
    if isinstance(times, pd.PeriodIndex):
        times = times.to_timestamp(how="end" if times.freqstr[0] in "MQYW" else "start").normalize()
        times = times if name != "periods h" else y.index.to_timestamp()
    table = pd.DataFrame({"ds": times, "y": y.to_numpy()})
    direct = Forecaster(season_length=7).predict(table, h=4)
    np.testing.assert_array_equal(made, direct["gated"].iloc[[0, 3]])


def test_quantiles_and_intervals_are_those_of_gated() -> None:
    y = weekly(INDICES["D"])
    forecaster = GatedForecaster().fit(y)
    quantiles = forecaster.predict_quantiles(fh=[1, 2, 3], alpha=[0.9, 0.1, 0.333])
    table = y.rename_axis("ds").reset_index()
    direct = Forecaster().predict(table, 3, level=[], quantiles=[0.9, 0.1, 0.333])
    np.testing.assert_array_equal(quantiles, direct.iloc[:, -3:])
    assert quantiles.columns.tolist() == [("y", 0.9), ("y", 0.1), ("y", 0.333)]
    intervals = forecaster.predict_interval(fh=[1, 2, 3], coverage=0.8)
    np.testing.assert_allclose(intervals.iloc[:, 0], quantiles.iloc[:, 1], rtol=1e-9)


def hierarchy() -> pd.DataFrame:
    """Two levels above daily times: (north, a), (north, b), (south, a), with one early end."""
    parts = {
        ("south", "a"): weekly(INDICES["D"]),
        ("north", "b"): 10 * weekly(INDICES["D"][:-3]),
        ("north", "a"): 100 * weekly(INDICES["D"]),
    }
    return pd.concat(parts, names=["region", "shop", "ds"]).to_frame("y").sort_index()


@pytest.mark.parametrize("as_periods", [False, True])
def test_a_hierarchy_is_forecast_at_once_at_the_same_times(as_periods: bool) -> None:
    y = hierarchy()
    if as_periods:
        regions, shops, days = (y.index.get_level_values(level) for level in range(3))
        y.index = pd.MultiIndex.from_arrays([regions, shops, days.to_period("D")])
    made = GatedForecaster().fit(y, fh=[1, 2]).predict()
    later = INDICES["D"][-1] + pd.to_timedelta([1, 2], unit="D")
    assert [key[:2] for key in made.index[::2]] == [("north", "a"), ("north", "b"), ("south", "a")]
    assert [str(key[2])[:10] for key in made.index] == [*later.strftime("%Y-%m-%d")] * 3
    assert made["y"].notna().all()
    # The early end is 3 days before the others.
    table = hierarchy().reset_index()
    table["shop"] = table.region + "/" + table["shop"]
    direct = Forecaster().predict(table[["shop", "ds", "y"]], 5)
    at = direct[direct.ds.isin(later)].sort_values(["shop", "ds"])
    np.testing.assert_allclose(made["y"], at["gated"], rtol=1e-6)


def test_columns_are_series_of_their_own() -> None:
    y = pd.DataFrame({"b": weekly(INDICES["D"]), "a": 5 * weekly(INDICES["D"])})
    forecaster = GatedForecaster().fit(y, fh=[1, 2])
    made = forecaster.predict()
    assert made.columns.tolist() == ["b", "a"]
    assert (made["a"] > 3 * made["b"]).all()
    quantiles = forecaster.predict_quantiles(alpha=[0.1, 0.9])
    assert quantiles.columns.tolist() == [("b", 0.1), ("b", 0.9), ("a", 0.1), ("a", 0.9)]
    assert ((quantiles["a"][0.1] < made["a"]) & (made["a"] < quantiles["a"][0.9])).all()


@pytest.mark.parametrize("kind", ["numbers", "categories"])
def test_covariates_of_the_future_are_used(kind: str) -> None:
    index = pd.period_range("2024-01-01", periods=120, freq="D")
    is_open = RNG.integers(0, 2, 120)
    y = pd.Series(10 + 30.0 * is_open + RNG.normal(0, 0.5, 120), index)
    given = is_open if kind == "numbers" else np.where(is_open, "open", "shut")
    X = pd.DataFrame({"is_open": given}, index=index)
    forecaster = GatedForecaster().fit(y[:110], X=X[:110], fh=np.arange(1, 11))
    made = forecaster.predict(X=X[110:])
    table = pd.DataFrame({"ds": index.to_timestamp(), "y": y.to_numpy(), "is_open": given})
    direct = Forecaster().fit(table[:110], covariates=["is_open"])
    future = table[110:].drop(columns="y").assign(unique_id="y")
    np.testing.assert_array_equal(made, direct.predict(h=10, X_df=future)["gated"])
    assert made[is_open[110:] == 1].min() > made[is_open[110:] == 0].max() + 20
    with pytest.raises(DataError, match="lacks"):
        forecaster.predict(X=X[115:])


def test_the_columns_of_covariates_may_have_another_order() -> None:
    index = pd.period_range("2024-01-01", periods=120, freq="D")
    X = pd.DataFrame(RNG.integers(0, 2, (120, 2)), index, columns=["is_open", "rain"])
    y = 10 + 30.0 * X["is_open"] - 5.0 * X["rain"] + RNG.normal(0, 0.5, 120)
    forecaster = GatedForecaster().fit(y[:110], X=X[:110], fh=np.arange(1, 11))
    turned = forecaster.predict(X=X.loc[index[110:], ["rain", "is_open"]])
    np.testing.assert_array_equal(turned, forecaster.predict(X=X[110:]))


def test_messages_have_the_names_of_series_and_covariates() -> None:
    y = hierarchy()
    y.loc[("north", "b"), "y"] = np.nan
    with pytest.warns(GatedWarning, match="1 series left out: `north/b`: the target is missing"):
        made = GatedForecaster().fit(y, fh=[1]).predict()
    assert made["y"].isna().tolist() == [False, True, False]
    index = pd.period_range("2024-01-01", periods=120, freq="D")
    X = pd.DataFrame({"is_open": RNG.integers(0, 2, 120)}, index)
    forecaster = GatedForecaster().fit(10 + 30.0 * X["is_open"], X=X, fh=[1, 2, 3])
    later = pd.DataFrame({"is_open": [1]}, index[-1:] + 3)
    with pytest.raises(DataError, match="is_open"):
        forecaster.predict(X=later)


def test_new_values_move_the_forecast_with_and_without_a_new_fit() -> None:
    y = weekly(INDICES["D"])
    whole = GatedForecaster().fit(y, fh=[1, 2, 3]).predict()
    refitted = GatedForecaster().fit(y[:70], fh=[1, 2, 3]).update(y[70:])
    np.testing.assert_array_equal(refitted.predict(), whole)
    moved = GatedForecaster().fit(y[:70], fh=[1, 2, 3]).update(y[70:], update_params=False)
    assert (moved.predict().index == whole.index).all()
    np.testing.assert_allclose(moved.predict(), whole, rtol=0.05)


def test_a_missing_day_is_forecast_too() -> None:
    y = weekly(pd.period_range("2024-01-01", periods=98, freq="D"))
    y = y[y.index.day_of_week != 6]
    made = GatedForecaster().fit(y, fh=np.arange(1, 8)).predict()
    assert made.notna().all()


def test_it_works_in_a_pipeline_and_in_a_backtest() -> None:
    y = weekly(INDICES["D"])
    made = (Deseasonalizer(sp=7) * GatedForecaster()).fit(y, fh=[1, 2, 3]).predict()
    np.testing.assert_allclose(made, GatedForecaster().fit(y, fh=[1, 2, 3]).predict(), rtol=0.1)
    splits = ExpandingWindowSplitter(fh=[1, 2, 3], initial_window=70, step_length=7)
    scores: Any = evaluate(GatedForecaster(), splits, y)
    assert len(scores) == 2
    assert scores["test_MeanAbsolutePercentageError"].max() < 0.1


def test_training_has_its_parameters() -> None:
    y = weekly(INDICES["D"])
    tuned = GatedForecaster(training="tune", max_steps=2).fit(y, fh=[1, 2, 3])
    assert tuned.forecaster_.training == "tune"
    assert tuned.predict().notna().all()


def test_times_without_a_step_need_one() -> None:
    y = weekly(INDICES["D"]).iloc[[0, 1, 3, 4, 9, 10, 11, 30]]
    panel = pd.concat({"a": y, "b": y}).to_frame()
    with pytest.raises(DataError, match=r"found no step in the 8 times of the index\."):
        GatedForecaster().fit(panel, fh=[1])
    made = GatedForecaster(freq="D").fit(panel, fh=[1]).predict()
    tomorrow = y.index[-1] + pd.Timedelta(days=1)
    assert made.index.tolist() == [("a", tomorrow), ("b", tomorrow)]


def test_the_example_of_the_guide_prints_its_output(check_guide: Callable[[str], None]) -> None:
    check_guide("sktime")


def test_missing_values_at_the_end_move_no_step() -> None:
    y = weekly(INDICES["periods D"])
    missing = y.copy()
    missing.iloc[-3:] = np.nan
    made = GatedForecaster().fit(missing, fh=[1, 2]).predict()
    assert made.index.equals(GatedForecaster().fit(y, fh=[1, 2]).predict().index)
    table = pd.DataFrame({"ds": y.index.to_timestamp(), "y": missing.to_numpy()})
    np.testing.assert_array_equal(made, Forecaster().predict(table, 5)["gated"].iloc[-2:])
