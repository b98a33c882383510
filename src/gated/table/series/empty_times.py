"""Names the times of the day and the weekdays at which no series ever has a row."""

import numpy as np

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.text import joined

__all__ = ["empty_times"]

_DAY = 24 * 60  # minutes
_FEWEST_DAYS = 14  # of fewer days, a weekday without a row may be chance
_MOST_RUNS = 2  # of times of the day; more are not named one by one
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def empty_times(ds: TimeArray, added: BoolArray) -> str:
    """A sentence on the times of the day and the weekdays without any row; "" if there are none.

    Args:
        ds: [R] the times of all steps, in steps shorter than a day.
        added: [R] whether a step had no row.

    Example:
        >>> ds = np.arange("2024-01-01", "2024-01-29", dtype="M8[h]").astype("M8[ns]")
        >>> hour, day = np.arange(len(ds)) % 24, np.arange(len(ds)) // 24
        >>> said = empty_times(ds, (hour < 9) | (hour > 17) | (day % 7 > 4))
        >>> said.partition(";")[0]
        'There is no row at 18:00 to 08:00, and none on Saturday and Sunday'
    """
    days = ds.astype("M8[D]")
    day = days.astype(np.int64)
    minute = (ds.astype("M8[m]").astype(np.int64) - day * _DAY).astype(np.int64)
    if len(day) == 0 or day.max() - day.min() < _FEWEST_DAYS:
        return ""
    weekday = (day + 3) % 7
    times, place = np.unique(minute, return_inverse=True)
    if len(times) < 2:
        return ""
    said = []
    runs = _runs(times, _never(place, added, len(times)))
    if runs:
        said.append(f"at {joined(runs)}")
    if resting := [_WEEKDAYS[one] for one in np.flatnonzero(_never(weekday, added, 7))]:
        said.append(f"on {joined(resting)}")
    if not said:
        return ""
    return f"There is no row {', and none '.join(said)}; the forecast has these times, too."


def _never(codes: IntArray, added: BoolArray, kinds: int) -> BoolArray:
    """[K] whether no step of a kind had a row, though there are such steps."""
    count = np.bincount(codes, minlength=kinds)
    return np.asarray((count > 0) & (np.bincount(codes[added], minlength=kinds) == count))


def _runs(times: IntArray, never: BoolArray) -> list[str]:
    """The runs of times of the day, which may go over midnight; none if there are many.

    >>> _runs(np.arange(0, 1440, 360), np.array([True, False, False, True]))
    ['18:00 to 00:00']
    """
    if not never.any() or never.all():
        return []
    first = np.flatnonzero(never & ~np.roll(never, 1))
    last = np.flatnonzero(never & ~np.roll(never, -1))
    if len(first) > _MOST_RUNS:
        return []
    if last[0] < first[0]:  # over midnight
        last = np.roll(last, -1)
    return [
        _clock(times[begin]) + (f" to {_clock(times[end])}" if begin != end else "")
        for begin, end in zip(first, last, strict=True)
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
