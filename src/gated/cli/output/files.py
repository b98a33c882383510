"""Writes the requested files of a command: all that can be written, together."""

from collections.abc import Callable, Mapping

from gated.errors import GatedError
from gated.files import together
from gated.train.interrupt import CtrlC

__all__ = ["raise_failed", "write_results"]


def write_results(writers: Mapping[str, Callable[[], None]]) -> dict[str, GatedError]:
    """Write each file; if one cannot be written, the others are written nevertheless.

    They get their names together: a command that is killed leaves either the old results or the new
    ones, not a new model with an old forecast. Ctrl-C takes effect after the last file.

    Args:
        writers: by the name of the option's field.

    Returns:
        The errors, by the name of the option's field.
    """
    failed: dict[str, GatedError] = {}
    with CtrlC() as ctrl_c, ctrl_c.held(), together():
        for name, write in writers.items():
            try:
                write()
            except GatedError as error:
                failed[name] = error
    return failed


def raise_failed(failed: Mapping[str, GatedError]) -> None:
    """Raise the errors as one, if there are any.

    Raises:
        GatedError: with all messages.
    """
    if failed:
        raise GatedError("\n".join(map(str, failed.values())))
