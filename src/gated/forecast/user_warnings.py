"""Warns users of series that are left out and of columns that are not used."""

import logging
import os
import sys
import warnings
from pathlib import Path

from gated.errors import GatedWarning
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.views.notes.profile import unused_notes
from gated.table import Table
from gated.text import counted, listed

__all__ = ["warn", "warn_of_left_out"]

_LOGGER = logging.getLogger("gated")
_LOGGER.addHandler(logging.NullHandler())  # without logging configured, only the warning is shown
_PACKAGE = f"{Path(__file__).parents[1]}{os.sep}"
_NAMED = 3


def warn(message: str) -> None:
    """Warn the caller of the package, at the line of the call, and log to the logger `gated`."""
    _LOGGER.warning(message)
    warnings.warn(message, GatedWarning, stacklevel=1 + _frames_of_the_package())


def warn_of_left_out(table: Table, profile: TableProfile | None = None) -> None:
    """Give one warning for all columns that are not used, and one for all series left out.

    Args:
        table: its `rejected` series were left out.
        profile: its `unused` columns are not used; None: no warning about columns.
    """
    for note in unused_notes(profile, table.schema.target_col) if profile is not None else ():
        warn(note)
    if not table.rejected:
        return
    label, reason = next(iter(table.rejected.items()))
    others = listed(list(table.rejected)[1:], limit=_NAMED)
    message = f"{counted(len(table.rejected), 'series', 'series')} left out: `{label}`: {reason}"
    warn(f"{message} Also left out: {others}." if others else message)


def _frames_of_the_package() -> int:
    """Number of functions of this package in the stack, from the calling function on."""
    count, frame = 0, sys._getframe(1)
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        count, frame = count + 1, frame.f_back
    return count
