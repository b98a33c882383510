"""Runs `gated explain`, which forecasts a table and says what moves the forecast.

Modules that need torch are imported after the table was read, as in `gated forecast`.
"""

import time

from gated.cli.commands.forecasting.tables import read_tables
from gated.cli.console.exits import refuse_left_out
from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar
from gated.cli.output.stdout import require_stdout
from gated.cli.requests.forecasting.explain_request import ExplainRequest

__all__ = ["run"]


def run(request: ExplainRequest, messages: Messages) -> None:
    """Run `gated explain`.

    Args:
        request: the options.
        messages: prints messages to stderr.
    """
    started = time.monotonic()
    require_stdout()
    with progress_bar(messages, f"Reading {request.table_name}") as progress:
        tables = read_tables(request, messages) if request.model is None else None
        from gated.cli.commands.forecasting.explain_work import explained
        from gated.cli.output.files import raise_failed, write_results

        result = explained(request, tables, messages, progress)
        failed = write_results(result.file_writers(request))
    written = request.without(failed)
    seconds = time.monotonic() - started
    result.print(written, seconds)
    result.print_summary(written, messages, seconds)
    raise_failed(failed)
    refuse_left_out(result.made.table.rejected, strict=request.strict)
