"""Defines the forecasting network as a torch module, which learns.

Its computation is `gated.forecast.model.network.forecast`; this module holds the weights, their
initial values, dropout and the loss.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from gated.arrays import Array
from gated.forecast.data.patching import RECENT, PatchLayout
from gated.forecast.data.windows import Window
from gated.forecast.model.covariate_effect import EFFECT_SIZE, ZERO_GATE_LOGIT
from gated.forecast.model.network import (
    COVARIATE_EMBEDDING,
    NetworkConfig,
    NetworkOutput,
    SeasonNetwork,
    forecast,
    forecast_all,
)
from gated.forecast.model.patch_features import LEAD_FEATURES, PATCH_FEATURES
from gated.forecast.model.season_grid import GRID
from gated.forecast.model.season_memory import EMBEDDED, PROFILES, WIDTH
from gated.forecast.model.season_references import LONG, LONG_WAYS, RECENT_WAYS, REFERENCES
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.model.window_scaler import compress
from gated.forecast.quantiles import QUANTILES
from gated.nn.blocks import RecurrentBlock
from gated.nn.dropout import Dropout
from gated.numeric import Parameters, converted

__all__ = ["TrainableNetwork"]

# Initial logits: larger for newer seasons, small for the plain references.
_NEWEST_LOGIT, _LOGIT_PER_SEASON = 1.0, 0.3
_LONG_LOGIT = -1.0
_PLAIN_LOGITS = (-2.0, -2.0, -3.0, -3.0, -3.0, -4.0, -4.0, -4.0, -4.0)
# Initial logits of the ways to shift past seasons: the rise of the level at first.
_RECENT_SHIFT = (1.0, 0.0, 0.0, -1.0, -1.0, -1.0)
_LONG_SHIFT = (2.0, -1.0, -1.0, -1.0)
# Small, so that new covariates hardly change the forecast of a pretrained network before training.
_SENSITIVITY = 0.01


class TrainableNetwork(nn.Module):
    """The forecasting network with weights that learn. See the module docstring.

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
        self.register_module(COVARIATE_EMBEDDING, embedding)
        self.static = nn.Linear(config.static, width, bias=False) if config.static else None
        self.blocks = nn.ModuleList(
            RecurrentBlock(width, config.dropout) for _ in range(config.num_layers)
        )
        self.decode = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width))
        self.lead = nn.Linear(LEAD_FEATURES, 2 * width)
        self.dropout = Dropout(config.dropout)
        self.memory = _MemoryWeights(2 * width, config.covariates, known)
        self.width = nn.Linear(2 * width, len(QUANTILES) + 1)
        self.effect = _EffectWeights(config.covariates) if config.covariates else None
        self.register_buffer("levels", torch.tensor(QUANTILES), persistent=False)
        for layer in (embedding, self.static, self.width):
            if layer is not None:
                nn.init.zeros_(layer.weight)
        with torch.no_grad():
            # The initial width is half that of a normal distribution, because the spread of the
            # references is larger than the error of their mean.
            half = 0.5 * torch.special.ndtri(self.levels)
            self.width.bias.copy_(torch.cat([half, torch.zeros(1)]))

    @classmethod
    def of(cls, network: SeasonNetwork) -> "TrainableNetwork":
        """A copy of a network, in evaluation mode; the random state of torch does not change."""
        with torch.random.fork_rng(devices=[]):  # the initial values are replaced
            made = cls(network.config)
        made.load_state_dict({name: torch.from_numpy(a) for name, a in network.arrays.items()})
        return made.eval()

    @classmethod
    def untrained(cls, hidden_size: int, num_layers: int) -> "TrainableNetwork":
        """A new network without covariates, to pretrain.

        Its layout is a placeholder, because no weight depends on it.
        """
        return cls(NetworkConfig(PatchLayout(24, 2), hidden_size, num_layers, 0.0, 0, 0))

    @classmethod
    def tunable(cls, config: NetworkConfig) -> "TrainableNetwork":
        """A new network with a copy of the pretrained weights, for fine-tuning.

        Args:
            config: its inputs; the layers of covariates, calendar and static features have no
                effect before training. The sizes are those of the pretrained network.
        """
        pretrained = pretrained_network(config.layout)
        sizes = pretrained.config
        made = cls(replace(config, hidden_size=sizes.hidden_size, num_layers=sizes.num_layers))
        given = {name: torch.from_numpy(array) for name, array in pretrained.arrays.items()}
        # Weights that are not pretrained keep their initial values.
        made.load_state_dict({**made.state_dict(), **given})
        return made

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.parameters()).device

    def forward(self, window: Window, dense: int = 1, leads: Tensor | None = None) -> NetworkOutput:
        """Forecast windows of tensors; see `forecast`."""
        weights = Parameters(dict(self.named_parameters()))
        return forecast(
            weights, window, self._run_blocks, dense=dense, leads=leads, drop=self.dropout
        )

    def run(self, window: Window) -> NetworkOutput:
        """Forecast windows of arrays of NumPy with the present weights, as `SeasonNetwork.run`."""
        with torch.inference_mode():
            output: NetworkOutput = self(self.tensors(window))
        return converted(output, lambda tensor: tensor.cpu().numpy())

    def run_all(self, windows: Sequence[Window]) -> list[NetworkOutput]:
        """Forecast windows of several layouts, as `SeasonNetwork.run_all`."""
        weights = Parameters(dict(self.named_parameters()))
        with torch.inference_mode():
            tensors = [self.tensors(window) for window in windows]
            outputs = forecast_all(weights, tensors, self._run_blocks)
        return [converted(output, lambda tensor: tensor.cpu().numpy()) for output in outputs]

    def frozen(self) -> SeasonNetwork:
        """The network with a copy of its present weights, for forecasts."""
        arrays = {
            name: value.detach().float().cpu().numpy().copy()
            for name, value in self.state_dict().items()
        }
        return SeasonNetwork(self.config, arrays)

    def tensors(self, window: Window) -> Window:
        """Windows of arrays as tensors, on the device of the weights."""
        device = self.device
        return converted(window, lambda array: torch.as_tensor(array).to(device))

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
        total: Tensor = (pinball.mean(-1) * weight).sum() / weight.sum().clamp(min=1)
        return total

    def _run_blocks(self, states: Array, last: int) -> Array:
        for block in self.blocks:
            states, _ = block(states)
        return states[:, -last:]


