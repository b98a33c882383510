"""Leaves out rows that sum up others: totals below columns of times, and the years among months."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.table.cells.numbers import column_text, read_numbers
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.text import counted

__all__ = ["filtered", "without_total", "without_whole_years"]

# The Bureau of Labor Statistics writes months as M01 to M12 and the whole year as M13.
_WHOLE_YEARS = {"M13": "M", "Q05": "Q", "S03": "S"}
_PERIOD = re.compile(r"^[MQS]\d{2}$")
_COMPARED = 3  # columns whose last value is compared with the sum of the others
_NEAR = 1e-3  # relative; totals are rounded


def without_total(source: Source, columns: Sequence[str]) -> tuple[Source, tuple[str, ...]]:
    """Leave out the last row if it is the sum of all others, in a table of times across.

    Args:
        source: the table, not turned yet.
        columns: of times.

    Returns:
        The table, and a note if a row was left out.
    """
    rows = len(source.frame)
    chosen = np.unique(np.linspace(0, len(columns) - 1, _COMPARED).astype(int))
    if rows < _COMPARED or isinstance(source.frame, ParquetColumns):
        return source, ()
    for index in chosen:
        try:
            values = read_numbers(source, columns[index]).values
        except DataError:  # a wrong cell is named when the turned table is read
            return source, ()
        total = np.nansum(values[:-1])
        if not total or not abs(values[-1] - total) <= _NEAR * abs(total):
            return source, ()
    kept = np.arange(rows) < rows - 1
    note = f"{source.where(rows - 1)} is the sum of the rows above and was left out."
    return filtered(source, kept), (note.removeprefix(source.prefix).capitalize(),)


def without_whole_years(source: Source) -> tuple[Source, tuple[str, ...]]:
    """Leave out the rows of whole years from a column of months, quarters or half-years.

    Returns:
        The table, and a note if rows were left out.
    """
    if not source.is_text:
        return source, ()
    for name in source.frame.columns:
        if not _PERIOD.match(str(source.frame[name][0]).strip()):
            continue
        text = pc.utf8_trim_whitespace(column_text(source.frame[name]))
        found = set(pc.unique(text).to_pylist())
        whole = found & _WHOLE_YEARS.keys()
        letters = {label[:1] for label in found if label}
        are_periods = pc.all(pc.match_substring_regex(text, _PERIOD.pattern)).as_py()
        if len(whole) == 1 and are_periods and letters == {_WHOLE_YEARS[next(iter(whole))]}:
            label = next(iter(whole))
            kept = np.asarray(pc.not_equal(text, label).to_numpy(), dtype=np.bool_)
            count = counted(int((~kept).sum()), "row")
            note = f'`{name}`: {count} of "{label}" are whole years and were left out.'
            return filtered(source, kept), (note,)
    return source, ()


def filtered(source: Source, kept: BoolArray) -> Source:
    """The rows of a table that are kept; messages still name the rows of the input."""
    rows = np.flatnonzero(kept) if source.input_rows is None else source.input_rows[kept]
    assert not isinstance(source.frame, ParquetColumns)
    return replace(source, frame=source.frame.filter(kept.tolist()), input_rows=rows)
