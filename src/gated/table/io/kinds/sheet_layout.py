"""Finds the table in the rows of a sheet: empty borders, lines above the header, the header."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gated.table.io.kinds.typed import spelled
from gated.table.io.rows.footer import MOST_FOOTER_ROWS, footer_length, footer_note
from gated.table.io.rows.header import find_header
from gated.table.io.rows.repeated_names import RepeatedName, different_names
from gated.text import counted, listed

__all__ = ["SheetLayout", "find_layout"]

_SAMPLE = 1000  # rows from which the usual number of cells is taken

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class SheetLayout:
    """The place of a table in a sheet.

    Attributes:
        names: the names of its columns.
        columns: the position of each column in the sheet.
        rows: the position of each row of data in the sheet.
        notes: what was left out or assumed.
        repeated: the columns that were renamed because the header repeats a name.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    rows: tuple[int, ...]
    notes: tuple[str, ...]
    repeated: Mapping[str, RepeatedName] = field(default_factory=dict)


def find_layout(rows: Rows, name: str) -> SheetLayout | None:
    """Find the table of a sheet; None if no row has a cell.

    Args:
        rows: all rows of the sheet from its first, of equal length; None for an empty cell.
        name: of the file, for messages.

    Raises:
        DataError: two columns have one time as their name.
    """
    filled = [at for at, row in enumerate(rows) if any(cell is not None for cell in row)]
    if not filled:
        return None
    counts = [sum(cell is not None for cell in rows[at]) for at in filled[:_SAMPLE]]
    usual = max(Counter(counts).items(), key=lambda item: (item[1], item[0]))[0]
    header = find_header([_texts(row) for row in rows[: filled[0] + _SAMPLE]])
    notes = list(header.notes)
    data, after = _without_remarks(rows, [at for at in filled if at >= header.data], usual)
    last = [_texts(rows[at], is_whole=True) for at in data[-MOST_FOOTER_ROWS:]]
    length = min(footer_length(last, header.kinds), len(data) - 1) if header.names else 0
    if length > 0:
        notes.append(footer_note(last[-length:], data[-length] + 1))
        data = data[:-length]
    has_header = bool(header.names)
    named = {at for at, label in enumerate(header.names) if label}
    columns = [
        at
        for at in range(len(rows[0]))
        if at in named or any(rows[row][at] is not None for row in data)
    ]
    if not has_header:
        notes.append("The sheet has no header row; the columns are named column_1, column_2, ….")
    written = [header.names[at] if at in named else None for at in columns]
    names = [cell or f"column_{position}" for position, cell in enumerate(written, start=1)]
    found = different_names(
        names,
        lambda one, other: all(rows[at][columns[one]] == rows[at][columns[other]] for at in data),
        f"{name}: ",
    )
    unnamed = [label for label, cell in zip(names, written, strict=True) if cell is None]
    if has_header and unnamed:
        notes.append(f"Columns without a name were named by their position: {listed(unnamed)}.")
    if after:
        notes.append(
            f"{counted(len(after), 'line')} below the table, after an empty row, "
            f"{'was' if len(after) == 1 else 'were'} left out: {_quoted(rows[after[0]])}."
        )
    kept = tuple(columns[at] for at in found.kept)
    return SheetLayout(found.names, kept, tuple(data), (*notes, *found.notes), found.repeated)


def _texts(row: Sequence[object], *, is_whole: bool = False) -> list[str]:
    """The cells of a row as text; a title, alone in its row, without the empty cells after it."""
    cells = ["" if cell is None else spelled(cell) for cell in row]
    filled = [at for at, cell in enumerate(cells) if cell]
    return cells if is_whole or len(filled) != 1 else cells[: filled[0] + 1]


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
