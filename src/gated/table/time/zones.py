"""Time zones: which clock a table runs on, and the way from one clock to another.

A table needs steps of one length. The wall clock has them where the offset from UTC never
changes, or where every row shows the same time of day; UTC has them always.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gated.errors import DataError
from gated.table.schema import TimeForm

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
    """The wall clock of `zone` at UTC times [R] (datetime64[ns] both)."""
    wall = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return wall.to_numpy().astype("M8[ns]")


def choose_clock(
    wall: NDArray[np.datetime64], changing: str | None
) -> tuple[Literal["wall", "UTC"], tuple[str, ...]]:
    """The clock in which the steps of these times can be equally long.

    Args:
        wall: [R] times on the wall clock.
        changing: what the offset from UTC follows, for the note; None where it is fixed.
    """
    clock_times = wall.astype(np.int64) % DAY
    if changing is None or (clock_times == clock_times[0]).all():
        return "wall", ()
    return "UTC", (
        f"Times were converted to UTC, because their offset follows {changing} and steps of the "
        "wall clock are not equally long when summer time begins or ends.",
    )


def conform(
    wall: NDArray[np.datetime64],
    utc: NDArray[np.datetime64] | None,
    like: TimeForm | None,
    column: str,
) -> NDArray[np.datetime64]:
    """Times on the clock of an earlier table (or as they are, where there is none).

    Args:
        wall: [R] times as written.
        utc: [R] the same in UTC; None where no zone is written.
        like: how the earlier table's times were written.
        column: name, for the message.

    Raises:
        DataError: the table runs on UTC and these times do not say their zone.
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
