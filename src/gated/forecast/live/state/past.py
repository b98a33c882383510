"""Keeps the newest values of each series in a ring, and facts on all of its values.

A ring has a bounded number of cells: step number s of a series is in cell s modulo that number.
Time and memory do not depend on the length of the past.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray, ObjectArray, TimeArray
from gated.forecast.data.series.past_facts import PastFacts
from gated.table import Static, Table

__all__ = ["Past", "Steps"]

_FIRST_CELLS = 64


@dataclass(frozen=True)
class Steps:
    """New or repaired steps of series, sorted by series and step.

    Attributes:
        series: [M] index of the series.
        step: [M] number of the step, counted from the first step of the series.
        ds: [M] its time.
        y: [M] its value; not NaN.
        closed: [M] whether the series is closed then.
    """

    series: IntArray
    step: IntArray
    ds: TimeArray
    y: FloatArray
    closed: BoolArray

    def part(self, rows: BoolArray | IntArray) -> "Steps":
        """Some of them."""
        return Steps(*(part[rows] for part in vars(self).values()))

    @property
    def open_values(self) -> FloatArray:
        """[M] the values, NaN at closed steps."""
        return np.where(self.closed, np.nan, self.y)


class Past:
    """The pasts of N series.

    Args:
        rows: cells of a ring, at most: the steps that a forecast reads.
        ids: [N] labels of the series.
        last: [N] time of the last step of each series.
        followed: [N, 2] whether a series follows the closed weekdays and hours, and dates.

    Attributes:
        values: [N, C] float64, the rings, NaN where not observed.
        closed: [N, C] bool, whether a step was closed.
        length: [N] int64, number of steps so far.
        facts: facts on all values.
    """

    def __init__(
        self, rows: int, ids: ObjectArray, last: TimeArray, followed: BoolArray | None = None
    ) -> None:
        count = len(ids)
        self.rows = rows
        self.ids = ids
        self._index = {str(label): place for place, label in enumerate(ids.tolist())}
        self.last = np.array(last)
        self.followed = np.ones((count, 2), dtype=bool) if followed is None else followed
        self.length = np.zeros(count, dtype=np.int64)
        cells = min(rows, _FIRST_CELLS)
        self.values = np.full((count, cells), np.nan)
        self.closed = np.zeros((count, cells), dtype=bool)
        zeros, false = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
        self.facts = PastFacts(zeros, zeros.copy(), false, false.copy())

    @classmethod
    def of(cls, table: Table, rows: int, closed: BoolArray, followed: BoolArray) -> "Past":
        """The newest steps of a table.

        Args:
            table: the past.
            rows: cells of a ring, at most.
            closed: [R] whether each row was closed.
            followed: as of the constructor.
        """
        past = cls(rows, table.ids, table.last_ds, followed)
        past._grow(int(table.lengths.max()))
        past.length[:] = table.lengths
        past.facts = PastFacts.of(np.where(closed, np.nan, table.y), table.offsets)
        series = np.repeat(np.arange(table.n_series), table.lengths)
        step = np.arange(table.n_rows) - table.offsets[series]
        cells = past.values.shape[1]
        kept = step >= table.lengths[series] - cells
        place = series[kept], step[kept] % cells
        past.values[place], past.closed[place] = table.y[kept], closed[kept]
        return past

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, label: object) -> int:
        """The index of a series; -1 if there is none of this label. 7 and "7" are one label."""
        return self._index.get(str(label), -1)

    def kept(self, series: IntArray) -> IntArray:
        """[M] how many of the newest steps of each series are kept."""
        return np.minimum(self.length[series], self.values.shape[1])

    def newest(self, series: IntArray) -> tuple[FloatArray, BoolArray, IntArray]:
        """The kept steps of series [M], one series after another.

        Returns:
            [R] values, NaN where not observed; [R] whether a step was closed; [M+1] offsets.
        """
        count = self.kept(series)
        offsets = np.concatenate([[0], np.cumsum(count)])
        # Step number s of a series is in cell s modulo the number of cells.
        first = np.repeat(self.length[series] - count - offsets[:-1], count)
        cell = (np.arange(offsets[-1]) + first) % self.values.shape[1]
        row = np.repeat(series, count)
        return self.values[row, cell], self.closed[row, cell], offsets

    def at(self, series: IntArray, step: IntArray) -> FloatArray:
        """[M] the kept values of steps; NaN where not observed."""
        return np.asarray(self.values[series, step % self.values.shape[1]])

    def put(self, steps: Steps) -> None:
        """Store values; a step after the end of a series makes it longer.

        Steps between that have no value are not observed. Steps that are not kept any more must
        not be among them.
        """
        series, step = steps.series, steps.step
        before = self.length[series]
        self._grow(int(step.max(initial=-1)) + 1)
        if (step > before).any():
            self._forget(series, step, before)
        cell = step % self.values.shape[1]
        self.values[series, cell] = steps.y
        self.closed[series, cell] = steps.closed
        np.maximum.at(self.length, series, step + 1)
        newest = step + 1 == self.length[series]
        self.last[series[newest]] = steps.ds[newest]
        self.facts.add(series, steps.open_values)

    def part(self, series: IntArray) -> "Past":
        """A copy of some of the series."""
        part = Past(self.rows, self.ids[series], self.last[series], self.followed[series])
        part.length, part.facts = self.length[series], self.facts.part(series)
        part.values, part.closed = self.values[series], self.closed[series]
        return part

    def joined(self, more: "Past") -> "Past":
        """A copy with the series of another past of the same number of rows."""
        cells = max(self.values.shape[1], more.values.shape[1])
        self._grow(cells)
        more._grow(cells)
        both = (self, more)
        ids, last, followed = (
            np.concatenate([getattr(past, name) for past in both])
            for name in ("ids", "last", "followed")
        )
        whole = Past(self.rows, ids, last, followed)
        for name in ("length", "values", "closed"):
            setattr(whole, name, np.concatenate([getattr(past, name) for past in both]))
        facts = zip(*(vars(past.facts).values() for past in both), strict=True)
        whole.facts = PastFacts(*(np.concatenate(pair) for pair in facts))
        return whole

    @classmethod
    def of_newest(cls, pasts: Sequence["Past"]) -> "Past":
        """The kept steps of several pasts of the same number of rows, to be forecast together.

        The steps are numbered from the first one that is kept.
        """
        found = [past.newest(np.arange(len(past))) for past in pasts]
        count = np.concatenate([np.diff(offsets) for _, _, offsets in found])
        ids, last, followed = (
            np.concatenate([getattr(past, name) for past in pasts])
            for name in ("ids", "last", "followed")
        )
        whole = cls(pasts[0].rows, ids, last, followed)
        whole.length = count
        row = np.repeat(np.arange(len(count)), count)
        cell = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        for place, (name, missing) in enumerate((("values", np.nan), ("closed", False))):
            cells = np.full((len(count), int(count.max(initial=1))), missing)
            cells[row, cell] = np.concatenate([part[place] for part in found])
            setattr(whole, name, cells)
        facts = zip(*(vars(past.facts).values() for past in pasts), strict=True)
        whole.facts = PastFacts(*(np.concatenate(parts) for parts in facts))
        return whole

    def table(self, like: Table) -> Table:
        """The kept steps as a table.

        Args:
            like: a table of the same schema and frequency.
        """
        series = np.flatnonzero(self.facts.observed > 0)
        y, _, offsets = self.newest(series)
        step = np.arange(len(y)) + 1 - np.repeat(offsets[1:], np.diff(offsets))
        ds = like.frequency.grid.advance(np.repeat(self.last[series], np.diff(offsets)), step)
        nothing = np.zeros((len(y), 0))
        return replace(
            like,
            ids=self.ids[series],
            offsets=offsets,
            ds=ds,
            y=y,
            covariates=nothing,
            past_covariates=nothing,
            static=Static.none(len(series)),
        )

    def _grow(self, longest: int) -> None:
        """Make the rings longer, up to `rows` cells, so that `longest` steps fit."""
        cells = self.values.shape[1]
        if longest <= cells or cells == self.rows:
            return
        larger = min(self.rows, max(2 * cells, longest))
        every = np.arange(len(self))
        count = self.kept(every)
        values, closed, offsets = self.newest(every)
        row = np.repeat(every, count)
        first = np.repeat(self.length - count - offsets[:-1], count)
        cell = (np.arange(offsets[-1]) + first) % larger
        self.values = np.full((len(self), larger), np.nan)
        self.closed = np.zeros((len(self), larger), dtype=bool)
        self.values[row, cell], self.closed[row, cell] = values, closed

    def _forget(self, series: IntArray, step: IntArray, before: IntArray) -> None:
        """Empty the cells of the steps from the end of each series to its new end."""
        cells = self.values.shape[1]
        last = np.ones(len(series), dtype=bool)
        last[:-1] = series[1:] != series[:-1]  # sorted: the last row has the largest step
        chosen, end, begin = series[last], step[last] + 1, before[last]
        count = np.minimum(np.maximum(end - begin, 0), cells)
        offsets = np.cumsum(count) - count
        row = np.repeat(chosen, count)
        cell = (np.arange(len(row)) + np.repeat(end - count - offsets, count)) % cells
        self.values[row, cell], self.closed[row, cell] = np.nan, False
