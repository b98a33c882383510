"""Detects what separates the cells of a text file: a mark, or blanks.

The separator splits most rows into the same number of cells.
"""

import re
from collections import Counter
from collections.abc import Sequence

from gated.table.io.text.cell_kinds import cell_kind
from gated.table.io.text.sample import Sample, Separator, split_sample

__all__ = ["SEPARATORS", "find_separator", "usual_width"]

SEPARATORS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "blank": "blank",
    "blanks": "run of blanks",
}
MARKS = (",", ";", "\t", "|")
GIVEN = re.compile(r"\s*\"?sep=(?P<mark>[,;|\t])\"?\s*(?:\r\n?|\n)", re.I)  # Excel's own first line
CONSISTENT = 0.9  # share of rows of one width without which blanks do not separate cells
THOUSANDS = re.compile(r"[+-]?\d{1,3}( \d{3})+")  # 1 234 567 is one number


def find_separator(text: str, *, is_whole: bool) -> tuple[Separator, Sample]:
    """The separator of the cells, and the first rows split by it.

    Args:
        text: the beginning of the file.
        is_whole: whether it is all of the file.

    >>> find_separator("date;y\\n2024-01-01;1,5\\n", is_whole=True)[0]
    ';'
    """
    given = GIVEN.match(text)
    if given:
        return given["mark"], split_sample(text, given["mark"], is_whole=is_whole)
    samples = {mark: split_sample(text, mark, is_whole=is_whole) for mark in MARKS}
    scores = {mark: _score(sample.rows) for mark, sample in samples.items()}
    scores = {mark: score for mark, score in scores.items() if score[-1] > 1}
    if scores:
        best = max(scores, key=lambda mark: scores[mark])
        if scores[best][0] > 0.5:
            return best, samples[best]
    blank = _blank_separator(text, is_whole=is_whole)
    if blank is not None:
        return blank
    best = max(scores, key=lambda mark: scores[mark]) if scores else ","
    return best, samples[best]


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of cells of most rows; of equally frequent numbers, the one that comes first.

    >>> usual_width([["Title"], [], ["date", "y"], ["2024-01-01", "5"]])
    2
    """
    widths = Counter(len(row) for row in rows if row)
    return max(widths, key=lambda width: widths[width], default=1)


def _score(rows: Sequence[Sequence[str]]) -> tuple[float, bool, int]:
    """The share of rows of the usual width, whether the first row has it, and the width."""
    filled = [row for row in rows if row]
    if not filled:
        return (0.0, False, 1)
    width = usual_width([row for row in filled if len(row) > 1])
    share = sum(len(row) == width for row in filled) / len(filled)
    return (share, len(filled[0]) == width, width)


def _blank_separator(text: str, *, is_whole: bool) -> tuple[Separator, Sample] | None:
    for separator in ("blanks", "blank"):
        sample = split_sample(text, separator, is_whole=is_whole)
        filled = [row for row in sample.rows if row]
        share, _, width = _score(filled[1:])  # a header may have another width: date and time
        if width < 2 or share < CONSISTENT or len(filled) < 2:
            continue
        joined = [" ".join(row) for row in filled[1:]]
        if all(THOUSANDS.fullmatch(line) for line in joined):
            continue
        last = [cell_kind(row[-1]) for row in filled[1:] if len(row) == width]
        if sum(kind != "label" for kind in last) > len(last) / 2 or separator == "blanks":
            return separator, sample
    return None
