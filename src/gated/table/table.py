"""A table of past values, checked and put in order: series on one regular grid of time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown
from gated.table.columns.content import Categories
from gated.table.schema import Schema
from gated.table.series.static_features import Static
from gated.table.time.calendar import Frequency
from gated.table.time.grid import Instants
from gated.text import counted, listed, shown_time

__all__ = ["Table"]


@dataclass(frozen=True, repr=False)
class Table(Overviewed):
    """Series on a regular grid of time, laid end to end. Made by `read_table`.

    `print` shows its first rows, a notebook the same as a table.

    Attributes:
        ids: [N] object, the series' labels in order of first appearance.
        offsets: [N+1] int64; series i is rows offsets[i]:offsets[i+1], none is empty.
        ds: [R] datetime64[ns] without zone, or int64 where steps are numbered.
        y: [R] float64; NaN where not observed. It is masked later, never invented.
        covariates: [R, F] float64, known ahead of time; NaN where missing. A category is the index
            of its label.
        covariate_names: [F] names.
        past_covariates: [R, G] float64, known up to the present only.
        past_names: [G] names.
        categories: of each covariate that is text: its labels.
        static: what is known of each series as a whole, and series without any past.
        frequency: of all series.
        schema: what is needed to give back the same kind of frame.
        notes: what was found, assumed or repaired, one sentence each.
        rejected: label of each series that was left out, and why; the others go on.
        season_found: whether the season was found in the values, not given or usual.
    """

    ids: ObjectArray
    offsets: IntArray
    ds: Instants
    y: FloatArray
    covariates: FloatArray
    covariate_names: tuple[str, ...]
    past_covariates: FloatArray
    past_names: tuple[str, ...]
    categories: Categories
    static: Static
    frequency: Frequency
    schema: Schema
    notes: tuple[str, ...]
    rejected: dict[str, str]
    season_found: bool = False

    @property
    def _title(self) -> str:
        series, steps = counted(self.n_series, "series", "series"), counted(self.n_rows, "step")
        span = f"{shown_time(self.ds.min())} to {shown_time(self.ds.max())}"
        season = f"season of {counted(self.frequency.season_length, 'step')}"
        return f"Table of {series}, {steps}, {span}, {self.frequency.description}, {season}."

    def _overview(self) -> Overview:
        shown = min(FIRST_ROWS, int(self.offsets[1]))
        columns: dict[str, list[Any]] = {
            self.schema.id_col: [str(self.ids[0])] * shown,
            self.schema.time_col: list(self.ds[:shown]),
            self.schema.target_col: list(self.y[:shown]),
        }
        for names, values in (
            (self.covariate_names, self.covariates),
            (self.past_names, self.past_covariates),
        ):
            for place, name in enumerate(names):
                columns[name] = self._cells(name, values[:shown, place])
        missing = int(np.isnan(self.y).sum())
        sentences = [*not_shown(self.n_rows - shown)]
        if missing:
            sentences.append(f"Not observed: {counted(missing, 'step')}.")
        if self.rejected:
            sentences.append(f"Left out: {listed(self.rejected)}; .rejected says why.")
        sentences.append(".notes says what was found, assumed and repaired.")
        return Overview(self._title, columns, tuple(sentences))

    def _cells(self, name: str, values: FloatArray) -> list[Any]:
        """Values of a covariate: numbers, or labels, with a dash for a missing or unknown one."""
        if name not in self.categories:
            return list(values)
        labels = {float(code): label for code, label in enumerate(self.categories[name])}
        return [labels.get(value, "–") for value in values]

    @property
    def n_series(self) -> int:
        """How many series there are."""
        return len(self.ids)

    @property
    def n_rows(self) -> int:
        """How many rows there are, added steps included."""
        return len(self.y)

    @property
    def lengths(self) -> IntArray:
        """[N] int64, the steps in each series."""
        return np.diff(self.offsets)

    @property
    def last_ds(self) -> Instants:
        """[N] the last time of each series."""
        return np.asarray(self.ds[self.offsets[1:] - 1])
