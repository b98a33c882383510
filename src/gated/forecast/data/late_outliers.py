"""Limits a single extreme value shortly before the cutoff, which would pass for a new level.

One order of three days' revenue on the last day is no new level. A shift is: then several of the
last values are extreme, and none is changed. Older extreme values are left as they are, because
what followed them is known; so are the values of years, quarters, weeks and prices, where an
extreme value mostly is a new level (decision 24).
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.windows import Window

__all__ = ["SHORTEST_SEASON", "limited", "limited_rows", "outliers"]

SHORTEST_SEASON = 7
"""Values are limited in series with at least so many steps in a season: days, hours, months."""

# Patches that are limited, patches before them that give the limits, and the values needed there.
_LAST, _BEFORE, _FEWEST = 2, 8, 8
# At most this share of a patch is an outlier, and one value at least; more are a shift.
_SHARE = 1 / 12


def outliers(
    before: NDArray[np.floating], last: NDArray[np.floating], patch: int
) -> tuple[BoolArray, FloatArray]:
    """Find the outliers among the last values of B series.

    An outlier is more than twice as far from the median of the values before as the farthest of
    them. It is moved to that farthest value.

    Args:
        before, last: [B, N] and [B, K] values, NaN where missing.
        patch: steps in a patch.

    Returns:
        [B, K] whether a value is an outlier, and [B, K] the values to which they are moved.

    >>> outliers(np.array([[1.0, 2, 3, 2, 1, 2, 3, 2]]), np.array([[2.0, 9.0]]), 4)
    (array([[False,  True]]), array([[2., 3.]]))
    """
    known = ~np.isnan(before)
    enough = known.sum(1, keepdims=True) >= _FEWEST
    highest = np.where(known, before, -np.inf).max(1, keepdims=True)
    lowest = np.where(known, before, np.inf).min(1, keepdims=True)
    is_beyond = enough & ((last > highest) | (last < lowest))  # False where missing
    found = np.zeros(last.shape, dtype=bool)
    rows = np.flatnonzero(is_beyond.any(1))  # the median of the others is not needed
    if len(rows):
        median = _medians(before[rows])
        high, low = 2 * highest[rows] - median, 2 * lowest[rows] - median
        found[rows] = is_beyond[rows] & ((last[rows] > high) | (last[rows] < low))
    found &= found.sum(1, keepdims=True) <= max(1, math.floor(_SHARE * patch))
    return found, np.clip(last, lowest, highest, where=found, out=last.astype(np.float64))


def _medians(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """[B, 1] the median of each row that has a value; `np.nanmedian` takes much longer."""
    ordered = np.sort(values, axis=1)  # missing values come last
    count = (~np.isnan(values)).sum(1, keepdims=True)
    middle = [np.take_along_axis(ordered, half, axis=1) for half in ((count - 1) // 2, count // 2)]
    median: NDArray[np.floating] = (middle[0] + middle[1]) / 2
    return median


def limited(window: Window) -> Window:
    """The windows with the outliers of the last two patches moved; what follows is not read."""
    stop, layout = window.read.stop, window.layout
    first = max(stop - _LAST, 0)
    if not first or not layout.seasonal or layout.patch < SHORTEST_SEASON:
        return window
    visible = window.visible[:, :stop] > 0
    past = np.where(visible, window.values[:, :stop], np.nan)
    parts = (past[:, max(first - _BEFORE, 0) : first], past[:, first:])
    before, last = (part.reshape(len(past), -1) for part in parts)
    found, moved = outliers(before, last, layout.patch)
    if not found.any():
        return window
    changed = window.values.copy()
    part = changed[:, first:stop]
    is_moved = found.reshape(part.shape)
    part[is_moved] = moved.reshape(part.shape)[is_moved]
    return replace(window, values=changed)


def limited_rows(
    values: FloatArray, begin: IntArray, end: IntArray, patch: int
) -> tuple[IntArray, FloatArray]:
    """The outliers of the pasts begin:end of stored series [R]: window and row, and the new values.

    Args:
        values: [R] values of all series, NaN where missing.
        begin, end: [M] the first row of each past, and the row after its last.
        patch: steps in a patch.

    Returns:
        [2, K] window and row of each outlier, and [K] the value to which it is moved.
    """
    rows = end[:, None] + np.arange(-(_LAST + _BEFORE) * patch, 0)
    past = np.where(rows >= begin[:, None], values[np.maximum(rows, 0)], np.nan)
    found, moved = outliers(past[:, : -_LAST * patch], past[:, -_LAST * patch :], patch)
    window, place = np.nonzero(found)
    return np.stack([window, rows[window, place - _LAST * patch]]), moved[found]
