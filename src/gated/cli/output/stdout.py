"""Writes to stdout, which may be closed, a terminal or a pipe."""

import os
import sys

from gated.errors import GatedError, UsageError
from gated.text import printable_lines

__all__ = ["is_stdout_terminal", "require_stdout", "to_stdout"]


def is_stdout_terminal() -> bool:
    """Return whether stdout is a terminal; False if it is closed."""
    return sys.stdout is not None and sys.stdout.isatty()


def require_stdout() -> None:
    """Check, before the work, that stdout is open.

    Raises:
        UsageError: it is closed.
    """
    if sys.stdout is None:
        raise UsageError(
            "stdout is closed (`>&-`), and the result would be written to it. Name a file with "
            "--out, or send stdout to one: > FILE."
        )


def to_stdout(content: bytes) -> bool:
    """Write data to stdout; a closed pipe (`| head`) is not an error.

    A terminal would execute control characters, which a name of a file can have: there they are
    replaced by blanks. A file or a pipe gets the data as they are.

    Args:
        content: text in UTF-8, of whole characters.

    Returns:
        Whether more can be written: False after the reader has closed the pipe.

    Raises:
        GatedError: stdout cannot be written, for example because a disk is full.
    """
    if sys.stdout is None:  # then a file holds the result, see `require_stdout`
        return True
    if is_stdout_terminal():
        content = printable_lines(content.decode()).encode()
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except OSError as problem:
        # Python flushes stdout once more at exit, and would raise then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(problem, BrokenPipeError):
            return False
        raise GatedError(
            f"The result could not be written to stdout: {problem.strerror}. The output may be "
            "incomplete. Free some space, or choose another place with --out."
        ) from problem
    return True
