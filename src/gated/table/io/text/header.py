"""Finds the header of a table among its first rows, and the rows above it that are no part of it.

It works on rows of cells, so that it serves text files and sheets. The data decide: the first row
whose cells have the kinds of the rows below it (dates under dates, numbers under numbers) is data;
the rows of words directly above it are the header; what is above the header is skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gated.table.io.text.cell_kinds import CellKind, cell_kind, column_kinds, is_time_name
from gated.table.io.text.column_names import joined_names
from gated.table.io.text.separator import usual_width
from gated.text import counted

__all__ = ["COMMENT_MARKS", "Header", "find_header"]

Row = Sequence[str]

COMMENT_MARKS = ("#", "//", "%", ";", "!")
MOST_HEADER_ROWS = 4
LOOK_COLUMNS = 50  # columns whose kinds are looked at; a table may have thousands
VALUES = ("date", "number")
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
    """

    first: int
    data: int
    names: tuple[str, ...]
    kinds: tuple[CellKind, ...]
    notes: tuple[str, ...] = ()


def find_header(rows: Sequence[Row]) -> Header:
    """Find the header among the first rows of a table.

    Args:
        rows: the cells of the first rows (a few hundred), an empty line as a row without cells or
            with empty ones; row i has the number i + 1 in the file.

    >>> rows = [["Sales report"], [], ["day", "y"], ["2024-01-01", "5"], ["2024-01-02", "6"]]
    >>> header = find_header(rows)
    >>> header.data, header.names, header.notes
    (3, ('day', 'y'), ("2 lines above the header were skipped; the first: 'Sales report'.",))
    """
    top = _Top(rows)
    run, kinds = top.header_rows(), tuple(top.kinds)
    if not run:
        first = top.first_data if top.first_data is not None else top.first_wide()
        is_header = not top.is_data(first)
        names = tuple(_clean(cell) for cell in rows[first]) if is_header else ()
        return Header(first, first + is_header, names, kinds, top.skipped_note(first))
    names, used, notes = _names(top, run)
    notes = (*top.skipped_note(used[0]), *notes)
    return Header(used[0], used[-1] + 1, names, kinds, notes)


class _Top:
    """The first rows of a table, and the kinds of its columns."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.filled = [index for index, row in enumerate(rows) if any(cell.strip() for cell in row)]
        # Titles stand at the top: the second half of the rows shows the width of the table.
        lower = [rows[index] for index in self.filled[len(self.filled) // 2 :]]
        self.width = usual_width(lower)
        wide = [row[:LOOK_COLUMNS] for row in lower if len(row) == self.width]
        self.kinds = column_kinds(wide, min(self.width, LOOK_COLUMNS))
        self.values = [column for column, kind in enumerate(self.kinds) if kind in VALUES]
        self.times = [column for column, kind in enumerate(self.kinds) if kind == "date"]
        self.first_data = next((index for index in self.filled if self._fits(index)), None)

    def _kind(self, index: int, column: int) -> CellKind:
        return cell_kind(self.rows[index][column])

    def _fits(self, index: int) -> bool:
        """Whether the cells of a row have the kinds of their columns."""
        if len(self.rows[index]) != self.width or not self.values:
            return False
        found = {column: self._kind(index, column) for column in self.values}
        filled = {column: kind for column, kind in found.items() if kind != "missing"}
        return bool(filled) and all(kind == self.kinds[column] for column, kind in filled.items())

    def is_words(self, index: int) -> bool:
        """Whether a row has words, and no number or date, where the data have numbers and dates."""
        row = self.rows[index]
        if len(row) != self.width:
            return False
        found = {self._kind(index, column) for column in self.values}
        return "label" in found and not found & set(VALUES)

    def is_comment(self, index: int) -> bool:
        first = self.rows[index][0].strip() if self.rows[index] else ""
        return first.startswith(COMMENT_MARKS) and first.strip("".join(COMMENT_MARKS)) != ""

    def first_wide(self) -> int:
        """The first row of the table's width; the first row of all if there is none."""
        wide = (index for index in self.filled if len(self.rows[index]) == self.width)
        return next(wide, self.filled[0] if self.filled else 0)

    def header_rows(self) -> list[int]:
        """The rows of the header, from top to bottom; none if there is no header."""
        if self.first_data is None:
            return []
        above = [index for index in self.filled if index < self.first_data]
        plain = [index for index in above if self.is_words(index) and not self.is_comment(index)]
        if plain:
            run = [plain[-1]]
            while len(run) < MOST_HEADER_ROWS and run[0] - 1 in plain:
                run.insert(0, run[0] - 1)
            return run
        return self._other_header(above)

    def _other_header(self, above: list[int]) -> list[int]:
        """A header of another width than the data, or with numbers as names, or in a comment."""
        if not above:
            return []
        last = above[-1]
        row = [cell for cell in self.rows[last] if cell.strip()]
        words = [kind for kind in map(cell_kind, row[:LOOK_COLUMNS]) if kind == "label"]
        near = self.width - 1 <= len(self.rows[last]) <= self.width + 1
        if self.is_comment(last):
            return [last] if near and len(row) > 1 and len(words) == len(row[:LOOK_COLUMNS]) else []
        has_time = any(
            column < len(self.rows[last]) and self._kind(last, column) == "date"
            for column in self.times
        )
        begins_with_data = cell_kind(row[0]) in VALUES
        return [last] if words and near and not (has_time or begins_with_data) else []

    def is_data(self, index: int) -> bool:
        """Whether the row is data: all numbers, or a date, numbers and words as in the rows below.

        pandas writes 0, 1, 2, … as the names of unnamed columns: such a row is a header.
        """
        row = [cell.strip() for cell in self.rows[index]]
        kinds = [cell_kind(cell) for cell in row[:LOOK_COLUMNS]]
        if all(kind == "number" for kind in kinds):
            return row != [str(position) for position in range(len(row))]
        return bool(self.times) and self._fits(index)

    def skipped_note(self, first: int) -> tuple[str, ...]:
        above = [index for index in self.filled if index < first]
        if not above:
            return ()
        text = " ".join(cell for cell in self.rows[above[0]] if cell.strip()).strip()
        shown = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
        were = "was" if first == 1 else "were"
        return (f"{counted(first, 'line')} above the header {were} skipped; the first: {shown!r}.",)


def _names(top: _Top, run: list[int]) -> tuple[tuple[str, ...], list[int], tuple[str, ...]]:
    """The names of the columns, the rows of the header that were used, and notes."""
    written = [[_clean(cell) for cell in top.rows[index]] for index in run]
    if top.is_comment(run[0]):
        written[0][0] = written[0][0].lstrip("".join(COMMENT_MARKS)).strip()
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
