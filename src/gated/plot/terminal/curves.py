"""Prepares curves for drawing: one-dimensional, float, NaN for gaps."""

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError

__all__ = ["as_curve", "connect_to_history"]


def as_curve(values: npt.ArrayLike) -> FloatArray:
    """Return a float copy of a one-dimensional array, with NaN in place of infinities.

    Raises:
        UsageError: for any other number of dimensions.

    >>> as_curve([1, float("inf")])
    array([ 1., nan])
    """
    curve = np.array(values, dtype=np.float64)
    if curve.ndim != 1:
        raise UsageError(
            f"The values of a curve have shape {curve.shape}. Expected one dimension; "
            "pass one series."
        )
    curve[np.isinf(curve)] = np.nan
    return curve


def connect_to_history(history: FloatArray, ahead: FloatArray) -> FloatArray:
    """Put the last value of the history before the forecast, so that their curves connect.

    Args:
        history: `[T]` float64, NaN for gaps.
        ahead: `[h]` float64, NaN for gaps.

    Returns:
        `[h + 1]`, the first value NaN where the forecast begins with NaN; `[h]` without a history.

    >>> connect_to_history(np.array([1.0, 2.0]), np.array([3.0]))
    array([2., 3.])
    """
    if not len(history):
        return ahead
    first = history[-1] if len(ahead) and not np.isnan(ahead[0]) else np.nan
    return np.concatenate([[first], ahead])
