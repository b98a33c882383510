"""Defines the network of a classifier: a sequence model and the head of labels."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gated.tasks.classifier.label_head import LabelHead
from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.sequence_model import ModelState, SequenceConfig, SequenceModel

__all__ = ["LabelNetwork"]


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

    def logits(self, state: ModelState) -> Tensor:
        """[B, K] the logits of a state after at least one step."""
        return self.head.logits(_split(state)[1])

    def steps_read(self, state: ModelState) -> int:
        """The number of steps before a state of one sequence."""
        return int(_split(state)[1]["count"])

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


def _split(state: ModelState) -> tuple[ModelState, ModelState]:
    """The state of the model, and that of the head."""
    inner = {name: value for name, value in state.items() if not name.startswith(_HEAD)}
    sums = {
        name.removeprefix(_HEAD): value for name, value in state.items() if name.startswith(_HEAD)
    }
    return inner, sums


def _joined(inner: ModelState, sums: ModelState) -> ModelState:
    return {**inner, **{_HEAD + name: value for name, value in sums.items()}}
