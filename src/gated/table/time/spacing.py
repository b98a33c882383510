"""Infers the regular grid of a table's times from the gaps between them.

The most common gap of each series counts as one vote. A gap is a length in nanoseconds, or a
number of months for a series whose times have one place in the month (28 to 31 days are then
the same gap).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gated.arrays import BoolArray, IntArray
from gated.table.time.grid import (
    DAY,
    WEEK,
    WORKING_WEEK,
    BusinessDays,
    Grid,
    Instants,
    Months,
    Placement,
    Steps,
    Ticks,
    anchor,
    month_place,
    parse_alias,
    unplaced_months,
    weekday_of,
)

__all__ = [
    "Spacing",
    "infer_grid",
    "measure",
    "months_of",
    "off_grid",
    "placement_of",
    "requested_grid",
]

PART_ROWS = 1_000_000
CANDIDATES = 5  # grids that are tried, in the order of their votes
ENOUGH_WEEKS = 3  # in which each day of a weekly pattern of days occurs
CLOSED_WEEKS = 5  # the same for five or six days a week: a few rows that lack are no closed day
MOST_SEPARATE = 4  # days of a pattern that needs no more weeks
MOST_DAYS = 0.8  # share of the days of such a pattern that must have a row
ENOUGH_GAPS = 3  # equal gaps that a series must have for a step of its own
PLACES: tuple[Placement, ...] = (
    "start", "end", "business start", "business end", "day 29", "day 30"
)  # fmt: skip
# Possible places of a series in the month, each with the largest distance of its times from it.
# Of several that match, the last counts: every 1st is a month start, even if it is a workday too.
# The 29th and 30th are the first rows, so that any other match has priority: February may not have
# these days.
PLACE_CHECKS: tuple[tuple[Placement, int], ...] = (
    ("day 29", DAY),
    ("day 30", DAY),
    ("business end", DAY),
    ("business start", DAY),
    ("end", DAY),
    ("start", 28 * DAY),
)


@dataclass(frozen=True)
class Spacing:
    """The gaps within series.

    Attributes:
        series: [G] int64, the series of each gap, ascending.
        gap: [G] int64; positive: ns, or numbered steps; negative: -(6 · months + place), where
            place is an index of `PLACES`.
        n_series: N, including series of one row, which have no gap.
    """

    series: IntArray
    gap: IntArray
    n_series: int

    def most_common(self) -> IntArray:
        """[N] the most common gap of each series, in a tie the shorter; 0 for one row."""
        if len(self.gap) and (self.gap == self.gap[0]).all():
            common = np.zeros(self.n_series, dtype=np.int64)
            common[self.series] = self.gap[0]
            return common
        order = np.lexsort((np.abs(self.gap), self.series))
        series, gap = self.series[order], self.gap[order]
        is_new = np.append(True, (np.diff(series) != 0) | (np.diff(gap) != 0))[: len(gap)]
        begin = np.flatnonzero(is_new)
        times = np.diff(np.append(begin, len(gap)))
        # The most common gap is written last and overwrites the others; in a tie, the shortest.
        rank = np.lexsort((-np.abs(gap[begin]), times))
        common = np.zeros(self.n_series, dtype=np.int64)
        common[series[begin][rank]] = gap[begin][rank]
        return common

    def constant(self) -> IntArray:
        """[N] the gap of each series with enough gaps, all of them equal; else 0."""
        constant = np.zeros(self.n_series, dtype=np.int64)
        if len(self.gap):
            begin = np.flatnonzero(np.append(True, np.diff(self.series) != 0))
            low = np.minimum.reduceat(self.gap, begin)
            high = np.maximum.reduceat(self.gap, begin)
            times = np.diff(np.append(begin, len(self.gap)))
            constant[self.series[begin]] = np.where((low == high) & (times >= ENOUGH_GAPS), low, 0)
        return constant


def measure(ds: Instants, offsets: IntArray) -> Spacing:
    """Measure the gaps of series whose times ascend.

    Args:
        ds: [R] datetime64[ns] or int64 steps.
        offsets: [N+1] int64 row bounds of the series, none of them empty.
    """
    within = np.ones(max(len(ds) - 1, 0), dtype=np.bool_)
    within[offsets[1:-1] - 1] = False  # from the last row of a series to the first of the next
    gap = np.diff(ds)[within].astype(np.int64, copy=False)
    series = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets) - 1)
    if ds.dtype.kind == "M" and len(gap):
        gap = _with_months(ds, offsets, series, gap, within)
    return Spacing(series, gap, len(offsets) - 1)


def _with_months(
    ds: Instants,
    offsets: IntArray,
    series: IntArray,
    gap: IntArray,
    within: BoolArray,
) -> IntArray:
    """Replace the gaps by months for the series whose times have one place in the month."""
    shortest = np.full(len(offsets) - 1, np.iinfo(np.int64).max)
    np.minimum.at(shortest, series, gap)
    monthly = (shortest >= 28 * DAY) & (np.diff(offsets) > 1)
    if not monthly.any():
        return gap
    rows = np.repeat(monthly, np.diff(offsets))
    some = ds[rows]
    begin = np.append(0, np.cumsum(np.diff(offsets)[monthly]))[:-1]
    place = np.full(len(offsets) - 1, -1)
    for name, largest in PLACE_CHECKS:
        distance = month_place(some, name)
        low, high = np.minimum.reduceat(distance, begin), np.maximum.reduceat(distance, begin)
        matches = (low == high) & (low >= 0) & (low < largest)
        place[np.flatnonzero(monthly)[matches]] = PLACES.index(name)
    months = np.diff(ds.astype("M8[M]").astype(np.int64))[within]
    return np.where(place[series] >= 0, -(len(PLACES) * months + place[series]), gap)


def infer_grid(ds: Instants, offsets: IntArray, spacing: Spacing) -> Grid | None:
    """The grid that fits most series; None if no series has two rows.

    The candidates are the most common gaps of the series, in the order of their votes. The first
    one that fits more than half of the series is taken; otherwise the one that fits most. Daily
    times without any weekend are business days.
    """
    votes = spacing.most_common()
    has_gap = votes != 0
    if not has_gap.any():
        return None
    gaps, counts = np.unique(votes[has_gap], return_counts=True)
    best: Grid | None = None
    best_share = -1.0
    for index in np.lexsort((np.abs(gaps), -counts))[:CANDIDATES]:
        first = ds[offsets[:-1]][votes == gaps[index]][0]
        grid = _grid_of(int(gaps[index]), ds, spacing, first)
        wrong_rows = off_grid(grid, ds, offsets)
        fits = np.add.reduceat(wrong_rows, offsets[:-1], dtype=np.int64) == 0
        share = float(fits[has_gap].mean())
        if share > best_share:
            best, best_share = grid, share
        if best_share > 0.5:
            break
    return best


def _grid_of(gap: int, ds: Instants, spacing: Spacing, first: Instants) -> Grid:
    if ds.dtype.kind != "M":
        return Steps(gap)
    if gap < 0:
        return anchor(months_of(gap), first)
    if gap % DAY == 0 and gap < WEEK and bool((spacing.gap > gap).any()):
        days = _days_of_week(ds, spacing, gap)
        if days is not None:
            return BusinessDays(days)
    return anchor(Ticks(gap), first)


def months_of(gap: int) -> Months:
    """The grid of a negative gap, without its month."""
    return Months(-gap // len(PLACES), PLACES[-gap % len(PLACES)])


def _days_of_week(ds: Instants, spacing: Spacing, gap: int) -> tuple[int, ...] | None:
    """The days of the week that times have; None if the times are not the same days every week.

    Daily times without any weekend are from Monday to Friday. Other days need several weeks, and
    a row on most of these days. Weekdays of a shop that never have a row are closed days.
    """
    counts = np.bincount(weekday_of(ds), minlength=7)
    days = tuple(np.flatnonzero(counts).tolist())
    weeks = CLOSED_WEEKS if len(days) > MOST_SEPARATE else ENOUGH_WEEKS
    if days != WORKING_WEEK and 1 < len(days) < 7 and not (spacing.gap % DAY).any():
        expected = float(spacing.gap.sum()) / WEEK * len(days)
        is_dense = len(ds) - spacing.n_series >= MOST_DAYS * expected
        if is_dense and counts[list(days)].min() >= weeks:
            return days
    return WORKING_WEEK if gap == DAY and max(days) in WORKING_WEEK else None


def placement_of(ds: Instants) -> Placement | None:
    """The place in the month that all times have; None if they have no common place.

    >>> placement_of(np.array(["2021-01-31", "2021-02-28"], "M8[ns]"))
    'end'
    """
    found: Placement | None = None
    for name, largest in PLACE_CHECKS:
        distance = month_place(ds, name)
        if distance.min() == distance.max() and 0 <= distance[0] < largest:
            found = name
    return found


def requested_grid(alias: str, ds: Instants, offsets: IntArray) -> Grid:
    """The grid of a given alias; "M", "Q" and "Y" take their place in the month from the times.

    Raises:
        UsageError: the alias is unknown.
    """
    grid, months = parse_alias(alias), unplaced_months(alias)
    minutes = re.fullmatch(r"([0-9]{0,4})m", alias.strip())
    if ds.dtype.kind != "M" or (months is None and minutes is None):
        return grid
    if minutes is not None:  # polars writes minutes so; times months apart have no minutes
        gap = measure(ds, offsets).gap
        if not len(gap) or (gap > 0).any():
            return grid
        months = int(minutes[1] or 1)
    placement = placement_of(ds)
    if months is None or placement is None:
        return grid
    if isinstance(grid, Months) and grid.placement == placement and grid.month is not None:
        return grid
    return Months(months, placement)


def off_grid(grid: Grid, ds: Instants, offsets: IntArray) -> BoolArray:
    """[R] whether each time is off the grid that begins at the first time of its series."""
    wrong = np.empty(len(ds), dtype=np.bool_)
    # Some series at a time: for all rows at once, these arrays need more memory than the table.
    for first, last in _parts(offsets):
        bounds = offsets[first : last + 1]
        start = np.repeat(ds[bounds[:-1]], np.diff(bounds))
        times = ds[bounds[0] : bounds[-1]]
        wrong[bounds[0] : bounds[-1]] = grid.advance(start, grid.count(start, times)) != times
    return wrong


def _parts(offsets: IntArray) -> Iterator[tuple[int, int]]:
    """Bounds of groups of whole series, each group of about `PART_ROWS` rows."""
    marks = np.arange(PART_ROWS, offsets[-1], PART_ROWS)
    bounds = np.unique(np.concatenate([[0], np.searchsorted(offsets, marks), [len(offsets) - 1]]))
    yield from pairwise(bounds.tolist())
