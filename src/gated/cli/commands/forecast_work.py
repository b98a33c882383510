"""The work of `gated forecast` after reading: load or fit a forecaster, and forecast."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer

from gated import Forecaster
from gated.cli.commands.forecast_answer import Answer
from gated.cli.commands.forecast_tables import Tables, read_tables
from gated.cli.commands.table_summary import say_what
from gated.cli.console.exits import INTERRUPTED
from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar
from gated.cli.console.threads import settle_threads
from gated.cli.request import ForecastRequest
from gated.forecast.prediction.columns import ForecastColumns
from gated.table import Table
from gated.train import Progress
from gated.train.interrupt import CtrlC

__all__ = ["Work"]


@dataclass(frozen=True)
class Work:
    """Loading or fitting a forecaster, and forecasting.

    Attributes:
        request: what the command line asks for.
        messages: where to say things.
        command: the arguments as typed, to be repeated after Ctrl-C.
        wait: the progress bar.
    """

    request: ForecastRequest
    messages: Messages
    command: Sequence[str]
    wait: ProgressBar

    def answer(self, tables: Tables | None) -> Answer:
        """The forecast of tables that were read; None: a saved model says how to read them."""
        request, h = self.request, self.request.horizon
        settle_threads()
        ForecastColumns.of(request.level, request.quantiles)  # refused before any work
        loaded = Forecaster.load(request.model) if request.model is not None else None
        table, future, notes = tables if tables is not None else read_tables(request, loaded)
        with CtrlC() as ctrl_c:
            say_what(self.messages, request.table.name, table)
            self.messages.tell("Ahead", *notes)
            model = loaded or self._fit(table, ctrl_c)
            ctrl_c.check()  # pressed after the last step
        if request.save is not None:
            model.save(request.save)  # first of all: it holds the work
        self.wait.doing("Forecasting")
        made = model.forecast(
            table if loaded is not None else None,
            h,
            level=request.level,
            quantiles=request.quantiles,
            X_df=future,
        )
        explanation = made.explain() if request.explain else None
        return Answer(model, made, made.frame, made.memory, explanation)

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
