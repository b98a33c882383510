"""Cuts a table into the past, from which a method may learn, and the future, which it forecasts."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray, ObjectArray
from gated.errors import DataError

__all__ = ["OPEN", "Cut", "Panel", "cut"]


OPEN = "open"
"""Name of the covariate that is 0 on closed days; the baselines use it."""


@dataclass(frozen=True)
class Panel:
    """Series stored one after the other, with the horizon at which they are to be cut.

    Attributes:
        name: of the data set, or of one part of it.
        h: steps to forecast.
        ids: [N] labels; series i is rows offsets[i]:offsets[i+1].
        offsets: [N+1].
        ds: [R] datetime64[ns], or int64 where steps are numbered.
        y: [R], NaN where not observed.
        covariates: [R, F], with known future.
        covariate_names: [F].
        season_length: of the baselines and of MASE.
        notes: what a reader must know about the data, one sentence each.
    """

    name: str
    h: int
    ids: ObjectArray
    offsets: IntArray
    ds: NDArray[Any]
    y: FloatArray
    covariates: FloatArray
    covariate_names: tuple[str, ...]
    season_length: int
    notes: tuple[str, ...] = ()

    @property
    def lengths(self) -> IntArray:
        """[N] steps of each series."""
        return np.diff(self.offsets)

    @property
    def steps_from_end(self) -> IntArray:
        """[R] 1 at the last step of each series, 2 at the step before …"""
        return np.asarray(np.repeat(self.offsets[1:], self.lengths) - np.arange(len(self.y)))

    def rows(self, kept: BoolArray) -> "Panel":
        """The panel of the rows that are True in [R]; a series without such a row is dropped."""
        counts = np.add.reduceat(kept.astype(np.int64), self.offsets[:-1])
        return replace(
            self,
            ids=self.ids[counts > 0],
            offsets=np.append(0, np.cumsum(counts[counts > 0])),
            ds=self.ds[kept],
            y=self.y[kept],
            covariates=self.covariates[kept],
        )

    def frame(self) -> pd.DataFrame:
        """The panel as a long table: unique_id, ds, y and the covariates."""
        columns = {"unique_id": np.repeat(self.ids, self.lengths), "ds": self.ds, "y": self.y}
        covariates = dict(zip(self.covariate_names, self.covariates.T, strict=True))
        return pd.DataFrame({**columns, **covariates})


@dataclass(frozen=True)
class Cut:
    """A table cut into past and future.

    Attributes:
        name: of the data set, or of one part of it.
        h: steps to forecast.
        ids: [N] labels, in the order of the rows of `y`.
        past: unique_id, ds, y, covariates: all that a method may learn from.
        future: unique_id, ds, covariates: the known future of the steps to forecast.
        y: [N, h] actual values, NaN where not observed.
        offsets: [N+1] the series within `past`.
        covariates: their names.
        season_length: of the baselines and of MASE.
        notes: what a reader must know about the data, one sentence each.
    """

    name: str
    h: int
    ids: ObjectArray
    past: pd.DataFrame
    future: pd.DataFrame
    y: FloatArray
    offsets: IntArray
    covariates: tuple[str, ...]
    season_length: int
    notes: tuple[str, ...]

    @property
    def history(self) -> FloatArray:
        """[R] the past values, one series after the other."""
        return self.past["y"].to_numpy(dtype=np.float64)

    @property
    def closed_before(self) -> BoolArray | None:
        """[R] whether a past step is a closed day; None without the covariate `open`."""
        return self._closed(self.past)

    @property
    def closed_ahead(self) -> BoolArray | None:
        """[N, h] whether a future step is a closed day; None without the covariate `open`."""
        closed = self._closed(self.future)
        return None if closed is None else closed.reshape(self.y.shape)

    def _closed(self, frame: pd.DataFrame) -> BoolArray | None:
        return np.asarray(frame[OPEN] == 0) if OPEN in self.covariates else None


def cut(panel: Panel, *, validation: bool = False) -> Cut:
    """Cut the last `h` steps off each series.

    Series without an observation before or after the cut are left out; a note gives their number.

    Args:
        panel: the series.
        validation: first drop the last `h` steps, then cut the remaining steps.

    Raises:
        DataError: no series remains.

    >>> ids, offsets = np.array(["a"], dtype=object), np.array([0, 5])
    >>> one = Panel("five", 2, ids, offsets, np.arange(5), np.arange(5.0), np.ones((5, 0)), (), 1)
    >>> cut(one).y, cut(one, validation=True).y
    (array([[3., 4.]]), array([[1., 2.]]))
    """
    h = panel.h
    if validation:
        panel = panel.rows(_require_rows(panel, panel.steps_from_end > h))
    observed, ahead = ~np.isnan(panel.y), panel.steps_from_end <= h
    starts = panel.offsets[:-1]
    kept = np.logical_or.reduceat(observed & ~ahead, starts)
    kept &= np.logical_or.reduceat(observed & ahead, starts)
    notes = panel.notes
    if not kept.all():
        dropped = f"{(~kept).sum():,} of {len(kept):,} series have no value before or after the cut"
        notes = (*notes, f"{panel.name}: {dropped} and are left out.")
    panel = panel.rows(_require_rows(panel, np.repeat(kept, panel.lengths)))
    ahead = panel.steps_from_end <= h
    past, future = panel.rows(~ahead), panel.rows(ahead)
    return Cut(
        name=panel.name,
        h=h,
        ids=panel.ids,
        past=past.frame(),
        future=future.frame().drop(columns="y"),
        y=future.y.reshape(-1, h),
        offsets=past.offsets,
        covariates=panel.covariate_names,
        season_length=panel.season_length,
        notes=notes,
    )


def _require_rows(panel: Panel, rows: BoolArray) -> BoolArray:
    if not rows.any():
        raise DataError(
            f"{panel.name}: no series has a value both before and within its last {panel.h} steps. "
            "Expected one series at least. Give a longer table or a shorter --horizon."
        )
    return rows
