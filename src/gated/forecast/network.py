"""The forecasting network: patches → recurrence → season memory + learned correction → quantiles.

    patch t: values, mask, covariates, calendar → embedding          [B, T, H]
             + what is known of the series as a whole, from 0
    residual GRU blocks carry the state over the patches             [B, T, H]
    decoder state for lead j: state + lead j + its covariates        [B, D, J, 2H]
    quantiles = weighted past (memory) + its spread × factor + correction, pulled to 0 by a gate
                where the covariates say so (a stock-out)            [B, D, J, P, Q]

Training asks every one of the last D patches of the context to forecast its future; forecasting
asks only the last (D = 1). The correction starts at zero, so that an untrained network already
is a sensible rule: a recency-weighted mean of the same phase of past seasons.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gated.forecast.memory import Recollection, SeasonMemory
from gated.forecast.scale import WindowScale
from gated.forecast.windows import Layout, Window
from gated.nn.blocks import RecurrentBlock
from gated.nn.dropout import Dropout

QUANTILES = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)
_EFFECT_SIZE = 32
# The gate to zero starts all but shut: sigmoid(−4) = 0.02.
_ZERO_GATE_LOGIT = -4.0


@dataclass(frozen=True)
class NetworkConfig:
    """What a network is built from; stored in the model file as JSON."""

    layout: Layout
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
        return cls(**{**stored, "layout": Layout(**stored["layout"])})


@dataclass(frozen=True)
class NetworkOutput:
    """Forecasts of D cutoffs per window.

    Attributes:
        quantiles: [B, D, J, P, Q] on the window's scaled axis, before sorting.
        scale: takes them back to the series' axis.
        target: [B, D, J, P] what came, on the same axis, 0 where unobserved.
        target_mask: [B, D, J, P] 1 where it was observed, and something before it was seen.
        recollection: what the season memory gave.
    """

    quantiles: Tensor
    scale: WindowScale
    target: Tensor
    target_mask: Tensor
    recollection: Recollection


class SeasonNetwork(nn.Module):
    """A gated recurrent forecaster that explains itself. See the module's head for the route.

    Args:
        config: sizes and geometry.
    """

    levels: Tensor

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        layout, width = config.layout, config.hidden_size
        point = config.covariates + config.calendar
        self.embed = nn.Sequential(
            nn.Linear(layout.patch * (2 + point + config.past_covariates) + 1, width),
            nn.SiLU(),
            nn.Linear(width, width),
        )
        self.static = nn.Linear(config.static, width, bias=False) if config.static else None
        self.blocks = nn.ModuleList(
            RecurrentBlock(width, config.dropout) for _ in range(config.num_layers)
        )
        self.decode = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width))
        self.lead = nn.Parameter(0.02 * torch.randn(layout.leads, 2 * width))
        # A layer of no inputs cannot be initialised: with nothing known ahead there is none.
        self.known_future = nn.Linear(layout.patch * point, 2 * width) if point else None
        self.dropout = Dropout(config.dropout)
        self.memory = SeasonMemory(layout, 2 * width, config.covariates)
        self.correction = nn.Linear(2 * width, layout.patch * len(QUANTILES))
        self.width = nn.Linear(2 * width, len(QUANTILES))
        self.effect = CovariateEffect(config.covariates)
        self.register_buffer("levels", torch.tensor(QUANTILES), persistent=False)
        if self.static is not None:
            nn.init.zeros_(self.static.weight)
        for layer in (self.correction, self.width):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            # Start from half a normal distribution's width: the memory's spread overstates the
            # error of its own mean.
            self.width.bias.copy_(0.5 * torch.special.ndtri(self.levels))

    def forward(self, window: Window, dense: int = 1) -> NetworkOutput:
        """Forecast from the last `dense` patches of the context."""
        read, seen = window.read, window.seen
        scale = WindowScale.fit(window.values[:, read].flatten(1), seen[:, read].flatten(1))
        scaled = scale.forward(window.values)
        values = scaled * seen
        zero = scale.forward(window.zero)
        known = torch.cat([window.covariates, window.calendar], -1).flatten(2)  # [B, W, P(F+C)]

        place = zero[:, None, None].expand(-1, window.context, 1)
        late = window.past_covariates[:, read].flatten(2)
        patches = torch.cat([values[:, read], seen[:, read], known[:, read], late, place], -1)
        states = self.embed(patches)  # [B, T, H]
        if self.static is not None:
            states = states + self.static(window.static)[:, None]
        for block in self.blocks:
            states = block(states)

        origins = window.origins(dense)  # [D]
        targets = window.targets(origins)  # [D, J]
        decoded = self.decode(states[:, -dense:])[:, :, None] + self.lead
        if self.known_future is not None:
            decoded = decoded + self.known_future(known[:, targets])
        decoded = self.dropout(F.silu(decoded))  # [B, D, J, 2H]

        recollection = self.memory(values, window, decoded)
        future = window.covariates[:, targets]
        shift, gate = self.effect(future, recollection.contrast, recollection.base)
        correction = self.correction(decoded).unflatten(-1, (-1, len(QUANTILES)))
        spread = recollection.deviation[..., None] * self.width(decoded)[..., None, :]
        quantiles = (recollection.base + shift)[..., None] + spread + correction
        # An origin with nothing seen up to it could only guess: it is not asked.
        informed = seen.amax(-1).cummax(1).values  # [B, W]
        to_zero = zero.view(-1, 1, 1, 1, 1) - quantiles
        return NetworkOutput(
            quantiles=quantiles + gate[..., None] * to_zero,
            scale=scale,
            target=(scaled * window.mask)[:, targets],
            target_mask=window.mask[:, targets] * informed[:, origins, None, None],
            recollection=recollection,
        )

    def loss(self, output: NetworkOutput, last_weight: float) -> Tensor:
        """Mean pinball loss over observed targets; the true cutoff counts `last_weight` times.

        Source: Koenker & Bassett 1978, "Regression Quantiles".
        """
        weight = output.target_mask.clone()
        weight[:, -1] *= last_weight
        error = output.target[..., None] - output.quantiles
        pinball = self.levels * error - error.clamp(max=0)
        total = (pinball * weight[..., None]).sum()
        return total / (weight.sum().clamp(min=1) * len(QUANTILES))


class CovariateEffect(nn.Module):
    """What a known covariate does to a point: a shift, and a gate that pulls to zero.

    Shared by all points of all patches, so that a promotion or a stock-out is learned from every
    one there was, whatever its weekday. The gate is for values that nearly always mean zero; those
    that always do are settled before (`Closing`). Without covariates shift and gate are 0.

    Args:
        covariates: known-future covariates F.
    """

    def __init__(self, covariates: int) -> None:
        super().__init__()
        self.covariates = covariates
        self.hidden = nn.Linear(2 * covariates + 1, _EFFECT_SIZE)
        self.out = nn.Linear(_EFFECT_SIZE, 2)
        nn.init.zeros_(self.out.weight)
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor([0.0, _ZERO_GATE_LOGIT]))

    def forward(self, future: Tensor, contrast: Tensor, base: Tensor) -> tuple[Tensor, Tensor]:
        """future, contrast [..., P, F] and base [..., P] to (shift, gate), both [..., P]."""
        if not self.covariates:
            return torch.zeros_like(base), torch.zeros_like(base)
        point = torch.cat([future, contrast, base[..., None]], -1)
        shift, gate = self.out(F.silu(self.hidden(point))).unbind(-1)
        return shift, torch.sigmoid(gate)
