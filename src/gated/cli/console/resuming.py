"""Keeps the checkpoint of a training that ended early; prints how to resume it, and from where."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gated.cli.console.exits import exit_code
from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar
from gated.errors import GatedError
from gated.libraries import require_torch
from gated.table.io.addresses import masked
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.train.checkpoint import Checkpoint

__all__ = ["followed", "resumable_command", "resumed_from"]


@contextmanager
def resumable_command(
    path: Path, messages: Messages, command: Sequence[str]
) -> "Iterator[Checkpoint]":
    """Keep a checkpoint from the first training step of a command to its last file.

    Args:
        path: of the checkpoint.
        messages: prints how to resume.
        command: the arguments as typed, for the message.

    Raises:
        typer.Exit: after an interruption, if the checkpoint holds the training so far.
        GatedError: as inside the block; the message names the checkpoint.
        UsageError: torch is not installed.
    """
    require_torch("Training")
    from gated.train.checkpoint import resumable

    again = f"to resume it:\n  {shlex.join(['gated', *map(masked, command)])}"
    checkpoint = None
    try:
        with resumable(path) as checkpoint:
            yield checkpoint
    except KeyboardInterrupt as interruption:
        if checkpoint is None or not checkpoint.is_written:
            raise
        messages.write_line(f"Interrupted. {path} holds the training so far; {again}")
        raise typer.Exit(exit_code(interruption)) from None
    except GatedError as error:
        if checkpoint is None or not checkpoint.is_written:
            raise
        raise GatedError(f"{error}\n{path} holds the training so far; {again}") from error


@contextmanager
def resumed_from(
    checkpoint: "Checkpoint | None", messages: Messages
) -> Iterator[Callable[[Progress], None]]:
    """Print that a training is resumed from its checkpoint, at its first step.

    Args:
        checkpoint: of the training; None for one that cannot be resumed.
        messages: prints it.

    Yields:
        To be called after each step.
    """
    path = checkpoint.path if checkpoint is not None and checkpoint.path.exists() else None

    def follow(step: Progress) -> None:
        nonlocal path
        if path is not None:
            messages.write("Resumed", f"{path} at step {step.step:,} of {step.steps:,}.")
            path = None

    yield follow
    if path is not None:
        messages.write("Resumed", f"{path}: its training was complete.")


@contextmanager
def followed(
    checkpoint: "Checkpoint", messages: Messages, progress: ProgressBar
) -> Iterator[Callable[[Progress], None]]:
    """Show each step of a training in a progress bar, and print from where it is resumed.

    Args:
        checkpoint: of the training.
        messages: prints to stderr.
        progress: the bar.

    Yields:
        To be called after each step.
    """
    with resumed_from(checkpoint, messages) as note:

        def follow(step: Progress) -> None:
            note(step)
            progress.step("scratch", step)

        yield follow
