"""Cuts windows from series by index, without copying the table.

A window consists of patches of one season around its cutoff. Before the cutoff are the context,
which the recurrence reads, and the reach, older patches that only the season memory reads. After
the cutoff are the leads, which are forecast. Rows outside of the series are masked.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray, FloatArray, IntArray
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.series.season import own_seasons
from gated.numeric import namespace

_WINDOWS_AT_ONCE = 512


@dataclass(frozen=True)
class Window:
    """A batch of windows cut into patches; W = reach + context + leads patches of P steps.

    The arrays are of NumPy as `WindowSource` cuts them, and tensors where a network learns.

    Attributes:
        values: [B, W, P] series-scaled values, 0 where unobserved.
        mask: [B, W, P] 1 observed, 0 not.
        visible: [B, W, P] 1 where the network reads the value: observed, and before the cutoff.
        covariates: [B, W, P, F] standardised known-future covariates, 0 outside the series.
        past_covariates: [B, W, P, G] standardised past covariates, 0 from the cutoff on.
        calendar: [B, W, P, C] calendar features, 0 outside the series.
        static: [B, S] static features of the series.
        zero: [B] the scaled value of 0.
        layout: the geometry.
    """

    values: Array
    mask: Array
    visible: Array
    covariates: Array
    past_covariates: Array
    calendar: Array
    static: Array
    zero: Array
    layout: PatchLayout

    @classmethod
    def of_values(cls, values: Array, mask: Array, visible: Array, layout: PatchLayout) -> "Window":
        """Build windows without covariates from values, mask and visible flags, all [B, L]."""
        xp, count = namespace(values), len(values)
        like = {"dtype": values.dtype, "device": values.device}
        shape = (count, values.shape[1] // layout.patch, layout.patch)
        nothing = xp.zeros((*shape, 0), **like)
        return cls(
            values=values.reshape(shape),
            mask=mask.reshape(shape),
            visible=visible.reshape(shape),
            covariates=nothing,
            past_covariates=nothing,
            calendar=nothing,
            static=xp.zeros((count, 0), **like),
            zero=xp.zeros(count, **like),
            layout=layout,
        )

    @classmethod
    def joined(cls, windows: Sequence["Window"]) -> "Window":
        """Windows of one layout as one batch."""
        first, *more = windows
        if not more:
            return first
        xp = namespace(first.values)
        names = [field.name for field in fields(cls) if field.name != "layout"]
        parts = {name: xp.concat([getattr(one, name) for one in windows]) for name in names}
        return cls(**parts, layout=first.layout)

    @property
    def read(self) -> slice:
        """The patches of the context."""
        cutoff = self.values.shape[1] - self.layout.leads
        return slice(cutoff - self.layout.context, cutoff)

    def origins(self, dense: int) -> Array:
        """[D] steps from the window's start to the ends of the last `dense` context patches.

        A forecast can begin at each of them.
        """
        stop, xp = self.read.stop, namespace(self.values)
        ends = xp.arange(stop - dense + 1, stop + 1, device=self.values.device)
        return ends * self.layout.patch

    def targets(self, origins: Array, leads: Array) -> Array:
        """[D, J] the patches that are `leads` patches ahead of each origin."""
        return origins[:, None] // self.layout.patch + leads - 1


class WindowSource:
    """Cuts windows from series that are stored one after another.

    Args:
        values: [R] series-scaled, NaN where unobserved; stored as float32.
        covariates: [R, F] float32, known in the future.
        calendar: [R, C] float32.
        offsets: [N+1]; series i is rows offsets[i]:offsets[i+1].
        zero: [N] the scaled value of 0 of each series.
        layout: the geometry.
        past_covariates: [R, G] float32, known only in the past; by default none.
        static: [N, S] float32; by default none.
    """

    def __init__(
        self,
        values: FloatArray,
        covariates: NDArray[np.float32],
        calendar: NDArray[np.float32],
        offsets: IntArray,
        zero: FloatArray,
        layout: PatchLayout,
        past_covariates: NDArray[np.float32] | None = None,
        static: NDArray[np.float32] | None = None,
    ) -> None:
        if past_covariates is None:
            past_covariates = np.zeros((len(values), 0), dtype=np.float32)
        if static is None:
            static = np.zeros((len(zero), 0), dtype=np.float32)
        self.observed = np.isfinite(values)
        self.values = np.where(self.observed, values, 0.0).astype(np.float32)
        self.covariates = covariates
        self.past_covariates = past_covariates
        self.calendar = calendar
        self.static = static
        self.offsets = offsets
        self.zero = zero.astype(np.float32)
        self.layout = layout

    def seasons(self, series: IntArray, cutoff: IntArray) -> IntArray:
        """[M] the season length of each window before its cutoff, in steps; see `own_seasons`."""
        layout = self.layout
        if not layout.seasonal:
            return np.full_like(cutoff, layout.patch)
        found = np.empty_like(cutoff)
        for start in range(0, len(cutoff), _WINDOWS_AT_ONCE):
            part = slice(start, start + _WINDOWS_AT_ONCE)
            first = self.offsets[series[part]]
            found[part] = own_seasons(self.values, self.observed, first, cutoff[part], layout.patch)
        return found

    def own_seasons(self, cutoff: IntArray) -> tuple[tuple[int, int], ...]:
        """(steps, series): number of series with each season length other than the layout's."""
        found = self.seasons(np.arange(len(cutoff)), cutoff)
        steps, series = np.unique(found[found != self.layout.patch], return_counts=True)
        return tuple(zip(steps.tolist(), series.tolist(), strict=True))

    def with_season(self, season: int) -> "WindowSource":
        """The same rows, cut with another season length."""
        return self.with_layout(self.layout.with_season(season))

    def with_layout(self, layout: PatchLayout) -> "WindowSource":
        """The same rows, cut with another layout."""
        source = copy.copy(self)
        source.layout = layout
        return source

    def negated(self) -> "WindowSource":
        """The same rows with the opposite sign of the values."""
        source = copy.copy(self)
        source.values, source.zero = -self.values, -self.zero
        return source

    def steps_unobserved(self, series: IntArray, cutoff: IntArray) -> IntArray:
        """[M] steps from the last observed value to each cutoff; 0 without any observed value."""
        row = np.arange(len(self.values))
        newest = np.maximum.accumulate(np.where(self.observed, row, -1))
        first = self.offsets[series]
        last = np.where(cutoff > 0, newest[np.maximum(first + cutoff - 1, 0)], -1)
        return np.where(last >= first, first + cutoff - 1 - last, 0)

    def cut(
        self,
        series: IntArray,
        cutoff: IntArray,
        *,
        end: IntArray | None = None,
        h: int | None = None,
    ) -> Window:
        """Cut one window per entry.

        Args:
            series: [B] index of the series.
            cutoff: [B] the first step to forecast, counted from the start of the series.
            end: [B] steps of the series from here on are masked (default: none).
            h: steps after the cutoff (default: those of the layout).
        """
        first, last = self.offsets[series], self.offsets[series + 1]
        layout = self.layout if h is None else self.layout.ahead(h)
        steps = np.arange(-layout.rows_before, layout.rows_after)
        rows = (first + cutoff)[:, None] + steps  # [B, L]
        inside = (rows >= first[:, None]) & (rows < last[:, None])
        rows = np.clip(rows, 0, len(self.values) - 1)
        mask = self.observed[rows] & inside
        if end is not None:
            mask &= rows < (first + end)[:, None]
        visible = mask & (steps < 0)
        shape = (len(series), len(steps) // layout.patch, layout.patch)

        def cut(features: NDArray[np.float32], where: BoolArray) -> NDArray[np.float32]:
            """Features [R, K] at the rows of the windows, [B, W, P, K]; 0 where not allowed."""
            if not features.shape[1]:
                return np.zeros((*shape, 0), dtype=np.float32)
            chosen: NDArray[np.float32] = features[rows] * where[..., None]
            return chosen.reshape(*shape, features.shape[1])

        return Window(
            values=(self.values[rows] * mask).reshape(shape),
            mask=mask.astype(np.float32).reshape(shape),
            visible=visible.astype(np.float32).reshape(shape),
            covariates=cut(self.covariates, inside),
            past_covariates=cut(self.past_covariates, inside & (steps < 0)),
            calendar=cut(self.calendar, inside),
            static=self.static[series],
            zero=self.zero[series],
            layout=layout,
        )
