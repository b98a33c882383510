"""Finds the header of a table among its first rows, and the rows above it that are no part of it.

It works on rows of cells, so that it serves text files and sheets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gated.table.io.rows.cell_kinds import CellKind, is_time_name
from gated.table.io.rows.column_names import joined_names
from gated.table.io.rows.top_rows import COMMENT_CHARACTERS, TopRows
from gated.text import counted

__all__ = ["Header", "find_header"]

SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes:
        first: index of the header's first row; without a header, of the first row of data.
        data: index of the first row after the header.
        names: the names as written, one a column, "" where there is none; empty without a header.
        kinds: the kind of the cells below, for each of the first columns.
        notes: what was skipped or joined, one sentence each.
        has_table_above: whether the rows above the header are another table.
    """

    first: int
    data: int
    names: tuple[str, ...]
    kinds: tuple[CellKind, ...]
    notes: tuple[str, ...] = ()
    has_table_above: bool = False


def find_header(rows: Sequence[Sequence[str]]) -> Header:
    """Find the header among the first rows of a table.

    Args:
        rows: the cells of the first rows (a few hundred), an empty line as a row without cells or
            with empty ones; row i has the number i + 1 in the file.

    >>> rows = [["Sales report"], [], ["day", "y"], ["2024-01-01", "5"], ["2024-01-02", "6"]]
    >>> header = find_header(rows)
    >>> header.data, header.names, header.notes
    (3, ('day', 'y'), ("2 lines above the header were skipped; the first: 'Sales report'.",))
    """
    top = TopRows(rows)
    run = top.header_rows()
    notes: tuple[str, ...]
    if not run:
        first = top.first_row_of_data()
        is_header = bool(rows) and not top.is_data(first)
        names = tuple(_clean(cell) for cell in rows[first]) if is_header else ()
        used, notes = [first], ()
    else:
        is_header = True
        names, used, notes = _names(top, run)
        units = top.words_below(used[-1])
        if units:
            shown = next(cell for cell in rows[units[0]] if cell.strip())
            notes = (*notes, f"Row {units[0] + 1} ({shown!r}, …) is no data and was skipped.")
            used = [*used, *units]
    return Header(
        first=used[0],
        data=used[-1] + is_header,
        names=names,
        kinds=tuple(top.kinds),
        notes=(*_skipped_note(top, used[0]), *notes),
        has_table_above=top.has_table_above(used[0]),
    )


def _skipped_note(top: TopRows, first: int) -> tuple[str, ...]:
    above = top.skipped(first)
    if not above:
        return ()
    text = " ".join(cell.strip() for cell in top.rows[above[0]] if cell.strip())
    shown = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    were = "was" if first == 1 else "were"
    return (f"{counted(first, 'line')} above the header {were} skipped; the first: {shown!r}.",)


def _names(top: TopRows, run: list[int]) -> tuple[tuple[str, ...], list[int], tuple[str, ...]]:
    """The names of the columns, the rows of the header that were used, and notes."""
    written = [[_clean(cell) for cell in top.rows[index]] for index in run]
    if all(cell.startswith("#") for cell in written[0] if cell):
        written[0] = [cell.lstrip("# ") for cell in written[0]]
    elif top.is_comment(run[0]):
        written[0][0] = written[0][0].lstrip(COMMENT_CHARACTERS + " ").strip()
        if not written[0][0]:
            written[0] = written[0][1:]
    named = next(
        (
            position
            for position, names in enumerate(written)
            if _is_complete(names) and any(is_time_name(names[column]) for column in top.times)
        ),
        0,
    )
    run, written = run[named:], written[named:]
    if len(run) == 1:
        return tuple(written[0]), run, ()
    names, how = joined_names(written)
    others = [number + 1 for number in run[1:]]
    rows = f"row {others[0]}" if len(others) == 1 else f"rows {others[0]} to {others[-1]}"
    shown = next(cell for row in written[1:] for cell in row if cell)
    belong = "belongs" if len(others) == 1 else "belong"
    note = (
        f"The header has {counted(len(run), 'row')}: {rows} ({shown!r}, …) {belong} to it; {how}."
    )
    return names, run, (note,)


def _is_complete(names: Sequence[str]) -> bool:
    return all(names) and len(set(names)) == len(names)


def _clean(cell: str) -> str:
    """A name without the blanks, quotes and byte order marks around it."""
    text = " ".join(cell.replace("\ufeff", "").split())
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == '"' else text
