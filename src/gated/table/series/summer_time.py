"""Averages the hour that a wall clock shows twice on the day when summer time ends.

Only times without a zone have such an hour. Adding it up would double the values of that hour.
"""

import numpy as np

from gated.arrays import IntArray
from gated.table.series.panel import Panel, repeated
from gated.table.time.grid import DAY, Instants, month_of, weekday_of
from gated.text import counted, shown_time

__all__ = ["is_clock_change", "set_back_notes"]

HOUR = 3_600_000_000_000  # ns
SUNDAY = 6
# The Sundays on which countries set the clock back, as month, first and last day: Europe the last
# of October, North America the first of November (before 2007 as Europe), Australia and New Zealand
# the first of April (before 2008 one of March).
SUNDAYS_OF_CHANGE = ((10, 25, 31), (11, 1, 7), (4, 1, 7), (3, 15, 31))
LAST_HOUR = 3
APART = 100 * DAY  # the clock is set back once a year


def is_clock_change(panel: Panel) -> bool:
    """Whether all repeated times are those of a clock that is set back by one hour.

    Each such time occurs exactly twice, all of one day lie within one hour of a Sunday night, such
    days are far apart, and the usual step is an hour or less.

    >>> times = np.array(["2023-10-29T01", "2023-10-29T02", "2023-10-29T02", "2023-10-29T03"])
    >>> is_clock_change(Panel(np.array(["load"], object), np.array([0, 4]), times.astype("M8[ns]"),
    ...                       np.ones(4), np.zeros((4, 0)), np.arange(4)))
    True
    """
    if panel.ds.dtype.kind != "M":
        return False
    again = repeated(panel)
    times = np.unique(panel.ds[again])
    if not len(times) or not _are_of_change(times):
        return False
    thrice = again[1:] & again[:-1]
    if thrice.any():
        return False
    gap = np.diff(panel.ds).astype(np.int64)
    step = float(np.median(gap[gap > 0])) if (gap > 0).any() else 0.0
    return 0 < step <= HOUR and _are_whole_hours(panel, again.nonzero()[0], step)


def _are_of_change(times: Instants) -> bool:
    hour = times.astype(np.int64) % DAY // HOUR
    possible = (weekday_of(times) == SUNDAY) & (hour <= LAST_HOUR)
    day = (times.astype("M8[D]") - times.astype("M8[M]").astype("M8[D]")).astype(np.int64) + 1
    month = month_of(times)
    possible &= np.any(
        [(month == m) & (day >= low) & (day <= high) for m, low, high in SUNDAYS_OF_CHANGE], axis=0
    )
    if not possible.all():
        return False
    hours = np.unique(times.astype("M8[h]"))
    return bool((np.diff(hours.astype("M8[ns]")).astype(np.int64) > APART).all())


def _are_whole_hours(panel: Panel, again: IntArray, step: float) -> bool:
    """Whether each series that repeats an hour repeats most of its steps."""
    series = np.searchsorted(panel.offsets, again, side="right") - 1
    hours = panel.ds[again].astype("M8[h]").astype(np.int64)
    _, number = np.unique(np.stack([series, hours], axis=1), axis=0, return_counts=True)
    return bool((number >= max(HOUR / step / 2, 1)).all())


def set_back_notes(times: Instants, rows: int) -> tuple[str, ...]:
    """A note on the averaged rows: their times [R] and their number."""
    distinct = np.unique(times)
    more = f" and {counted(len(distinct) - 1, 'more time')}" if len(distinct) > 1 else ""
    occurs = "occur" if more else "occurs"
    what = "the two rows" if rows == 1 else "the two rows of each"
    return (
        f"{shown_time(distinct[0])}{more} {occurs} twice, as on the day when summer time ends; "
        f"{what} were averaged.",
    )
