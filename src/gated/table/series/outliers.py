"""Finds values that are probably typing errors: far outside the range of their series."""

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = ["OUTLIER_RANK", "OUTLIER_RATIO", "outliers"]

OUTLIER_RANK, OUTLIER_RATIO = 3, 10.0
"""A value is an outlier if its deviation from the median of its series is more than ten times the
third largest one. Fast growth and rare large orders have more than two large deviations."""


def outliers(y: FloatArray, offsets: IntArray) -> BoolArray:
    """[R] whether each value of series [N+1] is an outlier; NaN is none.

    >>> outliers(np.array([1.0, 2.0, 3.0, 1e6, 2.5, np.nan]), np.array([0, 6])).tolist()
    [False, False, False, True, False, False]
    """
    found = np.zeros(len(y), dtype=bool)
    relative = _relative(y, offsets)
    for index in _candidates(relative, offsets):
        rows = slice(offsets[index], offsets[index + 1])
        values = relative[rows]
        deviation = np.nan_to_num(np.abs(values - np.nanmedian(values)), nan=0.0)
        third = np.partition(deviation, -OUTLIER_RANK)[-OUTLIER_RANK]
        if third > 0:
            found[rows] = deviation > OUTLIER_RATIO * third
    return found


def _relative(y: FloatArray, offsets: IntArray) -> FloatArray:
    """Values in units of the largest one of their series: sums and differences stay finite."""
    unit = np.maximum.reduceat(np.where(np.isfinite(y), np.abs(y), 0.0), offsets[:-1])
    relative: FloatArray = y / np.repeat(np.where(unit > 0, unit, 1.0), np.diff(offsets))
    return relative


def _candidates(y: FloatArray, offsets: IntArray) -> IntArray:
    """Series that may have outliers; the others are spared the search for their median.

    With outliers of deviation d from the median, the mean is at most d (1 / ratio + 2 / n) away
    from the median. So, from the mean, the third largest deviation is at most d (2 / ratio + 2 / n)
    and the largest at least d (1 - 1 / ratio - 2 / n).
    """
    starts, observed = offsets[:-1], np.isfinite(y)
    rows = np.repeat(np.arange(len(starts)), np.diff(offsets))
    filled = np.where(observed, y, 0.0)
    count = np.maximum(np.add.reduceat(observed.astype(np.float64), starts), 1.0)
    mean = np.add.reduceat(filled, starts) / count
    deviation = np.where(observed, np.abs(filled - mean[rows]), 0.0)
    largest = third = np.maximum.reduceat(deviation, starts)
    for _ in range(OUTLIER_RANK - 1):  # equal values count as one: then more series are candidates
        deviation = np.where(deviation == third[rows], 0.0, deviation)
        third = np.maximum.reduceat(deviation, starts)
    share = (OUTLIER_RANK - 1) / count
    is_far = third * (1 - 1 / OUTLIER_RATIO - share) <= largest * (2 / OUTLIER_RATIO + share)
    return np.flatnonzero(is_far & (count > OUTLIER_RANK))
