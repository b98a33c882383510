"""Reads the next steps of one sequence, for streams: the fast form of `SequenceModel`.

`SequenceModel` itself is the readable form; a step of it is some thirty calls of torch, each of
several microseconds, which is most of the time of a small network. Here the input layer is a few
calls of NumPy, and all blocks are one call in C++. Tests hold both forms together.
"""

from typing import TypeAlias, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.nn.blocks import RecurrentBlock, stream_of
from gated.ops.dispatch import effective_name
from gated.tasks.network.lookup import Lookup
from gated.tasks.network.model_state import StateArrays, arrays_of, tensors_of
from gated.tasks.network.scaling import PRIOR_STEPS, InputScaler
from gated.tasks.network.sequence_model import SequenceModel

__all__ = ["MOST_STEPS", "StreamReader"]

Values: TypeAlias = NDArray[np.float32]
Steps: TypeAlias = NDArray[np.float32] | NDArray[np.int64]

MOST_STEPS = 32
"""With more steps at once the torch modules are about as fast."""


class StreamReader:
    """A model in evaluation mode, and a copy of its weights for a few steps.

    Args:
        model: its weights must not change afterwards.

    Example:
        >>> from gated.tasks.network.sequence_model import SequenceConfig
        >>> model = SequenceModel(SequenceConfig(3, 8, 2)).eval()
        >>> state = model.initial_state(1)
        >>> x = np.ones((5, 3), dtype=np.float32)
        >>> found, after = StreamReader(model)(x, arrays_of(state))
        >>> with torch.no_grad():
        ...     expected, _ = model(torch.from_numpy(x)[None], state)
        >>> bool(np.allclose(found, expected[0], atol=1e-5)), sorted(after)
        (True, ['h0', 'h1'])
    """

    def __init__(self, model: SequenceModel) -> None:
        self._model = model
        embed = model.embed
        self._embed = _Rows(embed) if isinstance(embed, Lookup) else _Values(model)
        self._stream = stream_of(cast("list[RecurrentBlock]", list(model.blocks)), model.norm)
        self._names = [f"h{index}" for index in range(len(model.blocks))]

    def __call__(self, x: Steps, state: StateArrays) -> tuple[Values, StateArrays]:
        """Return the features [T, H] after the steps, and the state after the last one.

        Args:
            x: [T, I] float32, or int64 of a lookup; at least one step.
            state: as of `SequenceModel.initial_state(1)`; other arrays in it are not read.
        """
        is_few = len(x) <= MOST_STEPS and effective_name("auto") in ("auto", "cpu")
        if self._stream is None or not is_few:
            with torch.inference_mode():
                features, kept = self._model(torch.from_numpy(x)[None], tensors_of(state))
            return features[0].numpy(), arrays_of(kept)
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
    """The input layer of values: `InputScaler` and a linear layer."""

    def __init__(self, model: SequenceModel) -> None:
        scaler: InputScaler = model.scaler
        linear = cast("nn.Linear", model.embed)
        self._is_centred = scaler.is_centred
        self._cosines, self._mean = _array(scaler.cosines), _array(scaler.mean)
        # the division by the spread belongs to the weights: W (z / spread) + b
        self._weight = np.ascontiguousarray((_array(linear.weight) / _array(scaler.spread)).T)
        self._bias = _array(linear.bias)

    def __call__(self, x: Steps, state: StateArrays) -> tuple[Values, StateArrays]:
        values = cast("Values", x)
        if len(self._cosines):
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
    """The input layer of indices: `Lookup`."""

    def __init__(self, embed: Lookup) -> None:
        self._table = _array(embed.table.weight)
        self._weight, self._bias = _array(embed.mix.weight).T.copy(), _array(embed.mix.bias)

    def __call__(self, x: Steps, state: StateArrays) -> tuple[Values, StateArrays]:
        features: Values = self._table[x].reshape(len(x), -1) @ self._weight
        features += self._bias
        return features, {}


def _array(tensor: Tensor) -> Values:
    return tensor.detach().numpy().copy()
