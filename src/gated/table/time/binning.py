"""Assigns times to the steps of a grid: the day, week or month that contains each time.

A step has the label that pandas gives it: a week "W-SUN" its Sunday, a month "MS" its first day
and "ME" its last, an hour its beginning.
"""

from dataclasses import replace

import numpy as np

from gated.arrays import IntArray
from gated.table.time.grid import (
    DAY,
    MONTH_UNITS,
    WEEK,
    BusinessDays,
    Grid,
    Instants,
    Months,
    Steps,
    Ticks,
    in_month,
    weekday_of,
)

__all__ = ["begin_of", "end_of", "for_binning", "has_whole_days", "nearest_step", "step_of"]

SUNDAY = 6
HALF = 2


def for_binning(grid: Grid) -> Grid:
    """Give weeks without a weekday the one of pandas: "W" ends on Sunday.

    >>> from gated.table.time.grid import parse_alias
    >>> for_binning(parse_alias("W")).alias
    'W-SUN'
    """
    if isinstance(grid, Ticks) and grid.size % WEEK == 0 and grid.weekday is None:
        return replace(grid, weekday=SUNDAY)
    if isinstance(grid, Months) and grid.month is None and grid.size % MONTH_UNITS["Q"] == 0:
        starts = grid.placement in ("start", "business start")
        return replace(grid, month=1 if starts else 12)
    return grid


def has_whole_days(grid: Grid) -> bool:
    """Whether each step is a number of whole days, weeks or months."""
    return isinstance(grid, Months | BusinessDays) or (
        isinstance(grid, Ticks) and grid.size % DAY == 0
    )


def step_of(grid: Grid, times: Instants) -> Instants:
    """The label of the step that contains each time [R]; the shape and type of `times`.

    Steps that do not divide a day are counted from the first day of `times`. A Saturday or Sunday
    belongs to no business day: it gets the Monday after.

    >>> from gated.table.time.grid import parse_alias
    >>> times = np.array(["2024-02-28T21:40", "2024-03-01T06:10"], "M8[ns]")
    >>> [step_of(for_binning(parse_alias(alias)), times).astype("M8[m]").astype(str).tolist()
    ...  for alias in ("30min", "D", "ME")]  # doctest: +NORMALIZE_WHITESPACE
    [['2024-02-28T21:30', '2024-03-01T06:00'], ['2024-02-28T00:00', '2024-03-01T00:00'],
     ['2024-02-29T00:00', '2024-03-31T00:00']]
    """
    if isinstance(grid, Steps):
        return np.asarray(times // grid.size * grid.size)
    if isinstance(grid, Months):
        return in_month(_last_or_first_month(grid, times), grid.placement)
    days = times.astype("M8[D]")
    if isinstance(grid, BusinessDays):
        return np.asarray(np.busday_offset(days, 0, roll="forward").astype("M8[ns]"))
    if grid.weekday is None:
        origin = days.min().astype("M8[ns]")
        return grid.advance(origin, grid.count(origin, times))
    ends = (days + (grid.weekday - weekday_of(times)) % 7).astype("M8[ns]")
    first = ends.min() - np.timedelta64(WEEK, "ns")  # before the first week, as labels are ends
    weeks = (ends - first).astype(np.int64) // WEEK  # 1, 2, …
    whole = grid.size // WEEK
    return np.asarray(first + (-(-weeks // whole) * grid.size).astype("m8[ns]"))


def nearest_step(grid: Ticks, times: Instants) -> Instants:
    """The step that is nearest to each time; steps shorter than a week.

    >>> times = np.array(["2024-01-01T00:04:42", "2024-01-01T00:10:15"], "M8[ns]")
    >>> nearest_step(Ticks(300 * 10**9), times).astype("M8[m]").astype(str).tolist()
    ['2024-01-01T00:05', '2024-01-01T00:10']
    """
    origin = times.min().astype("M8[D]").astype("M8[ns]")
    return grid.advance(origin, grid.count(origin, times + np.timedelta64(grid.size // HALF, "ns")))


def _last_or_first_month(grid: Months, times: Instants) -> Instants:
    """The month of the label: the first of its step for starts, the last for ends."""
    months: IntArray = times.astype("M8[M]").astype(np.int64)
    if grid.placement in ("start", "business start"):
        phase = (grid.month or 1) - 1
        return np.asarray((months - (months - phase) % grid.size).astype("M8[M]"))
    phase = (grid.month or 12) - 1
    return np.asarray((months + (phase - months) % grid.size).astype("M8[M]"))


def begin_of(grid: Grid, label: Instants) -> Instants:
    """The first instant of the steps with these labels; numbered steps are their own."""
    if isinstance(grid, Ticks) and grid.weekday is not None:
        return np.asarray(label - np.timedelta64(grid.size - DAY, "ns"))
    if isinstance(grid, Months):
        months = label.astype("M8[M]")
        if grid.placement in ("end", "business end"):
            months = months - (grid.size - 1)
        return np.asarray(months.astype("M8[ns]"))
    return label


def end_of(grid: Grid, label: Instants) -> Instants:
    """The first instant after the steps with these labels."""
    begin = begin_of(grid, label)
    if isinstance(grid, Months):
        return np.asarray((begin.astype("M8[M]") + grid.size).astype("M8[ns]"))
    if isinstance(grid, Ticks):
        return np.asarray(begin + np.timedelta64(grid.size, "ns"))
    return grid.advance(label, np.ones(label.shape, dtype=np.int64))
