"""Defines the network of a classifier: a sequence model and the head of labels.

`LabelNetwork` computes with fixed weights, on NumPy; `TrainableLabelNetwork` learns.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, primitives
from gated.tasks.classifier.label_head import head_shapes, initial_sums, logits_of, summed
from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.sequence_model import (
    CONSTANTS,
    ModelState,
    SequenceConfig,
    SequenceModel,
    model_shapes,
)
from gated.tasks.network.state import StateArrays
from gated.tasks.network.stream_reader import StreamReader

__all__ = ["LabelNetwork", "calibrated", "label_shapes"]

Floats = NDArray[np.float32]
Value = TypeVar("Value")  # of a state
_MODEL, _HEAD, _TEMPERATURE = "model", "head", "temperature"
_OF_HEAD = f"{_HEAD}."  # how the names of the head's state begin


class LabelNetwork:
    """Reads sequences and returns the logits of K labels.

    Args:
        config: sizes of the sequence model.
        arrays: by name, as `label_shapes` lists them.
    """

    def __init__(self, config: SequenceConfig, arrays: Mapping[str, Floats]) -> None:
        self.config, self.arrays = config, dict(arrays)
        weights = Parameters(self.arrays)
        self.model = SequenceModel(config, weights.part(_MODEL))
        self._head = weights.part(_HEAD)
        self.temperature = float(self.arrays[_TEMPERATURE])

    @property
    def labels(self) -> int:
        """The number of labels K."""
        return len(self._head["output.bias"])

    @property
    def weight_count(self) -> int:
        """The number of weights that the training changed."""
        constants = {_TEMPERATURE, *(f"{_MODEL}.{name}" for name in CONSTANTS)}
        return sum(each.size for name, each in self.arrays.items() if name not in constants)

    def logits(self, batch: PaddedBatch) -> Floats:
        """[B, K] the logits after the end of each sequence."""
        features, _ = self.model(batch.values)
        sums = initial_sums(self.config.hidden_size, len(features))
        logits: Floats = logits_of(self._head, summed(self._head, features, sums, batch.mask))
        return logits

    def advance(self, steps: Floats, state: StateArrays) -> tuple[Floats, StateArrays]:
        """Read the next steps of one sequence: the logits [K], and the next state.

        Args:
            steps: [T, I], at least one.
            state: as of `initial_state(1)`.
        """
        inner, sums = _split(state)
        features, inner = self.model(steps[None], inner)
        return self._read(features, inner, sums)

    def read(
        self, reader: StreamReader, steps: Floats, state: StateArrays
    ) -> tuple[Floats, StateArrays]:
        """The fast form of `advance`.

        Args:
            reader: of the model of this network.
            steps, state: as in `advance`.
        """
        inner, sums = _split(state)
        features, inner = reader(steps, inner)
        return self._read(features[None], inner, sums)

    def logits_over_time(self, steps: Floats, ends: Sequence[int]) -> Floats:
        """[n, K] the logits after each of n steps of one sequence.

        Args:
            steps: [T, I].
            ends: numbers of steps, rising, the last one T.
        """
        state, found, begin = self.initial_state(1), [], 0
        for end in ends:
            logits, state = self.advance(steps[begin:end], state)
            found.append(logits)
            begin = end
        return np.stack(found)

    def read_logits(self, state: StateArrays) -> Floats:
        """[K] the logits that `read` gave with a state after at least one step."""
        logits: Floats = logits_of(self._head, _split(state)[1])[0]
        return logits

    def steps_read(self, state: StateArrays) -> int:
        """The number of steps before a state of one sequence."""
        return int(_split(state)[1]["count"].item())

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        sums = initial_sums(self.config.hidden_size, batch)
        return _joined(self.model.initial_state(batch), sums)

    def probabilities(self, logits: Floats) -> NDArray[np.float64]:
        """Convert logits to calibrated probabilities."""
        found: NDArray[np.float64] = calibrated(logits.astype(np.float64), self.temperature)
        return found

    def predict_logits(self, sequences: Sequences) -> Floats:
        """[n, K] the logits of many sequences."""
        logits = np.zeros((len(sequences), self.labels), dtype=np.float32)
        for indices in sequences.batches():
            logits[indices] = self.logits(sequences.padded(indices))
        return logits

    def _read(
        self, features: Floats, inner: StateArrays, sums: StateArrays
    ) -> tuple[Floats, StateArrays]:
        sums = summed(self._head, features, sums)
        return logits_of(self._head, sums)[0], _joined(inner, sums)


def calibrated(logits: Array, temperature: float) -> Array:
    """Convert logits to calibrated probabilities (temperature scaling, arXiv 1706.04599)."""
    return primitives(logits).softmax(logits / temperature)


def label_shapes(config: SequenceConfig, labels: int) -> Shapes:
    """The name and the shape of every array of a network, as `TrainableLabelNetwork` has them.

    >>> label_shapes(SequenceConfig(3, 8, 1), 4)["head.output.weight"]
    (4, 24)
    """
    shapes = model_shapes(config, _MODEL) | head_shapes(_HEAD, config.hidden_size, labels)
    return shapes | {_TEMPERATURE: ()}


def _split(state: dict[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """The state of the model, and that of the head."""
    inner: dict[str, Value] = {}
    sums: dict[str, Value] = {}
    for name, value in state.items():
        if name.startswith(_OF_HEAD):
            sums[name[len(_OF_HEAD) :]] = value
        else:
            inner[name] = value
    return inner, sums


def _joined(inner: dict[str, Value], sums: dict[str, Value]) -> dict[str, Value]:
    return {**inner, **{_OF_HEAD + name: value for name, value in sums.items()}}
