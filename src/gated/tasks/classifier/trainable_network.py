"""Defines the network of a classifier as a module of torch, which learns.

Its computation is that of `gated.tasks.classifier.label_head` and of
`gated.tasks.network.sequence_model`; this module holds the weights and dropout.
"""

from typing import Self

import torch
from torch import Tensor, nn

from gated.nn.dropout import Dropout
from gated.numeric import Parameters
from gated.tasks.classifier.label_head import initial_sums, logits_of, summed
from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.trainable_model import (
    TrainableModel,
    arrays_of_module,
    load_arrays_into,
    tensors_of,
)

__all__ = ["TrainableLabelNetwork"]


class TrainableLabelNetwork(nn.Module):
    """Reads sequences of tensors and returns the logits of K labels, with gradients.

    Args:
        config: sizes of the sequence model.
        labels: number of labels K.

    Attributes:
        temperature: of the probabilities; a buffer.
    """

    temperature: Tensor

    def __init__(self, config: SequenceConfig, labels: int) -> None:
        super().__init__()
        self.model = TrainableModel(config)
        self.head = _HeadWeights(config.hidden_size, labels)
        self.dropout = Dropout(config.dropout)
        self.register_buffer("temperature", torch.ones(()))

    @classmethod
    def of(cls, network: LabelNetwork) -> Self:
        """A copy of a network, in evaluation mode; the random state of torch does not change."""
        with torch.random.fork_rng(devices=[]):  # the initial values are replaced
            made = cls(network.config, network.labels)
        load_arrays_into(made, network.arrays)
        return made

    def forward(self, batch: PaddedBatch) -> Tensor:
        """[B, K] the logits after the end of each sequence."""
        features, _ = self.model(batch.values)
        head = Parameters(dict(self.head.named_parameters()))
        sums = tensors_of(initial_sums(features.shape[2], len(features)))
        logits: Tensor = logits_of(head, summed(head, features, sums, batch.mask), self.dropout)
        return logits

    def frozen(self) -> LabelNetwork:
        """The network with a copy of its present weights, on NumPy."""
        return LabelNetwork(self.model.config, arrays_of_module(self))


class _HeadWeights(nn.Module):
    """The weights of `gated.tasks.classifier.label_head`."""

    def __init__(self, hidden_size: int, labels: int) -> None:
        super().__init__()
        self.attention = nn.Linear(hidden_size, 1)
        self.output = nn.Linear(3 * hidden_size, labels)
