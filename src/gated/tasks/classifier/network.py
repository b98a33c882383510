"""Defines the network of a classifier: a sequence model and the head of labels."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.tasks.classifier.label_head import LabelHead
from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.model_state import StateArrays
from gated.tasks.network.sequence_model import ModelState, SequenceConfig, SequenceModel
from gated.tasks.network.stream_reader import StreamReader

__all__ = ["LabelNetwork"]


Value = TypeVar("Value")  # of a state: tensors, or arrays
_HEAD = "head."  # how the names of the head's state begin


class LabelNetwork(nn.Module):
    """Reads sequences and returns the logits of K labels.

    Args:
        config: sizes of the sequence model.
        labels: number of labels K.
    """

    temperature: Tensor

    def __init__(self, config: SequenceConfig, labels: int) -> None:
        super().__init__()
        self.model = SequenceModel(config)
        self.head = LabelHead(config.hidden_size, labels, config.dropout)
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, batch: PaddedBatch) -> Tensor:
        """[B, K] the logits after the end of each sequence."""
        features, _ = self.model(batch.values)
        logits, _ = self.head(features, batch.mask)
        return logits  # type: ignore[no-any-return]

    def advance(self, x: Tensor, state: ModelState) -> tuple[Tensor, ModelState]:
        """Read the next steps [B, T, I] of a stream: the logits [B, K], and the next state."""
        inner, sums = _split(state)
        features, inner = self.model(x, inner)
        every = torch.ones(x.shape[:2], dtype=torch.bool)
        logits, sums = self.head(features, every, sums)
        return logits, _joined(inner, sums)

    def read(
        self, reader: StreamReader, steps: NDArray[np.float32], state: StateArrays
    ) -> tuple[NDArray[np.float32], StateArrays]:
        """The fast form of `advance` for one sequence: the logits [K], and the next state.

        Args:
            reader: of the model of this network.
            steps: [T, I], at least one.
            state: as of `initial_state(1)`.
        """
        inner, sums = _split(state)
        features, inner = reader(steps, inner)
        logits, sums = self.head.read(features, sums)
        return logits, _joined(inner, sums)

    def logits_over_time(self, steps: Tensor, ends: Sequence[int]) -> Tensor:
        """[n, K] the logits after each of n steps of one sequence, without gradients.

        Args:
            steps: [T, I].
            ends: numbers of steps, rising, the last one T.
        """
        self.eval()
        state, found, begin = self.initial_state(1), [], 0
        with torch.no_grad():
            for end in ends:
                logits, state = self.advance(steps[None, begin:end], state)
                found.append(logits[0])
                begin = end
        return torch.stack(found)

    def read_logits(self, state: StateArrays) -> NDArray[np.float32]:
        """[K] the logits that `read` gave with a state after at least one step."""
        return self.head.read_logits(_split(state)[1])

    def steps_read(self, state: StateArrays) -> int:
        """The number of steps before a state of one sequence."""
        return int(_split(state)[1]["count"].item())

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        return _joined(self.model.initial_state(batch), self.head.initial_state(batch))

    def probabilities(self, logits: Tensor) -> Tensor:
        """Convert logits to calibrated probabilities (temperature scaling, arXiv 1706.04599)."""
        return (logits / self.temperature).softmax(-1)

    def predict_logits(self, sequences: Sequences) -> Tensor:
        """[n, K] the logits of many sequences, without gradients."""
        self.eval()
        logits = torch.zeros(len(sequences), self.head.output.out_features)
        with torch.no_grad():
            for indices in sequences.batches():
                logits[torch.from_numpy(indices)] = self(sequences.padded(indices))
        return logits


def _split(state: dict[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """The state of the model, and that of the head."""
    inner: dict[str, Value] = {}
    sums: dict[str, Value] = {}
    for name, value in state.items():
        if name.startswith(_HEAD):
            sums[name[len(_HEAD) :]] = value
        else:
            inner[name] = value
    return inner, sums


def _joined(inner: dict[str, Value], sums: dict[str, Value]) -> dict[str, Value]:
    return {**inner, **{_HEAD + name: value for name, value in sums.items()}}
