"""Windows cut from series laid end to end: by index, never by copying the table.

A window is seen from its cutoff, in patches of one season. Before the cutoff lie the context
(what the recurrence reads) and the reach (older patches, only looked up by the season memory);
after it lie the leads (what is forecast). A row outside its series is masked.
"""

import copy
import math
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.arrays import FloatArray, IntArray
from gated.forecast.data.series_season import own_seasons

CONTEXT = 24
RECENT = 14
CYCLES = 3
_LONGEST_PATCH = 96
_SHORT_SEASON = 48
_SHORTEST_PATCH = 4
_OFTEN = 14
_WINDOWS_AT_ONCE = 512
_PATCHES_IN_SPLIT_SEASON = 8
# A long season of so many short ones is a week of days; one of more is a year.
_MOST_DAYS = 14
# Whole weeks to a year, as the calendar tells; its dates come again a little later.
_YEARS = {364: 365.25, 260: 260.9, 52: 52.18}


@dataclass(frozen=True)
class Layout:
    """The geometry of a window.

    Attributes:
        patch: steps P in a patch: one season where the season is short.
        leads: patches forecast.
        long_season: steps in the longer cycle, a fraction where it is a year; 0 where there is
            none.
        seasonal: whether a patch is a season; if not, patches only group steps.
        context: patches read by the recurrence.
    """

    patch: int
    leads: int
    long_season: float = 0.0
    seasonal: bool = True
    context: int = CONTEXT

    @classmethod
    def plan(
        cls, season_length: int, long_season: int | None, horizon: int, longest: int
    ) -> "Layout":
        """Choose a layout for a season, a horizon (steps) and the longest series (steps).

        A patch is one season, so that past patches show the same phase; of a very short season
        it is several. A season that is long, or long for the few times it was seen (52 weeks),
        becomes the long season of short patches instead.

        >>> Layout.plan(7, 364, 28, 800)
        Layout(patch=7, leads=4, long_season=365.25, seasonal=True, context=24)
        >>> Layout.plan(52, None, 8, 500)
        Layout(patch=4, leads=2, long_season=52.18, seasonal=False, context=24)
        """
        usual = season_length <= _SHORT_SEASON or longest >= _OFTEN * season_length
        patch, cycle, seasonal = season_length, long_season or 0, season_length > 1
        if season_length in _YEARS or not (usual and season_length <= _LONGEST_PATCH):
            divisors = [p for p in range(1, season_length) if season_length % p == 0]
            patch = max(p for p in divisors if p <= season_length // _PATCHES_IN_SPLIT_SEASON)
            cycle, seasonal = season_length, False
        patch *= math.ceil(_SHORTEST_PATCH / patch)
        exact = _YEARS.get(cycle, float(cycle)) if cycle >= 2 * patch else 0.0
        return cls(patch, math.ceil(horizon / patch), exact, seasonal)

    def ahead(self, h: int) -> "Layout":
        """The same, for another horizon (steps)."""
        return replace(self, leads=math.ceil(h / self.patch))

    def paced(self, season: int) -> "Layout":
        """The same for series that keep a season of their own; a week of days stays one.

        >>> Layout(24, 2, 168.0).paced(23)
        Layout(patch=23, leads=3, long_season=161.0, seasonal=True, context=24)
        """
        if season == self.patch:
            return self
        days = self.long_season / self.patch
        is_week = 0 < days <= _MOST_DAYS and days == round(days)
        return replace(
            self,
            patch=season,
            leads=math.ceil(self.leads * self.patch / season),
            long_season=days * season if is_week else self.long_season,
        )

    def long_lags(self, lead: int) -> list[int]:
        """Steps from what is forecast `lead` patches ahead to the same place of past long seasons.

        Of each of the last three that lie in the past: the multiple of a patch, then the very
        distance.

        >>> Layout(7, 4, 365.25).long_lags(1)
        [364, 365, 728, 730, 1099, 1096]
        """
        whole = [
            (round(n * self.long_season / self.patch) * self.patch, round(n * self.long_season))
            for n in range(1, CYCLES + 2 + math.ceil(lead * self.patch / self.long_season))
        ]
        past = [pair for pair in whole if min(pair) >= lead * self.patch]
        return [lag for pair in past[:CYCLES] for lag in pair]

    @property
    def reach(self) -> int:
        """Patches before the context that the memory may look up."""
        if not self.long_season:
            return 2
        read = math.ceil(self.long_season / self.patch) + 2
        recalled = math.ceil(max(self.long_lags(self.leads)) / self.patch) + 1 - self.context
        return max(read, recalled)

    @property
    def rows_before(self) -> int:
        """Steps from the start of a window to its cutoff."""
        return (self.reach + self.context) * self.patch

    @property
    def rows_after(self) -> int:
        """Steps from the cutoff to the end of a window."""
        return self.leads * self.patch


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
    layout: Layout

    @classmethod
    def of_values(cls, values: Tensor, mask: Tensor, seen: Tensor, layout: Layout) -> "Window":
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
        layout: Layout,
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

    def paced(self, season: int) -> "WindowSource":
        """The same rows, cut at another season."""
        source = copy.copy(self)
        source.layout = self.layout.paced(season)
        return source

    def silence(self, series: IntArray, cutoff: IntArray) -> IntArray:
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
