"""Reads the next steps of one sequence, for streams: the fast form of `SequenceModel`.

`SequenceModel` itself is the readable form; a step of it is some thirty calls of NumPy, each of a
few microseconds, which is most of the time of a small network. Here the input layer is a few
calls, and all blocks are one call in C++. Tests hold both forms together.
"""

from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from gated.numeric import Parameters
from gated.ops.blocks import stream_of
from gated.tasks.network.scaling import PRIOR_STEPS, cosines
from gated.tasks.network.sequence_model import SequenceConfig, SequenceModel
from gated.tasks.network.state import StateArrays

__all__ = ["MOST_STEPS", "StreamReader"]

Values: TypeAlias = NDArray[np.float32]
Steps: TypeAlias = NDArray[np.float32] | NDArray[np.int64]

MOST_STEPS = 32
"""With more steps at once the model itself is about as fast."""


class StreamReader:
    """A model, and a copy of its weights for a few steps.

    Args:
        model: its weights must not change afterwards.
    """

    def __init__(self, model: SequenceModel) -> None:
        self._model = model
        config, weights = model.config, model.weights
        self._embed = _Rows(weights) if config.lookup else _Values(config, weights)
        self._stream = stream_of(model.blocks, weights.part("norm"))
        self._names = [f"h{index}" for index in range(config.num_layers)]

    def __call__(self, x: Steps, state: StateArrays) -> tuple[Values, StateArrays]:
        """Return the features [T, H] after the steps, and the state after the last one.

        Args:
            x: [T, I] float32, or int64 of a lookup; at least one step.
            state: as of `SequenceModel.initial_state(1)`; other arrays in it are not read.
        """
        if self._stream is None or len(x) > MOST_STEPS:
            features, kept = self._model(x[None], state)
            return features[0], kept
        inputs, after = self._embed(x, state)
        hidden = np.concatenate([state[name][0] for name in self._names])
        found, hidden = self._stream(inputs, hidden)
        for index, name in enumerate(self._names):
            after[name] = hidden[None, index : index + 1]
        return found, after

    def __reduce__(self) -> tuple[type["StreamReader"], tuple[SequenceModel]]:
        """Copy and pickle the model only: the weights of the kernels are made again."""
        return StreamReader, (self._model,)


class _Values:
    """The input layer of values: `scaled` and a linear layer."""

    def __init__(self, config: SequenceConfig, weights: Parameters) -> None:
        self._is_centred = config.is_centred
        self._cosines = cosines(config.inputs, config.cepstra) if config.cepstra else None
        self._mean = weights["scaler.mean"]
        # the division by the spread belongs to the weights: W (z / spread) + b
        scaled = weights["embed.weight"] / weights["scaler.spread"]
        self._weight = np.ascontiguousarray(scaled.T)
        self._bias = weights["embed.bias"]

    def __call__(self, x: Steps, state: StateArrays) -> tuple[Values, StateArrays]:
        values = cast("Values", x)
        if self._cosines is not None:
            values = values @ self._cosines
        values = values - self._mean
        after: StateArrays = {}
        if self._is_centred:
            sums = state["sums"] + values.cumsum(0)
            read = np.arange(1, len(x) + 1, dtype=np.float32)
            steps = cast("Values", state["steps"] + read)  # [1, T]
            values -= sums / (steps.T + np.float32(PRIOR_STEPS))
            after = {"sums": sums[-1:], "steps": steps[:, -1:]}
        features: Values = values @ self._weight
        features += self._bias
        return features, after


class _Rows:
    """The input layer of indices: `looked_up`."""

    def __init__(self, weights: Parameters) -> None:
        self._table = weights["embed.table.weight"]
        self._weight = weights["embed.mix.weight"].T.copy()
        self._bias = weights["embed.mix.bias"]

    def __call__(self, x: Steps, state: StateArrays) -> tuple[Values, StateArrays]:
        features: Values = self._table[x].reshape(len(x), -1) @ self._weight
        features += self._bias
        return features, {}
