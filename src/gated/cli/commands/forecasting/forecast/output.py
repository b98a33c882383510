"""Writes the result of `gated forecast`: files, stdout, and messages to stderr."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gated
from gated import Forecaster
from gated.cli.commands.forecasting.forecast.totals import path_settings, totals_level
from gated.cli.commands.forecasting.table_summary import report_settings
from gated.cli.console.chart import ForecastChart, print_rows
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import slow_path_notes
from gated.cli.console.visible_console import VisibleConsole
from gated.cli.output.columns import Columns
from gated.cli.output.encoding import JSON_SCHEMA, as_csv, as_json, encoded, records
from gated.cli.output.rounding import decimals_of
from gated.cli.output.stdout import is_stdout_terminal, to_stdout
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.files import write_whole
from gated.forecast.config import MEAN_NAME, MODEL_NAME
from gated.forecast.prediction.forecast import Forecast
from gated.table import Table
from gated.text import counted, duration, shares

__all__ = [
    "ForecastResult",
    "file_writers",
    "print_findings",
    "print_line",
    "print_summary",
    "write_result",
]

_MEAN_DECIMALS = 3  # 0.372 sales a day


@dataclass(frozen=True)
class ForecastResult:
    """A forecast, and what is written of it.

    Attributes:
        model: fitted or loaded.
        made: the forecast.
        frame: what is written: the forecast, its paths or its totals.
        memory: the weight of each distance in the past, the largest first.
    """

    model: Forecaster
    made: Forecast
    frame: Columns
    memory: list[tuple[str, float]]

    @property
    def table(self) -> Table:
        """The table of past values."""
        return self.made.table

    @property
    def decimals(self) -> dict[str, int | None]:
        """The decimals of columns in CSV: those of the target's values, three more for means."""
        decimals = decimals_of(self.table.y)
        named = [*self.made.columns, *self.frame.names]
        written = (n for n in dict.fromkeys(named) if n == "value" or n.startswith(MODEL_NAME))
        columns = {name: decimals for name in written if name in self.frame.names}
        if MEAN_NAME in columns and decimals is not None:
            columns[MEAN_NAME] = decimals + _MEAN_DECIMALS
        return columns


def file_writers(request: ForecastRequest, result: ForecastResult) -> dict[str, Callable[[], None]]:
    """Return a function that writes each requested file, by the name of its option's field."""
    writers: dict[str, Callable[[], None]] = {}
    if request.save is not None:
        writers["save"] = partial(result.model.save, request.save)
    if request.out is not None:
        content = encoded(result.frame, request.out, result.decimals)
        writers["out"] = partial(write_whole, request.out, content)
    if request.report is not None:
        page = result.made.report(**report_settings(request.table_name, result.model))
        writers["report"] = partial(write_whole, request.report, page.encode())
    return writers


def print_findings(messages: Messages, result: ForecastResult) -> None:
    """Print the findings of the fit, the validation result and the weights of the past."""
    made = result.made
    messages.write("Found", *made.findings)
    messages.write("Method", made.verdict.describe(made.h))
    memory = shares(result.memory)
    if made.verdict.share == 0:
        memory += " (In the network, which gives only the interval here.)"
    messages.write("Memory", memory)


def write_result(request: ForecastRequest, result: ForecastResult, seconds: float) -> None:
    """Write to stdout: one JSON object, a chart on a terminal, or CSV unless --out is given."""
    if request.as_json:
        to_stdout(as_json(_report(request, result, seconds)))
    elif _has_chart(request):
        level = next(iter(result.made.requested.levels), None)
        console = VisibleConsole(highlight=False)
        console.print()
        made = result.made
        frame, line = made.frame, made.point.column
        ForecastChart(result.table, frame, request.horizon, level, line).show(console)
        console.print()
        if request.out is None and (request.paths or request.totals):
            print_rows(console, result.frame)
            console.print()
    elif request.out is None:
        to_stdout(as_csv(result.frame, result.decimals))


def print_line(messages: Messages, request: ForecastRequest, result: ForecastResult) -> None:
    """Print which number the line of a chart or a report is, where one was drawn."""
    if request.report is not None or _has_chart(request):
        messages.write("Line", result.made.point.text)


def _has_chart(request: ForecastRequest) -> bool:
    """Whether a chart is drawn on the terminal."""
    is_needed = not (request.quiet and request.out is not None)
    return is_needed and is_stdout_terminal() and not request.as_json


def _report(request: ForecastRequest, result: ForecastResult, seconds: float) -> dict[str, Any]:
    """Return the object that `--json` writes."""
    made = result.made
    verdict = made.verdict
    return {
        "gated": gated.__version__,
        "schema": JSON_SCHEMA,
        "table": request.given_table,
        "horizon": request.horizon,
        "point": {"name": made.point.name, "text": made.point.text},
        **_content(request, result),
        "notes": list(made.notes),
        "left_out": result.table.rejected,
        "verdict": {"text": verdict.describe(made.h), **verdict.to_json()},
        "memory": [{"distance": words, "share": share} for words, share in result.memory],
        "seconds": round(seconds, 3),
    }


def _content(request: ForecastRequest, result: ForecastResult) -> dict[str, Any]:
    """Return the forecast, and the requested paths, totals and probability, for `--json`."""
    made = result.made
    settings = path_settings(request, made)
    content = {"forecast": records(made.frame)}
    if request.paths is not None:
        content["paths"] = records(result.frame)
    elif request.totals is not None:
        content["totals"] = records(result.frame)
    else:
        content["totals"] = records(made.totals(level=totals_level(request), **settings))
    if request.enough is not None:
        content["enough"] = records(made.probability(at_most=request.enough, **settings))
    return content


def print_summary(
    request: ForecastRequest, messages: Messages, result: ForecastResult, seconds: float
) -> None:
    """Print the written files and the duration."""
    notes = slow_path_notes() if request.model is None else []
    rows = counted(len(result.frame), "row")
    took = f"in {duration(seconds)}"
    if request.report is not None:
        messages.write("Report", f"{request.report}: open it in a browser.")
    if request.save is not None:
        messages.write("Saved", f"{request.save}: forecast again with --model {request.save}.")
    if request.out is not None:
        messages.write("Written", f"{request.out}: {rows}, {took}.", *notes)
    elif is_stdout_terminal() and not request.as_json:
        messages.write("Done", f"{took}; --out FILE.csv writes the {rows}.", *notes)
    else:
        messages.write("Written", f"{rows} to stdout, {took}.", *notes)
