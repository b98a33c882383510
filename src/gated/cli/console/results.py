"""Writes the files that a command was asked for: all that can be written, together."""

from collections.abc import Callable, Mapping

from gated.errors import GatedError
from gated.files import together
from gated.train.interrupt import CtrlC

__all__ = ["raise_failed", "write_results"]


def write_results(writers: Mapping[str, Callable[[], None]]) -> dict[str, GatedError]:
    """Write each file; one that cannot be written does not keep the others from it.

    They take their names together: a command that is killed leaves the earlier results or the new
    ones, not a new model beside an old forecast. Ctrl-C waits for the end.

    Args:
        writers: by the name of the option that asked for the file.

    Returns:
        What failed, by the name of its option.
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
    """Raise what failed as one error, if anything did.

    Raises:
        GatedError: with the messages of all.
    """
    if failed:
        raise GatedError("\n".join(map(str, failed.values())))
