"""Defines the network of a transcriber as a module of torch, which learns.

Its computation is that of `gated.tasks.transcriber.network` and of
`gated.tasks.network.sequence_model`; this module holds the weights and their initial values.
"""

import math
from typing import Self

import torch
from torch import Tensor, nn

from gated.numeric import Parameters
from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel, arrays_of_module, load_arrays_into
from gated.tasks.transcriber.network import BLANK, SymbolNetwork, log_probabilities

__all__ = ["TrainableSymbolNetwork"]

_BLANKS = 25  # for each symbol, at the beginning of the training


class TrainableSymbolNetwork(nn.Module):
    """Reads sequences and returns the log-probabilities of K + 1 symbols, with gradients.

    Args:
        config: sizes of the sequence model.
        symbols: number of symbols K.

    Shape:
        input: a batch of values [B, T, I]; output [B, T, K + 1], each step sums to 1 after exp.
    """

    def __init__(self, config: SequenceConfig, symbols: int) -> None:
        super().__init__()
        self.model = TrainableModel(config)
        self.output = nn.Linear(config.hidden_size, symbols + 1)
        with torch.no_grad():  # otherwise the first hundreds of steps learn only this
            self.output.bias[BLANK] += math.log(_BLANKS * symbols)

    @classmethod
    def of(cls, network: SymbolNetwork) -> Self:
        """A copy of a network, in evaluation mode; the random state of torch does not change."""
        with torch.random.fork_rng(devices=[]):  # the initial values are replaced
            made = cls(network.config, network.symbols)
        load_arrays_into(made, network.arrays)
        return made

    def forward(self, batch: PaddedBatch) -> Tensor:
        """[B, T, K + 1] the log-probabilities of each step."""
        features, _ = self.model(batch.values)
        weights = Parameters(dict(self.output.named_parameters("output")))
        found: Tensor = log_probabilities(weights, features)
        return found

    def frozen(self) -> SymbolNetwork:
        """The network with a copy of its present weights, on NumPy."""
        return SymbolNetwork(self.model.config, arrays_of_module(self))
