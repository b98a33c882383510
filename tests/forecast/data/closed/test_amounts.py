"""Tests the distinction between amounts and levels."""

import numpy as np
import pytest

from gated.forecast.data.closed.amounts import are_amounts

RNG = np.random.default_rng(0)
DAYS = np.arange(140)
WEEK = 1 + 0.3 * np.sin(2 * np.pi * DAYS / 7)
SMOOTH = np.convolve(RNG.normal(size=147), np.ones(8) / 3, "valid")
SERIES = {
    "sales with a weekly season": (100 * WEEK * RNG.gamma(50, 1 / 50, 140), True),
    "sales that grow": (100 * 1.01**DAYS * RNG.gamma(50, 1 / 50, 140), True),
    "few orders": (RNG.poisson(2, 140), True),
    "a price": (100 + np.cumsum(RNG.normal(size=140)), False),
    "a temperature": (15 + 5 * np.sin(DAYS / 58) + SMOOTH, False),
    "values below 0": (RNG.normal(size=140), False),
    "a nearly constant level": (RNG.normal(1000, 1, 140), False),
    "nothing but 0": (np.zeros(140), True),
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("factor", [1.0, 1e-6, 2.0**40])
def test_amounts_are_told_from_levels_at_any_scale(name: str, factor: float) -> None:
    values, expected = SERIES[name]
    found = are_amounts(factor * np.asarray(values, dtype=float), np.array([0, 140]), season=7)
    assert found.tolist() == [expected]


def test_each_series_is_judged_alone() -> None:
    values = np.concatenate([np.asarray(values, dtype=float) for values, _ in SERIES.values()])
    offsets = np.arange(0, len(values) + 1, 140)
    assert are_amounts(values, offsets, 7).tolist() == [right for _, right in SERIES.values()]


def test_missing_values_are_left_out() -> None:
    values = np.asarray(SERIES["sales with a weekly season"][0])
    assert are_amounts(np.where(DAYS % 7 == 6, np.nan, values), np.array([0, 140]), 7).tolist() == [
        True
    ]
    # Nothing shows a level in a short or empty series.
    assert are_amounts(np.full(140, np.nan), np.array([0, 140]), 7).tolist() == [True]
    assert are_amounts(np.array([7.0, 7.1]), np.array([0, 2]), 7).tolist() == [True]


def test_one_faulty_zero_does_not_make_a_level_an_amount() -> None:
    values = 50 + np.cumsum(np.random.default_rng(1).normal(size=140))
    values[70] = 0.0
    assert are_amounts(values, np.array([0, 140]), 7).tolist() == [False]


def test_the_hours_of_busy_saturdays() -> None:
    random = np.random.default_rng(0)
    hour = np.arange(24 * 42)
    of_day, day = hour % 24, hour // 24 % 7
    sales = random.poisson(np.where(day == 5, 36, 20) + 2 * (of_day > 13)).astype(float)
    is_open = (of_day >= 10) & (of_day < 18) & (day != 0)
    sales = np.where(is_open, sales, np.nan)
    warmth = 12 + 6 * np.sin(hour / 24 * 6.28) + np.cumsum(random.normal(0, 0.4, len(hour)))
    offsets = np.array([0, len(hour)])
    assert are_amounts(sales, offsets, 24, 168).tolist() == [True]
    assert are_amounts(warmth + 40, offsets, 24, 168).tolist() == [False]
