"""Measures how unlikely a value was under the latest forecast made before it."""

import math

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.distribution.quantile_function import normal_scores
from gated.forecast.quantiles import QUANTILES

__all__ = ["LatestForecast", "probabilities"]

_FARTHEST = 8.0
_MEDIAN = QUANTILES.index(0.5)
_NONE = -1

ARRAYS = ("origin", "median", "around")
"""The arrays of the series."""


class LatestForecast:
    """The latest forecast of each of N series.

    Args:
        series: number of series.
        h: steps ahead, at most.

    Attributes:
        origin: [N] int64, the first step of the forecast; -1 for none.
        median: [N, h] NaN where a step was not forecast.
        around: [N, h, Q] float32, the quantiles minus the median.
    """

    def __init__(self, series: int, h: int) -> None:
        self.origin = np.full(series, _NONE, dtype=np.int64)
        self.median = np.full((series, h), np.nan)
        self.around = np.zeros((series, h, len(QUANTILES)), dtype=np.float32)

    def note(self, series: IntArray, length: IntArray, quantiles: FloatArray) -> None:
        """Store forecasts [M, h, Q] of series [M] with `length` [M] steps."""
        h = quantiles.shape[1]
        self.origin[series] = length
        self.median[series, :h] = quantiles[..., _MEDIAN]
        self.median[series, h:] = np.nan
        with np.errstate(over="ignore"):
            self.around[series, :h] = quantiles - quantiles[..., _MEDIAN, None]

    def of(self, series: IntArray, step: IntArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The medians [M] of steps of series, and how likely values [M] as unlikely as these are.

        Both are NaN where there is no forecast; probabilities also where there is no value.
        """
        ahead = step - self.origin[series]
        h = self.median.shape[1]
        known = (self.origin[series] >= 0) & (ahead >= 0) & (ahead < h)
        at = np.where(known, ahead, 0)
        median = np.where(known, self.median[series, at], np.nan)
        known = np.isfinite(median)
        likely = np.full(len(series), np.nan)
        rows = np.flatnonzero(known & np.isfinite(y))
        if len(rows):
            around = self.around[series[rows], at[rows]]
            likely[rows] = probabilities(y[rows] - median[rows], around.astype(np.float64))
        return median, likely

    def part(self, series: IntArray) -> "LatestForecast":
        """A copy of some of the series."""
        part = LatestForecast(0, self.median.shape[1])
        for name in ARRAYS:
            setattr(part, name, getattr(self, name)[series])
        return part

    def joined(self, more: "LatestForecast") -> "LatestForecast":
        """A copy with the series of another state of the same horizon."""
        whole = LatestForecast(0, self.median.shape[1])
        for name in ARRAYS:
            setattr(whole, name, np.concatenate([getattr(self, name), getattr(more, name)]))
        return whole


def probabilities(y: FloatArray, quantiles: FloatArray) -> FloatArray:
    """The two-sided probability of each value: of a value as far out in either tail.

    Args:
        y: [M] values.
        quantiles: [M, Q] at `QUANTILES`, ascending.

    Returns:
        [M] 1 for the median, 0.2 at the ends of the 80 % interval, near 0 far outside.

    >>> from gated.forecast.distribution.quantile_function import SCORES
    >>> probabilities(np.array([0.0, SCORES[-2], 4.0]), np.tile(SCORES, (3, 1))).round(5).tolist()
    [1.0, 0.2, 6e-05]
    """
    scores = np.abs(normal_scores(y, quantiles, _FARTHEST)) / math.sqrt(2)
    return np.array([math.erfc(score) for score in scores.tolist()])


def flags(likely: FloatArray, unlikely: float) -> BoolArray:
    """Whether probabilities [M] are below the limit; not where they are NaN."""
    with np.errstate(invalid="ignore"):
        return np.asarray(likely < unlikely)
