"""Reads known future covariates and aligns them with the next steps of each series."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray, ObjectArray
from gated.errors import DataError
from gated.table.columns.content import (
    UNKNOWN,
    Categories,
    labels_of,
    numbered_steps,
    read_covariates,
)
from gated.table.io.source import Source
from gated.table.schema import Schema
from gated.table.time.calendar import Frequency
from gated.table.time.grid import Instants
from gated.table.time.times import TimeRequest, read_times
from gated.text import counted, did_you_mean, listed, shown_time

__all__ = ["FutureSteps"]


@dataclass(frozen=True)
class FutureSteps:
    """The future steps whose covariates are requested.

    Attributes:
        schema, frequency: those of the past table.
        covariates: [F] names.
        categories: for each categorical covariate: its labels in the past.
        ids: [N] labels of the series.
        last: [N] last time of each series.
        h: steps ahead.
    """

    schema: Schema
    frequency: Frequency
    covariates: tuple[str, ...]
    categories: Categories
    ids: ObjectArray
    last: Instants
    h: int

    def read(self, source: Source) -> tuple[FloatArray, tuple[str, ...]]:
        """Read the values of these steps from a future table.

        Its columns have the names of the past table. Rows of other times or series are ignored.

        Returns:
            [N, h, F] float64, NaN where a value is missing; and notes on missing and unknown
            values.

        Raises:
            DataError: a column, a series or a step is missing, a time is off the grid or occurs
                twice; the message names which.
        """
        rows, series, step = self._placed(source)
        self._refuse_gaps(source, rows, series, step)
        read = read_covariates(source, self.covariates, self.categories)
        placed = np.empty((len(self.ids), self.h, len(self.covariates)))
        placed[series, step] = read.values[rows]
        return placed, (
            *read.notes,
            *self._missing_notes(placed),
            *self._unknown_notes(source, rows, read.values),
        )

    def given(self, source: Source) -> BoolArray:
        """[N, h] whether a future table has a row for a step.

        Raises:
            DataError: a column or a series is missing, or a time is off the grid.
        """
        _, series, step = self._placed(source)
        found = np.zeros((len(self.ids), self.h), dtype=np.bool_)
        found[series, step] = True
        return found

    def _placed(self, source: Source) -> tuple[IntArray, IntArray, IntArray]:
        """The rows of the steps ahead, their series, and their number from 0."""
        self._check_columns(source)
        series = self._series(source)
        times = self._times(source, series)
        rows = np.flatnonzero(series >= 0)
        series, times = series[rows], times[rows]
        grid, start = self.frequency.grid, self.last[series]
        step = grid.count(start, times)
        is_ahead = (times > start) & (step <= self.h)
        self._refuse_off_grid(source, rows, is_ahead & (grid.advance(start, step) != times))
        return rows[is_ahead], series[is_ahead], step[is_ahead] - 1

    def _missing_notes(self, placed: FloatArray) -> tuple[str, ...]:
        missing = np.isnan(placed)
        if not missing.any():
            return ()
        lacking = [bool(missing[..., column].any()) for column in range(len(self.covariates))]
        named = [name for name, some in zip(self.covariates, lacking, strict=True) if some]
        index, step, _ = np.argwhere(missing)[0]
        time = shown_time(self.frequency.future(self.last[index : index + 1], self.h)[0, step])
        return (
            f"{counted(int(missing.sum()), 'future value')} of {listed(named)} missing (first: "
            f"{time} of `{self.ids[index]}`); the forecast uses the average value instead.",
        )

    def _unknown_notes(self, source: Source, rows: IntArray, values: FloatArray) -> tuple[str, ...]:
        notes = []
        for column, name in enumerate(self.covariates):
            unknown = rows[values[rows, column] == UNKNOWN] if name in self.categories else rows[:0]
            if len(unknown):
                words = dict.fromkeys(str(source.frame[name][int(row)]) for row in unknown[:1000])
                notes.append(
                    f"`{name}`: {listed(list(words), limit=3)} not in the past table; "
                    "used as a category without effect."
                )
        return tuple(notes)

    def _check_columns(self, source: Source) -> None:
        required = list(self.covariates)
        if self.schema.has_time_col:
            required.insert(0, self.schema.time_col)
        if self.schema.has_id_col:
            required.insert(0, self.schema.id_col)
        present = source.frame.columns
        missing = [name for name in required if name not in present]
        if missing:
            raise DataError(
                f"{source.prefix}the future table has no column {listed(missing)}."
                f"{did_you_mean(missing[0], present)} Expected the columns {listed(required)}, "
                f"named as in the past table; found {listed(present)}."
            )

    def _series(self, source: Source) -> IntArray:
        """[R] the series of each row, -1 for a series that is not forecast."""
        if not self.schema.has_id_col:
            return np.zeros(len(source.frame), dtype=np.int64)
        codes, labels = labels_of(source, self.schema.id_col)
        # A file's ids are text: 7 is "7".
        known = {str(label): index for index, label in enumerate(self.ids)}
        series = np.array([known.get(str(label), -1) for label in labels], dtype=np.int64)
        absent = np.setdiff1d(np.arange(len(self.ids)), series)
        if len(absent):
            raise DataError(
                f"{source.prefix}the future table has no rows for the series "
                f"{listed(self.ids[absent], limit=3)}. Expected the next "
                f"{counted(self.h, 'step')} of every series."
            )
        return series[codes]

    def _times(self, source: Source, series: IntArray) -> Instants:
        if not self.schema.has_time_col:  # the rows are the next steps, in input order
            return self.last[series] + 1 + numbered_steps(series - series.min())
        is_numbered = self.frequency.is_numbered
        request = TimeRequest(
            self.schema.time_col,
            time_format=self.schema.time_format,
            steps=is_numbered,
            like=self.schema.time,
        )
        times = read_times(source, request).values
        if (times.dtype.kind == "M") == is_numbered:
            raise DataError(
                f"{source.prefix}the times in column `{self.schema.time_col}` are of another kind "
                f"than in the past. Expected {'whole numbers' if is_numbered else 'dates'}."
            )
        return times

    def _refuse_off_grid(self, source: Source, rows: IntArray, wrong: BoolArray) -> None:
        if wrong.any():
            row = int(rows[np.argmax(wrong)])
            raise DataError(
                f"{source.where(row)}: this {self.schema.time_col} is not on the grid of the past "
                f"({self.frequency.description}). Expected times such as "
                f"{shown_time(self.frequency.future(self.last[:1], 1)[0, 0])}."
            )

    def _refuse_gaps(
        self, source: Source, rows: IntArray, series: IntArray, step: IntArray
    ) -> None:
        times_given = np.zeros((len(self.ids), self.h), dtype=np.int64)
        np.add.at(times_given, (series, step), 1)
        if times_given.all() and times_given.max() == 1:
            return
        wrong = np.argwhere(times_given != 1)
        index, missed = wrong[0]
        time = shown_time(self.frequency.future(self.last[index : index + 1], self.h)[0, missed])
        label = self.ids[index]
        if times_given[index, missed] > 1:
            row = int(rows[(series == index) & (step == missed)][1])
            raise DataError(
                f"{source.where(row)}: series `{label}` has {time} more than once. Expected one "
                "row for each step."
            )
        given = int((times_given[index] > 0).sum())
        raise DataError(
            f"{source.prefix}the future of series `{label}` lacks {time}: {given} of "
            f"{counted(self.h, 'step')} given. Expected every step from "
            f"{shown_time(self.frequency.future(self.last[index : index + 1], 1)[0, 0])} on, in "
            f"steps of {self.frequency.description} ({counted(len(wrong), 'step')} missing in all)."
        )
