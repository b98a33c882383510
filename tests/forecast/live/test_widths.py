"""Widths that adapt: the share of values inside, by step ahead and side."""

import numpy as np
import pytest

from gated.forecast.distribution.quantile_function import SCORES
from gated.forecast.live.widths import AdaptiveWidths, tracked_steps
from gated.forecast.quantiles import QUANTILES

LOW, HIGH = QUANTILES.index(0.1), QUANTILES.index(0.9)
ONE = np.array([0])


def _run(values: np.ndarray, h: int = 4, spread: float = 1.0) -> np.ndarray:
    """[T, h] whether each value was inside of the intervals of forecasts around 0."""
    widths, quantiles = AdaptiveWidths(1, h), np.tile(spread * SCORES, (1, h, 1))
    inside = np.zeros((len(values), h), dtype=bool)
    made: list[np.ndarray] = []
    for step, value in enumerate(values):
        adapted = widths.adapted(ONE, quantiles)
        widths.note(ONE, np.array([step]), adapted)
        made.append(adapted[0])
        for ahead in range(min(h, step + 1)):
            one = made[step - ahead][ahead]
            inside[step, ahead] = one[LOW] <= value <= one[HIGH]
        widths.observe(ONE, np.array([step]), np.array([value]))
    return inside


@pytest.mark.parametrize("scale", [0.2, 1.0, 5.0])
def test_the_share_inside_becomes_that_of_the_level(scale):
    values = scale * np.random.default_rng(0).normal(size=1500)
    inside = _run(values)[300:]
    assert np.abs(inside.mean(axis=0) - 0.8).max() < 0.02


def test_the_share_inside_recovers_after_a_shift():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(size=200), 3 + 2 * rng.normal(size=200)])
    assert _run(values)[200:].mean() > 0.7


def test_only_the_side_of_the_misses_widens():
    widths, quantiles = AdaptiveWidths(1, 1), np.tile(SCORES, (1, 1, 1))
    for step in range(30):
        widths.note(ONE, np.array([step]), quantiles)
        widths.observe(ONE, np.array([step]), np.array([10.0]))
    lower80, upper80, lower95, upper95 = widths.factors[0, 0]
    assert lower80 < 0 < upper80
    assert lower95 < 0 < upper95
    adapted = widths.adapted(ONE, quantiles)[0, 0]
    assert adapted[HIGH] > 5 * SCORES[HIGH]
    assert (np.diff(adapted) >= 0).all()
    assert adapted[QUANTILES.index(0.5)] == 0


def test_several_values_at_once_are_as_one_after_another():
    rng = np.random.default_rng(2)
    one, other = AdaptiveWidths(3, 5), AdaptiveWidths(3, 5)
    quantiles, series = np.tile(SCORES, (3, 5, 1)), np.arange(3)
    for widths in (one, other):
        widths.note(series, np.full(3, 7), quantiles)
    steps, y = np.tile(np.arange(7, 12), 3), rng.normal(size=15) * 3
    one.observe(np.repeat(series, 5), steps, y)
    for at in range(5):
        other.observe(series, np.full(3, 7 + at), y.reshape(3, 5)[:, at])
    assert (one.factors == other.factors).all()
    assert (one.factors != 0).any()


def test_values_without_a_forecast_or_closed_change_nothing():
    widths = AdaptiveWidths(2, 3)
    widths.observe(np.array([0, 1]), np.array([0, 0]), np.array([5.0, 5.0]))
    widths.note(np.array([0]), np.array([1]), np.tile(SCORES, (1, 3, 1)))
    widths.observe(np.array([0]), np.array([1]), np.array([np.nan]))
    widths.observe(np.array([0]), np.array([40]), np.array([9.0]))
    assert not widths.factors.any()


def test_intervals_without_width_stay():
    widths = AdaptiveWidths(1, 1)
    widths.note(ONE, np.array([0]), np.zeros((1, 1, len(QUANTILES))))
    widths.observe(ONE, np.array([0]), np.array([9.0]))
    assert not widths.factors.any()


@pytest.mark.parametrize("h", [1, 2, 3, 28, 168, 1000])
def test_the_places_grow_with_the_horizon_only_in_proportion(h):
    steps = tracked_steps(h)
    assert (steps[0], steps[-1]) == (1, h)
    assert (np.diff(steps) > 0).all()
    assert steps.sum() <= 3.5 * h
    adapted = AdaptiveWidths(1, h).adapted(ONE, np.tile(SCORES, (1, h, 1)))
    np.testing.assert_allclose(adapted, np.tile(SCORES, (1, h, 1)), rtol=1e-12)
