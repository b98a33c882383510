"""Defines the quantile levels of the network, and interpolates other levels from them."""

from functools import cache
from statistics import NormalDist

import numpy as np

from gated.arrays import FloatArray

__all__ = ["QUANTILES", "at_level"]

QUANTILES = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)

_LARGEST = np.finfo(np.float64).max
_UNIT = 2.0**10  # a power of two: dividing by it is exact


def at_level(quantiles: FloatArray, level: float) -> FloatArray:
    """Interpolate a quantile level from the trained ones [..., Q]: [...].

    Between two trained levels, and beyond the last, the interpolation is linear in the quantiles of
    the normal distribution, so that it is exact for a normal forecast.
    """
    right, share = _place(level)
    # Smaller units keep the difference of the two largest floats finite, and avoid NaN.
    units = np.clip(quantiles[..., right - 1 : right + 1], -_LARGEST, _LARGEST) / _UNIT
    low, high = units[..., 0], units[..., 1]
    with np.errstate(over="ignore"):  # values beyond float64 are infinite; `constrain` clips them
        value: FloatArray = (low + share * (high - low)) * _UNIT
    return value


@cache
def _place(level: float) -> tuple[int, float]:
    """The index of the trained level right of a level, and the share of the way to it."""
    normal = NormalDist()
    place = normal.inv_cdf(level)
    known = [normal.inv_cdf(trained) for trained in QUANTILES]
    right = int(np.clip(np.searchsorted(known, place), 1, len(known) - 1))
    return right, (place - known[right - 1]) / (known[right] - known[right - 1])
