"""Curves as every picture takes them: one-dimensional, float, NaN where there is a gap."""

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError

__all__ = ["joined", "series"]


def series(values: npt.ArrayLike) -> FloatArray:
    """Return a float copy of a one-dimensional array, infinities made gaps.

    Raises:
        UsageError: for any other number of dimensions.

    >>> series([1, float("inf")])
    array([ 1., nan])
    """
    curve = np.array(values, dtype=np.float64)
    if curve.ndim != 1:
        raise UsageError(f"A curve has one dimension; this one has shape {curve.shape}.")
    curve[np.isinf(curve)] = np.nan
    return curve


def joined(history: FloatArray, ahead: FloatArray) -> FloatArray:
    """Put the last value of the past before the forecast: a fan opens where the past ends.

    Args:
        history: `[T]` float64, NaN for gaps.
        ahead: `[h]` float64, NaN for gaps.

    Returns:
        `[h + 1]`, its first value a gap where the forecast begins with one; `[h]` without a past.

    >>> joined(np.array([1.0, 2.0]), np.array([3.0]))
    array([2., 3.])
    """
    if not len(history):
        return ahead
    joint = history[-1] if len(ahead) and not np.isnan(ahead[0]) else np.nan
    return np.concatenate([[joint], ahead])
