"""Leaves out rows that only head a section of a table with times across, such as "Income,,,".

Accounts of one name in several sections get the name of their section: "Income/Other".
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.table.cells.numbers import column_text
from gated.table.cells.written.flags import flags
from gated.table.columns.joined_columns import JOINT
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.text import counted, listed

__all__ = ["without_sections"]

_MOST_ROWS, _MOST_COLUMNS = 10_000, 1_000  # of tables that are made for people
_SHOWN = 5


def without_sections(
    source: Source, label: str, columns: Sequence[str]
) -> tuple[Source, tuple[str, ...]]:
    """Leave out the rows without a value in any of the columns of times.

    Args:
        source: the table, not turned yet.
        label: the column that names the series.
        columns: of times.

    Returns:
        The table, and a note if rows were left out.

    Example:
        >>> from gated.table.io.source import open_source
        >>> frame = pa.table({"account": ["Income", "Sales"], "2023": ["", "5"], "2024": ["", "6"]})
        >>> found, notes = without_sections(open_source(frame), "account", ["2023", "2024"])
        >>> found.frame["account"].to_list(), notes
        (['Sales'], ('1 row has only a name and was left out: `Income`.',))
    """
    frame = source.frame
    is_large = len(frame) > _MOST_ROWS or len(columns) > _MOST_COLUMNS
    if is_large or isinstance(frame, ParquetColumns):
        return source, ()
    is_empty = np.ones(len(frame), dtype=np.bool_)
    for name in columns:
        is_empty &= _are_empty(column_text(frame[name]))
        if not is_empty.any():
            return source, ()
    if is_empty.all():
        return source, ()
    labels = [(text or "").strip() for text in column_text(frame[label]).to_pylist()]
    heads = [text for text, empty in zip(labels, is_empty.tolist(), strict=True) if empty and text]
    if not heads:
        return source, ()
    named = _with_sections(labels, is_empty)
    cells = pa.chunked_array([pa.array(named, pa.string())])
    if cells.to_pylist() != labels:
        values = cells.to_pandas() if frame.implementation.is_pandas_like() else cells
        series = nw.new_series(label, values, backend=frame.implementation)
        source = replace(source, frame=frame.with_columns(series))
    rows = counted(len(heads), "row has", "rows have")
    only = "only a name and was left out" if len(heads) == 1 else "only a name and were left out"
    return source.filtered(~is_empty), (f"{rows} {only}: {listed(heads, _SHOWN)}.",)


def _are_empty(texts: pa.ChunkedArray) -> BoolArray:
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(texts, ""))
    return flags(pc.equal(trimmed, ""))


def _with_sections(labels: Sequence[str], is_empty: BoolArray) -> list[str]:
    """The labels; those that name several rows begin with the section above them.

    >>> _with_sections(["A", "Other", "B", "Other"], np.array([True, False, True, False]))
    ['A', 'A/Other', 'B', 'B/Other']
    """
    pairs = list(zip(labels, is_empty.tolist(), strict=True))
    often = Counter(text for text, empty in pairs if not empty)
    section, named = "", []
    for text, empty in pairs:
        if empty:
            section = text or section
        named.append(
            f"{section}{JOINT}{text}" if often[text] > 1 and section and not empty else text
        )
    return named
