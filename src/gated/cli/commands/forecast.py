"""`gated forecast`: read, learn (or load), forecast, say what happened, hand over the result."""

import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from gated import Forecaster
from gated.cli.commands.forecast_answer import Answer, hand_over, say_where, say_why
from gated.cli.commands.forecast_tables import find_future, read_past
from gated.cli.commands.table_summary import report_settings, say_what
from gated.cli.console.exits import INTERRUPTED
from gated.cli.console.messages import Messages
from gated.cli.console.output import encoded, require_stdout
from gated.cli.console.progress import ProgressBar, progress_bar
from gated.cli.console.threads import settle_threads
from gated.cli.request import ForecastRequest
from gated.files import write_whole
from gated.forecast.prediction.columns import ForecastColumns
from gated.table import Table
from gated.train import Progress
from gated.train.interrupt import CtrlC

__all__ = ["run"]


def run(request: ForecastRequest, messages: Messages, command: Sequence[str]) -> None:
    """Answer one `gated forecast`.

    Args:
        request: what was asked for.
        messages: where to say things.
        command: the arguments as typed, to be repeated after Ctrl-C.
    """
    started = time.monotonic()
    settle_threads()
    if request.out is None or request.as_json:
        require_stdout()
    ForecastColumns.of(
        request.intervals, request.quantiles
    )  # out of range? better refused before learning
    with progress_bar(messages, f"Reading {request.table.name}") as wait:
        answer = _Work(request, messages, command, wait).answer()
    if request.out is not None:
        write_whole(request.out, encoded(answer.frame, request.out))
    if request.report is not None:
        page = answer.made.report(**report_settings(request.table.name, answer.model))
        write_whole(request.report, page.encode())
    say_why(messages, answer)
    seconds = time.monotonic() - started
    hand_over(request, answer, seconds)
    say_where(request, messages, answer, seconds)


@dataclass(frozen=True)
class _Work:
    """All that takes time."""

    request: ForecastRequest
    messages: Messages
    command: Sequence[str]
    wait: ProgressBar

    def answer(self) -> Answer:
        request, h = self.request, self.request.horizon
        loaded = Forecaster.load(request.model) if request.model is not None else None
        table, future, notes = find_future(request, read_past(request, loaded))
        with CtrlC() as ctrl_c:
            say_what(self.messages, request.table.name, table)
            self.messages.tell("Ahead", *notes)
            model = loaded or self._fit(table, ctrl_c)
            ctrl_c.check()  # pressed after the last step
        if request.save is not None:
            model.save(request.save)  # first of all: it holds the work
        self.wait.doing("Forecasting")
        made = model.forecast(
            table, h, level=request.intervals, quantiles=request.quantiles, X_df=future
        )
        memory = model.memory(table, h, X_df=future)
        explanation = model.explain(table, h, X_df=future) if request.explain else None
        return Answer(model, made, memory, explanation)

    def _fit(self, table: Table, ctrl_c: CtrlC) -> Forecaster:
        chosen: dict[str, Any] = self.request.hyperparameters
        model = Forecaster(h=self.request.horizon, **chosen)
        checkpoint = self.request.resumable
        is_resumed = checkpoint.exists()

        def follow(stage: str, step: Progress) -> None:
            nonlocal is_resumed
            if is_resumed:
                at = f"{step.step:,} of {step.steps:,}"
                self.messages.tell("Resumed", f"{checkpoint} at step {at}.")
                is_resumed = False
            self.wait.step(stage, step)
            ctrl_c.check()

        try:
            return model.fit(table, progress=follow, checkpoint=checkpoint)
        except KeyboardInterrupt:
            if not checkpoint.exists():
                raise
            again = shlex.join(["gated", *self.command])
            said = f"Interrupted. {checkpoint} holds the work so far; to go on from there:"
            self.messages.line(f"{said}\n  {again}")
            raise typer.Exit(INTERRUPTED) from None
