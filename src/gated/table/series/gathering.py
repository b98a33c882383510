"""Brings the rows of each series to one per step: by a given rule, or where the times decide.

Without a rule, two cases are safe: the hour that occurs twice when summer time ends, and readings
of a device whose times are a little off a regular grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError
from gated.table.series.aggregation import Aggregate, bring_together
from gated.table.series.incomplete import without_incomplete_steps
from gated.table.series.panel import Panel, repeated
from gated.table.series.proposals import (
    event_step,
    for_irregular,
    gaps_within,
    is_measured,
    is_regular,
    near_step,
)
from gated.table.series.summer_time import is_clock_change, set_back_notes
from gated.table.time.binning import for_binning, nearest_step, step_of
from gated.table.time.grid import DAY, BusinessDays, Grid, Instants, Ticks, parse_alias, weekday_of
from gated.table.time.spacing import off_grid
from gated.text import counted, listed, option, shown_time

__all__ = ["Gathering"]

WORDS: dict[Aggregate, str] = {
    "sum": "their sum", "mean": "their mean", "median": "their median", "count": "their number",
    "min": "the smallest value", "max": "the largest value", "first": "the first value",
    "last": "the last value",
}  # fmt: skip
FEW_A_STEP = 1.5  # rows a time below which times do not repeat in general
FILLED = 0.5  # share of steps with a row below which a step found in the times is too fine


@dataclass
class Gathering:
    """The rows of a table on their way to one row for each step.

    Attributes:
        prefix: the name of the file, for messages.
        panel: the rows, sorted by series and time; each method replaces them.
        aggregate: the given rule.
        target: the target in notes, such as "`amount`".
        covariates: name of each covariate, and whether it holds categories.
        unit: what a row of the panel is in the source: a row, or a value of a wide table.
        notes: what was brought together, one sentence each.
        rows_a_step: rows that one step had on average, before they were brought together.
    """

    prefix: str
    panel: Panel
    aggregate: Aggregate | None
    target: str
    covariates: Sequence[tuple[str, bool]]
    unit: str = "row"
    notes: list[str] = field(default_factory=list)
    rows_a_step: float = 1.0

    def gather(self, alias: str | None) -> str | None:
        """Bring together the rows of each step of `alias`, or the rows of one time.

        Returns:
            The alias with the anchor that was assumed ("W" is "W-SUN").

        Raises:
            DataError: rows lie on weekend days, which business days do not have.
        """
        if self.aggregate is None:
            self._average_repeated_hour()
            return alias
        if alias is None:
            self._bring(self.panel.ds, "at each time")
            return None
        grid = for_binning(parse_alias(alias))
        if isinstance(grid, BusinessDays):
            self._refuse_weekends()
        labels = self._labels(grid)
        rows = self.panel
        self._bring(labels, f"in each step of {grid.alias}")
        if len(rows.ds) > len(self.panel.ds):
            self.panel, notes = without_incomplete_steps(rows, self.panel, grid)
            self.notes += notes
        return grid.alias

    def snap(self, grid: Grid, *, is_given: bool) -> Grid:
        """Put times that are a little off a grid on it, if most series have such times.

        Returns:
            The grid; a similar one if `grid` was found in the times and not given.

        Raises:
            DataError: steps have several rows and no rule was given, or a rule was given and the
                step is unknown.
        """
        wrong = off_grid(grid, self.panel.ds, self.panel.offsets)
        if is_given:
            wrong |= ~grid.anchored(self.panel.ds)
        series = self.panel.any_of(wrong)
        if self.aggregate is not None:
            if not is_given and (series.mean() > FILLED or self._is_too_fine(grid)):
                raise self._without_step()
            return grid
        if series.mean() <= FILLED or self.panel.ds.dtype.kind != "M":
            return grid
        if is_given:
            if isinstance(grid, Ticks) and grid.size <= DAY:
                self._snap_to(grid, series)
            return grid
        gaps = gaps_within(self.panel)
        near = None if is_regular(gaps) else near_step(gaps)
        if near is not None and self._snap_to(near, series, option_to_change=True):
            return near
        return grid

    def _labels(self, grid: Grid) -> Instants:
        """The steps of the times; the nearest ones if a device measured about once in each."""
        times = self.panel.ds
        labels = step_of(grid, times)
        if not isinstance(grid, Ticks) or grid.size >= DAY:
            return labels
        if len(times) > 1 and is_measured(gaps_within(self.panel), grid.size):
            nearest = nearest_step(grid, times)
            # Each series has a phase of its own.
            better = self._shared(nearest) < self._shared(labels)
            return np.where(np.repeat(better, np.diff(self.panel.offsets)), nearest, labels)
        return labels

    def _shared(self, labels: Instants) -> IntArray:
        """[N] rows of each series that share a step with the row before."""
        shared = repeated(replace(self.panel, ds=labels)).astype(np.int64)
        return np.asarray(np.add.reduceat(shared, self.panel.offsets[:-1]))

    def _n_steps(self, labels: Instants) -> int:
        return len(labels) - int(self._shared(labels).sum())

    def _bring(self, labels: Instants, of: str) -> None:
        assert self.aggregate is not None
        before, missing = len(self.panel.ds), int(np.isnan(self.panel.y).sum())
        flags = [is_category for _, is_category in self.covariates]
        self.panel = bring_together(self.panel, labels, self.aggregate, flags)
        after = len(self.panel.ds)
        self.rows_a_step = before / after
        if after == before and self.aggregate != "count":
            self.notes.append(
                f"{option('aggregate', self.aggregate)} changed no value: there is one "
                f"{self.unit} at most {of}."
            )
            return
        self.notes.append(
            f"{counted(before, self.unit)} of {self.target} became {counted(after, 'step')}: "
            f"{WORDS[self.aggregate]} {of} ({option('aggregate', self.aggregate)})."
        )
        if missing:
            self.notes.append(f"{counted(missing, self.unit)} without {self.target} not used.")
        self._note_covariates()

    def _note_covariates(self) -> None:
        numbers = [name for name, is_category in self.covariates if not is_category]
        categories = [name for name, is_category in self.covariates if is_category]
        if numbers:
            self.notes.append(f"The mean of a step was taken for {listed(numbers)}.")
        if categories:
            self.notes.append(f"The last value of a step was taken for {listed(categories)}.")

    def _average_repeated_hour(self) -> None:
        again = repeated(self.panel)
        if not again.any() or not is_clock_change(self.panel):
            return
        self.notes += set_back_notes(self.panel.ds[again], int(again.sum()))
        self.panel = self._averaged(self.panel.ds)

    def _averaged(self, labels: Instants) -> Panel:
        flags = [is_category for _, is_category in self.covariates]
        return bring_together(self.panel, labels, "mean", flags)

    def _snap_to(self, grid: Ticks, series: BoolArray, *, option_to_change: bool = False) -> bool:
        """Put the flagged series [N] on the grid; whether that was possible.

        With a given grid, readings of one step are averaged; a grid that was found must have one
        reading in each step.
        """
        panel = self.panel
        off = np.repeat(series, np.diff(panel.offsets))
        labels = np.where(off, self._labels(grid), panel.ds)
        steps, rows = self._n_steps(labels), len(labels)
        if steps < rows and option_to_change:
            return False
        if steps < rows and not (grid.size < DAY and is_measured(gaps_within(panel), grid.size)):
            raise DataError(
                f"{self.prefix}{counted(rows, self.unit)} lie in {counted(steps, 'step')} of "
                f"{grid.alias}. {for_irregular(panel, grid.alias)}"
            )
        is_midnight = labels.astype(np.int64) % DAY == 0  # shown without a time of day
        is_moved = labels != panel.ds
        clear = is_moved & ~is_midnight
        example = int(np.argmax(clear if clear.any() else is_moved))
        moved = f"{shown_time(panel.ds[example])} became {shown_time(labels[example])}"
        choice = f" ({option('freq')} gives another step)" if option_to_change else ""
        shared = ""
        if steps < rows:
            shared = f"; the mean was taken where {self.unit}s share a step"
            shared += f" ({counted(rows - steps, 'time')})"
        self.notes.append(f"The times were put on a grid of {grid.alias}{choice}: {moved}{shared}.")
        self.panel = self._averaged(labels)
        return True

    def _is_too_fine(self, grid: Grid) -> bool:
        """Whether the rows fill few steps of a grid, and rarely share a time."""
        panel = self.panel
        first, last = panel.ds[panel.offsets[:-1]], panel.ds[panel.offsets[1:] - 1]
        steps = int((grid.count(first, last) + 1).sum())
        is_finer = isinstance(grid, Ticks) and grid.size < DAY
        return is_finer and len(panel.ds) < FILLED * steps and self.rows_a_step < FEW_A_STEP

    def _without_step(self) -> DataError:
        alias = event_step(self.panel) if self.panel.ds.dtype.kind == "M" else "10"
        shown = ", ".join(shown_time(time) for time in self.panel.ds[:3])
        return DataError(
            f"{self.prefix}{option('aggregate', str(self.aggregate))} was given without a step, "
            f"and the times are irregular: {shown}, …. Give the step whose rows are brought "
            f"together with {option('freq')}, for example {option('freq', alias)}."
        )

    def _refuse_weekends(self) -> None:
        weekend = np.flatnonzero(weekday_of(self.panel.ds) >= 5)
        if len(weekend):
            raise DataError(
                f"{self.prefix}{counted(len(weekend), self.unit)} are of a Saturday or Sunday, the "
                f"first of {shown_time(self.panel.ds[weekend[0]])}. {option('freq', 'B')} has no "
                f"such days; pass {option('freq', 'D')}, or remove these rows."
            )
