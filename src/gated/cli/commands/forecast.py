"""`gated forecast`: read, load or fit a forecaster, forecast, say what happened, hand it over.

What needs torch is imported after the table was read: torch takes two seconds, and a table that
cannot be read is refused before.
"""

import time
from collections.abc import Sequence

from gated.cli.commands.forecast_tables import read_tables
from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.request import ForecastRequest

__all__ = ["run"]


def run(request: ForecastRequest, messages: Messages, command: Sequence[str]) -> None:
    """Answer one `gated forecast`.

    Args:
        request: what the command line asks for.
        messages: where to say things.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    started = time.monotonic()
    with progress_bar(messages, f"Reading {request.table.name}") as wait:
        tables = read_tables(request) if request.model is None else None
        from gated.cli.commands.forecast_work import Work

        answer = Work(request, messages, command, wait).answer(tables)
    from gated.cli.commands.forecast_answer import hand_over, say_where, say_why, write_files

    write_files(request, answer)
    say_why(messages, answer)
    seconds = time.monotonic() - started
    hand_over(request, answer, seconds)
    say_where(request, messages, answer, seconds)
