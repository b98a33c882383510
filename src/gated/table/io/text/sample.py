"""Splits the first lines of a text file into rows of cells, with the line at which each row ends.

The layout of the file is decided from these rows.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

__all__ = ["Sample", "Separator", "split_lines", "split_sample"]

SAMPLE_ROWS = 200  # rows from which the layout is decided
# A no-break space before three digits stands between thousands: 1 234 567.
BLANKS = re.compile(r"(?:[^\S\u00a0\u202f]|(?<!\d)[\u00a0\u202f]|[\u00a0\u202f](?!\d{3}(?!\d)))+")
QUOTED = re.compile(r'"([^"]*)"|(\S+)')  # R writes texts and names of rows in quotes
WIDE_BLANKS = re.compile(r"\t+ *| {2,}\t*")

Separator = str
"""One character; or "blank" for runs of blanks, "blanks" for runs of two or more."""


@dataclass(frozen=True)
class Sample:
    """The first rows of a text file.

    Attributes:
        rows: the cells of each row; an empty line is a row without cells.
        line_ends: the number of lines of the file up to the end of each row; a row has several
            lines if a cell has a line break within quotes.
    """

    rows: list[list[str]]
    line_ends: list[int]


def split_sample(text: str, separator: Separator, *, is_whole: bool) -> Sample:
    """Split the beginning of a file into rows.

    Args:
        text: the beginning of the file.
        separator: the character between cells, or "blank" or "blanks".
        is_whole: whether the text is all of the file; else its last row may be cut.

    >>> split_sample("a,b\\n\\n1,2\\n", ",", is_whole=True).rows
    [['a', 'b'], [], ['1', '2']]
    """
    lines = io.StringIO(text, newline="")
    rows: list[list[str]] = []
    ends: list[int] = []
    if separator in ("blank", "blanks"):
        rows = list(islice(split_lines(lines, separator), SAMPLE_ROWS + 1))
        ends = list(range(1, len(rows) + 1))
    else:
        reader = csv.reader(lines, delimiter=separator)
        try:
            for cells in islice(reader, SAMPLE_ROWS + 1):
                rows.append(cells)
                ends.append(reader.line_num)
        except csv.Error:  # a cell longer than the reader's limit: quotes are not looked at
            lines.seek(0)
            rows = [
                line.rstrip("\r\n").split(separator) if line.strip() else []
                for line in islice(lines, SAMPLE_ROWS + 1)
            ]
            ends = list(range(1, len(rows) + 1))
    cut = len(rows) - 1 if len(rows) > 1 and (not is_whole or len(rows) > SAMPLE_ROWS) else None
    return Sample(rows[:cut], ends[:cut])


def split_lines(lines: Iterable[str], separator: Separator) -> Iterator[list[str]]:
    """Split lines at runs of blanks ("blank") or at runs of two or more ("blanks").

    >>> list(split_lines(["day   mean temp", "1     5.0"], "blanks"))
    [['day', 'mean temp'], ['1', '5.0']]
    >>> list(split_lines(['"1" "New York" 5'], "blank"))
    [['1', 'New York', '5']]
    >>> list(split_lines(["2024-01-01 1\\u00a0234,5\\u00a0kWh"], "blank"))
    [['2024-01-01', '1\\xa0234,5', 'kWh']]
    """
    mark = WIDE_BLANKS if separator == "blanks" else BLANKS
    for line in lines:
        text = line.strip()
        if separator == "blank" and text.startswith('"') and text.count('"') % 2 == 0:
            yield [match[1] if match[2] is None else match[2] for match in QUOTED.finditer(text)]
        else:
            yield mark.split(text) if text else []
