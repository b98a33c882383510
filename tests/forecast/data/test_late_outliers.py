"""A single extreme value shortly before the cutoff is no new level; a shift is one."""

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster
from gated.forecast.data.late_outliers import limited, outliers
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import Window

LAYOUT = PatchLayout(7, 2, context=24)
PAST = (LAYOUT.reach + LAYOUT.context) * 7


def window(past: np.ndarray, missing: tuple[int, ...] = ()) -> Window:
    """Two equal windows; the steps `missing` before the cutoff are not visible."""
    values = np.tile(np.concatenate([past, np.zeros(14)]).astype(np.float32), (2, 1))
    visible = np.ones_like(values)
    visible[:, PAST:] = 0
    for step in missing:
        visible[:, PAST - step] = 0
    return Window.of_values(values, visible, visible, LAYOUT)


def read(found: Window) -> np.ndarray:
    return found.values[0].reshape(-1)[:PAST]


@pytest.fixture
def week() -> np.ndarray:
    return np.tile([10.0, 12, 11, 13, 15, 20, 5], PAST // 7)


@pytest.mark.parametrize("before", [1, 3, 14])
@pytest.mark.parametrize(("value", "moved_to"), [(90.0, 20.0), (-60.0, 5.0)])
def test_a_single_outlier_is_moved_to_the_farthest_usual_value(week, before, value, moved_to):
    week[-before] = value
    found = read(limited(window(week)))
    assert found[-before] == moved_to
    others = np.arange(PAST) != PAST - before
    np.testing.assert_array_equal(found[others], week.astype(np.float32)[others])


def test_a_shift_an_old_outlier_and_a_usual_peak_are_left(week):
    shifted = week.copy()
    shifted[-3:] += 40
    old = week.copy()
    old[-20] = 90
    peak = week.copy()
    peak[-1] = 25
    for past in (shifted, old, peak):
        given = window(past)
        assert limited(given) is given


def test_values_after_the_cutoff_and_missing_ones_do_not_count(week):
    week[-2] = 90
    given = window(week, missing=(2,))
    assert limited(given) is given


def test_one_large_order_on_the_last_day_is_not_the_level_of_the_forecast():
    rng = np.random.default_rng(0)
    y = 100 + np.tile([0, 10, 20, 10, 0, -10, -20], 29)[:200] + 3 * rng.normal(size=200)
    y[-1] = 1_000
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=200), "y": y})
    for h in (7, 14):
        assert Forecaster().forecast(frame, h=h).frame["gated"].mean() == pytest.approx(
            100, rel=0.08
        )


def test_outliers_are_far_from_the_median_of_known_values() -> None:
    rng = np.random.default_rng(0)
    before = rng.normal(size=(200, 56))
    before[rng.random(before.shape) < rng.uniform(0, 0.9, (200, 1))] = np.nan
    last = rng.normal(0, 8, (200, 14))
    last[rng.random(last.shape) < 0.9] = 0.0
    found, moved = outliers(before, last, 7)
    for row, values in enumerate(before):
        if np.isfinite(values).sum() < 8:
            assert not found[row].any()
            continue
        median, low, high = np.nanmedian(values), np.nanmin(values), np.nanmax(values)
        far = (last[row] > 2 * high - median) | (last[row] < 2 * low - median)
        np.testing.assert_array_equal(found[row], far & (far.sum() <= 1))
        expected = np.where(found[row], np.clip(last[row], low, high), last[row])
        np.testing.assert_array_equal(moved[row], expected)
    assert found.any()
