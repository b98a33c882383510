"""The work of `gated forecast` after reading: load or fit a forecaster, and forecast."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from gated import Forecaster
from gated.cli.commands.forecast_answer import Answer
from gated.cli.commands.forecast_tables import Tables, read_tables
from gated.cli.commands.table_summary import say_what
from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar
from gated.cli.console.resuming import resumable_command
from gated.cli.console.threads import settle_threads
from gated.cli.request import ForecastRequest
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.training.checkpoint import Checkpoint
from gated.table import Table
from gated.train import Progress

__all__ = ["Work"]


@dataclass(frozen=True)
class Work:
    """Loading or fitting a forecaster, and forecasting.

    Attributes:
        request: what the command line asks for.
        messages: where to say things.
        command: the arguments as typed, to be repeated after Ctrl-C.
        wait: the progress bar.
        kept: holds the checkpoint until the last file is written.
    """

    request: ForecastRequest
    messages: Messages
    command: Sequence[str]
    wait: ProgressBar
    kept: ExitStack

    def answer(self, tables: Tables | None) -> Answer:
        """The forecast of tables that were read; None: a saved model says how to read them."""
        request, h = self.request, self.request.horizon
        settle_threads()
        ForecastColumns.of(request.level, request.quantiles)  # refused before any work
        loaded = Forecaster.load(request.model) if request.model is not None else None
        table, future, notes = tables if tables is not None else read_tables(request, loaded)
        checkpoint = self._checkpoint()
        say_what(self.messages, request.table.name, table)
        self.messages.tell("Ahead", *notes)
        model = loaded or self._fit(table, checkpoint)
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

    def _checkpoint(self) -> Checkpoint | None:
        """What keeps the learning from now until the end; None where nothing is learned."""
        request = self.request
        if request.model is not None or request.hyperparameters.get("training", "none") == "none":
            return None
        return self.kept.enter_context(
            resumable_command(request.resumable, self.messages, self.command)
        )

    def _fit(self, table: Table, checkpoint: Checkpoint | None) -> Forecaster:
        model = Forecaster(h=self.request.horizon, **self.request.hyperparameters)
        resumed = checkpoint.path if checkpoint is not None and checkpoint.path.exists() else None

        def follow(stage: str, step: Progress) -> None:
            nonlocal resumed
            if resumed is not None:
                at = f"{step.step:,} of {step.steps:,}"
                self.messages.tell("Resumed", f"{resumed} at step {at}.")
                resumed = None
            self.wait.step(stage, step)

        model.fit(table, progress=follow, checkpoint=checkpoint)
        if resumed is not None:
            self.messages.tell("Resumed", f"{resumed}: all was learned already.")
        return model
