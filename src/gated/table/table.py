"""Defines `Table`: checked and sorted past values of series on one regular time grid.

The series are stored one after another in flat arrays; `offsets` has the row bounds of each.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown
from gated.table.columns.content import Categories
from gated.table.schema import Schema
from gated.table.series.static_features import Static
from gated.table.time.calendar import Frequency
from gated.table.time.grid import Instants
from gated.table.time.zones import to_wall
from gated.text import counted, listed, shown_times

__all__ = ["Table"]


@dataclass(frozen=True, repr=False)
class Table(Overviewed):
    """Series on a regular time grid, stored one after another. `read_table` returns it.

    `print` shows the first rows; a notebook shows them as an HTML table.

    Attributes:
        ids: [N] object, the series' labels in order of first appearance.
        offsets: [N+1] int64; series i is rows offsets[i]:offsets[i+1], none is empty.
        ds: [R] datetime64[ns] without zone, or int64 for numbered steps.
        y: [R] float64; NaN where not observed. Missing values are masked, never imputed.
        covariates: [R, F] float64, known in the future; NaN where missing. A category is the index
            of its label.
        covariate_names: [F] names.
        past_covariates: [R, G] float64, known only in the past.
        past_names: [G] names.
        categories: for each categorical covariate: its labels.
        static: static features of the series, and series without past values.
        frequency: frequency of all series.
        schema: column names and types, for output frames of the same kind as the input.
        notes: what was detected, assumed or repaired, one sentence each.
        rejected: label of each series that was left out, and the reason.
        season_found: whether the season length was detected from the values; False if it was
            given or is the usual one of the frequency.
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

    def local(self, ds: NDArray[Any]) -> NDArray[Any]:
        """Times of the table [...] as the wall clock of its own zone shows them."""
        time = self.schema.time
        if time.clock == "wall" or time.zone is None:
            return ds
        return to_wall(ds.reshape(-1), time.zone).reshape(ds.shape)

    def span(self, ds: NDArray[Any]) -> str:
        """The first and last of some times [...] as text, with the time zone if there is one."""
        begin, end = shown_times(self.local(np.array([ds.min(), ds.max()])))
        zone = self.schema.time_zone
        return f"{begin} to {end}{f' ({zone})' if zone else ''}"

    @property
    def _title(self) -> str:
        series, steps = counted(self.n_series, "series", "series"), counted(self.n_rows, "step")
        span = self.span(self.ds)
        season = f"season of {counted(self.frequency.season_length, 'step')}"
        return f"Table of {series}, {steps}, {span}, {self.frequency.description}, {season}."

    def _overview(self) -> Overview:
        shown = min(FIRST_ROWS, int(self.offsets[1]))
        columns: dict[str, list[Any]] = {
            self.schema.id_col: [str(self.ids[0])] * shown,
            self.schema.time_col: list(self.local(self.ds[:shown])),
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
            sentences.append(f"Left out: {listed(self.rejected)}; see .rejected for the reasons.")
        sentences.append("See .notes for what was detected, assumed and repaired.")
        return Overview(self._title, columns, tuple(sentences))

    def _cells(self, name: str, values: FloatArray) -> list[Any]:
        """Values of a covariate: numbers or labels; a dash for a missing or unknown label."""
        if name not in self.categories:
            return list(values)
        labels = {float(code): label for code, label in enumerate(self.categories[name])}
        return [labels.get(value, "–") for value in values]

    @property
    def n_series(self) -> int:
        """Number of series."""
        return len(self.ids)

    @property
    def n_rows(self) -> int:
        """Number of rows, added steps included."""
        return len(self.y)

    @property
    def lengths(self) -> IntArray:
        """[N] int64, the number of steps of each series."""
        return np.diff(self.offsets)

    @property
    def last_ds(self) -> Instants:
        """[N] the last time of each series."""
        return np.asarray(self.ds[self.offsets[1:] - 1])
