"""Encodes a column as its distinct values and one code per row.

A million rows of ten thousand series have ten thousand labels and a few hundred times: each
distinct value is stored and parsed once. The file readers return columns in this form too.
"""

from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from gated.arrays import IntArray
from gated.table.cells.numbers import column_text

__all__ = ["distinct_text", "distinct_values"]


def distinct_text(series: nw.Series[Any]) -> tuple[IntArray, pa.Array]:
    """Number the distinct texts of a column without missing cells.

    Returns:
        codes [R] int64 and texts [K] string, in order of first appearance.
    """
    if series.dtype in (nw.Categorical, nw.Enum):
        column = series.to_arrow()
        kind = column.type
        if pt.is_dictionary(kind) and (
            pt.is_string(kind.value_type) or pt.is_large_string(kind.value_type)
        ):
            codes, texts = distinct_values(column)
            return codes, texts.cast(pa.string())
    return distinct_values(column_text(series))


def distinct_values(column: pa.Array | pa.ChunkedArray) -> tuple[IntArray, pa.Array]:
    """Number the distinct values of a column without missing cells.

    Args:
        column: [R], of at least one row; an encoded one is not decoded.

    Returns:
        codes [R] int64 and values [K], in order of first appearance.

    >>> codes, values = distinct_values(pa.array(["b", "a", "b"]))
    >>> codes, values.to_pylist()
    (array([0, 1, 0]), ['b', 'a'])
    """
    whole = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    chunks = whole.dictionary_encode().unify_dictionaries().chunks
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in chunks])
    # An encoded input may have another order of values, and values that occur in no row.
    first = np.full(len(chunks[0].dictionary), len(codes))
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # of equal codes, the last one stays
    used = np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]
    numbers = np.empty(len(first), dtype=np.int64)
    numbers[used] = np.arange(len(used))
    return numbers[codes], chunks[0].dictionary.take(pa.array(used))
