"""Writes the year that stands alone above its months into each month: `2023`, `Jan`, `Feb`, …"""

import re
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.table.cells.numbers import TEXT_TYPES, column_text
from gated.table.cells.regex import matches
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.table.shape.parts.part_cells import month_numbers
from gated.text import counted

__all__ = ["with_years_of_rows"]

_YEAR = r"^(?:1[7-9]|20|21)\d{2}$"
_MOST_ROWS = 10_000  # of a table that people write; months of 800 years


def with_years_of_rows(source: Source) -> tuple[Source, tuple[str, ...]]:
    """Join each month with the year that stands alone in a row above, and leave out that row.

    Returns:
        The table, and a note if years were joined.

    Example:
        >>> import pandas as pd
        >>> from gated.table.io.source import open_source
        >>> cells = ["2023", "November", "December", "2024", "January"]
        >>> frame = pd.DataFrame({"month": cells, "y": [None, 5.0, 6.0, None, 7.0]})
        >>> source, notes = with_years_of_rows(open_source(frame))
        >>> source.frame["month"].to_list()
        ['November 2023', 'December 2023', 'January 2024']
        >>> notes
        ('The year in 2 rows of `month` was joined to the months below it.',)
    """
    frame = source.frame
    if isinstance(frame, ParquetColumns) or len(frame) > _MOST_ROWS:
        return source, ()
    for name in _beginning_with_year(source):
        if frame[name].dtype not in TEXT_TYPES:
            continue
        if not _begins_with_year(_texts(frame[name].head(2))):
            continue
        texts = _texts(frame[name])
        is_year = matches(texts, _YEAR)
        months = texts.filter(pa.array(~is_year))
        if not len(months) or month_numbers(months).null_count:
            continue
        above = texts.take(
            pa.array(np.maximum.accumulate(np.where(is_year, np.arange(len(texts)), 0)))
        )
        cells = pc.binary_join_element_wise(texts, above, " ")
        if len(pc.unique(cells)) < len(cells):
            continue
        values = cells.to_pandas() if frame.implementation.is_pandas_like() else cells
        series = nw.new_series(name, values, backend=frame.implementation)
        joined = replace(source, frame=frame.with_columns(series))
        rows = counted(int(is_year.sum()), "row", "rows")
        note = f"The year in {rows} of `{name}` was joined to the months below it."
        return joined.filtered(~is_year), (note,)
    return source, ()


def _beginning_with_year(source: Source) -> list[str]:
    """The columns whose first cell may be a year."""
    first = source.first_row().items()
    return [name for name, cell in first if re.match(_YEAR, str(cell).strip())]


def _texts(series: nw.Series[Any]) -> pa.Array:
    """The trimmed texts; "" where missing."""
    return pc.utf8_trim_whitespace(pc.fill_null(column_text(series), "")).combine_chunks()


def _begins_with_year(first: pa.Array) -> bool:
    is_year = matches(first, _YEAR).tolist()
    return bool(is_year == [True, False] and month_numbers(first[1:]).null_count == 0)
