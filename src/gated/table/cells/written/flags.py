"""Converts booleans of pyarrow to numpy, and checks texts without a regular expression.

A regular expression is compiled at each call, which takes longer than a small column needs.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray

__all__ = ["are_ascii", "contain", "flags"]


def flags(values: pa.Array | pa.ChunkedArray) -> BoolArray:
    """Booleans as a numpy array; null is False.

    >>> flags(pa.array([True, None])).tolist()
    [True, False]
    """
    filled = pc.fill_null(values, False) if values.null_count else values
    if isinstance(filled, pa.ChunkedArray):
        return np.asarray(filled.to_numpy(), dtype=np.bool_)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)


def are_ascii(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Whether all texts are ASCII.

    >>> are_ascii(pa.array(["$5", None])), are_ascii(pa.array(["5 °C"]))
    (True, False)
    """
    return bool(pc.all(pc.string_is_ascii(texts)).as_py() is not False)


def contain(texts: pa.Array | pa.ChunkedArray, part: str) -> bool:
    """Whether any of the texts contains a part.

    >>> contain(pa.array(["12.-", "5"]), ".-")
    True
    """
    return bool(pc.any(pc.match_substring(texts, part)).as_py())
