"""Keeps the checkpoint of a training that ended early, and prints how to resume it."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from gated.cli.console.exits import exit_code
from gated.cli.console.messages import Messages
from gated.errors import GatedError
from gated.forecast.training.checkpoint import Checkpoint, resumable

__all__ = ["resumable_command"]


@contextmanager
def resumable_command(
    path: Path, messages: Messages, command: Sequence[str]
) -> Iterator[Checkpoint]:
    """Keep a checkpoint from the first training step of a command to its last file.

    Args:
        path: of the checkpoint.
        messages: prints how to resume.
        command: the arguments as typed, for the message.

    Raises:
        typer.Exit: after an interruption, if the checkpoint holds the training so far.
        GatedError: as inside the block; the message names the checkpoint.
    """
    again = f"to resume it:\n  {shlex.join(['gated', *command])}"
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
