"""What a command that learns leaves when it does not reach its end: a checkpoint and a message."""

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
    """A block around all that a command does from the first step of learning to its last file.

    Args:
        path: of the checkpoint.
        messages: where to say what was left.
        command: the arguments as typed, to be repeated.

    Raises:
        typer.Exit: interrupted, and the checkpoint holds what was learned.
        GatedError: as inside the block; the message names the checkpoint.
    """
    again = f"to go on from there:\n  {shlex.join(['gated', *command])}"
    checkpoint = None
    try:
        with resumable(path) as checkpoint:
            yield checkpoint
    except KeyboardInterrupt as interruption:
        if checkpoint is None or not checkpoint.is_written:
            raise
        messages.line(f"Interrupted. {path} holds the work so far; {again}")
        raise typer.Exit(exit_code(interruption)) from None
    except GatedError as error:
        if checkpoint is None or not checkpoint.is_written:
            raise
        raise GatedError(f"{error}\n{path} holds what was learned; {again}") from error
