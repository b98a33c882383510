"""Rounds the numbers of a CSV file: to the decimals of the table's target, or to nine digits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from gated.arrays import FloatArray
from gated.cli.output.columns import Column, Columns

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


def rounded(frame: Any, decimals: Mapping[str, int | None]) -> Columns:
    """Round columns of a frame, and turn negative zeros into zeros.

    Args:
        frame: of any library, or `Columns`; it is not changed.
        decimals: the number of decimals of each column to round; None rounds to nine significant
            digits. A column of whole numbers is written without a point.

    >>> frame = {"whole": np.array([6990.0, -0.2]), "error": np.array([1 / 3, 20])}
    >>> found = rounded(frame, {"whole": 0, "error": None})
    >>> [column.to_pylist() for column in found.cells.values()]
    [[6990, 0], [0.333333333, 20.0]]
    """
    columns = Columns.of(frame)
    made = {name: _rounded(columns.floats(name), places) for name, places in decimals.items()}
    return Columns({**columns.cells, **made})


def _rounded(values: FloatArray, decimals: int | None) -> Column:
    if decimals is None:
        digits = [float(f"{value:.{_DIGITS}g}") for value in values.tolist()]
        values = np.array(digits, dtype=np.float64) + 0.0
    else:
        values = _to_decimals(values, decimals)
    missing = np.isnan(values)
    there = values[~missing]
    if not decimals and (there == np.round(there)).all() and _fits_int64(there):
        whole = np.where(missing, 0, values).astype(np.int64)
        return pa.chunked_array([pa.array(whole, mask=missing)])
    return pa.chunked_array([pa.array(values)])


def _fits_int64(values: FloatArray) -> bool:
    return bool((np.abs(values) < _LARGEST_WHOLE).all())


def _to_decimals(values: FloatArray, decimals: int) -> FloatArray:
    """Round; values too large for it have no decimals. Adding 0 turns -0 into 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.round(values, decimals)
    return np.where(np.isfinite(found), found, values) + 0.0
