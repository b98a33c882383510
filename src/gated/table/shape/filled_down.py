"""Fills a column that is written only in the first row of each year or series, as offices do."""

from dataclasses import replace

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.table.cells.kinds import kind_of_column
from gated.table.cells.numbers import MISSING_SPELLINGS, column_text
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source

__all__ = ["with_filled_down", "with_filled_labels"]

LONG_BLOCK = 3  # rows that a label stands for, on average
FEWEST = 3  # columns: label, time, value


def with_filled_labels(source: Source) -> tuple[Source, tuple[str, ...]]:
    """Fill the first column if it names a series only in the first row of each, as pivots do.

    Returns:
        The table, and a note if cells were filled.
    """
    frame = source.frame
    if isinstance(frame, ParquetColumns) or not source.is_text or len(frame.columns) < FEWEST:
        return source, ()
    first = frame.columns[0]
    if kind_of_column(source, first) != "text":
        return source, ()
    texts = pc.fill_null(column_text(frame[first]), "")
    written = pc.sum(pc.not_equal(pc.utf8_trim_whitespace(texts), "")).as_py()
    if not 1 < written <= len(frame) / LONG_BLOCK:
        return source, ()
    filled = with_filled_down(source, first)
    if filled is source:
        return source, ()
    return filled, (f"The empty cells of `{first}` repeat the label above them.",)


def with_filled_down(source: Source, column: str) -> Source:
    """The source with each empty cell of a column filled by the cell above it.

    It is filled only if the first cell is not empty, and no value is written twice: then the
    empty cells repeat the value above them.
    """
    if isinstance(source.frame, ParquetColumns):
        return source
    texts = column_text(source.frame[column]).combine_chunks()
    spelled = pc.is_in(pc.utf8_trim_whitespace(texts), value_set=pa.array(MISSING_SPELLINGS))
    spelled = pc.fill_null(spelled, True)
    is_empty = np.asarray(
        pc.or_(spelled, pc.is_null(texts)).to_numpy(zero_copy_only=False), dtype=np.bool_
    )
    written = texts.filter(pa.array(~is_empty))
    if not is_empty.any() or is_empty[0] or len(pc.unique(written)) < len(written):
        return source
    above = np.maximum.accumulate(np.where(is_empty, 0, np.arange(len(is_empty))))
    cells = texts.take(pa.array(above))
    frame = source.frame
    values = cells.to_pandas() if frame.implementation.is_pandas_like() else cells
    series = nw.new_series(column, values, backend=frame.implementation)
    return replace(source, frame=frame.with_columns(series))
