"""Forecasts series without a past (cold start) from the series with similar static features."""

import math

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.quantiles import QUANTILES
from gated.table import Table

__all__ = ["cold_start_forecast", "similar_series"]


_FEWEST_SIMILAR = 3


def cold_start_forecast(
    table: Table, quantiles: FloatArray, mean: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Forecast the cold-start series of a table.

    The forecast is the mixture of the forecasts of similar series with equal weights, so that its
    intervals are as wide as these series differ.

    Args:
        table: a table with static features.
        quantiles: [N, h, Q] the forecasts of its series, at `QUANTILES`.
        mean: [N, h] their means.

    Returns:
        [K, h, Q] and [K, h], the quantiles and means of its K cold-start series, from the step
        after the table's last.
    """
    mixtures: dict[bytes, tuple[FloatArray, FloatArray]] = {}  # by equal similar series
    forecasts = []
    for similar in similar_series(table):
        key = similar.tobytes()
        if key not in mixtures:
            mixtures[key] = _mixture(quantiles[similar]), mean[similar].mean(axis=0)
        forecasts.append(mixtures[key])
    if not forecasts:
        return np.zeros((0, *quantiles.shape[1:])), np.zeros((0, *mean.shape[1:]))
    return np.stack([one for one, _ in forecasts]), np.stack([one for _, one in forecasts])


def _mixture(quantiles: FloatArray) -> FloatArray:
    """[h, Q] the quantiles of the mixture of P forecasts [P, h, Q]."""
    count, h, _ = quantiles.shape
    values = quantiles.swapaxes(0, 1).reshape(h, -1)  # [h, P · Q]
    order = np.argsort(values, axis=1)
    probability = np.tile(_probabilities(), count)[order] / count
    # The level of a value is the cumulative probability at the middle of its own probability.
    levels = np.cumsum(probability, axis=1) - probability / 2
    values = np.take_along_axis(values, order, axis=1)
    rows = [np.interp(QUANTILES, at, row) for at, row in zip(levels, values, strict=True)]
    return np.stack(rows)


def similar_series(table: Table) -> list[IntArray]:
    """The most similar series of each cold-start series, among those up to the table's last time.

    The distance is the mean over static features (Gower 1971): 0 or 1 for categories, the
    difference divided by the range for numbers, and 0.5 for missing values. The three nearest
    series are taken, or the square root of the number of series if that is more, and all series
    of the same distance.
    """
    static = table.static
    current = np.flatnonzero(table.last_ds == table.last_ds.max())
    count = max(_FEWEST_SIMILAR, math.isqrt(len(current)))
    is_category = np.array([name in static.categories for name in static.names])
    both = np.concatenate([static.values[current], static.cold_start_values])
    known = np.isfinite(both)
    low = np.where(known, both, np.inf).min(axis=0)
    extent = np.where(known, both, -np.inf).max(axis=0) - low
    extent = np.where(extent > 0, extent, 1.0)
    similar = []
    for features in static.cold_start_values:
        difference = np.abs(static.values[current] - features)
        difference = np.where(is_category, difference > 0, difference / extent)
        unknown = ~np.isfinite(static.values[current] - features)
        distance = np.where(unknown, 0.5, difference).mean(axis=1)
        farthest = np.sort(distance)[min(count, len(distance)) - 1]
        similar.append(current[distance <= farthest + 1e-12])
    return similar


def _probabilities() -> FloatArray:
    """[Q] the probability that each quantile represents."""
    levels = np.array(QUANTILES)
    between = (levels[1:] + levels[:-1]) / 2
    probability: FloatArray = np.diff(np.concatenate([[0.0], between, [1.0]]))
    return probability