class _MemoryWeights(nn.Module):
    """The weights of `season_memory`.

    Args:
        hidden_size: features of the decoder state.
        covariates: number of known-future covariates F.
        known: number of known inputs of a step ahead: covariates and calendar features.
    """

    def __init__(self, hidden_size: int, covariates: int, known: int) -> None:
        super().__init__()
        self.lift = nn.Linear(hidden_size, RECENT_WAYS)
        self.lift_long = nn.Linear(hidden_size, LONG_WAYS)
        self.profile = nn.Linear(hidden_size, GRID * PROFILES)
        self.state = nn.Linear(hidden_size, WIDTH)
        self.recent = nn.Linear(4 * RECENT, WIDTH, bias=False)
        self.other = nn.Linear(EMBEDDED, WIDTH, bias=False)
        self.known = nn.Linear(known, WIDTH, bias=False) if known else None
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, REFERENCES + len(QUANTILES))
        self.prior = nn.Parameter(_prior())
        # Effect of a difference in each covariate (in standard deviations) on the logits.
        sensitivity = torch.full((covariates,), _SENSITIVITY)
        self.sensitivity = nn.Parameter(sensitivity) if covariates else None
        for layer in (self.lift, self.lift_long, self.out, self.known):
            if layer is not None:
                nn.init.zeros_(layer.weight)
        with torch.no_grad():
            self.lift.bias.copy_(torch.tensor(_RECENT_SHIFT))
            self.lift_long.bias.copy_(torch.tensor(_LONG_SHIFT))
            self.out.bias.zero_()


class _EffectWeights(nn.Module):
    """The weights of `covariate_effect`.

    Args:
        covariates: known-future covariates F.
    """

    def __init__(self, covariates: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(2 * covariates + 1, EFFECT_SIZE)
        self.out = nn.Linear(EFFECT_SIZE, 2)
        nn.init.zeros_(self.out.weight)
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor([0.0, ZERO_GATE_LOGIT]))


def _prior() -> Tensor:
    newest_first = _NEWEST_LOGIT - _LOGIT_PER_SEASON * torch.arange(RECENT)
    return torch.cat([newest_first, torch.full((LONG,), _LONG_LOGIT), torch.tensor(_PLAIN_LOGITS)])
