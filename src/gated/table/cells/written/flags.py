"""Converts booleans of pyarrow to numpy."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray

__all__ = ["flags", "matches"]


def flags(values: pa.Array | pa.ChunkedArray) -> BoolArray:
    """Booleans as a numpy array; null is False.

    >>> flags(pa.array([True, None])).tolist()
    [True, False]
    """
    filled = pc.fill_null(values, False)
    if isinstance(filled, pa.ChunkedArray):
        return np.asarray(filled.to_numpy(), dtype=np.bool_)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)


def matches(texts: pa.Array | pa.ChunkedArray, pattern: str) -> BoolArray:
    """Whether each text matches a regular expression; null does not.

    >>> matches(pa.array(["a1", "b"]), "[0-9]").tolist()
    [True, False]
    """
    return flags(pc.match_substring_regex(texts, pattern))
