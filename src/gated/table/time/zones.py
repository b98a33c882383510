"""Chooses between wall clock time and UTC for a table, and converts times from one to the other.

A table needs steps of equal length. Wall clock times have them if the offset from UTC never
changes, or if all rows have the same time of day; UTC times always have them.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError
from gated.table.schema import TimeForm
from gated.table.zone_offsets import offsets_from_utc

__all__ = ["choose_clock", "conform", "offset_name", "to_wall"]

MINUTE = 60_000_000_000  # ns
DAY = 1_440 * MINUTE


def offset_name(offset: int) -> str:
    """The name of a fixed offset, given in nanoseconds east of UTC.

    >>> offset_name(39_600_000_000_000), offset_name(0)
    ('+11:00', 'UTC')
    """
    if offset == 0:
        return "UTC"
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"


def to_wall(utc: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    """Convert UTC times [R] to the wall clock of `zone` (both datetime64[ns]).

    Raises:
        KeyError, ValueError: the zone is not known.
    """
    return utc + offsets_from_utc(utc, zone)


def choose_clock(
    wall: NDArray[np.datetime64], changing: str | None
) -> tuple[Literal["wall", "UTC"], tuple[str, ...]]:
    """Choose the clock in which the steps of these times have equal length.

    Args:
        wall: [R] wall clock times.
        changing: the zone or the offsets that determine the offset from UTC, for the note; None
            if it is fixed.
    """
    clock_times = wall.astype(np.int64) % DAY
    if changing is None or (clock_times == clock_times[0]).all():
        return "wall", ()
    return "UTC", (
        f"Times were converted to UTC, because their offset from UTC varies ({changing}), and "
        "steps of the wall clock have unequal lengths when summer time begins or ends.",
    )


def conform(
    wall: NDArray[np.datetime64],
    utc: NDArray[np.datetime64] | None,
    like: TimeForm | None,
    column: str,
) -> NDArray[np.datetime64]:
    """Convert future times to the clock of the past table.

    Args:
        wall: [R] times as written.
        utc: [R] the same in UTC; None if no zone is written.
        like: the time format of the past table; None to keep the times as they are.
        column: name, for the message.

    Raises:
        DataError: the past table has UTC times and these times have no zone.
    """
    if like is None or like.zone is None:
        return wall
    if utc is None and like.clock == "UTC":
        raise DataError(
            f"The times in column `{column}` have no time zone, but those of the past have. "
            "Expected the same: write the offset, as in 2021-04-30T16:00+02:00."
        )
    if utc is None:
        return wall
    return utc if like.clock == "UTC" else to_wall(utc, like.zone)
