"""Defines the network of a transcriber: a sequence model, and a linear layer to the symbols.

    f_t                      features of a step (`SequenceModel`)              [B, T, H]
    p_t = softmax(W f_t + b) the blank (0) and the symbols (1 … K) at a step   [B, T, K + 1]

Each step depends on the past only. The blank means that no symbol is written at a step
(connectionist temporal classification, Graves et al. 2006).

`SymbolNetwork` computes with fixed weights, on NumPy; `TrainableSymbolNetwork` learns.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, linear_shapes, primitives
from gated.tasks.data.sequences import Sequences
from gated.tasks.network.sequence_model import (
    CONSTANTS,
    ModelState,
    SequenceConfig,
    SequenceModel,
    model_shapes,
)

__all__ = ["BLANK", "STEPS_AT_ONCE", "SymbolNetwork", "log_probabilities", "symbol_shapes"]

BLANK = 0
STEPS_AT_ONCE = 8_192
"""Steps of a long sequence that are read at once, so that their features need little memory."""

Floats = NDArray[np.float32]
_MODEL, _OUTPUT = "model", "output"


class SymbolNetwork:
    """Reads sequences and returns the log-probabilities of the blank and of K symbols.

    Args:
        config: sizes of the sequence model.
        arrays: by name, as `symbol_shapes` lists them.
    """

    def __init__(self, config: SequenceConfig, arrays: Mapping[str, Floats]) -> None:
        self.config, self.arrays = config, dict(arrays)
        self._weights = Parameters(self.arrays)
        self.model = SequenceModel(config, self._weights.part(_MODEL))

    @property
    def symbols(self) -> int:
        """The number of symbols K."""
        return len(self._weights[f"{_OUTPUT}.bias"]) - 1

    @property
    def weight_count(self) -> int:
        """The number of weights that the training changed."""
        constants = {f"{_MODEL}.{name}" for name in CONSTANTS}
        return sum(each.size for name, each in self.arrays.items() if name not in constants)

    def advance(self, x: Floats, state: ModelState) -> tuple[Floats, ModelState]:
        """Read the next steps [B, T, I]: their log-probabilities [B, T, K + 1], the next state."""
        features, after = self.model(x, state)
        return self.log_probabilities(features), after

    def log_probabilities(self, features: Floats) -> Floats:
        """[…, K + 1] of features […, H]."""
        found: Floats = log_probabilities(self._weights, features)
        return found

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        return self.model.initial_state(batch)

    def predict(self, sequences: Sequences) -> list[Floats]:
        """[T, K + 1] the log-probabilities of each sequence."""
        found = [np.zeros((0, self.symbols + 1), np.float32)] * len(sequences)
        for indices in sequences.batches():
            whole = np.concatenate(list(self._in_parts(sequences.padded(indices).values)), 1)
            for row, index in enumerate(indices):
                found[index] = whole[row, : sequences.lengths[index]]
        return found

    def _in_parts(self, values: Floats) -> Iterator[Floats]:
        """[B, t, K + 1] the log-probabilities of values [B, T, I], part by part."""
        state = self.initial_state(len(values))
        for begin in range(0, values.shape[1], STEPS_AT_ONCE):
            part, state = self.advance(values[:, begin : begin + STEPS_AT_ONCE], state)
            yield part


def log_probabilities(weights: Parameters, features: Array) -> Array:
    """[…, K + 1] of the features […, H] of steps: arrays of NumPy or tensors."""
    logits = weights.linear(_OUTPUT, features)
    return primitives(logits).log_softmax(logits)


def symbol_shapes(config: SequenceConfig, symbols: int) -> Shapes:
    """The name and the shape of every array of a network, as the trainable one has them.

    >>> symbol_shapes(SequenceConfig(3, 8, 1), 4)["output.weight"]
    (5, 8)
    """
    shapes = model_shapes(config, _MODEL)
    return shapes | linear_shapes(_OUTPUT, config.hidden_size, symbols + 1)
