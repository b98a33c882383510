"""Forecasts and explains: the part of `gated explain` that needs torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any

from rich.console import Console

import gated
from gated import Forecaster
from gated.cli.commands.forecasting.table_summary import print_table_summary, report_settings
from gated.cli.commands.forecasting.tables import Tables, read_tables
from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar
from gated.cli.console.visible_console import VisibleConsole
from gated.cli.output.encoding import JSON_SCHEMA, as_json, encoded, records
from gated.cli.output.stdout import to_stdout
from gated.cli.requests.forecasting.explain_request import ExplainRequest
from gated.files import write_whole
from gated.forecast.explain import Explanation, SeriesGates
from gated.forecast.explain.series_explanation import LEAST_SHARE
from gated.forecast.prediction.counterfactual import Counterfactual
from gated.forecast.prediction.forecast import Forecast
from gated.plot import bar_table
from gated.text import counted, duration, percent, printable, shown_times

__all__ = ["Explained", "explained"]


@dataclass(frozen=True)
class Explained:
    """The result of the command.

    Attributes:
        model: fitted or loaded.
        made: the forecast.
        explanation: of the chosen series.
        moved: the forecast with changes; None where none were given.
        gates: over the past of each of these series; empty where they were not requested.
    """

    model: Forecaster
    made: Forecast
    explanation: Explanation
    moved: Counterfactual | None
    gates: tuple[SeriesGates, ...]

    def file_writers(self, request: ExplainRequest) -> Mapping[str, Callable[[], None]]:
        """Return a function that writes each requested file, by the name of its option's field."""
        writers: dict[str, Callable[[], None]] = {}
        if request.out is not None:
            content = encoded(self.explanation.frame, request.out, {})
            writers["out"] = partial(write_whole, request.out, content)
        if request.report is not None:
            settings = report_settings(request.table_name, self.model)
            page = self.made.report(explanation=self.explanation, **settings)
            writers["report"] = partial(write_whole, request.report, page.encode())
        return writers

    def print(self, request: ExplainRequest, seconds: float) -> None:
        """Print the result to stdout: bars and sentences, or one JSON object."""
        if request.as_json:
            to_stdout(as_json(self._report(request, seconds)))
            return
        console = VisibleConsole(highlight=False, markup=False, emoji=False)
        found = self.explanation
        for one in found.series:
            console.print(
                f"{printable(str(one.label))}: the {found.number} of {counted(len(one.ds), 'step')}"
            )
            shown = [(name, share) for name, share in one.mean_shares if share >= LEAST_SHARE]
            if shown:
                console.print(bar_table((name, share, percent(share)) for name, share in shown))
                console.print()
            for sentence in found.sentences(one.label):
                console.print(printable(sentence), soft_wrap=not console.is_terminal)
            console.print()
        for gates in self.gates:
            _print_gates(console, gates)
        if self.moved is not None:
            console.print(str(self.moved), soft_wrap=True)

    def print_summary(self, request: ExplainRequest, messages: Messages, seconds: float) -> None:
        """Print the written files and the duration."""
        if request.report is not None:
            messages.write("Report", f"{request.report}: open it in a browser.")
        if request.out is not None:
            messages.write("Written", f"{request.out}: the contributions to each step.")
        messages.write("Time", f"{duration(seconds)}.")

    def _report(self, request: ExplainRequest, seconds: float) -> dict[str, Any]:
        """Return the object that `--json` writes."""
        found = self.explanation
        series = [
            {
                "series": str(one.label),
                "reference": one.parts.reference,
                "drivers": [{"driver": name, "share": share} for name, share in one.mean_shares],
                "sentences": list(found.sentences(one.label)),
            }
            for one in found.series
        ]
        report: dict[str, Any] = {
            "gated": gated.__version__,
            "schema": JSON_SCHEMA,
            "table": request.given_table,
            "horizon": request.horizon,
            "number": found.number,
            "reference": found.reference_text,
            "explained": series,
            "contributions": records(found.frame),
            "notes": list(self.made.notes),
            "seconds": round(seconds, 3),
        }
        if self.gates:
            report["gates"] = [_gates_report(gates) for gates in self.gates]
        if self.moved is not None:
            report["what_if"] = {"text": self.moved.text, "rows": records(self.moved.frame)}
        return report


def explained(
    request: ExplainRequest, tables: Tables | None, messages: Messages, progress: ProgressBar
) -> Explained:
    """Forecast the given tables, and explain some series.

    Args:
        request: the options.
        tables: None: read them with the options of the saved model.
        messages: prints messages to stderr.
        progress: the progress bar.
    """
    loaded = Forecaster.load(request.model) if request.model is not None else None
    if tables is None:
        tables = read_tables(request, messages, loaded)
    table, future, notes = tables
    print_table_summary(messages, request.table_name, table)
    messages.write("Future", *notes)
    model = loaded
    if model is None:
        model = Forecaster(h=request.horizon, **request.hyperparameters)
        model.fit(table, progress=progress.step)
    progress.stage("Explaining")
    made = model.forecast(table if loaded is not None else None, request.horizon, X_df=future)
    messages.write("Method", made.verdict.describe(made.h))
    found = made.explained if request.series is None else made.explain(request.series)
    moved = made.what_if(request.changes, series=request.series) if request.changes else None
    gates = [made.gates(label)[0] for label in found.labels] if request.gates else []
    return Explained(model, made, found, moved, tuple(gates))


def _print_gates(console: Console, gates: SeriesGates) -> None:
    console.print(gates.picture)
    console.print()
    for sentence in gates.sentences:
        console.print(printable(sentence), soft_wrap=not console.is_terminal)
    console.print()
    console.print("Units by the time in which they overwrite half of their memory:")
    rows = gates.half_life_shares()
    console.print(bar_table((name, share, percent(share)) for name, share in rows))
    console.print()


def _gates_report(gates: SeriesGates) -> dict[str, Any]:
    """Return the gates of one series as `--json` writes them."""
    blocks = zip(gates.blocks, gates.half_lives, strict=True)
    return {
        "series": str(gates.label),
        "steps": shown_times(gates.ds),
        "steps_of": gates.patch,
        "blocks": [
            {
                "kept": [round(float(share), 4) for share in block.kept],
                "half_lives": [round(float(life), 2) if isfinite(life) else None for life in lives],
                "dead_units": int(block.memory.dead.sum()),
            }
            for block, lives in blocks
        ],
        "sentences": list(gates.sentences),
    }
