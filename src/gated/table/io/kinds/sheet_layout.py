"""Finds the table in the rows of a sheet: empty borders, lines above the header, the header."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gated.errors import DataError
from gated.table.io.kinds.typed import spelled
from gated.text import counted, listed

__all__ = ["SheetLayout", "find_layout"]

_SAMPLE = 1000  # rows from which the usual number of cells is taken
_MOST = 0.6  # a header has at least this share of the usual number of cells

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class SheetLayout:
    """The place of a table in a sheet.

    Attributes:
        names: the names of its columns.
        columns: the position of each column in the sheet.
        rows: the position of each row of data in the sheet.
        notes: what was left out or assumed.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    rows: tuple[int, ...]
    notes: tuple[str, ...]


def find_layout(rows: Rows, name: str) -> SheetLayout | None:
    """Find the table of a sheet; None if no row has a cell.

    Args:
        rows: all rows of the sheet from its first, of equal length; None for an empty cell.
        name: of the file, for messages.

    Raises:
        DataError: two columns have the same name.
    """
    filled = [at for at, row in enumerate(rows) if any(cell is not None for cell in row)]
    if not filled:
        return None
    counts = [sum(cell is not None for cell in rows[at]) for at in filled[:_SAMPLE]]
    usual = max(Counter(counts).items(), key=lambda item: (item[1], item[0]))[0]
    least = max(min(2, usual), int(_MOST * usual + 0.5))
    first = next(at for at, count in enumerate(counts) if count >= least)
    above, header, below = filled[:first], filled[first], filled[first:]
    notes = [_above_note(above)] if above else []
    has_header = any(isinstance(cell, str) for cell in rows[header])
    data, after = _without_remarks(rows, below[1:] if has_header else below, usual)
    table = [header, *data]
    columns = [at for at in range(len(rows[0])) if any(rows[row][at] is not None for row in table)]
    if not has_header:
        notes.append("The sheet has no header row; the columns are named column_1, column_2, ….")
    written = [rows[header][at] if has_header else None for at in columns]
    names = [
        f"column_{position}" if cell is None else spelled(cell).strip()
        for position, cell in enumerate(written, start=1)
    ]
    twice = sorted(label for label, times in Counter(names).items() if times > 1)
    if twice:
        raise DataError(
            f"{name}: the header in row {header + 1} names {listed(twice)} more than once. "
            "Expected a different name for each column."
        )
    unnamed = [label for label, cell in zip(names, written, strict=True) if cell is None]
    if has_header and unnamed:
        notes.append(f"Columns without a name were named by their position: {listed(unnamed)}.")
    if after:
        notes.append(
            f"{counted(len(after), 'line')} below the table, after an empty row, "
            f"{'was' if len(after) == 1 else 'were'} left out: {_quoted(rows[after[0]])}."
        )
    return SheetLayout(tuple(names), tuple(columns), tuple(data), tuple(notes))


def _above_note(above: Sequence[int]) -> str:
    lines = counted(len(above), "line")
    return f"{lines} above the header {'was' if len(above) == 1 else 'were'} left out."


def _without_remarks(rows: Rows, data: list[int], usual: int) -> tuple[list[int], list[int]]:
    """Split the rows of data from remarks below them: single texts after an empty row."""
    end = len(data)
    while usual > 1 and end > 1 and _is_remark(rows[data[end - 1]]):
        end -= 1
    is_apart = end < len(data) and data[end] > data[end - 1] + 1
    return (data[:end], data[end:]) if is_apart else (data, [])


def _is_remark(row: Sequence[object]) -> bool:
    cells = [cell for cell in row if cell is not None]
    return len(cells) == 1 and isinstance(cells[0], str)


def _quoted(row: Sequence[object]) -> str:
    text = next(spelled(cell) for cell in row if cell is not None)
    return repr(text if len(text) <= 60 else text[:57] + "…")
