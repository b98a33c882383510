"""`gated forecast`: read, learn (or load), forecast, say what happened, hand over the result."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from gated import Forecaster
from gated.cli.commands.forecast_answer import Answer, hand_over, say_where, say_why
from gated.cli.commands.forecast_tables import find_future, read_past
from gated.cli.commands.table_summary import report_settings, say_what
from gated.cli.console.messages import Messages
from gated.cli.console.output import encoded, require_stdout
from gated.cli.console.progress import ProgressBar, progress_bar
from gated.cli.console.results import raise_failed, write_results
from gated.cli.console.resuming import resumable_command
from gated.cli.console.threads import settle_threads
from gated.cli.request import ForecastRequest
from gated.files import write_whole
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.training.checkpoint import Checkpoint
from gated.table import Table
from gated.train import Progress

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
    with ExitStack() as kept:  # from the first step on, what was learned is kept until the end
        with progress_bar(messages, f"Reading {request.table.name}") as wait:
            answer = _Work(request, messages, command, wait, kept).answer()
            writers = _writers(request, answer, wait)
        failed = write_results(writers)
        told = request.without(failed)  # a forecast that is in no file goes to stdout
        say_why(messages, answer)
        seconds = time.monotonic() - started
        hand_over(told, answer, seconds)
        say_where(told, messages, answer, seconds)
        raise_failed(failed)


def _writers(
    request: ForecastRequest, answer: Answer, wait: ProgressBar
) -> dict[str, Callable[[], None]]:
    """The files that were asked for, by option: ready to be written."""
    wait.doing("Writing")
    writers: dict[str, Callable[[], None]] = {}
    if request.save is not None:
        writers["save"] = partial(answer.model.save, request.save)
    if request.out is not None:
        writers["out"] = partial(write_whole, request.out, encoded(answer.frame, request.out))
    if request.report is not None:
        page = answer.made.report(**report_settings(request.table.name, answer.model))
        writers["report"] = partial(write_whole, request.report, page.encode())
    return writers


@dataclass(frozen=True)
class _Work:
    """All that takes time."""

    request: ForecastRequest
    messages: Messages
    command: Sequence[str]
    wait: ProgressBar
    kept: ExitStack

    def answer(self) -> Answer:
        request, h = self.request, self.request.horizon
        loaded = Forecaster.load(request.model) if request.model is not None else None
        table, future, notes = find_future(request, read_past(request, loaded))
        checkpoint = self._checkpoint()
        say_what(self.messages, request.table.name, table)
        self.messages.tell("Ahead", *notes)
        model = loaded or self._fit(table, checkpoint)
        self.wait.doing("Forecasting")
        made = model.forecast(
            table, h, level=request.intervals, quantiles=request.quantiles, X_df=future
        )
        memory = model.memory(table, h, X_df=future)
        explanation = model.explain(table, h, X_df=future) if request.explain else None
        return Answer(model, made, memory, explanation)

    def _checkpoint(self) -> Checkpoint | None:
        """What keeps the learning from now until the end; None where nothing is learned."""
        request = self.request
        if request.model is not None or request.hyperparameters["training"] == "none":
            return None
        return self.kept.enter_context(
            resumable_command(request.resumable, self.messages, self.command)
        )

    def _fit(self, table: Table, checkpoint: Checkpoint | None) -> Forecaster:
        chosen: dict[str, Any] = self.request.hyperparameters
        model = Forecaster(h=self.request.horizon, **chosen)
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
