"""Windows cut from series laid end to end: by index, never by copying the table.

A window is seen from its cutoff, in patches of one season. Before the cutoff lie the context
(what the recurrence reads) and the reach (older patches, only looked up by the season memory);
after it lie the leads (what is forecast). A row outside its series is masked.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

IntArray = NDArray[np.int64]

CONTEXT = 14
RECENT = 14
_SHORT_SEASON = 48
_LONGEST_PATCH = 168
_PATCHES_IN_SPLIT_SEASON = 8


@dataclass(frozen=True)
class Layout:
    """The geometry of a window, all in patches but `patch` itself.

    Attributes:
        patch: steps in a patch, one season where the season is short.
        context: patches read by the recurrence.
        recent: past patches offered to the season memory: the last `recent` ones.
        long_season: patches in the second, longer cycle (a year of daily data: 52), or 0.
        leads: patches forecast.
    """

    patch: int
    context: int
    recent: int
    long_season: int
    leads: int

    @classmethod
    def plan(
        cls, season_length: int, long_season: int | None, horizon: int, longest: int
    ) -> "Layout":
        """Choose a layout for a season, a horizon (steps) and the longest series (steps).

        A patch is one season, so that past patches show the same phase. A season that is long,
        or long for the few times it was seen (52 weeks), becomes the long season of short
        patches instead.
        """
        often = longest >= CONTEXT * season_length
        whole = season_length <= _SHORT_SEASON or (often and season_length <= _LONGEST_PATCH)
        patch, cycle = season_length, long_season
        if not whole:
            cycle = season_length
            divisors = [p for p in range(1, season_length) if season_length % p == 0]
            patch = max(p for p in divisors if p <= season_length // _PATCHES_IN_SPLIT_SEASON)
        long_patches = 0
        if cycle is not None and cycle % patch == 0 and (not whole or cycle // patch > RECENT):
            long_patches = cycle // patch
        if longest < (long_patches + 2) * patch:
            long_patches = 0
        return cls(patch, CONTEXT, RECENT, long_patches, math.ceil(horizon / patch))

    @property
    def reach(self) -> int:
        """Patches before the context that the memory may look up."""
        cycles = math.ceil(self.leads / self.long_season) if self.long_season else 0
        return max(self.recent - 1, cycles * self.long_season + 1)

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
        seen: [B, W, P] 1 where the network may look: observed, before the cutoff, not hidden.
        covariates: [B, W, P, F] standardised known-future covariates, 0 outside the series.
        past_covariates: [B, W, P, G] those known up to the present, 0 where not yet known.
        calendar: [B, W, P, C] calendar features, 0 outside the series.
        static: [B, S] features of the series.
        zero: [B] where the value 0 falls on the values' axis.
        leads: patches after the cutoff.
        context: patches before the cutoff that the recurrence reads.
    """

    values: Tensor
    mask: Tensor
    seen: Tensor
    covariates: Tensor
    past_covariates: Tensor
    calendar: Tensor
    static: Tensor
    zero: Tensor
    leads: int
    context: int

    @property
    def read(self) -> slice:
        """The patches of the context."""
        cutoff = self.values.shape[1] - self.leads
        return slice(cutoff - self.context, cutoff)

    def origins(self, dense: int) -> Tensor:
        """[D] the last `dense` patches of the context: each may forecast what follows it."""
        return torch.arange(self.read.stop - dense, self.read.stop, device=self.values.device)

    def targets(self, origins: Tensor) -> Tensor:
        """[D, J] the patches that each origin forecasts."""
        return origins[:, None] + 1 + torch.arange(self.leads, device=origins.device)


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
        values: NDArray[np.float64],
        covariates: NDArray[np.float32],
        calendar: NDArray[np.float32],
        offsets: NDArray[np.int64],
        zero: NDArray[np.float64],
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

    def cut(
        self,
        series: Tensor,
        cutoff: Tensor,
        *,
        end: Tensor | None = None,
        stale: Tensor | None = None,
        extra_context: int = 0,
    ) -> Window:
        """Cut one window per entry.

        Args:
            series: [B] which series.
            cutoff: [B] row of the first step to forecast, counted from the series' start.
            end: [B] rows of the series from here on do not exist (default: all exist).
            stale: [B] how many patches before the cutoff are hidden from the network, though
                they stay targets (default: none).
            extra_context: patches by which the context is longer than the layout's.
        """
        first, last = self.offsets[series], self.offsets[series + 1]
        layout = self.layout
        before = layout.rows_before + extra_context * layout.patch
        steps = torch.arange(-before, layout.rows_after)
        rows = (first + cutoff)[:, None] + steps  # [B, L]
        inside = (rows >= first[:, None]) & (rows < last[:, None])
        rows = rows.clamp(0, len(self.values) - 1)
        mask = self.observed[rows] & inside
        if end is not None:
            mask &= rows < (first + end)[:, None]
        silent = 0 if stale is None else stale[:, None] * layout.patch
        seen = mask & (steps < -silent)
        shape = (len(series), len(steps) // layout.patch, layout.patch)

        def cut(features: Tensor, where: Tensor) -> Tensor:
            """Features [R, K] of the window's rows [B, W, P, K], 0 where they may not be seen."""
            return (features[rows] * where[..., None]).view(*shape, features.shape[1])

        return Window(
            values=(self.values[rows] * mask).view(shape),
            mask=mask.float().view(shape),
            seen=seen.float().view(shape),
            covariates=cut(self.covariates, inside),
            past_covariates=cut(self.past_covariates, inside & (steps < -silent)),
            calendar=cut(self.calendar, inside),
            static=self.static[series],
            zero=self.zero[series],
            leads=layout.leads,
            context=layout.context + extra_context,
        )
