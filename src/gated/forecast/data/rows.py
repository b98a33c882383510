"""Selects rows of series that are stored one after another."""

import numpy as np

from gated.arrays import BoolArray, IntArray

__all__ = ["before"]


def before(end: IntArray, offsets: IntArray) -> BoolArray:
    """[R] True at the rows of each series before its step `end` [N].

    >>> before(np.array([1, 2]), np.array([0, 3, 5])).tolist()
    [True, False, False, True, True]
    """
    lengths = np.diff(offsets)
    step = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    is_before: BoolArray = step < np.repeat(end, lengths)
    return is_before
