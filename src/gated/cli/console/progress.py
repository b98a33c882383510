"""Shows the progress of a command on a terminal: the stage, a bar, the time left."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from gated.cli.console.messages import Messages
from gated.text import duration

if TYPE_CHECKING:
    from gated.train import Progress as Step

__all__ = ["ProgressBar", "progress_bar"]

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
        left = f"about {duration(step.seconds_left)} left" if step.step < step.steps else ""
        self._bar.update(
            self._task,
            description=_STAGES[stage],
            completed=step.step,
            total=step.steps,
            left=left,
        )


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
