"""A table of past values, checked and put in order: series on one regular grid of time."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.table.columns.content import Categories
from gated.table.schema import Schema
from gated.table.series.static_features import Static
from gated.table.time.calendar import Frequency
from gated.table.time.grid import Instants

__all__ = ["Table"]


@dataclass(frozen=True)
class Table:
    """Series on a regular grid of time, laid end to end.

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
