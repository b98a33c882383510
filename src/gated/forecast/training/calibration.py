"""Calibrates interval widths on held-out windows, so that intervals hold as often as they promise.

Split conformal calibration (Romano et al. 2019, arXiv 1905.03222) with windows in the place of
values: the steps of one window err together, so that M windows are M observations, however long.
"""

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.quantiles import QUANTILES

__all__ = ["widths"]


_MEDIAN = QUANTILES.index(0.5)
_NARROWEST, _WIDEST = 0.5, 10.0
# Calibration from few windows counts in part: with this many, by half.
_WINDOWS_FOR_HALF_BELIEF = 4


def widths(y: FloatArray, quantiles: FloatArray) -> tuple[float, float]:
    """The factors on the widths of the 80 % and the 95 % interval.

    The widths are measured at the level 0.8 · (1 + 1/M) of M windows, at which a new window holds
    80 %. A twentieth of nine windows is none: the 95 % interval is measured as it is, and stretched
    by as much as that level stretched the other (decision 8).

    Args:
        y: [M, h] the actual values, NaN where unobserved.
        quantiles: [M, h, Q] the forecasts.

    >>> y = np.random.default_rng(0).normal(size=(500, 4))
    >>> standard = [-1.96, -1.28, -0.84, -0.52, -0.25, 0.0, 0.25, 0.52, 0.84, 1.28, 1.96]
    >>> half_as_wide = np.tile(0.5 * np.array(standard), (500, 4, 1))
    >>> [round(factor, 1) for factor in widths(y, half_as_wide)]
    [2.0, 2.0]
    """
    windows = int(np.isfinite(y).any(1).sum())
    misses_80, misses_95 = _misses(y, quantiles, 0.1), _misses(y, quantiles, 0.025)
    held, safe = _level(misses_80, 0.8), _level(misses_80, min(1.0, 0.8 * (1 + 1 / windows)))
    stretch = safe / held if held > 0 else 1.0
    weight = windows / (windows + _WINDOWS_FOR_HALF_BELIEF)
    factors = np.clip([safe, _level(misses_95, 0.95) * stretch], _NARROWEST, _WIDEST) ** weight
    return float(factors[0]), float(factors[1])


def _misses(y: FloatArray, quantiles: FloatArray, tail: float) -> FloatArray:
    """How far the values lay from the median, in arms of the interval: above 1, outside it."""
    low, high = quantiles[..., QUANTILES.index(tail)], quantiles[..., QUANTILES.index(1 - tail)]
    median = quantiles[..., _MEDIAN]
    distance = y - median
    arm = np.where(distance > 0, high - median, median - low)
    known = np.isfinite(y) & (arm > 0)
    return np.asarray(np.abs(distance[known]) / arm[known])


def _level(misses: FloatArray, share: float) -> float:
    return float(np.quantile(misses, share)) if len(misses) else 1.0
