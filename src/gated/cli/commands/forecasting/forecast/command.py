"""Runs `gated forecast`, which reads a table, loads or fits a forecaster and writes the forecast.

Modules that need torch are imported after the table was read: importing torch takes two seconds,
and an error in the table is reported before that.
"""

import time
from collections.abc import Sequence
from contextlib import ExitStack

from gated.cli.commands.forecasting.tables import read_tables
from gated.cli.console.exits import refuse_left_out
from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.output.stdout import require_stdout
from gated.cli.requests.forecasting.forecast_request import ForecastRequest

__all__ = ["run"]


def run(request: ForecastRequest, messages: Messages, command: Sequence[str]) -> None:
    """Run `gated forecast`.

    Args:
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    if request.engine is not None:
        from gated.cli.commands.forecasting.forecast.files import run_engine

        run_engine(request, messages)
        return
    started = time.monotonic()
    if request.out is None or request.as_json:
        require_stdout()
    with ExitStack() as until_written:  # the checkpoint stays until the last file is written
        with progress_bar(messages, f"Reading {request.table_name}") as progress:
            tables = read_tables(request, messages) if request.model is None else None
            from gated.cli.commands.forecasting.forecast.work import ForecastRun

            result = ForecastRun(request, messages, command, progress, until_written).run(tables)
            from gated.cli.commands.forecasting.forecast.output import (
                file_writers,
                print_findings,
                print_line,
                print_summary,
                write_result,
            )
            from gated.cli.commands.forecasting.forecast.totals import print_totals
            from gated.cli.output.files import raise_failed, write_results

            progress.stage("Writing")
            writers = file_writers(request, result)
        failed = write_results(writers)
        written = request.without(failed)  # a forecast whose file failed is written to stdout
        print_findings(messages, result)
        seconds = time.monotonic() - started
        write_result(written, result, seconds)
        print_line(messages, written, result)
        print_totals(messages, request, result.made)
        print_summary(written, messages, result, seconds)
        raise_failed(failed)
        refuse_left_out(result.table.rejected, strict=request.strict)
