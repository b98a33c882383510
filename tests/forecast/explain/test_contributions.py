"""The contributions add up to the forecast that a user gets, and say how it moves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gated.forecast import Forecaster
from gated.forecast.explain import explain
from gated.forecast.explain.series_explanation import SeriesExplanation
from gated.forecast.prediction.forecast import Forecast
from tests.forecast.example_tables import QUICK, future, sales
from tests.forecast.explain.tables import H, intermittent, promoted, weekly


def _sum(one: SeriesExplanation) -> np.ndarray:
    return one.parts.reference + sum(one.drivers.values())


def _check(made: Forecast, rest: float) -> list[SeriesExplanation]:
    """All contributions add up to the shown number; what is not explained is small."""
    explained = made.explain()
    column = "gated-mean" if made.point.name == "mean" else "gated"
    for row, one in enumerate(explained.series):
        shown = made.columns[column][row][one.open]
        np.testing.assert_allclose(
            _sum(one)[one.open], one.parts.number[one.open], rtol=1e-9, atol=1e-9
        )
        # The median of whole numbers is rounded when it is shown.
        tolerance = 0.51 if made.prediction.is_integer.all() else 1e-4 * np.abs(shown).max()
        np.testing.assert_allclose(one.parts.number[one.open], shown, atol=tolerance)
        size = np.abs(one.parts.number[one.open]).max()
        assert np.abs(one.parts.rest).max() <= rest * size
    return list(explained.series)


def test_the_parts_of_a_forecast_add_up_to_it() -> None:
    [one] = _check(Forecaster().forecast(weekly(), h=H), rest=0.05)
    weekends = np.array([name for name, _ in one.mean_shares])
    assert weekends[0] == "same weekday, last 4 weeks"


def test_the_mean_of_series_with_many_zeros_is_explained() -> None:
    made = Forecaster().forecast(intermittent(), h=H)
    assert made.point.name == "mean"
    for one in _check(made, rest=0.05):
        assert np.abs(one.parts.others).max() > 0  # the mean of all such series is its prior


@pytest.mark.parametrize("baseline", ["theta", "seasonal_naive_drift", "mean", "zero"])
def test_the_part_of_the_baseline_is_explained(baseline: str) -> None:
    made = Forecaster().forecast(weekly(), h=H)
    combination = replace(made.verdict, share=0.5, baseline=baseline)
    mixed = replace(made, fitted=replace(made.fitted, combination=combination))
    _check(mixed, rest=0.05)


def test_a_baseline_alone_is_explained_by_its_own_values() -> None:
    made = Forecaster().forecast(weekly(), h=7)
    combination = replace(made.verdict, share=0.0, baseline="seasonal_naive")
    alone = replace(made, fitted=replace(made.fitted, combination=combination))
    [one] = _check(alone, rest=1e-6)
    expected = np.zeros((7, 140))
    expected[np.arange(7), 133 + np.arange(7)] = 1
    np.testing.assert_allclose(one.parts.weights, expected, atol=1e-6)


def test_a_promotion_gets_what_it_adds() -> None:
    past, ahead = promoted()
    model = Forecaster(h=H).fit(past, covariates=["promotion", "noise"])
    [one] = _check(model.forecast(X_df=ahead), rest=0.05)
    is_on = ahead["promotion"].to_numpy() == 1
    added = one.drivers["promotion"]
    assert added[is_on].mean() - added[~is_on].mean() == pytest.approx(10, abs=1.5)
    assert "noise" not in one.drivers or np.abs(one.drivers["noise"]).max() < 1.5


def test_a_promotion_that_multiplies_gets_what_it_adds() -> None:
    past, ahead = promoted(factor=True)
    model = Forecaster(h=H).fit(past, covariates=["promotion", "noise"])
    [one] = _check(model.forecast(X_df=ahead), rest=0.05)
    is_on = ahead["promotion"].to_numpy() == 1
    added = one.drivers["promotion"]
    base = one.parts.number - added
    ratio = (base + added)[is_on].mean() / (base + added[~is_on].mean())[is_on].mean()
    assert ratio == pytest.approx(1.5, abs=0.15)


def test_two_shops_at_different_prices_are_explained_each_from_its_own_mean() -> None:
    """The effect of a price is the distance from the mean of the shop, not from that of all."""
    rng = np.random.default_rng(5)
    parts, aheads = [], []
    for shop, price in (("a", 5.0), ("b", 10.0)):
        frame = weekly(364 + H, seed=int(price)).assign(unique_id=shop)
        frame["price"] = price + rng.choice([-1.0, 0.0, 1.0], len(frame))
        frame.loc[frame.index[-H:], "price"] = price
        frame["y"] += 100 - 6 * (frame["price"] - price)
        parts.append(frame.iloc[:364])
        aheads.append(frame.iloc[364:].drop(columns="y"))
    past, ahead = pd.concat(parts, ignore_index=True), pd.concat(aheads, ignore_index=True)
    model = Forecaster(h=H).fit(past, covariates=["price"])
    made = model.forecast(X_df=ahead)
    assert made.fitted.profile.regression is not None
    for one in _check(made, rest=0.05):
        assert np.abs(one.drivers["price"]).max() < 3  # the price is the usual one
    raised = model.forecast(X_df=ahead.assign(price=ahead["price"] + 1))
    for one in _check(raised, rest=0.05):
        assert one.drivers["price"].mean() == pytest.approx(-6, abs=3)


def test_a_forecast_below_0_is_limited_in_its_own_driver() -> None:
    made = Forecaster().forecast(weekly(200).assign(y=200.0 - np.arange(200)), h=H)
    combination = replace(made.verdict, share=0.0, baseline="drift")
    falling = replace(made, fitted=replace(made.fitted, combination=combination))
    found = explain(
        falling.fitted, falling.table, falling.data, falling.future, "median", [0]
    )  # the mean is never below 0
    [one] = found.series
    assert (one.parts.number >= 0).all()
    assert one.drivers["not below 0"][-1] == pytest.approx(H - 1, abs=1)
    np.testing.assert_allclose(_sum(one), one.parts.number, atol=1e-6)


def test_an_outlier_that_is_limited_has_no_weight() -> None:
    table = weekly(200)
    table.loc[199, "y"] = 5_000.0
    explained = Forecaster().explain(table, h=H)
    [one] = explained.series
    assert not one.parts.weights[:, -1].any()
    assert one.parts.past[:, -1].any()  # it is read as the highest of the other values
    listed = explained.past()
    assert table["ds"].iloc[-1] in set(listed["past"])
    total = listed.groupby("ds")["contribution"].sum().to_numpy()
    np.testing.assert_allclose(total, one.parts.past.sum(axis=1), atol=1e-9)


@pytest.mark.usefixtures("trained")
def test_a_network_that_reads_covariates_is_explained(with_covariates: Forecaster) -> None:
    made = with_covariates.forecast(X_df=future())
    for one in _check(made, rest=0.1):
        assert "promo" in one.drivers


def test_a_weight_says_how_the_forecast_moves() -> None:
    table = weekly()
    made = Forecaster().forecast(table, h=H)
    [one] = made.explain().series
    rng = np.random.default_rng(0)
    for row in rng.choice(np.arange(100, 140), 6, replace=False):
        value = float(table["y"][row]) + 0.5
        moved = made.what_if({"y": {table["ds"][row]: value}}).frame["difference"].to_numpy()
        np.testing.assert_allclose(moved, 0.5 * one.parts.weights[:, row], atol=0.06)


def test_closed_steps_have_no_explanation(fitted: Forecaster) -> None:
    made = fitted.forecast(h=7)
    for one in made.explain().series:
        closed = one.parts.closed
        assert closed.any()
        assert not one.parts.past[closed].any()
        assert all(not part[closed].any() for part in one.drivers.values())


def test_explaining_twice_gives_the_same_bits() -> None:
    first, second = (Forecaster().explain(weekly(), h=H).series[0] for _ in range(2))
    assert (first.parts.past == second.parts.past).all()


def test_every_view_is_differentiated() -> None:
    """Each view alone: its forecast is the sum of its parts."""
    made = Forecaster().forecast(weekly(900), h=H)
    for view in ("plain", "negated", "two seasons", "three seasons", "no long season"):
        combination = replace(made.verdict, views={view: 1.0}, share=1.0)
        _check(replace(made, fitted=replace(made.fitted, combination=combination)), rest=0.05)


def test_a_model_from_a_file_explains_the_same(tmp_path) -> None:
    model = Forecaster(h=H, **QUICK | {"training": "none"}).fit(sales()[["unique_id", "ds", "y"]])
    model.save(tmp_path / "m.gated")
    loaded = Forecaster.load(tmp_path / "m.gated")
    before, after = (one.explain().series[0] for one in (model, loaded))
    assert (before.parts.past == after.parts.past).all()
