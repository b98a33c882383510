"""Shows the progress of a command: a bar with the stage and the time left, or a line in a log."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from gated.cli.console.messages import Messages
from gated.table.io.table_file import STDIN, is_stream, table_name
from gated.text import duration, listed

if TYPE_CHECKING:
    from gated.train import Progress as Step

__all__ = ["ProgressBar", "late_progress_bar", "progress_bar", "reading", "waiting_for_rows"]

_PATIENCE = 2.0  # seconds without a bar, or without a word about a pipe
_LONG = 5.0  # seconds without a line in a log
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


@contextmanager
def reading(messages: Messages, tables: Sequence[Path | str]) -> Iterator[None]:
    """Say on stderr, while a block reads tables, that it waits for a pipe or that it takes long.

    Where a bar shows that the command works, only the wait for a pipe is said.

    Args:
        messages: prints messages to stderr; nothing if quiet.
        tables: what is read.
    """
    pipes = [table for table in tables if _is_pipe(table)]
    if pipes:
        seconds, sentence = (
            _PATIENCE,
            f"Waiting until another program has written {table_name(pipes[0])} to its end.",
        )
    elif messages.shows_progress:
        yield
        return
    else:
        seconds, sentence = _LONG, f"{table_name(tables[0])} is still being read."
    with _said_after(seconds, messages, "Reading", sentence):
        yield


@contextmanager
def waiting_for_rows(messages: Messages, columns: Sequence[str]) -> Iterator[None]:
    """Say on stderr, while a block waits for the first row on stdin, that it does.

    It is said at once if stdin is a terminal.

    Args:
        messages: prints messages to stderr; nothing if quiet.
        columns: those that a row must have.
    """
    seconds = 0.0 if sys.stdin.isatty() else _PATIENCE
    sentence = f"Waiting for rows with {listed(columns)} on stdin; Ctrl-C ends."
    with _said_after(seconds, messages, "Reading", sentence):
        yield


@contextmanager
def _said_after(seconds: float, messages: Messages, label: str, sentence: str) -> Iterator[None]:
    """Print a message if the block takes longer."""
    timer = threading.Timer(seconds, messages.write, (label, sentence))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _is_pipe(table: Path | str) -> bool:
    if str(table) == STDIN:
        return True
    with suppress(OSError, ValueError):  # a URL, or a file that is gone
        return is_stream(Path(table))
    return False
