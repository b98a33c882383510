"""Recognises what programs print, and turns it into rows of cells."""

from collections.abc import Callable

from gated.table.io.text.programs.candles import candle_rows, is_candles
from gated.table.io.text.programs.log_lines import is_log, log_rows
from gated.table.io.text.programs.metric_lines import is_metric, metric_rows
from gated.table.io.text.programs.printed import is_printed, printed_rows
from gated.table.io.text.programs.program_rows import ProgramRows
from gated.table.io.text.programs.system_reports import is_report, report_rows

__all__ = ["MOST_BYTES", "is_of_program", "program_rows"]

MOST_BYTES = 1 << 26  # of what a program printed; a larger file is read as it is
_LOOKS = (is_report, is_candles, is_metric, is_log, is_printed)
_READS: tuple[Callable[[str], ProgramRows | None], ...] = (
    candle_rows,
    metric_rows,
    log_rows,
    printed_rows,
)


def is_of_program(head: bytes) -> bool:
    """Whether the first bytes may be those of a program: a cheap look before all lines.

    >>> is_of_program(b"12:00:01 -> 23.4\\n"), is_of_program(b"day,y\\n2024-01-01,5\\n")
    (True, False)
    """
    return any(look(head) for look in _LOOKS)


def program_rows(text: str, name: str) -> ProgramRows | None:
    """The rows of what a program printed; None of any other text.

    Args:
        text: the file.
        name: its name, for messages.

    Raises:
        DataError: the lines of a program can be understood in several ways.
    """
    if (report := report_rows(text, name)) is not None:
        return report
    return next((rows for read in _READS if (rows := read(text)) is not None), None)
