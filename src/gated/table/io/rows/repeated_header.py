"""Leaves out rows that repeat the header, as in joined files and in reports with pages."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import IntArray
from gated.text import counted

__all__ = ["without_repeated_header"]

RULE_SIGNS = frozenset("-=")


def without_repeated_header(
    table: pa.Table, written: Sequence[str], file_row: Callable[[int], int]
) -> tuple[pa.Table, Callable[[int], int], tuple[str, ...]]:
    """Leave out rows whose cells are the names of their columns, and lines of dashes below them.

    Args:
        table: the columns of the file.
        written: the names of the columns in the file; empty without a header.
        file_row: the row of the file of each row of data.

    Returns:
        The table, the row of the file of each row that is left, and notes.

    >>> table = pa.table({"day": ["2024-01-01", "day", "2024-01-02"], "y": ["1", "y", "2"]})
    >>> left, _, notes = without_repeated_header(table, ["day", "y"], lambda row: row + 2)
    >>> left["y"].to_pylist(), notes
    (['1', '2'], ('1 row repeats the header (row 3) and was left out.',))
    """
    if len(written) < 2 or table.num_rows == 0:
        return table, file_row, ()
    first = next((at for at, name in enumerate(written) if name), None)
    if first is None:
        return table, file_row, ()
    same = pc.fill_null(pc.equal(table.column(first).cast(pa.string()), written[first]), False)
    found = np.flatnonzero(same.to_numpy())
    repeated = [int(row) for row in found if _cells(table, int(row)) == list(written)]
    if not repeated:
        return table, file_row, ()
    rules = [
        row + 1
        for row in repeated
        if row + 1 < table.num_rows
        and all(cell and set(cell) <= RULE_SIGNS for cell in _cells(table, row + 1))
    ]
    kept: IntArray = np.setdiff1d(np.arange(table.num_rows), [*repeated, *rules])
    what = counted(len(repeated), "row repeats", "rows repeat")
    was = "was" if len(repeated) == 1 else "were"
    note = f"{what} the header (row {file_row(repeated[0])}) and {was} left out."
    return table.take(pa.array(kept)), lambda row: file_row(int(kept[row])), (note,)


def _cells(table: pa.Table, row: int) -> list[str]:
    return [str(column[row].as_py()).strip() for column in table.columns]
