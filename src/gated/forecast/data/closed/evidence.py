"""Collects, for each time of a table, whether it was open, closed or not observed."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, TimeArray
from gated.forecast.data.closed.amounts import are_amounts
from gated.forecast.data.closed.calendar import (
    FIRST_MONDAY,
    amount_seasons,
    day_number,
    distinct_times,
    step_of_day,
)
from gated.table import Table

__all__ = ["Evidence", "collect"]

# Per-series evidence is a matrix of series and steps; larger ones are not built.
_MOST_CELLS = 50_000_000


@dataclass(frozen=True)
class Evidence:
    """What was seen of G groups at K weeks of S steps; a group is a series, or all of them.

    A step that is neither open nor closed was not observed, or lies outside of the series.

    Attributes:
        opened: [G, K, S] whether there was a value other than 0.
        closed: [G, K, S] whether there was none, but a 0 or, for amounts, a missing value.
        zero: [G, K, S] whether there was a 0.
        monday: the first day, as `day_number`.
        steps_per_day: S is seven times this.
    """

    opened: BoolArray
    closed: BoolArray
    zero: BoolArray
    monday: int
    steps_per_day: int

    @property
    def seen(self) -> BoolArray:
        """[G, K, S] whether a step was open or closed."""
        return self.opened | self.closed

    def without(self, slots: BoolArray) -> "Evidence":
        """The evidence without some steps of the week, [S] or [G, S]."""
        kept = ~np.broadcast_to(slots, (len(self.opened), self.opened.shape[2]))[:, None]
        return Evidence(
            self.opened & kept,
            self.closed & kept,
            self.zero & kept,
            self.monday,
            self.steps_per_day,
        )

    @property
    def days(self) -> TimeArray:
        """[7 · K] the days of the weeks, datetime64[D]."""
        first = self.monday + FIRST_MONDAY
        return np.arange(first, first + 7 * self.opened.shape[1]).astype("M8[D]")


def collect(table: Table, shown: BoolArray, per_day: int, *, by_series: bool) -> Evidence | None:
    """Collect the evidence of a table; None if nothing was closed, or there are too many steps.

    Args:
        table: the past.
        shown: [R] rows to read.
        per_day: number of steps in a day.
        by_series: one group for each series; False: one group for all series. Then a step is open
            if any series was, and closed if none was.
    """
    observed = np.isfinite(table.y)
    is_open = shown & observed & (table.y != 0)
    is_zero = shown & (table.y == 0)
    is_missing = shown & ~observed
    if is_missing.any():
        seasons = amount_seasons(table, per_day)
        amounts = are_amounts(np.where(shown, table.y, np.nan), table.offsets, *seasons)
        is_missing &= np.repeat(amounts, table.lengths)
    rests = is_zero | is_missing
    if not rests.any() or not is_open.any():
        return None
    times, position = distinct_times(table, table.ds)
    day, step = day_number(times), step_of_day(times, per_day)
    monday = int(day.min() // 7 * 7)
    weeks = int((day.max() - monday) // 7) + 1
    groups = table.n_series if by_series else 1
    shape = (groups, weeks, 7 * per_day)
    if np.prod([float(size) for size in shape]) > _MOST_CELLS:
        return None
    cell = ((day - monday) * per_day + step)[position]
    if by_series:
        cell += np.repeat(np.arange(groups), table.lengths) * (shape[1] * shape[2])

    def marked(rows: BoolArray) -> BoolArray:
        cells = np.zeros(shape, dtype=bool)
        cells.reshape(-1)[cell[rows]] = True
        return cells

    opened = marked(is_open)
    closed = marked(rests) & ~opened
    return Evidence(opened, closed, marked(is_zero) & closed, monday, per_day)
