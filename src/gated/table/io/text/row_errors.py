"""Describes rows that cannot be split into cells: of another length, or with an open quote."""

import csv

import pyarrow as pa

from gated.errors import DataError
from gated.table.io.rows.first_cells import rows_of
from gated.table.io.text.layout import Layout, records
from gated.text import counted

__all__ = ["refuse_open_quote", "rows_error"]

SHOWN_CHARACTERS = 60


def refuse_open_quote(layout: Layout, table: pa.Table) -> None:
    """Raise an error for an unclosed quote: the parser reads all that follows as one cell."""
    if table.num_rows == 0:
        return
    last = rows_of(table, table.num_rows - 1, 1)[0]
    problem = _open_quote(layout) if _has_line_break(last) else None
    if problem is not None:
        raise problem


def rows_error(layout: Layout) -> DataError:
    """The error for the first row with too few or too many cells."""
    try:
        for number, cells in records(layout):
            if len(cells) != layout.width:
                if _has_line_break(cells) and (open_quote := _open_quote(layout)) is not None:
                    return open_quote
                return _wrong_length(layout, number, cells)
    except csv.Error as problem:
        return DataError(f"{layout.path.name}: the rows cannot be split into cells ({problem}).")
    return _open_quote(layout) or DataError(
        f"{layout.path.name}: the rows cannot be split into cells. Expected the same number in "
        "every row, and quotes that are closed."
    )


def _wrong_length(layout: Layout, number: int, cells: list[str]) -> DataError:
    text = (" " if layout.is_blank else layout.separator).join(cells)
    shown = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "…"
    where = "the header" if layout.names else "the first row"
    advice = ""
    surplus = len(cells) - layout.width
    if layout.separator == "," and 0 < surplus <= sum(cell.strip().isdigit() for cell in cells):
        advice = (
            " If the comma is the decimal sign too, separate the cells by a semicolon, or write "
            "the numbers in quotes."
        )
    return DataError(
        f"{layout.path.name}: row {number} has {counted(len(cells), 'cell')}: {shown!r}. "
        f"Expected {layout.width}, as in {where}, separated by a {layout.separator_name}.{advice}"
    )


def _has_line_break(cells: list[str]) -> bool:
    return any("\n" in cell or "\r" in cell for cell in cells)


def _open_quote(layout: Layout) -> DataError | None:
    """The error for quotes that are not in pairs; None if all are."""
    whole = layout.rows_above
    try:
        for number, _ in records(layout, strict=True):
            whole = number
    except csv.Error as problem:
        return DataError(
            f"{layout.path.name}: row {whole + 1} opens a quote that is not closed as it should "
            f"be ({problem}). Expected quotes around whole cells, in pairs."
        )
    return None
