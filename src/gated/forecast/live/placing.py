"""Places new rows on the time grid of their series, with checks and repairs.

Rows of any order are sorted. A row of an older step that had no value fills it; a row that repeats
a known value is left out. Every repair has a note. A row that contradicts a known value, or does
not fit, is an error, and then none of the rows is used.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray, TimeArray
from gated.errors import DataError
from gated.forecast.live.rules import Rules
from gated.forecast.live.state.past import Past, Steps
from gated.forecast.live.state.states import States
from gated.table import NewRows
from gated.table.columns.content import numbered_steps
from gated.text import counted, did_you_mean, listed, shown_time

__all__ = ["Placed", "place", "unknown_series", "with_new_series"]


@dataclass(frozen=True)
class Placed:
    """Rows on the grid, and what was repaired.

    Attributes:
        steps: the values, sorted by series and step.
        row: [M] the row of the input of each of them; -1 for an added step.
        notes: what was repaired, one sentence each.
    """

    steps: Steps
    row: IntArray
    notes: tuple[str, ...]


def place(rows: NewRows, past: Past, rules: Rules, series: IntArray) -> Placed:
    """Place rows.

    Args:
        rows: the rows.
        past: the kept values; not changed here.
        rules: the decisions that are kept.
        series: [R] the series of each row.

    Raises:
        DataError: a row does not fit; the message names it.
    """
    placing = _Placing(rows, past, rules)
    return placing.placed(series)


@dataclass(frozen=True)
class _Cells:
    """Rows [M] with their places: the row of the input, series, step, time and value."""

    row: IntArray
    series: IntArray
    step: IntArray
    ds: TimeArray
    y: FloatArray

    def part(self, rows: IntArray | BoolArray) -> "_Cells":
        return _Cells(*(part[rows] for part in vars(self).values()))


class _Placing:
    """The checks of one block of rows."""

    def __init__(self, rows: NewRows, past: Past, rules: Rules) -> None:
        self.rows, self.past, self.rules = rows, past, rules
        self.grid = rules.table.frequency.grid
        self.notes: list[str] = []

    def placed(self, series: IntArray) -> Placed:
        """Run all checks, and build the steps."""
        row = np.flatnonzero(np.isfinite(self.rows.y))
        lost = len(self.rows.y) - len(row)
        if lost:
            self.notes.append(f"{counted(lost, 'row')} without a value left out.")
        cells = self._on_grid(row, series[row])
        cells = self._sorted(cells)
        cells = self._without_repeated(cells)
        cells = self._without_known(cells)
        cells = self._with_gaps(cells)
        closed = self.rules.closed(self.past, cells.ds, cells.series)
        steps = Steps(cells.series, cells.step, cells.ds, cells.y, closed)
        return Placed(steps, cells.row, tuple(self.notes))

    def _on_grid(self, row: IntArray, series: IntArray) -> _Cells:
        """The step of each row; a time off the grid is an error."""
        last = self.past.last[series]
        if self.rows.ds is not None:
            ds = np.asarray(self.rows.ds[row])
        elif len(row):  # rows without times are the next steps
            ds = self.grid.advance(last, numbered_steps(series - series.min()) + 1)
        else:
            ds = last
        count = self.grid.count(last, ds)
        cells = _Cells(row, series, self.past.length[series] - 1 + count, ds, self.rows.y[row])
        wrong = np.flatnonzero(self.grid.advance(last, count) != ds)
        if len(wrong):
            one = wrong[:1]
            due = self._shown(self.grid.advance(last[one], count[one] + 1))
            raise self._error(
                cells.part(one),
                f"is not a step of {self.rules.table.frequency.description}. Expected a time such "
                f"as {due}",
            )
        return cells

    def _sorted(self, cells: _Cells) -> _Cells:
        """The rows by series and step, with a note if those of a series were not so."""
        order = np.lexsort((cells.step, cells.series))
        if ((np.diff(order) < 0) & (np.diff(cells.series[order]) == 0)).any():
            self.notes.append("Rows were not sorted by time; they were sorted.")
        return cells.part(order)

    def _without_repeated(self, cells: _Cells) -> _Cells:
        """Rows that have a step of these rows for the first time; other values are an error."""
        again = np.zeros(len(cells.row), dtype=bool)
        again[1:] = (np.diff(cells.series) == 0) & (np.diff(cells.step) == 0)
        other = np.flatnonzero(again[1:] & (cells.y[1:] != cells.y[:-1])) + 1
        if len(other):
            first, second = cells.y[other[0] - 1], cells.y[other[0]]
            raise self._error(
                cells.part(other[:1]),
                f"occurs twice, with the values {first:g} and {second:g}. Expected one row for "
                "each step. Remove one of them",
            )
        if again.any():
            number = counted(int(again.sum()), "row")
            self.notes.append(f"{number} left out: the same step and value as another row.")
        return cells.part(~again)

    def _without_known(self, cells: _Cells) -> _Cells:
        """Rows of new steps, and of older steps without a value; other values are an error."""
        old = np.flatnonzero(cells.step < self.past.length[cells.series])
        if not len(old):
            return cells
        self._refuse_too_old(cells)
        known = self.past.at(cells.series[old], cells.step[old])
        wrong = np.flatnonzero(np.isfinite(known) & (known != cells.y[old]))
        if len(wrong):
            one, value = old[wrong[:1]], known[wrong[0]]
            raise self._error(
                cells.part(one),
                f"has the value {value:g} already, found {cells.y[one[0]]:g}. Expected later "
                f"steps, {self._from(cells.series[one])}: a value that is known is not changed. "
                "Remove the row, or watch the corrected table",
            )
        late = np.isnan(known)
        if late.any():
            number = counted(int(late.sum()), "missing value")
            self.notes.append(f"{number} of older steps filled in.")
        if not late.all():
            number = counted(int((~late).sum()), "row")
            self.notes.append(f"{number} left out: the value was known already.")
        kept = np.ones(len(cells.row), dtype=bool)
        kept[old[~late]] = False
        return cells.part(kept)

    def _refuse_too_old(self, cells: _Cells) -> None:
        kept = self.past.kept(cells.series)
        wrong = np.flatnonzero(cells.step < self.past.length[cells.series] - kept)
        if len(wrong):
            one = wrong[:1]
            raise self._error(
                cells.part(one),
                f"is before the {counted(int(kept[one[0]]), 'step')} that are kept. Expected later "
                f"steps, {self._from(cells.series[one])}. Remove the row",
            )

    def _with_gaps(self, cells: _Cells) -> _Cells:
        """A note on steps without a row; they are added as zeros if the table was read so."""
        series, step = cells.series, cells.step
        before = self.past.length[series] - 1
        before[1:] = np.where(np.diff(series) == 0, np.maximum(before[1:], step[:-1]), before[1:])
        gap = np.maximum(step - before - 1, 0)
        if not gap.any():
            return cells
        self._refuse_far(cells, gap)
        one = int(np.flatnonzero(gap)[0])
        is_zero = self.rules.table.schema.fill == "zero"
        self.notes.append(
            f"{counted(int(gap.sum()), 'step')} without a row, first before "
            f"{self._shown(cells.ds[one : one + 1])} of `{self.past.ids[int(series[one])]}`: taken "
            f"as {'0' if is_zero else 'not observed'}."
        )
        if not is_zero:
            return cells
        more = np.repeat(np.arange(len(step)), gap)
        back = np.repeat(np.cumsum(gap), gap) - np.arange(len(more))
        every = _Cells(
            np.concatenate([np.full(len(more), -1), cells.row]),
            np.concatenate([series[more], series]),
            np.concatenate([step[more] - back, step]),
            np.concatenate([self.grid.advance(cells.ds[more], -back), cells.ds]),
            np.concatenate([np.zeros(len(more)), cells.y]),
        )
        return every.part(np.lexsort((every.step, every.series)))

    def _refuse_far(self, cells: _Cells, gap: IntArray) -> None:
        far = np.flatnonzero(gap >= self.past.rows)
        if len(far):
            one = far[:1]
            before = self.grid.advance(cells.ds[one], -gap[one] - 1)
            raise self._error(
                cells.part(one),
                f"is {counted(int(gap[one[0]]) + 1, 'step')} after the last one, "
                f"{self._shown(before)}. Expected at most {self.past.rows:,}, because a forecast "
                "reads no older values. Correct the time, or watch a newer table",
            )

    def _from(self, series: IntArray) -> str:
        """The next step of a series, as text."""
        one = np.ones(1, dtype=np.int64)
        return f"from {self._shown(self.grid.advance(self.past.last[series], one))} on"

    def _shown(self, ds: TimeArray) -> str:
        return shown_time(self.rules.table.local(ds)[0])

    def _error(self, cell: _Cells, reason: str) -> DataError:
        label, row = self.past.ids[int(cell.series[0])], int(cell.row[0])
        return DataError(
            f"{self.rows.place(row)}: series `{label}`: {self._shown(cell.ds)} {reason}."
        )


def unknown_series(rows: NewRows, past: Past, unknown: IntArray) -> DataError:
    """The error for rows of labels [K] that are no series of the state."""
    code = int(unknown[0])
    row = int(np.flatnonzero(rows.codes == code)[0])
    label = rows.labels[code]
    known = [str(one) for one in past.ids[:1000]]
    return DataError(
        f"{rows.place(row)}: there is no series `{label}`.{did_you_mean(str(label), known)} "
        f"Expected one of {listed(known, limit=5)}. Correct the name, or allow new series with "
        "new_series=True."
    )


def with_new_series(
    states: States, rows: NewRows, rules: Rules, series: IntArray
) -> tuple[States, IntArray]:
    """The states with the unknown series of new rows, and the series of each label.

    Args:
        states: the states so far; not changed here.
        rows: the rows.
        rules: the decisions that are kept.
        series: [K] the series of each label; -1 for an unknown one.
    """
    unknown, grid = np.flatnonzero(series < 0), rules.table.frequency.grid
    first = (
        [rows.ds[rows.codes == code].min() for code in unknown.tolist()]
        if rows.ds is not None
        else [0] * len(unknown)
    )
    begin = np.array(first, dtype=states.past.last.dtype)
    whole = states.with_new(rows.labels[unknown], grid.advance(begin, np.array([-1])))
    series = series.copy()
    series[unknown] = np.arange(len(states.past), len(whole.past))
    return whole, series
