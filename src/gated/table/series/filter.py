"""Chooses the time grid of a panel and leaves out the series that do not fit it."""

from collections.abc import Callable
from functools import cache

import numpy as np

from gated.arrays import BoolArray
from gated.errors import DataError, UsageError
from gated.table.io.source import Source
from gated.table.series.outliers import outliers
from gated.table.series.panel import Panel, repeated, steps_spanned
from gated.table.series.proposals import for_irregular, for_repeated
from gated.table.time.grid import DAY, BusinessDays, Grid, Months, Steps, Ticks, anchor
from gated.table.time.spacing import (
    infer_grid,
    measure,
    months_of,
    off_grid,
    placement_of,
    requested_grid,
)
from gated.text import amount, counted, listed, option, shown_time

__all__ = ["SeriesFilter"]

FEW = 0.1  # share of series with repeated times up to which these are left out; above, an error
MANY_STEPS, STEPS_A_ROW = 10_000, 100  # a span beyond both has a step that is too fine
SHOWN = 3


class SeriesFilter:
    """Removes the series that cannot be forecast from a panel, one reason at a time.

    Attributes:
        panel: the remaining series.
        rejected: the label of each series that was left out, and the reason.
        unobserved: the labels of those without any observed value.
        notes: which rows were left out.
    """

    def __init__(
        self,
        source: Source,
        n_rows: int,
        panel: Panel,
        *,
        has_ids: bool,
        separating: Callable[[], str] = str,
    ) -> None:
        self.source = source
        self.n_rows = n_rows  # of the source; a row of a wide table has one panel row per series
        self.panel = panel
        self.has_ids = has_ids
        self.separating = cache(
            separating
        )  # a sentence on columns that separate the rows of one time
        self.rejected: dict[str, str] = {}
        self.unobserved: list[str] = []
        self.notes: tuple[str, ...] = ()  # on rows that were left out

    def drop(self, series: BoolArray, reason: Callable[[int], str]) -> None:
        """Leave out the flagged series [N]; `reason` gives the sentence for each.

        Raises:
            DataError: no series is left.
        """
        if not series.any():
            return
        for index in np.flatnonzero(series):
            self.rejected[str(self.panel.ids[index])] = reason(int(index))
        if series.all():
            self._raise_all()
        self.panel = self.panel.without(series)

    def _raise_all(self) -> None:
        reasons = list(self.rejected.items())
        if len(reasons) == 1:
            raise DataError(f"{self.source.prefix}series `{reasons[0][0]}`: {reasons[0][1]}")
        shown = " ".join(f"`{label}`: {reason}" for label, reason in reasons[:SHOWN])
        more = f" And {len(reasons) - SHOWN:,} more." if len(reasons) > SHOWN else ""
        raise DataError(
            f"{self.source.prefix}none of the {len(reasons):,} series can be forecast. "
            f"{shown}{more}"
        )

    def drop_empty_twins(self) -> None:
        """Leave out rows without a target that have the time of another row: dividends, remarks."""
        panel, again = self.panel, repeated(self.panel)
        if not again.any() or panel.covariates.shape[1]:
            return
        empty = np.isnan(panel.y)
        before = np.append(again[1:], False) & np.append(~empty[1:], False)
        after = again & np.append(False, ~empty[:-1])
        twins = empty & (before | after)
        if not twins.any():
            return
        first = self._place(int(panel.rows[np.argmax(twins)]))
        rows = counted(int(twins.sum()), "row")
        self.notes = (
            f"{rows} without a value, at the time of another row, left out; the first: {first}.",
        )
        self.panel = panel.of_rows(~twins)

    def drop_repeated(self, alias: str | None) -> None:
        """Leave out series with two rows at one time; many such series are an error.

        Args:
            alias: the given step, if any.
        """
        again = repeated(self.panel)
        if not again.any():
            return
        series = self.panel.any_of(again)
        if series.mean() > FEW:
            first = int(np.flatnonzero(series)[0])
            label = f"series `{self.panel.ids[first]}`"
            others = int(series.sum()) - 1
            more = f" ({counted(others, 'more series', 'more series')} likewise)" if others else ""
            raise DataError(
                f"{self.source.prefix}{label}{more}: {self._repeated(first, again, alias)}"
            )
        self.drop(series, lambda index: self._repeated(index, again, alias))

    def _repeated(self, index: int, again: BoolArray, alias: str | None) -> str:
        begin, end = self.panel.offsets[index : index + 2]
        second = int(begin + np.flatnonzero(again[begin:end])[0])
        time = shown_time(self.panel.ds[second])
        rows = [self.panel.rows[second - 1], self.panel.rows[second]]
        places = " and ".join(self._place(int(row)) for row in sorted(rows))
        separating = self.separating()
        advice = for_repeated(self.panel, again, separating, alias)
        if not self.has_ids and not separating:
            advice += f", or name the column with the series ids with {option('id_col')}"
        return f"{places} have the same time, {time}. Expected one row for each time. {advice}."

    def _place(self, row: int) -> str:
        return self.source.where(row % self.n_rows).removeprefix(self.source.prefix)

    def drop_unobserved(self) -> None:
        """Leave out series without any observed value."""
        unobserved = ~self.panel.any_of(~np.isnan(self.panel.y))
        self.unobserved = [str(label) for label in self.panel.ids[unobserved]]
        self.drop(unobserved, lambda _: "the target is missing in every row.")

    def outlier_notes(self) -> tuple[str, ...]:
        """A note on values that are far outside the range of their series, if there are any."""
        panel = self.panel
        found = np.flatnonzero(outliers(panel.y, panel.offsets))
        if not len(found):
            return ()
        first = int(found[0])
        place = f"{self._place(int(panel.rows[first]))}, {shown_time(panel.ds[first])}"
        if len(panel.ids) > 1:
            label = panel.ids[int(np.searchsorted(panel.offsets, first, side="right")) - 1]
            place = f"`{label}`, {place}"
        is_one = len(found) == 1
        far = f"far outside the range of {'its series:' if is_one else 'their series; first:'}"
        return (
            f"{counted(len(found), 'value')} {far} {amount(panel.y[first])} ({place}). "
            f"Check {'it' if is_one else 'them'}: the forecast clips such values.",
        )

    def choose_grid(self, alias: str | None) -> Grid:
        """Return the requested grid, or infer the grid of most series.

        Raises:
            UsageError: a number is given for dates, or an alias for numbered steps.
            DataError: no series has two rows, so that no step can be inferred.
        """
        panel = self.panel
        if alias is None:
            grid = infer_grid(panel.ds, panel.offsets, measure(panel.ds, panel.offsets))
            if grid is None:
                rows = "there is a single row" if len(panel.ds) == 1 else "each series has one row"
                raise DataError(
                    f"{self.source.prefix}{rows}, so the step from one time to the next is "
                    f"unknown. Give more rows, or give the step with {option('freq')}."
                )
            return grid
        grid = requested_grid(alias, panel.ds, panel.offsets)
        has_dates = panel.ds.dtype.kind == "M"
        if isinstance(grid, Steps) and has_dates:
            raise UsageError(
                f"{option('freq', alias)} is a number, for times that are numbered steps, but "
                "the times are dates. Expected an alias such as D, h or MS."
            )
        if not isinstance(grid, Steps) and not has_dates:
            raise UsageError(
                f"{option('freq', alias)} is for dates, but the times are whole numbers "
                f"({panel.ds.min()} to {panel.ds.max()}). Expected a number such as 1; or give "
                f"a column of dates with {option('time_col')}."
            )
        return anchor(grid, panel.ds[0])

    def drop_misfits(self, grid: Grid, *, is_given: bool) -> None:
        """Leave out series that are not on the grid, or have another regular step.

        Raises:
            DataError: more than half of the series do not fit.
        """
        wrong = off_grid(grid, self.panel.ds, self.panel.offsets)
        if is_given:
            wrong |= ~grid.anchored(self.panel.ds)
        series = self.panel.any_of(wrong)
        if series.mean() > 0.5:
            first = int(np.flatnonzero(series)[0])
            many = f" {int(series.sum()):,} of {len(series):,} series do not fit."
            raise DataError(
                f"{self.source.prefix}series `{self.panel.ids[first]}`: "
                f"{self._off_grid(first, grid, is_given)}{many if len(series) > 1 else ''}"
            )
        self.drop(series, lambda index: self._off_grid(index, grid, is_given))
        if not is_given:
            self._drop_other_steps(grid)
        spans, rows = steps_spanned(self.panel, grid), np.diff(self.panel.offsets)
        sparse = (spans > MANY_STEPS) & (spans > STEPS_A_ROW * rows)
        self.drop(
            sparse,
            lambda index: (
                f"its {counted(int(rows[index]), 'row')} span {int(spans[index]):,} steps of "
                f"{grid.alias}. Give a coarser step with {option('freq')}, and how its rows are "
                f"brought together with {option('aggregate')}."
            ),
        )

    def _off_grid(self, index: int, grid: Grid, is_given: bool) -> str:
        begin, end = self.panel.offsets[index : index + 2]
        ds = self.panel.ds[begin:end]
        # If the first time is off the grid, all others miss a grid that begins there. So three
        # references are tried, and the one with the fewest misses is reported.
        misses = [
            (grid.advance(start, grid.count(start, ds)) != ds) | (~grid.anchored(ds) & is_given)
            for start in (ds[:1], ds[len(ds) // 2 :][:1], ds[-1:])
        ]
        missed = ds[min(misses, key=lambda flags: int(flags.sum()))]
        shown = ", ".join(shown_time(time) for time in missed[:SHOWN])
        more = f" and {len(missed) - SHOWN:,} more" if len(missed) > SHOWN else ""
        step = (
            f"{option('freq', grid.alias)} was given"
            if is_given
            else (f"the most common step is {grid.alias}")
        )
        placement = placement_of(ds) if ds.dtype.kind == "M" else None
        if is_given and isinstance(grid, Months) and placement is not None:
            fitting = anchor(Months(grid.size, placement), ds[0])
            return f"{step}, but the times fit {option('freq', fitting.alias)}. Pass that."
        return (
            f"the times are not regular: {step}, but {shown}{more} do not fit. "
            f"{for_irregular(self.panel, grid.alias if is_given else None)}"
        )

    def _drop_other_steps(self, grid: Grid) -> None:
        own = measure(self.panel.ds, self.panel.offsets).constant()
        if isinstance(grid, Months):
            size = np.array([months_of(gap).size if gap < 0 else gap for gap in own.tolist()])
            other = (own != 0) & (size != grid.size)
        else:
            other = (own != 0) & (own != (grid.size if not isinstance(grid, BusinessDays) else DAY))
        if other.mean() > 0.5:
            steps = {self._step_of(int(index), int(own[index])) for index in np.flatnonzero(other)}
            raise DataError(
                f"{self.source.prefix}the series have different steps: {listed(sorted(steps))} and "
                f"`{grid.alias}`. Forecast the series of each step on their own, or give one step "
                f"for all with {option('freq')}."
            )
        self.drop(
            other,
            lambda index: (
                f"its step is {self._step_of(index, int(own[index]))}, the step of the other "
                f"series is {grid.alias}. Forecast it on its own, or pass "
                f"{option('freq', grid.alias)} to treat the steps between as not observed."
            ),
        )

    def _step_of(self, index: int, gap: int) -> str:
        if self.panel.ds.dtype.kind != "M":
            return str(gap)
        grid = months_of(gap) if gap < 0 else Ticks(gap)
        return anchor(grid, self.panel.ds[self.panel.offsets[index]]).alias
