"""Encodes frames as Parquet."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from gated.cli.output.columns import Column, Columns

__all__ = ["as_parquet"]


def as_parquet(frame: Any) -> bytes:
    """Encode a frame of any library; missing numbers are null."""
    columns = {name: _stored(column) for name, column in Columns.of(frame).cells.items()}
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def _stored(column: Column) -> pa.ChunkedArray | pa.Array:
    """A column with one type; cells of several types become text."""
    if isinstance(column, list):
        return pa.array([None if cell is None else str(cell) for cell in column], pa.large_string())
    if pt.is_dictionary(column.type):
        return pc.dictionary_encode(column.cast(column.type.value_type)).cast(
            pa.dictionary(_indices(column), column.type.value_type)
        )
    if pt.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column.cast(pa.large_string()) if pt.is_string(column.type) else column


def _indices(column: pa.ChunkedArray) -> pa.DataType:
    """The smallest type that numbers the distinct values of a column."""
    count = pc.count_distinct(column.cast(column.type.value_type)).as_py()
    return pa.int8() if count < 128 else pa.int16() if count < 32_768 else pa.int32()
