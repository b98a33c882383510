"""Defines the rows that the lines of a program are turned into."""

from collections.abc import Sequence
from dataclasses import dataclass

from gated.text import counted

__all__ = ["ProgramRows", "rows_below"]


@dataclass(frozen=True)
class ProgramRows:
    """Lines of CSV, and notes on what they were made of."""

    text: str
    notes: tuple[str, ...] = ()


def rows_below(
    names: Sequence[str], rows: Sequence[Sequence[str] | None], lines: Sequence[str], what: str
) -> ProgramRows:
    """Rows below a header; a line without a row becomes an empty one.

    Args:
        names: of the columns.
        rows: the cells of each line, which have no comma; None for a line that is no row.
        lines: the lines, of which those that are neither empty nor rows are counted.
        what: whose lines they are, for the note: "the log".

    >>> rows_below(["time", "value"], [("12:00", "5"), None], ["12:00 5", "end"], "the log").text
    'time,value\\n12:00,5\\n\\n'
    """
    written = [",".join(names), *("" if row is None else ",".join(row) for row in rows)]
    others = sum(row is None and bool(line.strip()) for line, row in zip(lines, rows, strict=True))
    has = counted(others, f"line of {what} has", f"lines of {what} have")
    left = "and was left out" if others == 1 else "and were left out"
    notes = (f"{has} other contents {left}.",) if others else ()
    return ProgramRows("\n".join(written) + "\n", notes)
