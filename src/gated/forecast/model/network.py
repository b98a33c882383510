"""The forecasting network: patches → recurrence → season memory + learned correction → quantiles.

    patch t: values, changes since the last season and the last long season, mask,
             resampled to 24 points, + the season's length …       [B, T, 8·24 + 8]
             + covariates and calendar, from 0                     → embedding [B, T, H]
             + what is known of the series as a whole, from 0
    residual GRU blocks carry the state over the patches           [B, T, H]
    decoder state for lead j: state + features of j                [B, D, J, 2H]
    quantiles = weighted past (memory) + its spread × factor + correction, pulled to 0 by a gate
                where the covariates say so (a stock-out)          [B, D, J, P, Q]

No weight depends on the season's length, on the horizon or on the context: one network serves
every frequency. So it can be trained before any table is seen, and go on from there.

Training asks the last D patches of the context to forecast their future; forecasting asks only
the last (D = 1). Untrained it already is a sensible baseline: a recency-weighted mean of the
same phase of past seasons.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import Window
from gated.forecast.model.covariate_effect import CovariateEffect
from gated.forecast.model.patch_features import (
    LEAD_FEATURES,
    PATCH_FEATURES,
    lead_features,
    patch_inputs,
)
from gated.forecast.model.season_grid import GRID, to_grid
from gated.forecast.model.season_memory import MemoryWeights, SeasonMemory
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, compress, tame
from gated.forecast.quantiles import QUANTILES
from gated.nn.blocks import RecurrentBlock
from gated.nn.dropout import Dropout


@dataclass(frozen=True)
class NetworkConfig:
    """What a network is built from; stored in the model file as JSON."""

    layout: PatchLayout
    hidden_size: int
    num_layers: int
    dropout: float
    covariates: int
    calendar: int
    past_covariates: int = 0
    static: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "NetworkConfig":
        """Back from plain values."""
        return cls(**{**stored, "layout": PatchLayout(**stored["layout"])})


@dataclass(frozen=True)
class NetworkOutput:
    """Forecasts of D origins per window.

    Attributes:
        quantiles: [B, D, J, P, Q] above the level of each origin, in changes, before sorting.
        scale: takes them back to the series' axis.
        target: [B, D, J, P] the actual values, on the same axis, 0 where unobserved.
        target_mask: [B, D, J, P] 1 where it was observed, and something before it was seen.
        recollection: what the season memory gave.
    """

    quantiles: Tensor
    scale: WindowScaler
    target: Tensor
    target_mask: Tensor
    recollection: MemoryWeights


class SeasonNetwork(nn.Module):
    """A gated recurrent forecaster that explains itself. See the module's head for the route.

    Args:
        config: sizes and geometry.
    """

    levels: Tensor

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        width, known = config.hidden_size, config.covariates + config.calendar
        self.embed = nn.Sequential(
            nn.Linear(PATCH_FEATURES, width), nn.SiLU(), nn.Linear(width, width)
        )
        beside = known + config.past_covariates
        self.beside = nn.Linear(beside * GRID, width, bias=False) if beside else None
        self.static = nn.Linear(config.static, width, bias=False) if config.static else None
        self.blocks = nn.ModuleList(
            RecurrentBlock(width, config.dropout) for _ in range(config.num_layers)
        )
        self.decode = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width))
        self.lead = nn.Linear(LEAD_FEATURES, 2 * width)
        self.dropout = Dropout(config.dropout)
        self.memory = SeasonMemory(2 * width, len(QUANTILES), config.covariates, known)
        self.width = nn.Linear(2 * width, len(QUANTILES) + 1)
        self.effect = CovariateEffect(config.covariates) if config.covariates else None
        self.register_buffer("levels", torch.tensor(QUANTILES), persistent=False)
        for layer in (self.beside, self.static, self.width):
            if layer is not None:
                nn.init.zeros_(layer.weight)
        with torch.no_grad():
            # Start from half a normal distribution's width: the memory's spread overstates the
            # error of its own mean.
            half = 0.5 * torch.special.ndtri(self.levels)
            self.width.bias.copy_(torch.cat([half, torch.zeros(1)]))

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return next(self.parameters()).device

    def forward(self, window: Window, dense: int = 1, leads: Tensor | None = None) -> NetworkOutput:
        """Forecast from the ends of the last `dense` patches of the context.

        Args:
            window: what to read, and the actual values.
            dense: origins D.
            leads: [J] int64 how many patches ahead; by default all of the layout's.
        """
        layout, seen = window.layout, window.seen.flatten(1)
        past = WindowHistory(tame(window.values.flatten(1), seen), seen, layout.patch)
        start, stop = (edge * layout.patch for edge in (window.read.start, window.read.stop))
        origins = window.origins(dense)
        if leads is None:
            leads = torch.arange(1, layout.leads + 1, device=seen.device)
        first = stop - (dense - 1) * layout.patch
        scale = WindowScaler.fit(past, start, first, origins)

        states = self._read(past, scale, window, start)[:, -dense:]
        decoded = self.decode(states)[:, :, None] + self.lead(lead_features(leads, layout))
        decoded = self.dropout(F.silu(decoded))  # [B, D, J, 2H]
        recollection = self.memory(past, scale, window, origins, leads, decoded)

        targets = window.targets(origins, leads)
        width = self.width(decoded).float()
        factor, size = width[..., None, :-1], torch.exp(0.3 * width[..., None, -1:])
        spread = (0.3 + 0.7 * recollection.spread)[..., None] * factor
        quantiles = recollection.base[..., None] + (spread + recollection.correction) * size
        if self.effect is not None:
            future = window.covariates[:, targets]
            shift, gate = self.effect(future, recollection.contrast, recollection.base)
            zero = scale.forward(window.zero[:, None].expand(-1, dense))[:, :, None, None, None]
            quantiles = quantiles + shift[..., None]
            quantiles = quantiles + gate[..., None] * (zero - quantiles)
        mask = window.mask[:, targets]
        target = scale.forward(window.values[:, targets]) * mask
        # An origin with nothing observed up to it could only guess: it is left out of the loss.
        informed = past.informed(origins)[..., None, None]
        return NetworkOutput(quantiles, scale, target, mask * informed, recollection)

    def loss(self, output: NetworkOutput, last_weight: float = 1.0) -> Tensor:
        """Mean pinball loss over observed targets; the true cutoff counts `last_weight` times.

        Both sides are compressed first (asinh): quantiles stay quantiles on any rising axis, and
        a window that jumps by a hundred seasons' changes does not drown all others.

        Source: Koenker & Bassett 1978, "Regression Quantiles".
        """
        weight = output.target_mask.clone()
        weight[:, -1] *= last_weight
        error = compress(output.target)[..., None] - compress(output.quantiles)
        pinball = self.levels * error - error.clamp(max=0)
        total = (pinball.mean(-1) * weight).sum()
        return total / weight.sum().clamp(min=1)

    def _read(self, past: WindowHistory, scale: WindowScaler, window: Window, start: int) -> Tensor:
        """[B, T, H] the state after each patch of the context."""
        inputs = patch_inputs(past, scale, window.layout, start)
        states: Tensor = self.embed(inputs)
        if self.beside is not None:
            known = [window.covariates, window.calendar, window.past_covariates]
            beside = torch.cat(known, -1)[:, window.read].transpose(2, 3)  # [B, T, K, P]
            states = states + self.beside((beside @ to_grid(window.layout.patch)).flatten(2))
        if self.static is not None:
            states = states + self.static(window.static)[:, None]
        for block in self.blocks:
            states = block(states)
        return states
