"""The quantile levels that the network forecasts, and any other level read off them."""

from statistics import NormalDist

import numpy as np

from gated.arrays import FloatArray

__all__ = ["QUANTILES", "at_level"]

QUANTILES = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)

_LARGEST = np.finfo(np.float64).max
_ROOM = 2.0**10  # a power of two: dividing by it rounds nothing


def at_level(quantiles: FloatArray, level: float) -> FloatArray:
    """Read any quantile off the trained ones [..., Q]: [...].

    Between two trained levels, and beyond the last, the values lie on a straight line over the
    normal distribution's own quantiles: a normal forecast is read off exactly.
    """
    normal = NormalDist()
    place = normal.inv_cdf(level)
    known = [normal.inv_cdf(trained) for trained in QUANTILES]
    right = int(np.clip(np.searchsorted(known, place), 1, len(known) - 1))
    share = (place - known[right - 1]) / (known[right] - known[right - 1])
    # In small units the distance of the two largest floats is finite, and no NaN comes of it.
    units = np.clip(quantiles[..., right - 1 : right + 1], -_LARGEST, _LARGEST) / _ROOM
    low, high = units[..., 0], units[..., 1]
    with np.errstate(over="ignore"):  # beyond float64: infinite, and cut by `respect`
        value: FloatArray = (low + share * (high - low)) * _ROOM
    return value
