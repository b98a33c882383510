"""Places the half-hours of a day on the clock, where a day of 46 or 50 changes to summer time."""

import numpy as np

from gated.arrays import IntArray, TimeArray

__all__ = ["half_hours_of_day"]

# In Great Britain summer time begins and ends at 1:00 UTC on the last Sunday of a month.
_SHORT, _LONG = 46, 50
_SPRING, _AUTUMN = 3, 10
_BEFORE_SPRING, _BEFORE_AUTUMN = 2, 4  # half-hours before the hour that is left out or repeated
_HOUR = 2  # half-hours


def half_hours_of_day(days: TimeArray, periods: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    """The half-hours of the clock, from 1, of the numbered half-hours of days.

    On the last Sunday of March, the 46 half-hours leave out 1:00 to 2:00; on the last Sunday of
    October, the 50 half-hours have 1:00 to 2:00 twice. All other days keep their numbers.

    Args:
        days: [R] the day of each row.
        periods: [R] the number of the half-hour, from 1.

    >>> days = np.array(["2024-03-31"] * 46, "M8[D]").astype("M8[ns]")
    >>> half_hours_of_day(days, np.arange(1, 47))[0][:4]
    array([1, 2, 5, 6])
    """
    distinct, codes = np.unique(days.astype("M8[D]"), return_inverse=True)
    most = np.zeros(len(distinct), dtype=np.int64)
    np.maximum.at(most, codes, periods)
    months = distinct.astype("M8[M]").astype(np.int64) % 12 + 1
    is_sunday = (distinct.astype(np.int64) + 4) % 7 == 0
    is_last = is_sunday & ((distinct + 7).astype("M8[M]") != distinct.astype("M8[M]"))
    is_short = (is_last & (months == _SPRING) & (most == _SHORT))[codes]
    is_long = (is_last & (months == _AUTUMN) & (most == _LONG))[codes]
    shift = _HOUR * ((is_short & (periods > _BEFORE_SPRING)).astype(np.int64))
    shift -= _HOUR * ((is_long & (periods > _BEFORE_AUTUMN)).astype(np.int64))
    if not shift.any():
        return periods, ()
    changed = " and ".join(str(day) for day in distinct[np.unique(codes[shift != 0])][:_HOUR])
    note = f"The clock changes on days with 46 or 50 half-hours ({changed})."
    return periods + shift, (note,)
