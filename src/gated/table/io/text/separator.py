"""Detects what separates the cells of a text file: a mark, or blanks.

The separator splits most rows into the same number of cells.
"""

import re
from collections.abc import Sequence

from gated.table.io.rows.cell_kinds import CellKind, cell_kind
from gated.table.io.rows.width import GIVEN_SEPARATOR, usual_width
from gated.table.io.text.sample import Sample, Separator, split_sample

__all__ = ["SEPARATORS", "find_separator"]

SEPARATORS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "blank": "blank",
    "blanks": "run of blanks",
}
MARKS = (",", ";", "\t", "|")
CONSISTENT = 0.9  # share of rows of one width without which blanks do not separate cells
HALF = 0.5  # share of rows of one width without which no mark separates the cells
LOOK_ROWS, LOOK_COLUMNS = 50, 20  # cells whose kinds are looked at
COMMA_AT_END = re.compile(r"^,|,$")
THOUSANDS = re.compile(r"[+-]?\d{1,3}( \d{3})+")  # 1 234 567 is one number


def find_separator(text: str, *, is_whole: bool) -> tuple[Separator, Sample]:
    """The separator of the cells, and the first rows split by it.

    Args:
        text: the beginning of the file.
        is_whole: whether it is all of the file.

    >>> find_separator("date;y\\n2024-01-01;1,5\\n", is_whole=True)[0]
    ';'
    """
    given = GIVEN_SEPARATOR.match(text)
    if given and given["mark"]:
        return given["mark"], split_sample(text, given["mark"], is_whole=is_whole)
    samples = {mark: split_sample(text, mark, is_whole=is_whole) for mark in MARKS if mark in text}
    scores = {mark: _score(sample.rows) for mark, sample in samples.items()}
    scores = {mark: score for mark, score in scores.items() if score[-1] > 1}
    if scores:
        best = max(scores, key=lambda mark: scores[mark])
        if best == ",":
            others = (mark for mark in MARKS[1:] if mark in scores)
            best = next((mark for mark in others if _has_commas_in_values(samples[mark].rows)), ",")
        if _share(samples[best].rows, scores[best][2]) > HALF:
            blank = _blanks_beside_commas(text, is_whole=is_whole) if best == "," else None
            return blank or (best, samples[best])
    blank = _blank_separator(text, is_whole=is_whole)
    if blank is not None:
        return blank
    best = max(scores, key=lambda mark: scores[mark]) if scores else ","
    return best, samples.get(best) or split_sample(text, best, is_whole=is_whole)


def _score(rows: Sequence[Sequence[str]]) -> tuple[float, bool, int]:
    """How well a separator splits rows, whether the first row has the usual width, and the width.

    The share of rows of the usual width without a stray quote, and the share of cells that are
    numbers or dates: split by another mark than the right one, they are neither.
    """
    filled = [row for row in rows if row]
    width = usual_width([row for row in filled if len(row) > 1])
    regular = [row for row in filled if len(row) == width and not any('"' in cell for cell in row)]
    if width < 2 or not regular:
        return (0.0, False, 1)
    lower = regular[len(regular) // 2 :][:LOOK_ROWS]
    cells = [_kind(cell) for row in lower for cell in row[:LOOK_COLUMNS]]
    values = sum(kind != "label" for kind in cells) / len(cells)
    return (len(regular) / len(filled) + values, len(filled[0]) == width, width)


def _has_commas_in_values(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows split by another mark have commas in numbers and dates only: Januar;105,3."""
    filled = [row for row in rows if row]
    width = usual_width(filled)
    if width < 2 or _share(filled, width) <= HALF:
        return False
    lower = [row for row in filled[len(filled) // 2 :] if len(row) == width][:LOOK_ROWS]
    with_comma = [cell for row in lower for cell in row if "," in cell]
    return bool(with_comma) and all(cell_kind(cell) in ("number", "date") for cell in with_comma)


def _blanks_beside_commas(text: str, *, is_whole: bool) -> tuple[Separator, Sample] | None:
    """Blanks, if the header has no comma and those below stand in numbers only: Genf 2021 1,57."""
    first_line = re.match(r"[^\r\n]*", text)
    if first_line is not None and "," in first_line[0]:
        return None
    blank = _blank_separator(text, is_whole=is_whole)
    if blank is None:
        return None
    rows = [row for row in blank[1].rows if row]
    with_comma = [cell for row in rows for cell in row if "," in cell]
    are_numbers = all(
        cell_kind(cell) == "number" and COMMA_AT_END.search(cell) is None for cell in with_comma
    )
    is_header = len(rows[0]) == usual_width(rows) and cell_kind(rows[0][0]) == "label"
    return blank if are_numbers and is_header else None


def _kind(cell: str) -> CellKind:
    """The kind of a cell: with another mark in it, it is several cells, and no value."""
    return "label" if any(mark in cell for mark in MARKS[1:]) else cell_kind(cell)


def _share(rows: Sequence[Sequence[str]], width: int) -> float:
    """The share of rows, empty ones aside, that have `width` cells."""
    filled = [row for row in rows if row]
    return sum(len(row) == width for row in filled) / max(len(filled), 1)


def _blank_separator(text: str, *, is_whole: bool) -> tuple[Separator, Sample] | None:
    """Runs of two or more blanks, or of one; that by which the header has the cells of the rows."""
    found: list[tuple[Separator, Sample]] = []
    for separator in ("blanks", "blank"):
        sample = split_sample(text, separator, is_whole=is_whole)
        filled = [row for row in sample.rows if row]
        below = filled[1:]  # a header may have another width: date and time
        width = usual_width(below)
        if width < 2 or _share(below, width) < CONSISTENT:
            continue
        joined = [" ".join(row) for row in filled[1:]]
        if all(THOUSANDS.fullmatch(line) for line in joined):
            continue
        if len(filled[0]) == 1 and all(cell_kind(line) == "date" for line in joined):
            continue  # one column of dates with a time of day
        last = [cell_kind(row[-1]) for row in filled[1:] if len(row) == width]
        if sum(kind != "label" for kind in last) > len(last) / 2 or separator == "blanks":
            found.append((separator, sample))
    fitting = [one for one in found if _has_full_header(one[1].rows)]
    if not fitting and len(found) > 1 and _is_split_too_little(*(one[1].rows for one in found)):
        return found[1]
    return next(iter(fitting or found), None)


def _is_split_too_little(wide: Sequence[Sequence[str]], narrow: Sequence[Sequence[str]]) -> bool:
    """Whether rows of numbers without a header have cells with blanks: 2024 01 01 00   -12."""
    if any(cell_kind(cell) != "number" for row in narrow for cell in row):
        return False
    with_blank = [cell for row in wide for cell in row if " " in cell]
    return bool(with_blank) and not all(THOUSANDS.fullmatch(cell) for cell in with_blank)


def _has_full_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the last row of words has as many cells as the rows below it."""
    width = usual_width(rows)
    words = [row for row in rows if row and all(cell_kind(cell) == "label" for cell in row)]
    return bool(words) and len(words[-1]) == width
