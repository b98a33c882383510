"""Makes rows of different lengths equal, where it is sure what is missing or belongs together.

The missing cells are empty ones, and the surplus cells are empty or words after the last column.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gated.text import counted

__all__ = ["EqualRows", "equal_lengths"]

NUMBER = re.compile(r"^[+-]?[\d.,' ]*\d[\d.,' ]*%?$")
WORD = re.compile(r"[^\W\d_]")
MOST_LONG = 0.5  # share of rows with words after the last column; more are another table
EXCEL_BLOCK = 16  # Excel decides for blocks of 16 rows how many separators it writes


@dataclass(frozen=True)
class EqualRows:
    """Rows of one length, and how they were made."""

    rows: list[list[str]]
    notes: tuple[str, ...]


def equal_lengths(
    rows: Sequence[list[str]],
    width: int,
    rows_above: int = 0,
    separator: str = ",",
    *,
    names_times: bool = False,
) -> EqualRows | None:
    """Fill or cut rows to `width` cells; None if it is not sure which cells are missing.

    Surplus cells are cut where they are empty. Missing cells are filled with empty ones at the end
    where a program left out empty cells: these columns are empty in all other rows, or all rows
    of each block of 16 have one length (Excel). Below a header of times, a row of one name heads a
    section.

    >>> equal_lengths([["a", "1", ""], ["b", "2"]], 2).rows
    [['a', '1'], ['b', '2']]
    >>> equal_lengths([["a", "1"], ["b"], ["c", "3"]] * 9, 3) is None
    True
    """
    notes = []
    if any(any(cell.strip() for cell in row[width:]) for row in rows):
        joined = _with_joined_words(rows, width, separator)
        if joined is None:
            return None
        rows, notes = joined.rows, [*joined.notes]
    short = [row for row in rows if len(row) < width]
    has_sections = names_times and _head_sections(rows, width)
    if short and not has_sections and not _left_out(rows, width, rows_above):
        return None
    equal = [(row + [""] * (width - len(row)))[:width] for row in rows]
    if short:
        shown = counted(len(short), "row has", "rows have")
        notes.append(f"{shown} fewer cells than the header; the missing ones at the end are empty.")
    return EqualRows(equal, tuple(notes))


def _with_joined_words(rows: Sequence[list[str]], width: int, separator: str) -> EqualRows | None:
    """Join words that the separator cut to the last column of words; None if they are no words.

    After a last column of numbers, the words of a file separated by blanks are a remark, and are
    left out.

    >>> _with_joined_words([["1", "wet"], ["2", "cold", " windy"], ["3", ""]], 2, ",").rows
    [['1', 'wet'], ['2', 'cold, windy'], ['3', '']]
    >>> _with_joined_words([["1", "5"], ["2", "6", "closed"], ["3", "7"]], 2, " ").rows
    [['1', '5'], ['2', '6'], ['3', '7']]
    """
    surplus = [row for row in rows if any(cell.strip() for cell in row[width:])]
    filled = [row[width - 1].strip() for row in rows if len(row) == width]
    filled = [cell for cell in filled if cell]
    if len(surplus) > MOST_LONG * len(rows) or width < 2:
        return None
    have = counted(len(surplus), "row has", "rows have")
    if not any(NUMBER.match(cell) for cell in filled):
        # In a sentence a blank follows the comma; without one, the cell may be of a new column.
        is_sentence = all(
            WORD.search(row[width - 1])
            and (not separator.strip() or all(cell[:1].isspace() for cell in row[width:]))
            for row in surplus
        )
        joined = [[*row[: width - 1], separator.join(row[width - 1 :])] for row in surplus]
        note = f"{have} more cells than the header, cut from the text of the last column: joined."
    else:
        is_sentence = not separator.strip() and all(map(NUMBER.match, filled))
        is_sentence = is_sentence and all(
            NUMBER.match(row[width - 1]) and WORD.match(row[width]) for row in surplus
        )
        joined = [row[:width] for row in surplus]
        note = f"{have} words after the last column; they were left out."
    if not is_sentence:
        return None
    mended = iter(joined)
    is_long = [any(cell.strip() for cell in row[width:]) for row in rows]
    equal = [next(mended) if more else row for row, more in zip(rows, is_long, strict=True)]
    return EqualRows(equal, (note,))


def _head_sections(rows: Sequence[list[str]], width: int) -> bool:
    """Whether the short rows have one name, and all others a name and numbers only.

    >>> _head_sections([["Income"], ["Sales", "5", ""], ["Fees", "6", "7"]], 3)
    True
    """
    for row in rows:
        is_name = WORD.search(row[0]) is not None
        numbers = [cell for cell in row[1:] if cell.strip()]
        if not is_name or len(row) not in (1, width) or not all(map(NUMBER.match, numbers)):
            return False
    return width > 2


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
