"""Makes rows of different lengths equal, where the missing or surplus cells can only be empty."""

from collections.abc import Sequence
from dataclasses import dataclass

from gated.text import counted

__all__ = ["EqualRows", "equal_lengths"]

EXCEL_BLOCK = 16  # Excel decides for blocks of 16 rows how many separators it writes


@dataclass(frozen=True)
class EqualRows:
    """Rows of one length, and how they were made."""

    rows: list[list[str]]
    notes: tuple[str, ...]


def equal_lengths(rows: Sequence[list[str]], width: int, rows_above: int = 0) -> EqualRows | None:
    """Fill or cut rows to `width` cells; None if it is not sure which cells are missing.

    Surplus cells are cut where they are empty. Missing cells are filled with empty ones at the end
    where a program left out empty cells: these columns are empty in all other rows, or all rows
    of each block of 16 have one length (Excel).

    >>> equal_lengths([["a", "1", ""], ["b", "2"]], 2).rows
    [['a', '1'], ['b', '2']]
    >>> equal_lengths([["a", "1"], ["b"], ["c", "3"]] * 9, 3) is None
    True
    """
    if any(any(cell.strip() for cell in row[width:]) for row in rows):
        return None
    short = [row for row in rows if len(row) < width]
    if short and not _left_out(rows, width, rows_above):
        return None
    equal = [(row + [""] * (width - len(row)))[:width] for row in rows]
    notes = []
    if short:
        shown = counted(len(short), "row has", "rows have")
        notes.append(f"{shown} fewer cells than the header; the missing ones at the end are empty.")
    return EqualRows(equal, tuple(notes))


def _left_out(rows: Sequence[list[str]], width: int, rows_above: int) -> bool:
    shortest = min(len(row) for row in rows)
    full = [row for row in rows if len(row) >= width]
    if not full or shortest < 2:
        return False
    if not any(cell.strip() for row in full for cell in row[shortest:]):
        return True
    blocks: dict[int, set[int]] = {}
    for position, row in enumerate(rows, start=rows_above):
        blocks.setdefault(position // EXCEL_BLOCK, set()).add(len(row))
    return len(blocks) > 1 and all(len(lengths) == 1 for lengths in blocks.values())
