"""Defines the forecasting network: patches → recurrence → season memory + correction → quantiles.

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

`forecast` is the one definition of this computation, for arrays of NumPy and for tensors of torch.
`SeasonNetwork` forecasts with it; `TrainableNetwork` learns with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import Window
from gated.forecast.model.covariate_effect import covariate_effect
from gated.forecast.model.patch_features import lead_features, patch_inputs
from gated.forecast.model.season_grid import to_grid
from gated.forecast.model.season_memory import MemoryWeights, season_memory
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler, clip_outliers
from gated.numeric import Parameters, namespace, primitives
from gated.ops.blocks import array_block, block_gates
from gated.ops.row_functions import RowFunctions

__all__ = [
    "COVARIATE_EMBEDDING",
    "NetworkConfig",
    "NetworkOutput",
    "SeasonNetwork",
    "forecast",
    "forecast_all",
]

COVARIATE_EMBEDDING = "beside"
"""The name, in model files, of the layer that embeds the covariates and calendar of a patch."""

Drop: TypeAlias = Callable[[Array], Array]
# Maps the embedded patches [B, T, H] and a number D to the states after the last D patches.
Run: TypeAlias = Callable[[Array, int], Array]


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

    quantiles: Array
    scale: WindowScaler
    target: Array
    target_mask: Array
    memory: MemoryWeights


def forecast(
    weights: Parameters,
    window: Window,
    run_blocks: Run,
    *,
    dense: int = 1,
    leads: Array | None = None,
    drop: Drop | None = None,
) -> NetworkOutput:
    """Forecast from the ends of the last `dense` patches of the context.

    Args:
        weights: of the network.
        window: inputs and actual values.
        run_blocks: maps the embedded patches [B, T, H] and D to the states after the last D.
        dense: number of origins D.
        leads: [J] int64 numbers of patches ahead; by default all of the layout.
        drop: dropout of the decoder state in training.
    """
    read = _read(weights, window, dense)
    return _decode(weights, window, read, run_blocks(read.embedded, dense), leads, drop)


def forecast_all(
    weights: Parameters, windows: Sequence[Window], run_blocks: Run
) -> list[NetworkOutput]:
    """Forecast from the ends of windows of several layouts, as `forecast` does each.

    The recurrences of all windows with the same number of patches run together, in less time.

    Args:
        weights, run_blocks: as in `forecast`.
        windows: of any layouts.
    """
    reads = [_read(weights, window, 1) for window in windows]
    states = _together(run_blocks, [read.embedded for read in reads])
    return [
        _decode(weights, window, read, state, None, None)
        for window, read, state in zip(windows, reads, states, strict=True)
    ]


def _together(run_blocks: Run, embedded: list[Array]) -> list[Array]:
    """The states [B, 1, H] after the last patch of each array [B, T, H]; equal T together."""
    found: list[Array] = list(embedded)
    for patches in {part.shape[1] for part in embedded}:
        alike = [n for n, part in enumerate(embedded) if part.shape[1] == patches]
        xp = namespace(embedded[alike[0]])
        states, row = run_blocks(xp.concat([embedded[n] for n in alike], axis=0), 1), 0
        for n in alike:
            found[n] = states[row : row + len(embedded[n])]
            row += len(embedded[n])
    return found


@dataclass(frozen=True)
class _Read:
    """What the recurrence and the decoder read of a window.

    Attributes:
        past: the visible values.
        scale: the units of past and future.
        origins: [D] steps from the window's start to the origins.
        embedded: [B, T, H] the embedded patches of the context.
    """

    past: WindowHistory
    scale: WindowScaler
    origins: Array
    embedded: Array


def _read(weights: Parameters, window: Window, dense: int) -> _Read:
    """Scale a window for `dense` origins, and embed its patches."""
    layout, visible = window.layout, window.visible.reshape(len(window.visible), -1)
    values = window.values.reshape(visible.shape)
    past = WindowHistory(clip_outliers(values, visible), visible, layout.patch, window.zero)
    start, stop = (edge * layout.patch for edge in (window.read.start, window.read.stop))
    origins = window.origins(dense)
    scale = WindowScaler.fit(past, start, stop - (dense - 1) * layout.patch, origins)
    return _Read(past, scale, origins, _embed(weights, past, scale, window, start))


def _decode(
    weights: Parameters,
    window: Window,
    read: _Read,
    states: Array,
    leads: Array | None,
    drop: Drop | None,
) -> NetworkOutput:
    """Forecast from the states [B, D, H] of the origins."""
    layout, past, scale, origins = window.layout, read.past, read.scale, read.origins
    xp, fast = namespace(states), primitives(states)
    if leads is None:
        leads = xp.arange(1, layout.leads + 1, device=states.device)
    decoded = weights.linear("decode.1", weights.layer_norm("decode.0", states))
    decoded = decoded[:, :, None] + weights.linear("lead", lead_features(leads, layout))
    decoded = weights.silu(decoded)  # [B, D, J, 2H]
    if drop is not None:
        decoded = drop(decoded)
    memory = season_memory(weights.part("memory"), past, scale, window, origins, leads, decoded)

    targets = window.targets(origins, leads)
    width = fast.float32(weights.linear("width", decoded))
    factor, size = width[..., None, :-1], xp.exp(0.3 * width[..., None, -1:])
    spread = (0.3 + 0.7 * memory.spread)[..., None] * factor
    quantiles = memory.base[..., None] + (spread + memory.correction) * size
    if weights.has("effect.hidden"):
        future = window.covariates[:, targets]
        shift, gate = covariate_effect(weights.part("effect"), future, memory.contrast, memory.base)
        zero = xp.broadcast_to(window.zero[:, None], (len(states), len(origins)))
        zero = scale.transform(zero)[:, :, None, None, None]
        quantiles = quantiles + shift[..., None]
        quantiles = quantiles + gate[..., None] * (zero - quantiles)
    mask = window.mask[:, targets]
    target = scale.transform(window.values[:, targets]) * mask
    # An origin without any observed value before it is left out of the loss.
    informed = past.informed(origins)[..., None, None]
    return NetworkOutput(quantiles, scale, target, mask * informed, memory)


def _embed(
    weights: Parameters, past: WindowHistory, scale: WindowScaler, window: Window, start: int
) -> Array:
    """[B, T, H] the embedded patches of the context."""
    inputs = patch_inputs(past, scale, window.layout, start)
    xp, fast = namespace(inputs), primitives(inputs)
    states = weights.linear("embed.2", weights.silu(weights.linear("embed.0", inputs)))
    if weights.has(COVARIATE_EMBEDDING):
        parts = [window.covariates, window.calendar, window.past_covariates]
        covariates = xp.concat(parts, axis=-1)[:, window.read]
        covariates = xp.matrix_transpose(covariates)  # [B, T, K, P]
        grid = covariates @ fast.like(to_grid(window.layout.patch), covariates)
        states = states + weights.linear(COVARIATE_EMBEDDING, grid.reshape(*grid.shape[:2], -1))
    if weights.has("static"):
        states = states + weights.linear("static", window.static)[:, None]
    return states


class SeasonNetwork:
    """The forecasting network with fixed weights, on NumPy. See the module docstring.

    Its memory weights explain the forecast.

    Args:
        config: sizes and geometry.
        arrays: maps names to float32 weights.
    """

    def __init__(self, config: NetworkConfig, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        self.config, self.arrays = config, dict(arrays)
        self._weights = Parameters(self.arrays, functions=RowFunctions())

    @property
    def has_inputs(self) -> bool:
        """Whether it reads covariates, calendar or past covariates."""
        return self._weights.has(COVARIATE_EMBEDDING)

    def run(self, window: Window) -> NetworkOutput:
        """Forecast from the end of the context of each window, of arrays of NumPy."""
        with _quiet():
            return forecast(self._weights, window, self._run_blocks)

    def run_all(self, windows: Sequence[Window]) -> list[NetworkOutput]:
        """Forecast from the ends of windows of several layouts, in less time than one by one."""
        with _quiet():
            return forecast_all(self._weights, windows, self._run_blocks)

    def gates(self, window: Window) -> list[dict[str, NDArray[np.float32]]]:
        """The gates of each block while it reads the windows: r, z, n and h, [B, T, H]."""
        found: list[dict[str, NDArray[np.float32]]] = []

        def run_blocks(states: Array, last: int) -> Array:
            for block in self._blocks():
                found.append(block_gates(block, states))
                states = array_block(block, states)
            return states[:, -last:]

        with _quiet():
            forecast(self._weights, window, run_blocks)
        return found

    def _run_blocks(self, states: Array, last: int) -> Array:
        *before, block = self._blocks()
        for earlier in before:
            states = array_block(earlier, states)
        return array_block(block, states, last)

    def _blocks(self) -> list[Parameters]:
        return [self._weights.part(f"blocks.{n}") for n in range(self.config.num_layers)]


def _quiet() -> np.errstate:
    """No warnings of NumPy, as torch has none: who uses a forecast checks that it is finite."""
    return np.errstate(over="ignore", invalid="ignore")
