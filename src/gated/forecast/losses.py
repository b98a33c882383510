"""Warns of what a forecast does without: series left out, and columns that are not used."""

import logging
import warnings

from gated.errors import GatedWarning
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.views.profile_notes import unused_notes
from gated.table import Table
from gated.text import counted, listed

__all__ = ["warn", "warn_of_losses"]

_LOGGER = logging.getLogger("gated")
_LOGGER.addHandler(logging.NullHandler())  # a program that configures no logging hears it once
_NAMED = 3


def warn(message: str) -> None:
    """Say something to the caller of the public function, and to the log `gated`."""
    _LOGGER.warning(message)
    warnings.warn(message, GatedWarning, stacklevel=3)


def warn_of_losses(table: Table, profile: TableProfile) -> None:
    """One warning for the series that were left out, one for the columns that are not used."""
    if table.rejected:
        label, reason = next(iter(table.rejected.items()))
        others = listed(list(table.rejected)[1:], limit=_NAMED)
        message = (
            f"{counted(len(table.rejected), 'series', 'series')} left out: `{label}`: {reason}"
        )
        warn(f"{message} Left out, too: {others}." if others else message)
    for note in unused_notes(profile, table.schema.target_col):
        warn(note)
