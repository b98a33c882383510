"""Advances a sequence model by one step of one sequence, for streams: the fast form.

`SequenceModel` itself is the readable form; a step of it is some thirty calls of torch, each of
several microseconds, which is most of the time of a small network. Here a block is one call of the
recurrence in C++ and a dozen calls of NumPy on vectors. Tests hold both forms together.
"""

from typing import TypeAlias, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.nn.blocks import RecurrentBlock
from gated.nn.layers import GRU
from gated.tasks.network.lookup import Lookup
from gated.tasks.network.sequence_model import ModelState, SequenceModel

__all__ = ["SingleStep"]

Vector: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]


class SingleStep:
    """A copy of the weights of a model in evaluation mode, of plain standardised inputs or indices.

    Args:
        model: in evaluation mode; its inputs are neither centred nor cepstral coefficients.

    Example:
        >>> from gated.tasks.network.sequence_model import SequenceConfig
        >>> model = SequenceModel(SequenceConfig(3, 8, 2)).eval()
        >>> state = model.initial_state(1)
        >>> x = np.ones(3, dtype=np.float32)
        >>> found, after = SingleStep(model)(x, state)
        >>> with torch.no_grad():
        ...     expected, _ = model(torch.from_numpy(x)[None, None], state)
        >>> bool(np.allclose(found, expected[0, 0], atol=1e-5)), sorted(after)
        (True, ['h0', 'h1'])
    """

    def __init__(self, model: SequenceModel) -> None:
        assert not model.config.is_centred
        assert not model.config.cepstra
        self._embed = _Rows(model.embed) if isinstance(model.embed, Lookup) else _Values(model)
        blocks = cast("list[RecurrentBlock]", list(model.blocks))
        self._blocks = [_Block(block) for block in blocks]
        self._norm = _Norm(model.norm)

    def __call__(self, x: Vector | Indices, state: ModelState) -> tuple[Vector, ModelState]:
        """Return the features [H] after a step [I], and the state, from the state of one sequence.

        Args:
            x: [I] float32, or int64 of a lookup.
            state: as `SequenceModel.initial_state(1)`.
        """
        features = self._embed(x)
        after: ModelState = {}
        for index, block in enumerate(self._blocks):
            name = f"h{index}"
            features, after[name] = block(features, state[name])
        return self._norm(features), after


class _Values:
    """The input layer of values: `InputScaler` and a linear layer."""

    def __init__(self, model: SequenceModel) -> None:
        mean, spread = _array(model.scaler.mean), _array(model.scaler.spread)
        linear = cast("nn.Linear", model.embed)
        # (x − mean) / spread belongs to the weights: W x + b
        self._weight = np.ascontiguousarray(_array(linear.weight) / spread)
        self._bias = _array(linear.bias) - self._weight @ mean

    def __call__(self, x: Vector | Indices) -> Vector:
        features: Vector = self._weight @ cast("Vector", x)
        features += self._bias
        return features


class _Rows:
    """The input layer of indices: `Lookup`."""

    def __init__(self, embed: Lookup) -> None:
        self._table = _array(embed.table.weight)
        self._weight, self._bias = _array(embed.mix.weight), _array(embed.mix.bias)

    def __call__(self, x: Vector | Indices) -> Vector:
        features: Vector = self._weight @ self._table[x].ravel()
        features += self._bias
        return features


class _Block:
    """One `RecurrentBlock`."""

    def __init__(self, block: RecurrentBlock) -> None:
        first, last = (cast("nn.Linear", block.feed_forward[index]) for index in (1, 4))
        self._before, self._inner = (
            _Norm(block.recurrent_norm),
            _Norm(cast("nn.LayerNorm", block.feed_forward[0])),
        )
        self._recurrent: GRU = block.recurrent
        self._first, self._first_bias = _array(first.weight), _array(first.bias)
        self._last, self._last_bias = _array(last.weight), _array(last.bias)

    def __call__(self, x: Vector, h: Tensor) -> tuple[Vector, Tensor]:
        normed = torch.from_numpy(self._before(x))
        output, after = self._recurrent.step(normed[None], h)
        mixed = x + output.numpy()[0]
        hidden = self._first @ self._inner(mixed)
        hidden += self._first_bias
        hidden /= 1 + np.exp(-hidden)  # SiLU
        mixed += self._last_bias
        mixed += self._last @ hidden
        return mixed, after


class _Norm:
    """`nn.LayerNorm` of one vector."""

    def __init__(self, norm: nn.LayerNorm) -> None:
        self._weight, self._bias, self._eps = _array(norm.weight), _array(norm.bias), norm.eps

    def __call__(self, x: Vector) -> Vector:
        centred: Vector = x - np.add.reduce(x) / np.float32(len(x))
        variance = centred.dot(centred) / len(x)
        centred *= np.float32(1 / np.sqrt(variance + self._eps))
        centred *= self._weight
        centred += self._bias
        return centred


def _array(tensor: Tensor) -> Vector:
    return tensor.detach().numpy().copy()
