"""Turns tables printed for people into rows of cells: boxes of databases, lists of Stata.

Each line becomes one line, so that the numbers of rows in messages stay those of the file.
"""

import re
from collections.abc import Callable, Sequence

from gated.table.io.text.programs.program_rows import ProgramRows

__all__ = ["is_printed", "printed_rows"]

BOX_BYTES = b"\xe2\x94"  # the first two bytes of ┌, ─ and │ in UTF-8
LOOK_LINES = 40
FEWEST_LINES = 3
# Polars, DuckDB, SQLite and others draw boxes; the inner bars may be dashed.
BARS = re.compile("[│┆┃║]")
FRAME = re.compile("[│┆┃║┌├╞└╭╰┏┡┗╔╠╚]")
BORDER = re.compile("[┌├╞└╭╰┏┡┗╔╠╚]")
# Polars writes the types of the columns below a row of dashes, DuckDB below the names.
TYPES = re.compile(
    r"(?:u?int\d*|[iuf]\d+|str|string|varchar|date|datetime\b.*|timestamp\b.*|bool(?:ean)?|cat|"
    r"bigint|double|float\d*|decimal\b.*|enum|time|---|…)",
    re.I,
)
# "  1. | 2020m1   79.8 |"
STATA_ROW = re.compile(r"^\s*(?:\d+\.)?\s*\|(?P<cells>.*)\|\s*$")
STATA_NUMBER = re.compile(r"^\s*\d+\.\s*\|")
STATA_RULE = re.compile(r"^\s*[|+]-+[|+]\s*$")


def is_printed(head: bytes) -> bool:
    """Whether the first bytes may be those of a printed table: a cheap look before the lines.

    >>> is_printed("┌────┐".encode()), is_printed(b"day,y")
    (True, False)
    """
    return BOX_BYTES in head or b"+--" in head or b"|--" in head


def printed_rows(text: str) -> ProgramRows | None:
    """The lines of a printed table without its frame; None if the text is none.

    >>> lines = ["┌──────┬───┐", "│ day  ┆ y │", "╞══════╪═══╡", "│ 2024 ┆ 1 │", "└──────┴───┘", ""]
    >>> printed_rows("\\n".join(lines)).text
    '\\nday|y\\n\\n2024|1\\n\\n'
    >>> printed_rows("day,y\\n2024,1\\n") is None
    True
    """
    lines = text.split("\n")
    filled = [line for line in lines[:LOOK_LINES] if line.strip()]
    if len(filled) < FEWEST_LINES:
        return None
    turn: Callable[[Sequence[str]], list[str]]
    if any(BORDER.match(line.strip()) for line in filled[:3]) and _most(filled, FRAME.search):
        turn = _without_box
    elif any(map(STATA_NUMBER.match, filled)) and all(
        STATA_ROW.match(line) or STATA_RULE.match(line) for line in filled
    ):
        turn = _without_list
    else:
        return None
    return ProgramRows("\n".join(turn(lines)), ("The frame around the table was cut.",))


def _most(lines: Sequence[str], found: Callable[[str], object]) -> bool:
    return 2 * sum(found(line) is not None for line in lines) > len(lines)


def _without_box(lines: Sequence[str]) -> list[str]:
    """The cells between the bars; the frame, the types and the size of the table become empty."""
    kept: list[str] = []
    for line in lines:
        if not BARS.search(line):
            kept.append("")
            continue
        cells = [cell.strip() for cell in BARS.split(line.strip())][1:-1]
        are_types = all(map(TYPES.fullmatch, filter(None, cells)))
        kept.append("" if are_types else "|".join(cells))
    return kept


def _without_list(lines: Sequence[str]) -> list[str]:
    """The cells of a list of Stata, separated by blanks; lines of dashes become empty."""
    kept: list[str] = []
    for line in lines:
        match = None if STATA_RULE.match(line) else STATA_ROW.match(line)
        kept.append("" if match is None else match["cells"].replace("|", " ").strip())
    return kept
