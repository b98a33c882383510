"""Calibrates interval widths on held-out windows, so that the coverage is close to the level.

The misses of the held-out windows give the factor of each level, and how it changes with the steps
ahead. The errors within one window are correlated, and so are those of windows that overlap.
Therefore independent windows are counted, and few of them change the widths only in part: the
network's own intervals are calibrated on drawn series. Values with narrow intervals have less
weight: a part that never sold, and sells once, must not widen the intervals of all others.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.shrinkage import measured_weight

__all__ = ["Widths", "fitted_widths"]


_MEDIAN = QUANTILES.index(0.5)
_NARROWEST, _WIDEST = 0.5, 10.0
# This many windows have a weight of one half; more are needed for the change with the steps.
_WINDOWS_FOR_HALF, _WINDOWS_FOR_HALF_SLOPE = 6.0, 200.0
_STEEPEST = 0.5
_FEWEST_STEPS = 6


@dataclass(frozen=True)
class Widths:
    """The factors of the widths of intervals.

    Attributes:
        at_80, at_95: of the 80 % and the 95 % interval in the middle of the horizon.
        slope: the factor of the last step is (twice the horizon's middle)^slope times as large.
    """

    at_80: float = 1.0
    at_95: float = 1.0
    slope: float = 0.0

    def factors(self, h: int, middle: float) -> FloatArray:
        """[h, Q] the factor of each quantile at each step ahead.

        Args:
            h: steps ahead.
            middle: the middle of the horizon of the validation, in steps.
        """
        distance = np.abs(np.array(QUANTILES) - 0.5)
        level = np.interp(distance, [0.4, 0.475], [self.at_80, self.at_95])
        ahead = np.arange(1, h + 1) / middle
        # Beyond the validated horizon, the factor stays.
        by_step = np.clip(ahead, 1 / middle, 2.0) ** self.slope
        return np.asarray(level * by_step[:, None])


def fitted_widths(y: FloatArray, quantiles: FloatArray, windows: float) -> Widths:
    """Measure the factors on M windows.

    Args:
        y: [M, h] the actual values, NaN where unobserved.
        quantiles: [M, h, Q] the forecasts.
        windows: number of independent windows, at most M.

    >>> y = np.random.default_rng(0).normal(size=(500, 4))
    >>> standard = [-1.96, -1.28, -0.84, -0.52, -0.25, 0.0, 0.25, 0.52, 0.84, 1.28, 1.96]
    >>> found = fitted_widths(y, np.tile(0.5 * np.array(standard), (500, 4, 1)), 500)
    >>> round(found.at_80, 1), round(found.at_95, 1), found.slope
    (2.0, 2.0, 0.0)
    """
    misses, weights = _misses(y, quantiles, 0.1), _weights(quantiles)
    at_80 = _weighted_quantile(misses, weights, 0.8)
    at_95 = _weighted_quantile(_misses(y, quantiles, 0.025), weights, 0.95)
    weight = measured_weight(windows, _WINDOWS_FOR_HALF)
    factors = np.clip([at_80, at_95], _NARROWEST, _WIDEST) ** weight
    slope = _slope(misses, weights) * windows / (windows + _WINDOWS_FOR_HALF_SLOPE)
    return Widths(float(factors[0]), float(factors[1]), slope)


def _slope(misses: FloatArray, weights: FloatArray) -> float:
    """The change of log misses by log steps, between the first and the last part of the horizon."""
    h = misses.shape[1]
    if h < _FEWEST_STEPS:
        return 0.0
    parts = (slice(0, h // 3), slice(h - h // 3, h))
    first, last = (
        max(_weighted_quantile(misses[:, part], weights[:, part], 0.8), 1e-3) for part in parts
    )
    steps = np.arange(1, h + 1)
    distance = np.log(steps[parts[1]]).mean() - np.log(steps[parts[0]]).mean()
    return float(np.clip(np.log(last / first) / distance, -_STEEPEST, _STEEPEST))


def _weights(quantiles: FloatArray) -> FloatArray:
    """[M, h] the width of the 80 % interval, at most its median over all values."""
    width = quantiles[..., QUANTILES.index(0.9)] - quantiles[..., QUANTILES.index(0.1)]
    positive = width[width > 0]
    return np.minimum(width, np.median(positive)) if len(positive) else width


def _misses(y: FloatArray, quantiles: FloatArray, tail: float) -> FloatArray:
    """[M, h] distances of the values from the median, in intervals: above 1 is outside.

    NaN where there is no value or no interval.
    """
    low, high = quantiles[..., QUANTILES.index(tail)], quantiles[..., QUANTILES.index(1 - tail)]
    median = quantiles[..., _MEDIAN]
    distance = y - median
    half_width = np.where(distance > 0, high - median, median - low)
    known = np.isfinite(y) & (half_width > 0)
    return np.where(known, np.abs(distance) / np.where(known, half_width, 1.0), np.nan)


def _weighted_quantile(misses: FloatArray, weights: FloatArray, level: float) -> float:
    """The quantile of the misses, each of which counts with its weight; 1 if none is known."""
    known = np.isfinite(misses) & (weights > 0)
    if not known.any():
        return 1.0
    order = np.argsort(misses[known])
    ascending, weight = misses[known][order], weights[known][order]
    below = (np.cumsum(weight) - weight / 2) / weight.sum()
    return float(np.interp(level, below, ascending))
