"""The forecasting network: patches → recurrence → season memory + correction → quantiles.

    patch t: values, changes since the last season and the last long season, mask,
             resampled to 24 points, + the season length …         [B, T, 8·24 + 9]
             + covariates and calendar (initial weights 0)         → embedding [B, T, H]
             + static features (initial weights 0)
    residual GRU blocks carry the state over the patches           [B, T, H]
    decoder state for lead j: state + features of j                [B, D, J, 2H]
    quantiles = weighted past (memory) + its spread × factor + correction, pulled to 0 by a gate
                that depends on the covariates (a stock-out)       [B, D, J, P, Q]

No weight depends on the season length, the horizon or the context: one network forecasts every
frequency. So it can be pretrained on other series and fine-tuned on a table.

In training, the last D patches of the context forecast their future; in a forecast, only the last
(D = 1). The untrained network is a usable baseline: a recency-weighted mean of the same phase of
past seasons.
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
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, clip_outliers, compress
from gated.forecast.quantiles import QUANTILES
from gated.nn.blocks import RecurrentBlock
from gated.nn.dropout import Dropout

_COVARIATE_EMBEDDING = "beside"  # its name in the weights of model files


@dataclass(frozen=True)
class NetworkConfig:
    """The sizes and the geometry of a network; stored in the model file as JSON."""

    layout: PatchLayout
    hidden_size: int
    num_layers: int
    dropout: float
    covariates: int
    calendar: int
    past_covariates: int = 0
    static: int = 0

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "NetworkConfig":
        """Build the configuration from plain values."""
        return cls(**{**stored, "layout": PatchLayout(**stored["layout"])})


@dataclass(frozen=True)
class NetworkOutput:
    """Forecasts of D origins per window.

    Attributes:
        quantiles: [B, D, J, P, Q] relative to the level of each origin, in changes, not sorted.
        scale: converts them to the series-scaled axis.
        target: [B, D, J, P] the actual values, on the axis of the quantiles, 0 where unobserved.
        target_mask: [B, D, J, P] 1 where the target and some value before its origin are observed.
        memory: the result of the season memory.
    """

    quantiles: Tensor
    scale: WindowScaler
    target: Tensor
    target_mask: Tensor
    memory: MemoryWeights


class SeasonNetwork(nn.Module):
    """The forecasting network, whose memory weights explain the forecast. See the module docstring.

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
        inputs = known + config.past_covariates
        embedding = nn.Linear(inputs * GRID, width, bias=False) if inputs else None
        self.register_module(_COVARIATE_EMBEDDING, embedding)
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
        for layer in (embedding, self.static, self.width):
            if layer is not None:
                nn.init.zeros_(layer.weight)
        with torch.no_grad():
            # The initial width is half that of a normal distribution, because the spread of the
            # references is larger than the error of their mean.
            half = 0.5 * torch.special.ndtri(self.levels)
            self.width.bias.copy_(torch.cat([half, torch.zeros(1)]))

    @property
    def covariate_embedding(self) -> nn.Module | None:
        """Embeds covariates, calendar and past covariates of a patch; None without any."""
        return self._modules[_COVARIATE_EMBEDDING]

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.parameters()).device

    def forward(self, window: Window, dense: int = 1, leads: Tensor | None = None) -> NetworkOutput:
        """Forecast from the ends of the last `dense` patches of the context.

        Args:
            window: inputs and actual values.
            dense: number of origins D.
            leads: [J] int64 numbers of patches ahead; by default all of the layout.
        """
        layout, visible = window.layout, window.visible.flatten(1)
        past = WindowHistory(
            clip_outliers(window.values.flatten(1), visible), visible, layout.patch, window.zero
        )
        start, stop = (edge * layout.patch for edge in (window.read.start, window.read.stop))
        origins = window.origins(dense)
        if leads is None:
            leads = torch.arange(1, layout.leads + 1, device=visible.device)
        first = stop - (dense - 1) * layout.patch
        scale = WindowScaler.fit(past, start, first, origins)

        states = self._read(past, scale, window, start)[:, -dense:]
        decoded = self.decode(states)[:, :, None] + self.lead(lead_features(leads, layout))
        decoded = self.dropout(F.silu(decoded))  # [B, D, J, 2H]
        memory = self.memory(past, scale, window, origins, leads, decoded)

        targets = window.targets(origins, leads)
        width = self.width(decoded).float()
        factor, size = width[..., None, :-1], torch.exp(0.3 * width[..., None, -1:])
        spread = (0.3 + 0.7 * memory.spread)[..., None] * factor
        quantiles = memory.base[..., None] + (spread + memory.correction) * size
        if self.effect is not None:
            future = window.covariates[:, targets]
            shift, gate = self.effect(future, memory.contrast, memory.base)
            zero = scale.transform(window.zero[:, None].expand(-1, dense))[:, :, None, None, None]
            quantiles = quantiles + shift[..., None]
            quantiles = quantiles + gate[..., None] * (zero - quantiles)
        mask = window.mask[:, targets]
        target = scale.transform(window.values[:, targets]) * mask
        # An origin without any observed value before it is left out of the loss.
        informed = past.informed(origins)[..., None, None]
        return NetworkOutput(quantiles, scale, target, mask * informed, memory)

    def loss(self, output: NetworkOutput, last_weight: float = 1.0) -> Tensor:
        """Mean pinball loss over observed targets; the last origin has the weight `last_weight`.

        Targets and quantiles are compressed first (asinh): quantiles stay quantiles under any
        increasing function, and a window with a very large jump does not dominate the loss.

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
        embedding = self.covariate_embedding
        if embedding is not None:
            parts = [window.covariates, window.calendar, window.past_covariates]
            covariates = torch.cat(parts, -1)[:, window.read].transpose(2, 3)  # [B, T, K, P]
            states = states + embedding((covariates @ to_grid(window.layout.patch)).flatten(2))
        if self.static is not None:
            states = states + self.static(window.static)[:, None]
        for block in self.blocks:
            states, _ = block(states)
        return states
