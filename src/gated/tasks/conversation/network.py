"""Defines the network of a conversation: turns, a recurrence over them, and replies.

    e(d)  = norm(Σ_j E[w_j] ⊙ P[j] + Σ_g G[g])    a turn: its words, and its n-grams of characters
    u_t   = residual GRU blocks over e(d_1) … e(d_t), then a norm
    v_r   = W norm(Σ_j E[w_j] ⊙ P[j] + Σ_g G[g])  a reply
    score = u_t · v_r / √H

The state of the recurrence is all that the network keeps of a dialogue. n-grams make vectors of
words that were not learned.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, linear_shapes, norm_shapes, primitives
from gated.ops.blocks import block_shapes, read_block
from gated.tasks.network.sentence_encoder import encoded, encoder_shapes
from gated.tasks.network.sequence_model import ModelState
from gated.tasks.words import PADDING

__all__ = ["ConversationConfig", "ConversationNetwork", "Turns", "conversation_shapes"]

RunBlock: TypeAlias = Callable[[int, Array, Array], tuple[Array, Array]]
"""Computes a block, by its index, from [B, T, H] and its state: the output and the next state."""


@dataclass(frozen=True)
class ConversationConfig:
    """The sizes of a network.

    Attributes:
        words: numbers of words, with `PADDING` and `UNKNOWN`.
        grams: rows of the table of n-grams.
        hidden_size: H.
        num_layers: of the recurrence.
        dropout: in training.
    """

    words: int
    grams: int
    hidden_size: int
    num_layers: int
    dropout: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Turns:
    """N texts as numbers: arrays of NumPy or tensors.

    Attributes:
        words: [N, W] int64, `PADDING` behind the end.
        grams: [N, G] int64, rows of the table of n-grams; `PADDING` behind the end.
    """

    words: Array
    grams: Array

    def rows(self, index: Array) -> "Turns":
        """Some of the texts, without columns of padding."""
        words, grams = self.words[index], self.grams[index]
        widths = [max(int((part != PADDING).sum(1).max()), 1) for part in (words, grams)]
        return Turns(words[:, : widths[0]], grams[:, : widths[1]])


class ConversationNetwork:
    """Scores replies to the turns so far.

    The weights are arrays of NumPy; in training they are tensors, and so are the results.

    Args:
        config: the sizes.
        arrays: by name, as `conversation_shapes` lists them.
        run_block: computes a block; by default over arrays of NumPy.
        drop: dropout in training.
    """

    def __init__(
        self,
        config: ConversationConfig,
        arrays: Mapping[str, Array],
        run_block: RunBlock | None = None,
        drop: Callable[[Array], Array] | None = None,
    ) -> None:
        self.config, self.arrays = config, dict(arrays)
        self._weights = Parameters(self.arrays)
        self._run_block = self._array_block if run_block is None else run_block
        self._drop = _kept if drop is None else drop

    @property
    def weight_count(self) -> int:
        """The number of weights."""
        return sum(array.size for array in self.arrays.values())

    def turns(self, turns: Turns) -> Array:
        """[N, H] e of each turn."""
        table = self._weights["grams.weight"]
        summed = primitives(table).summed_rows(table, turns.grams, PADDING)
        summed = summed + encoded(self._weights.part("words"), turns.words)
        return self._drop(self._weights.layer_norm("norm", summed))

    def read(self, turns: Array, state: ModelState) -> tuple[Array, ModelState]:
        """Read encoded turns [B, T, H] that follow those of `state`: u [B, T, H], and the state."""
        after = {}
        for index in range(self.config.num_layers):
            turns, after[f"h{index}"] = self._run_block(index, turns, state[f"h{index}"])
        return self._weights.layer_norm("out", turns), after

    def replies(self, turns: Turns) -> Array:
        """[N, H] v of each reply."""
        return self._weights.linear("reply", self.turns(turns))

    def scores(self, u: Array, v: Array) -> Array:
        """[…, N] of N replies [N, H] after the turns of u […, H]."""
        return u @ v.T / self.config.hidden_size**0.5

    def initial_state(self, batch: int) -> dict[str, NDArray[np.float32]]:
        """The state before the first turn of `batch` dialogues, as arrays of NumPy."""
        shape = (1, batch, self.config.hidden_size)
        layers = range(self.config.num_layers)
        return {f"h{index}": np.zeros(shape, dtype=np.float32) for index in layers}

    def _array_block(self, index: int, turns: Array, state: Array) -> tuple[Array, Array]:
        return read_block(self._weights.part(f"blocks.{index}"), turns, state)


def conversation_shapes(config: ConversationConfig) -> Shapes:
    """The name and the shape of every weight of a network, as the trainable one has them.

    >>> conversation_shapes(ConversationConfig(9, 50, 8, 1))["grams.weight"]
    (50, 8)
    """
    size = config.hidden_size
    shapes: Shapes = {
        **encoder_shapes("words", config.words, size),
        "grams.weight": (config.grams, size),
        **norm_shapes("norm", size),
        **norm_shapes("out", size),
        **linear_shapes("reply", size, size),
    }
    for index in range(config.num_layers):
        shapes |= block_shapes(f"blocks.{index}", size)
    return shapes


def _kept(x: Array) -> Array:
    """Dropout outside of training."""
    return x
