"""Tests the scaling of series: it is invertible for values of any size."""

import numpy as np
import pytest

from gated.forecast.data.series.scaler import SeriesScaler


@pytest.mark.parametrize(
    "series",
    [
        [1.0, 2.0, 3.0, 4.0],
        [1e300, -1e300, 5e299, 0.0],
        [1e-300, 3e-300, 2e-300, 0.0],
        [1e12, 1e12 + 1, 1e12 + 2, 1e12 + 1],
        [7.0, 7.0, 7.0, 7.0],
        [0.0, 0.0, 0.0, 0.0],
        [-4.0, np.nan, -8.0, -6.0],
    ],
)
def test_scaling_is_inverted(series: list[float]) -> None:
    values = np.array(series)
    scale = SeriesScaler.fit(values, np.array([0, 4]))
    scaled = scale.transform(values, np.array([0, 4])).astype(np.float32)
    observed = np.isfinite(values)
    assert np.abs(scaled[observed]).max() < 10
    back = scale.inverse_transform(scaled.astype(np.float64)[None, :])[0]
    size = np.ptp(values[observed]) or np.abs(values[observed]).max() or 1.0
    # float32 keeps seven digits of the series' own spread, whatever its level.
    assert np.abs(back - values)[observed].max() <= 1e-6 * size
    assert np.isnan(scaled[~observed]).all()


def test_series_are_independent_of_each_other() -> None:
    together = SeriesScaler.fit(np.array([1.0, 3.0, 100.0, 300.0, 200.0]), np.array([0, 2, 5]))
    alone = SeriesScaler.fit(np.array([100.0, 300.0, 200.0]), np.array([0, 3]))
    assert together.center.tolist() == [2.0, 200.0]
    assert together.spread[1] == alone.spread[0]


def test_an_outlier_of_a_billion_does_not_change_the_scale() -> None:
    values = np.random.default_rng(0).normal(100, 8, 420)
    clean = SeriesScaler.fit(values, np.array([0, 420]))
    values[40] = 1e9
    wrong = SeriesScaler.fit(values, np.array([0, 420]))
    assert wrong.spread[0] == pytest.approx(clean.spread[0], rel=0.02)
    assert wrong.center[0] == pytest.approx(clean.center[0], rel=0.01)


def test_sales_on_few_days_have_a_spread() -> None:
    scale = SeriesScaler.fit(np.r_[np.zeros(9), 5.0], np.array([0, 10]))
    assert (scale.center[0], scale.spread[0]) == (0.0, 0.5)


def test_a_series_without_observations_gets_the_identity() -> None:
    scale = SeriesScaler.fit(np.array([np.nan, np.nan, 2.0]), np.array([0, 2, 3]))
    assert (scale.center[0], scale.spread[0]) == (0.0, 1.0)


def test_zero_is_the_scaled_value_of_zero() -> None:
    values, offsets = np.array([0.0, 2.0, 4.0, 6.0]), np.array([0, 4])
    scale = SeriesScaler.fit(values, offsets)
    assert scale.zero[0] == scale.transform(values, offsets)[0]
