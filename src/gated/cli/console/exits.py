"""Turns the errors of every command into a message on stderr and an exit code."""

import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from traceback import format_exception
from types import TracebackType
from typing import Any

import typer
from typer import TyperException
from typer.core import TyperGroup

from gated.cli.console.help import hide_switch_types
from gated.cli.console.messages import Messages
from gated.errors import GatedError
from gated.text import printable

__all__ = [
    "BAD_INPUT",
    "LEFT_OUT",
    "Commands",
    "exit_code",
    "print_unexpected_error",
    "refuse_left_out",
]

BAD_INPUT = 2
LEFT_OUT = 3  # with --strict: made, but not for every series
_INTERRUPTED = 128  # plus the number of the signal, as in shells: 130 for Ctrl-C

_TRACEBACK = "GATED_TRACEBACK"
_NO_TEMPORARY_FOLDER = (
    "No folder for temporary files can be written: neither $TMPDIR nor /tmp, /var/tmp or the "
    "current folder. PyTorch needs one. Set TMPDIR to a folder that you may write to: "
    "TMPDIR=~/tmp gated …"
)


class Commands(TyperGroup):
    """The group of all commands, which handles their errors.

    The context's `obj` holds the arguments as typed, for messages that repeat the command.
    """

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Parse, run, and exit the process with the command's code."""
        given = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False  # errors are raised, not printed in typer's boxes
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # warnings of libraries are not for the user
                code = super().main(given, *rest, obj=given, **extra)
        except TyperException as error:
            usage = _usage(error, next(filter(self.commands.get, given), None))
            Messages().write_error(_with_printable_names(usage, given))
            code = BAD_INPUT
        except GatedError as error:
            Messages().write_error(_with_printable_names(str(error), given))
            code = BAD_INPUT
        except FileNotFoundError:
            if _has_temporary_folder():
                raise
            Messages().write_error(_NO_TEMPORARY_FOLDER)
            code = BAD_INPUT
        sys.exit(code)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all parameters, including `--help`."""
        return hide_switch_types(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command; Ctrl-C ends it with a message."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interruption:
            Messages().write_line("Interrupted.")
            raise typer.Exit(exit_code(interruption)) from None


def exit_code(interruption: KeyboardInterrupt) -> int:
    """Return the exit code after Ctrl-C or after another signal."""
    return _INTERRUPTED + int(getattr(interruption, "number", signal.SIGINT))


def refuse_left_out(rejected: Mapping[str, str], *, strict: bool) -> None:
    """End the command with its own exit code if series were left out and that was not wanted.

    Args:
        rejected: label of each series that was left out, and the reason.
        strict: whether the command was called with --strict.

    Raises:
        typer.Exit: they were.
    """
    if strict and rejected:
        raise typer.Exit(LEFT_OUT)


def print_unexpected_error(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Print an exception that no command expects; as `sys.excepthook`, with exit code 1."""
    if os.environ.get(_TRACEBACK):
        Messages().write_line("".join(format_exception(kind, error, traceback)).rstrip())
        return
    reason = f"{kind.__name__}: {error}".rstrip(": ")
    Messages().write_error(
        f"{reason}\nSorry: this is a fault in gated, not in your input. Run the same command with "
        f"{_TRACEBACK}=1 set to see where it happened, and please report it."
    )


def _has_temporary_folder() -> bool:
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return False
    return True


def _with_printable_names(message: str, given: Sequence[str]) -> str:
    """Make line feeds in typed names visible: `Messages` must keep those between sentences."""
    for word in given:
        for name in (word, Path(word).name):
            if name and not name.isprintable():
                message = message.replace(name, printable(name))
    return message


def _usage(error: TyperException, command: str | None) -> str:
    """Write the message about an invalid option, with the command that prints the help."""
    message = getattr(error, "message", "") or error.format_message()
    known = getattr(error, "possibilities", None) or ()
    close = get_close_matches(getattr(error, "option_name", ""), known, n=1)
    if close:
        message += f". Did you mean {close[0]}?"
    context = getattr(error, "ctx", None)  # typer gives none for an option that lacks its value
    path = context.command_path if context is not None else f"gated {command or ''}".rstrip()
    return f"{message}\nTry `{path} --help`."
