"""Windows cut from series laid end to end: by index, never by copying the table.

A window is seen from its cutoff, in patches of one season. Before the cutoff lie the context
(what the recurrence reads) and the reach (older patches, only looked up by the season memory);
after it lie the leads (what is forecast). A row outside its series is masked.
"""

import copy
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.arrays import FloatArray, IntArray
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.series_season import own_seasons

_WINDOWS_AT_ONCE = 512


@dataclass(frozen=True)
class Window:
    """A batch of windows cut into patches; W = reach + context + leads patches of P steps.

    Attributes:
        values: [B, W, P] series-scaled values, 0 where unobserved.
        mask: [B, W, P] 1 observed, 0 not.
        seen: [B, W, P] 1 where the network may look: observed, before the cutoff.
        covariates: [B, W, P, F] standardised known-future covariates, 0 outside the series.
        past_covariates: [B, W, P, G] those known up to the present, 0 where not yet known.
        calendar: [B, W, P, C] calendar features, 0 outside the series.
        static: [B, S] features of the series.
        zero: [B] where the value 0 falls on the values' axis.
        layout: the geometry.
    """

    values: Tensor
    mask: Tensor
    seen: Tensor
    covariates: Tensor
    past_covariates: Tensor
    calendar: Tensor
    static: Tensor
    zero: Tensor
    layout: PatchLayout

    @classmethod
    def of_values(cls, values: Tensor, mask: Tensor, seen: Tensor, layout: PatchLayout) -> "Window":
        """Windows of nothing but values, mask and what may be seen, all [B, L]."""
        count = len(values)
        shape = (count, values.shape[1] // layout.patch, layout.patch)
        nothing = values.new_zeros(*shape, 0)
        return cls(
            values=values.reshape(shape),
            mask=mask.reshape(shape),
            seen=seen.reshape(shape),
            covariates=nothing,
            past_covariates=nothing,
            calendar=nothing,
            static=values.new_zeros(count, 0),
            zero=values.new_zeros(count),
            layout=layout,
        )

    def to(self, device: torch.device) -> "Window":
        """The same on another device."""
        if self.values.device == device:
            return self
        moved = {
            field.name: getattr(self, field.name).to(device)
            for field in fields(self)
            if field.name != "layout"
        }
        return Window(**moved, layout=self.layout)

    @property
    def read(self) -> slice:
        """The patches of the context."""
        cutoff = self.values.shape[1] - self.layout.leads
        return slice(cutoff - self.layout.context, cutoff)

    def origins(self, dense: int) -> Tensor:
        """[D] steps from the window's start to the ends of the last `dense` patches read.

        Each of them may forecast what follows it.
        """
        stop, device = self.read.stop, self.values.device
        return torch.arange(stop - dense + 1, stop + 1, device=device) * self.layout.patch

    def targets(self, origins: Tensor, leads: Tensor) -> Tensor:
        """[D, J] the patches that lie `leads` patches ahead of each origin."""
        return origins[:, None] // self.layout.patch + leads - 1


class WindowSource:
    """Cuts windows out of series laid end to end.

    Args:
        values: [R] series-scaled, NaN where unobserved; kept as float32.
        covariates: [R, F] float32, known ahead.
        calendar: [R, C] float32.
        offsets: [N+1]; series i is rows offsets[i]:offsets[i+1].
        zero: [N] where 0 falls on each series' scaled axis.
        layout: the geometry.
        past_covariates: [R, G] float32, known up to the present; by default none.
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
        observed = np.isfinite(values)
        self.values = torch.from_numpy(np.where(observed, values, 0.0).astype(np.float32))
        self.observed = torch.from_numpy(observed)
        self.covariates = torch.from_numpy(covariates)
        self.past_covariates = torch.from_numpy(past_covariates)
        self.calendar = torch.from_numpy(calendar)
        self.static = torch.from_numpy(static)
        self.offsets = torch.from_numpy(offsets)
        self.zero = torch.from_numpy(zero.astype(np.float32))
        self.layout = layout

    def seasons(self, series: Tensor, cutoff: Tensor) -> Tensor:
        """[M] the season each window keeps before its cutoff, in steps; see `own_seasons`."""
        layout = self.layout
        if not layout.seasonal:
            return torch.full_like(cutoff, layout.patch)
        found = torch.empty_like(cutoff)
        for start in range(0, len(cutoff), _WINDOWS_AT_ONCE):
            part = slice(start, start + _WINDOWS_AT_ONCE)
            first = self.offsets[series[part]]
            found[part] = own_seasons(self.values, self.observed, first, cutoff[part], layout.patch)
        return found

    def own_seasons(self, cutoff: IntArray) -> tuple[tuple[int, int], ...]:
        """(steps, series) how many of all series keep a season that is not the layout's."""
        found = self.seasons(torch.arange(len(cutoff)), torch.from_numpy(cutoff)).numpy()
        steps, series = np.unique(found[found != self.layout.patch], return_counts=True)
        return tuple(zip(steps.tolist(), series.tolist(), strict=True))

    def with_season(self, season: int) -> "WindowSource":
        """The same rows, cut at another season."""
        source = copy.copy(self)
        source.layout = self.layout.with_season(season)
        return source

    def steps_unobserved(self, series: IntArray, cutoff: IntArray) -> IntArray:
        """[M] steps before each cutoff since something was last observed; 0 where nothing was."""
        row = torch.arange(len(self.values))
        newest = torch.where(self.observed, row, -1).cummax(0).values.numpy()
        first = self.offsets.numpy()[series]
        last = np.where(cutoff > 0, newest[np.maximum(first + cutoff - 1, 0)], -1)
        return np.where(last >= first, first + cutoff - 1 - last, 0)

    def cut(
        self,
        series: Tensor,
        cutoff: Tensor,
        *,
        end: Tensor | None = None,
        h: int | None = None,
    ) -> Window:
        """Cut one window per entry.

        Args:
            series: [B] which series.
            cutoff: [B] row of the first step to forecast, counted from the series' start.
            end: [B] rows of the series from here on do not exist (default: all exist).
            h: steps after the cutoff (default: those of the layout).
        """
        first, last = self.offsets[series], self.offsets[series + 1]
        layout = self.layout if h is None else self.layout.ahead(h)
        steps = torch.arange(-layout.rows_before, layout.rows_after)
        rows = (first + cutoff)[:, None] + steps  # [B, L]
        inside = (rows >= first[:, None]) & (rows < last[:, None])
        rows = rows.clamp(0, len(self.values) - 1)
        mask = self.observed[rows] & inside
        if end is not None:
            mask &= rows < (first + end)[:, None]
        seen = mask & (steps < 0)
        shape = (len(series), len(steps) // layout.patch, layout.patch)

        def cut(features: Tensor, where: Tensor) -> Tensor:
            """Features [R, K] of the window's rows [B, W, P, K], 0 where they may not be seen."""
            return (features[rows] * where[..., None]).view(*shape, features.shape[1])

        return Window(
            values=(self.values[rows] * mask).view(shape),
            mask=mask.float().view(shape),
            seen=seen.float().view(shape),
            covariates=cut(self.covariates, inside),
            past_covariates=cut(self.past_covariates, inside & (steps < 0)),
            calendar=cut(self.calendar, inside),
            static=self.static[series],
            zero=self.zero[series],
            layout=layout,
        )
