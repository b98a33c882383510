"""Defines the network of all estimators for sequences: an input layer and recurrent blocks.

    x_t      values of a step, standardised; or indices          [B, T, I]
    e_t      W x_t + b; of indices, rows of a table, mixed       [B, T, H]
    f_t      residual GRU blocks (`gated.ops.blocks`)            [B, T, H]

A head makes an answer of the features f_t. Each step depends on the steps before it only, so that a
sequence can be read in parts: the state after one part is the state before the next.

`embedded` and `from_embedded` are the one definition of this computation, for arrays of NumPy and
for tensors of torch. `SequenceModel` computes with fixed weights; `TrainableModel` learns.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, linear_shapes, norm_shapes
from gated.ops.blocks import block_gates, block_shapes, read_block
from gated.tasks.network.lookup import looked_up, lookup_shapes
from gated.tasks.network.scaling import initial_sums, mean_step, scaled

__all__ = [
    "CONSTANTS",
    "ModelState",
    "SequenceConfig",
    "SequenceModel",
    "embedded",
    "from_embedded",
    "initial_state",
    "model_shapes",
]

ModelState: TypeAlias = dict[str, Array]
"""Arrays by name, each with the batch as one axis; see `gated.tasks.network.state.State`."""

CONSTANTS = ("scaler.mean", "scaler.spread")
"""Arrays of a model that the training does not change."""


@dataclass(frozen=True)
class SequenceConfig:
    """The sizes of a network.

    Attributes:
        inputs: values I of a step.
        hidden_size: features H.
        num_layers: number of recurrent blocks.
        dropout: in training, of the features between layers.
        is_centred: whether the running mean is subtracted from each input.
        lookup: rows of the table in which the inputs are looked up; 0 where they are values.
        cepstra: cepstral coefficients of the inputs that the network reads; 0 for the inputs.
    """

    inputs: int
    hidden_size: int
    num_layers: int
    dropout: float = 0.0
    is_centred: bool = False
    lookup: int = 0
    cepstra: int = 0

    @property
    def width(self) -> int:
        """Channels of a step that are standardised: the coefficients, or the inputs."""
        return self.cepstra or self.inputs

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)


def embedded(
    config: SequenceConfig, weights: Parameters, x: Array, state: ModelState
) -> tuple[Array, ModelState]:
    """[B, T, H] what the input layer gives the first block, and what the scaling keeps.

    Args:
        config: the sizes.
        weights: of the network.
        x: [B, T, I] float32, or int64 of a lookup, at least one step.
        state: before the first of these steps.
    """
    if config.lookup:
        return looked_up(weights.part("embed"), x), {}
    values, kept = scaled(
        weights.part("scaler"), x, state, is_centred=config.is_centred, cepstra=config.cepstra
    )
    return weights.linear("embed", values), kept


def from_embedded(
    config: SequenceConfig,
    weights: Parameters,
    features: Array,
    state: ModelState,
    run_block: Callable[[int, Array, Array], tuple[Array, Array]],
) -> tuple[Array, ModelState]:
    """[B, T, H] the features after the blocks and their norm, and what the blocks keep.

    Args:
        config, weights: of the network.
        features: [B, T, H] of `embedded`.
        state: before the first of these steps.
        run_block: computes a block, by its index, from the features and its state [1, B, H]: the
            next features and the state after the last step.
    """
    after: ModelState = {}
    for index in range(config.num_layers):
        features, after[f"h{index}"] = run_block(index, features, state[f"h{index}"])
    return weights.layer_norm("norm", features), after


def initial_state(config: SequenceConfig, batch: int) -> dict[str, NDArray[np.float32]]:
    """The state before the first step of `batch` sequences."""
    state = initial_sums(batch, config.width) if config.is_centred else {}
    for index in range(config.num_layers):
        state[f"h{index}"] = np.zeros((1, batch, config.hidden_size), dtype=np.float32)
    return state


def model_shapes(config: SequenceConfig, name: str) -> Shapes:
    """The name and the shape of every array of a network, as `TrainableModel` has them.

    Args:
        config: the sizes.
        name: of the network.

    >>> model_shapes(SequenceConfig(3, 8, 1), "model")["model.embed.weight"]
    (8, 3)
    """
    size = config.hidden_size
    shapes: Shapes = {f"{name}.{constant}": (config.width,) for constant in CONSTANTS}
    if config.lookup:
        shapes |= lookup_shapes(f"{name}.embed", config.lookup, config.inputs, size)
    else:
        shapes |= linear_shapes(f"{name}.embed", config.width, size)
    for index in range(config.num_layers):
        shapes |= block_shapes(f"{name}.blocks.{index}", size)
    return shapes | norm_shapes(f"{name}.norm", size)


class SequenceModel:
    """Reads a sequence step by step: features of each step, and a state; on NumPy.

    Args:
        config: the sizes.
        weights: arrays of NumPy, float32.

    Shape:
        input [B, T, I] float32, or int64 of a lookup; output [B, T, H]; each array of the state
        has B in its shape.

    Example:
        >>> config, random = SequenceConfig(3, 8, 2), np.random.default_rng(0)
        >>> shapes = model_shapes(config, "model")
        >>> arrays = {name: random.random(shape, np.float32) for name, shape in shapes.items()}
        >>> model = SequenceModel(config, Parameters(arrays, "model."))
        >>> x = random.random((5, 7, 3), np.float32)
        >>> whole, _ = model(x)
        >>> first, state = model(x[:, :4])
        >>> second, _ = model(x[:, 4:], state)
        >>> bool(np.allclose(np.concatenate([first, second], 1), whole, atol=1e-5))
        True
    """

    def __init__(self, config: SequenceConfig, weights: Parameters) -> None:
        self.config, self.weights = config, weights
        self.blocks = [weights.part(f"blocks.{index}") for index in range(config.num_layers)]

    def __call__(self, x: Array, state: ModelState | None = None) -> tuple[Array, ModelState]:
        """Read steps that follow the ones of `state`; a new sequence where it is None."""
        state = self.initial_state(len(x)) if state is None else state
        features, kept = self.embedded(x, state)
        features, after = self.from_embedded(features, state)
        return features, {**kept, **after}

    def embedded(self, x: Array, state: ModelState) -> tuple[Array, ModelState]:
        """[B, T, H] what the input layer gives the first block, and what the scaling keeps."""
        return embedded(self.config, self.weights, x, state)

    def from_embedded(self, features: Array, state: ModelState) -> tuple[Array, ModelState]:
        """[B, T, H] the features after the blocks and their norm, and what the blocks keep."""
        return from_embedded(self.config, self.weights, features, state, self._run_block)

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step of `batch` sequences."""
        return initial_state(self.config, batch)

    def gates(self, x: Array) -> list[dict[str, Array]]:
        """The gates of each block over whole sequences: r, z, n and h, [B, T, H]."""
        found = []

        def run_block(index: int, features: Array, state: Array) -> tuple[Array, Array]:
            found.append(block_gates(self.blocks[index], features))
            return self._run_block(index, features, state)

        state = self.initial_state(len(x))
        features, _ = self.embedded(x, state)
        from_embedded(self.config, self.weights, features, state, run_block)
        return found

    def mean_step(self) -> NDArray[np.float32]:
        """[I] the step whose channels are the mean of the training."""
        return mean_step(self.weights["scaler.mean"], self.config.inputs, self.config.cepstra)

    def _run_block(self, index: int, features: Array, state: Array) -> tuple[Array, Array]:
        return read_block(self.blocks[index], features, state)
