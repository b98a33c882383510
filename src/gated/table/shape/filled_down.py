"""Fills a column of years that is written only in the first row of each year, as offices do."""

from dataclasses import replace

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.table.cells.numbers import MISSING_SPELLINGS, column_text
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source

__all__ = ["with_filled_down"]


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
