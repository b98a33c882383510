"""Calibrates interval widths on held-out windows, so that the coverage is close to the level.

Split conformal calibration (Romano et al. 2019, arXiv 1905.03222), with windows instead of values:
the errors of one window are correlated, so that M windows count as M observations.
"""

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.quantiles import QUANTILES

__all__ = ["widths"]


_MEDIAN = QUANTILES.index(0.5)
_NARROWEST, _WIDEST = 0.5, 10.0
# Few windows calibrate only in part: this many windows have a weight of one half.
_WINDOWS_FOR_HALF_WEIGHT = 4


def widths(y: FloatArray, quantiles: FloatArray) -> tuple[float, float]:
    """Compute the factors of the widths of the 80 % and the 95 % interval.

    The 80 % interval is measured at the level 0.8 · (1 + 1/M) of M windows, at which its coverage
    of a new window is 80 %. The windows are too few for this correction at 95 %: that interval is
    measured at 95 %, and widened by the ratio of the correction at 80 % (decision 8).

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
    plain = _level(misses_80, 0.8)
    corrected = _level(misses_80, min(1.0, 0.8 * (1 + 1 / windows)))
    ratio = corrected / plain if plain > 0 else 1.0
    weight = windows / (windows + _WINDOWS_FOR_HALF_WEIGHT)
    factors = np.clip([corrected, _level(misses_95, 0.95) * ratio], _NARROWEST, _WIDEST) ** weight
    return float(factors[0]), float(factors[1])


def _misses(y: FloatArray, quantiles: FloatArray, tail: float) -> FloatArray:
    """Distances of the values from the median, relative to the interval: above 1 is outside."""
    low, high = quantiles[..., QUANTILES.index(tail)], quantiles[..., QUANTILES.index(1 - tail)]
    median = quantiles[..., _MEDIAN]
    distance = y - median
    half_width = np.where(distance > 0, high - median, median - low)
    known = np.isfinite(y) & (half_width > 0)
    return np.asarray(np.abs(distance[known]) / half_width[known])


def _level(misses: FloatArray, share: float) -> float:
    return float(np.quantile(misses, share)) if len(misses) else 1.0
