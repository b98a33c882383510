"""Rounds the numbers of a CSV file: to the decimals of the table's target, or to nine digits."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gated.arrays import FloatArray

__all__ = ["decimals_of", "rounded"]

_MOST_DECIMALS = 9  # more decimals: values that were computed or measured
_DIGITS = 9
_LARGEST_WHOLE = 2.0**53  # beyond it, not every whole number is a float64


def decimals_of(values: FloatArray) -> int | None:
    """Return the number of decimals of the values, or None if it is more than nine.

    Args:
        values: float64 of any shape; NaN and infinity are skipped.

    >>> decimals_of(np.array([12.5, 3.25, np.nan])), decimals_of(np.array([7.0, 1200.0]))
    (2, 0)
    >>> print(decimals_of(np.array([1 / 3])))
    None
    """
    observed = values[np.isfinite(values)]
    for decimals in range(_MOST_DECIMALS + 1):
        # Sums of decimal numbers, such as 0.1 + 0.2, are off by a few times 1e-16.
        if np.allclose(_to_decimals(observed, decimals), observed, rtol=1e-12, atol=0.0):
            return decimals
    return None


def rounded(frame: Any, decimals: Mapping[str, int | None]) -> Any:
    """Round columns of a pandas frame, and turn negative zeros into zeros.

    Args:
        frame: the frame, which is not changed.
        decimals: the number of decimals of each column to round; None rounds to nine significant
            digits. A column of whole numbers is written without a point.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"whole": [6990.0, -0.2], "price": [1.2345, 2], "error": [1 / 3, 20]})
    >>> print(rounded(frame, {"whole": 0, "price": 2, "error": None}).to_csv(index=False))
    whole,price,error
    6990,1.23,0.333333333
    0,2.0,20.0
    <BLANKLINE>
    """
    return frame.assign(
        **{name: _rounded(frame[name], places) for name, places in decimals.items()}
    )


def _rounded(column: Any, decimals: int | None) -> Any:
    values = column.to_numpy(dtype=np.float64)
    if decimals is None:
        digits = [float(f"{value:.{_DIGITS}g}") for value in values.tolist()]
        values = np.array(digits, dtype=np.float64) + 0.0
    else:
        values = _to_decimals(values, decimals)
    found = type(column)(values, index=column.index)
    finite = values[np.isfinite(values)]
    if not decimals and (finite == np.round(finite)).all() and _fits_int64(finite):
        return found.astype("Int64")
    return found


def _fits_int64(values: FloatArray) -> bool:
    return bool((np.abs(values) < _LARGEST_WHOLE).all())


def _to_decimals(values: FloatArray, decimals: int) -> FloatArray:
    """Round; values too large for it have no decimals. Adding 0 turns -0 into 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.round(values, decimals)
    return np.where(np.isfinite(found), found, values) + 0.0
