"""What `gated forecast` says on stderr, and what it hands over on stdout."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console

import gated
from gated import Forecaster
from gated.cli.commands.table_summary import report_settings
from gated.cli.console.chart import ForecastChart
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import why_slower
from gated.cli.console.output import (
    as_csv,
    as_json,
    encoded,
    is_stdout_terminal,
    records,
    to_stdout,
)
from gated.cli.console.rounding import decimals_of
from gated.cli.request import ForecastRequest
from gated.files import write_whole
from gated.forecast.prediction.forecast import Forecast
from gated.table import Table
from gated.text import counted, duration, percent, shares

__all__ = ["Answer", "hand_over", "say_where", "say_why", "writers"]

_STEPS_EXPLAINED = 7


@dataclass(frozen=True)
class Answer:
    """A forecast and what there is to say about it.

    Attributes:
        model: fitted or loaded.
        made: the forecast.
        frame: the forecast, in pandas.
        memory: what the memory kept, by distance in the past.
        explanation: what it kept for each step, in pandas; None where that was not asked for.
    """

    model: Forecaster
    made: Forecast
    frame: Any
    memory: list[tuple[str, float]]
    explanation: Any

    @property
    def table(self) -> Table:
        """The past."""
        return self.made.table

    @property
    def decimals(self) -> dict[str, int | None]:
        """The decimals of the forecast's columns in CSV: those of the target's values."""
        return dict.fromkeys(self.made.columns, decimals_of(self.table.y))


def writers(request: ForecastRequest, answer: Answer) -> dict[str, Callable[[], None]]:
    """The files that are named, by option: ready to be written."""
    ready: dict[str, Callable[[], None]] = {}
    if request.save is not None:
        ready["save"] = partial(answer.model.save, request.save)
    if request.out is not None:
        content = encoded(answer.frame, request.out, answer.decimals)
        ready["out"] = partial(write_whole, request.out, content)
    if request.report is not None:
        page = answer.made.report(**report_settings(request.table.name, answer.model))
        ready["report"] = partial(write_whole, request.report, page.encode())
    return ready


def say_why(messages: Messages, answer: Answer) -> None:
    """Say what was decided, and what the memory kept."""
    messages.tell("Found", *answer.made.findings)
    messages.tell("Decided", answer.made.verdict.text)
    kept = shares(answer.memory)
    if answer.made.verdict.share == 0:
        kept += " (In the network, which sets only the interval here.)"
    messages.tell("Kept", kept)
    if answer.explanation is not None:
        messages.tell(
            "Why",
            f"Steps of `{answer.table.ids[0]}`, and the past steps that weighed most in each:",
            *_reasons(answer),
        )


def _reasons(answer: Answer) -> list[str]:
    """For the first steps of the first series: the past steps that weighed most, one line each."""
    schema = answer.table.schema
    reasons: dict[str, list[str]] = {}
    first = answer.explanation[answer.explanation[schema.id_col] == answer.table.ids[0]]
    for row in records(first):
        weighed = f"{row['remembered']} {percent(row['weight'])}"
        reasons.setdefault(str(row[schema.time_col]), []).append(weighed)
    steps = list(reasons.items())[:_STEPS_EXPLAINED]
    return [f"{step}: {', '.join(weighed)}".replace("T", " ") for step, weighed in steps]


def hand_over(request: ForecastRequest, answer: Answer, seconds: float) -> None:
    """Give stdout what belongs there: a report, a picture for eyes, rows for programs, nothing."""
    if request.as_json:
        to_stdout(as_json(_report(request, answer, seconds)))
    elif is_stdout_terminal():
        if not (request.quiet and request.out is not None):
            level = next(iter(answer.made.requested.levels), None)
            console = Console(highlight=False)
            console.print()
            ForecastChart(answer.table, answer.frame, request.horizon, level).show(console)
            console.print()
    elif request.out is None:
        to_stdout(as_csv(answer.frame, answer.decimals))


def _report(request: ForecastRequest, answer: Answer, seconds: float) -> dict[str, Any]:
    """All that is known, for `--json`."""
    made = answer.made
    verdict = made.verdict
    report = {
        "gated": gated.__version__,
        "table": str(request.table),
        "horizon": request.horizon,
        "forecast": records(answer.frame),
        "notes": [*answer.table.notes, *made.findings],
        "left_out": answer.table.rejected,
        "verdict": {"text": verdict.text, **verdict.to_json()},
        "memory": [{"distance": words, "share": share} for words, share in answer.memory],
        "seconds": round(seconds, 3),
    }
    if answer.explanation is not None:
        report["explanation"] = records(answer.explanation)
    return report


def say_where(request: ForecastRequest, messages: Messages, answer: Answer, seconds: float) -> None:
    """Say where the result is, and how long it took."""
    slower = why_slower() if request.model is None else []
    rows = counted(len(answer.frame), "row")
    took = f"in {duration(seconds)}"
    if request.report is not None:
        messages.tell("Report", f"{request.report}: open it in a browser.")
    if request.save is not None:
        messages.tell("Saved", f"{request.save}: forecast again with --model {request.save}.")
    if request.out is not None:
        messages.tell("Written", f"{request.out}: {rows}, {took}.", *slower)
    elif is_stdout_terminal() and not request.as_json:
        messages.tell("Done", f"{took}; --out FILE.csv keeps the {rows}.", *slower)
    else:
        messages.tell("Written", f"{rows} to stdout, {took}.", *slower)
