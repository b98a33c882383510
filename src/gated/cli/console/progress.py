"""Shows the progress of a command on a terminal: the stage, a bar, the time left."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from gated.cli.console.messages import Messages
from gated.text import duration

if TYPE_CHECKING:
    from gated.train import Progress as Step

__all__ = ["ProgressBar", "late_progress_bar", "progress_bar"]

_PATIENCE = 2.0  # seconds without a bar
_STAGES = {"tune": "Fine-tuning", "scratch": "Training", "finish": "Finishing"}


class ProgressBar:
    """A progress bar with the stage of the command."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task

    def stage(self, name: str) -> None:
        """Show a stage of unknown length."""
        self._bar.update(self._task, description=name, total=None, left="")

    def step(self, stage: str, step: "Step") -> None:
        """Show a step of training; for `Forecaster.fit(progress=…)`."""
        self.part(_STAGES[stage], step.step, step.steps, step.seconds_left)

    def part(self, name: str, done: int, total: int, seconds_left: float) -> None:
        """Show a stage of which a part is done."""
        left = f"about {duration(seconds_left)} left" if done < total else ""
        self._bar.update(self._task, description=name, completed=done, total=total, left=left)


@contextmanager
def progress_bar(messages: Messages, stage: str) -> Iterator[ProgressBar]:
    """Show a bar on stderr until the block ends, and remove it then.

    Nothing is shown if stderr is not a terminal, or with --quiet.
    """
    columns = (
        SpinnerColumn(style="cyan"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30, style="grey35", complete_style="cyan", finished_style="cyan"),
        TextColumn("{task.fields[left]}", style="dim", markup=False),
    )
    bar = Progress(*columns, console=messages.console, transient=True)
    # rich before 15 writes an empty line at the end of a bar that shows nothing.
    with bar if messages.shows_progress else nullcontext():
        yield ProgressBar(bar, bar.add_task(stage, total=None, left=""))


@contextmanager
def late_progress_bar(
    messages: Messages, stage: str
) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on stderr for work that takes more than two seconds.

    Yields:
        To be called with the number of parts done, and of all; None where nothing is shown.
    """
    if not messages.shows_progress:
        yield None
        return
    began, bar = time.monotonic(), None
    with ExitStack() as until_done:

        def follow(done: int, total: int) -> None:
            nonlocal bar
            seconds = time.monotonic() - began
            if bar is None and seconds > _PATIENCE:
                bar = until_done.enter_context(progress_bar(messages, stage))
            if bar is not None:
                bar.part(stage, done, total, seconds / done * (total - done))

        yield follow
