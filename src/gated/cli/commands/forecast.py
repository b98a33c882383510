"""`gated forecast`: read, load or fit a forecaster, forecast, say what happened, hand it over.

What needs torch is imported after the table was read: torch takes two seconds, and a table that
cannot be read is refused before.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack

from gated.cli.commands.forecast_tables import read_tables
from gated.cli.console.messages import Messages
from gated.cli.console.output import require_stdout
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
    if request.out is None or request.as_json:
        require_stdout()
    with ExitStack() as kept:  # from the first step on, what was learned is kept until the end
        with progress_bar(messages, f"Reading {request.table.name}") as wait:
            tables = read_tables(request) if request.model is None else None
            from gated.cli.commands.forecast_work import Work

            answer = Work(request, messages, command, wait, kept).answer(tables)
            from gated.cli.commands.forecast_answer import hand_over, say_where, say_why, writers
            from gated.cli.console.results import raise_failed, write_results

            wait.doing("Writing")
            ready = writers(request, answer)
        failed = write_results(ready)
        written = request.without(failed)  # a forecast that is in no file goes to stdout
        say_why(messages, answer)
        seconds = time.monotonic() - started
        hand_over(written, answer, seconds)
        say_where(written, messages, answer, seconds)
        raise_failed(failed)
