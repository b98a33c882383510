"""Turns lines of logs into rows: a time, and the numbers behind their names.

It knows lines such as "[2024-01-01 12:00:01] INFO queue=23" and "12:00:01 -> 23.4", and the lines
of web servers in the common log format. Each line becomes one line, so that the numbers of rows in
messages differ by the header only.
"""

import re
from collections import Counter

from gated.table.io.text.programs.program_rows import ProgramRows, rows_below
from gated.text import listed

__all__ = ["is_log", "log_rows"]

LOOK_LINES = 50
FEWEST_LINES = 3
MOST = 0.8  # share of the first lines that have the same names
DATE = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
LINE = re.compile(
    rf"^\[?(?P<time>(?:(?:{DATE})[T ])?\d{{1,2}}:\d{{2}}:\d{{2}}"
    r"(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?"
    r"[\s,:|]+(?P<rest>\D.*)$"
)
NAMED = re.compile(
    r"(?P<name>[A-Za-z_][\w.%/]*)?\s*(?:=|:|->|=>)\s*(?P<number>[+-]?\d+(?:\.\d+)?)(?![\w:.-]*\d)"
)
WEB_LINE = re.compile(
    r'^(?P<host>\S+) \S+ \S+ \[(?P<time>[^\]]+)\] "(?P<request>[^"]*)" (?P<status>\d{3}) '
    r"(?P<bytes>\d+|-)"
)
WEB_NAMES = ("time", "status", "bytes")


def is_log(head: bytes) -> bool:
    """Whether one of the first lines may be that of a log: a cheap look before all lines.

    >>> is_log(b"12:00:01 -> 23.4\\n"), is_log(b"day,y\\n2024-01-01,5\\n")
    (True, False)
    """
    lines = head.decode("utf-8", errors="replace").split("\n")[:FEWEST_LINES]
    return any(WEB_LINE.match(line) or _named(line) is not None for line in lines)


def log_rows(text: str) -> ProgramRows | None:
    """The rows of a log; None if the text is none.

    >>> found = log_rows("12:00:01 -> 23.4\\n12:00:02 -> 23.5\\nstopped\\n12:00:03 -> 23.9\\n")
    >>> found.text, found.notes[1]
    ('time,value\\n12:00:01,23.4\\n12:00:02,23.5\\n\\n12:00:03,23.9\\n', '1 line of the log has \
other contents and was left out.')
    >>> log_rows("2024-01-01 12:00:00 5 6\\n" * 9) is None
    True
    """
    lines = text.rstrip("\n").split("\n")
    head = [line for line in lines[:LOOK_LINES] if line.strip()]
    if len(head) < FEWEST_LINES:
        return None
    if sum(WEB_LINE.match(line) is not None for line in head) > MOST * len(head):
        return _rows(lines, WEB_NAMES, [_web_cells(line) for line in lines])
    names = Counter(found[0] for line in head if (found := _named(line)) is not None)
    usual, count = names.most_common(1)[0] if names else ((), 0)
    if not usual or count < MOST * sum(names.values()) or 2 * count < len(head):
        return None
    every = [_named(line) for line in lines]
    cells = [one[1] if one is not None and one[0] == usual else None for one in every]
    return _rows(lines, ("time", *usual), cells)


def _rows(
    lines: list[str], names: tuple[str, ...], cells: list[tuple[str, ...] | None]
) -> ProgramRows:
    found = rows_below(names, cells, lines, "the log")
    note = f"The lines are those of a log; its numbers are {listed(names[1:])}."
    return ProgramRows(found.text, (note, *found.notes))


def _web_cells(line: str) -> tuple[str, ...] | None:
    match = WEB_LINE.match(line)
    if match is None:
        return None
    size = "" if match["bytes"] == "-" else match["bytes"]
    return (match["time"], match["status"], size)


def _named(line: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The names of the numbers of a line, and its time and numbers; None for another line."""
    match = LINE.match(line.strip())
    if match is None:
        return None
    pairs = [(one["name"] or "value", one["number"]) for one in NAMED.finditer(match["rest"])]
    names = tuple(name for name, _ in pairs)
    if not pairs or len(set(names)) < len(names) or "time" in names:
        return None
    time = match["time"].replace(",", ".")
    return names, (time, *(number for _, number in pairs))
