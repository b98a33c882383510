"""Stores series one after another and makes them regular: sorts rows and adds missing steps."""

from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray, ObjectArray
from gated.table.time.grid import Grid, Instants

__all__ = ["Panel", "complete", "in_order", "is_after_last", "repeated", "until_last"]


@dataclass(frozen=True)
class Panel:
    """Rows of several series; the rows of one series are contiguous.

    Attributes:
        ids: [N] object, labels in order of first appearance.
        offsets: [N+1] int64, series i is rows offsets[i]:offsets[i+1]; none is empty.
        ds: [R] datetime64[ns] or int64.
        y: [R] float64.
        covariates: [R, F] float64.
        rows: [R] int64, the index of each row in the source.
    """

    ids: ObjectArray
    offsets: IntArray
    ds: Instants
    y: FloatArray
    covariates: FloatArray
    rows: IntArray

    def any_of(self, rows: BoolArray) -> BoolArray:
        """[N] whether any row of the series is flagged."""
        return np.logical_or.reduceat(rows, self.offsets[:-1])

    def without(self, series: BoolArray) -> "Panel":
        """The panel without the series flagged in [N]."""
        kept = ~series
        rows = np.repeat(kept, np.diff(self.offsets))
        return Panel(
            self.ids[kept],
            np.append(0, np.cumsum(np.diff(self.offsets)[kept])),
            self.ds[rows],
            self.y[rows],
            self.covariates[rows],
            self.rows[rows],
        )

    def of_rows(self, kept: BoolArray) -> "Panel":
        """The panel with the rows flagged in [R]; each series must keep one."""
        before = np.append(0, np.cumsum(kept)).astype(np.int64)
        return Panel(
            self.ids,
            before[self.offsets],
            self.ds[kept],
            self.y[kept],
            self.covariates[kept],
            self.rows[kept],
        )


def is_after_last(y: FloatArray, offsets: IntArray) -> BoolArray:
    """[R] whether each row lies after the last observed value of its series [N+1].

    >>> is_after_last(np.array([1.0, np.nan, 2.0, np.nan]), np.array([0, 4])).tolist()
    [False, False, False, True]
    """
    row = np.arange(len(y))
    last = np.maximum.reduceat(np.where(np.isfinite(y), row, -1), offsets[:-1])  # [N]
    return np.asarray(row > np.repeat(last, np.diff(offsets)))


def in_order(
    ids: ObjectArray,
    codes: IntArray,
    ds: Instants,
    y: FloatArray,
    covariates: FloatArray,
) -> tuple[Panel, bool]:
    """Sort rows by series, and the rows of each series by time.

    Args:
        ids: [N] labels, of which each occurs in `codes`.
        codes: [R] index into `ids`.
        ds, y, covariates: [R], [R], [R, F], in the order of the source.

    Returns:
        The panel, and whether any series was not sorted by time.
    """
    order: IntArray | None = None
    if (codes[1:] < codes[:-1]).any():
        order = np.argsort(codes, kind="stable")
    in_series, times = (codes, ds) if order is None else (codes[order], ds[order])
    same = in_series[1:] == in_series[:-1]
    is_unsorted = bool((same & (times[1:] < times[:-1])).any())
    if is_unsorted:
        order = np.lexsort((ds, codes))
    rows = np.arange(len(ds)) if order is None else order
    counts = np.bincount(codes, minlength=len(ids))
    offsets = np.append(0, np.cumsum(counts)).astype(np.int64)
    if order is not None:
        ds, y, covariates = ds[order], y[order], covariates[order]
    return Panel(ids, offsets, ds, y, covariates, rows), is_unsorted


def repeated(panel: Panel) -> BoolArray:
    """[R] whether a row has the same time as the row before it in its series."""
    same = np.append(False, panel.ds[1:] == panel.ds[:-1])
    same[panel.offsets[:-1]] = False
    return same


def steps_spanned(panel: Panel, grid: Grid) -> IntArray:
    """[N] steps of the grid from the first to the last row of each series, both included."""
    first, last = panel.ds[panel.offsets[:-1]], panel.ds[panel.offsets[1:] - 1]
    return grid.count(first, last) + 1


def until_last(panel: Panel, grid: Grid) -> Panel:
    """End each series with the last time of all series, with the target 0 there.

    A series that does not have this time on its grid, or ends later, stays as it is.
    """
    observed = ~np.isnan(panel.y)
    end = panel.ds[observed].max()
    last = panel.ds[panel.offsets[1:] - 1]
    earlier = last < end
    reached = grid.advance(last, grid.count(last, np.full_like(last, end))) == end
    place = panel.offsets[1:][earlier & reached]
    if not len(place):
        return panel
    added = np.append(0, np.cumsum(earlier & reached)).astype(np.int64)
    return Panel(
        panel.ids,
        panel.offsets + added,
        np.insert(panel.ds, place, end),
        np.insert(panel.y, place, 0.0),
        np.insert(panel.covariates, place, np.nan, axis=0),
        np.insert(panel.rows, place, -1),
    )


def complete(panel: Panel, grid: Grid, absent: float) -> tuple[Panel, BoolArray]:
    """Add the steps of the grid that have no row.

    Args:
        panel: sorted, without repeated times, every row on the grid.
        grid: the time grid of all series.
        absent: the target at added steps, NaN or 0; covariates are NaN there.

    Returns:
        The completed panel ([R'] rows) and which of its rows were added.
    """
    spans = steps_spanned(panel, grid)
    total = int(spans.sum())
    if total == len(panel.ds):
        return panel, np.zeros(total, dtype=np.bool_)
    offsets = np.append(0, np.cumsum(spans)).astype(np.int64)
    lengths = np.diff(panel.offsets)
    first = panel.ds[panel.offsets[:-1]]
    place = np.repeat(offsets[:-1], lengths) + grid.count(np.repeat(first, lengths), panel.ds)
    step = np.arange(total) - np.repeat(offsets[:-1], spans)
    y = np.full(total, absent)
    covariates = np.full((total, panel.covariates.shape[1]), np.nan)
    rows = np.full(total, -1)
    added = np.ones(total, dtype=np.bool_)
    y[place], covariates[place] = panel.y, panel.covariates
    rows[place], added[place] = panel.rows, False
    ds = grid.advance(np.repeat(first, spans), step)
    return replace(panel, offsets=offsets, ds=ds, y=y, covariates=covariates, rows=rows), added
