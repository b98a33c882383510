"""Defines the network of an answerer as a module of torch, which learns.

Its computation is that of `gated.tasks.answerer.network`; this module holds the weights, their
initial values, dropout and the loss.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gated.nn.dropout import Dropout
from gated.nn.layers import GRU
from gated.tasks.answerer.examples import IGNORED, StoryBatch
from gated.tasks.answerer.network import StoryConfig, StoryNetwork
from gated.tasks.network.trainable_encoder import TrainableEncoder
from gated.tasks.network.trainable_model import arrays_of_module

__all__ = ["LayerWeights", "MemoryWeights", "TrainableStoryNetwork"]

_LAYER_KEEPS = 2.0  # initial bias of z: a memory keeps its content until a sentence matters
_WORD_KEEPS = 3.0  # initial bias of k: a memory of a word keeps 95 %


class TrainableStoryNetwork(nn.Module):
    """Reads stories and questions of tensors, with gradients.

    Args:
        config: the sizes.
    """

    temperature: Tensor
    unknown_temperature: Tensor

    def __init__(self, config: StoryConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.encoder = TrainableEncoder(config.words, size)
        self.memories = MemoryWeights(size) if config.word_memories else None
        self.layers = nn.ModuleList(LayerWeights(size) for _ in range(config.num_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(config.num_layers - 1))
        self.dropout = Dropout(config.dropout)
        self.begin = nn.Sequential(nn.Linear(2 * size, size), nn.LayerNorm(size))
        self.part = nn.Embedding(config.parts, size)
        self.follow = GRU(size, size, batch_first=True)
        self.output = nn.Linear(size, config.parts)
        self.register_buffer("temperature", torch.ones(()))
        self.register_buffer("unknown_temperature", torch.ones(()))  # of questions with such words

    def now(self) -> StoryNetwork:
        """The network with the present weights, as tensors."""
        weights = dict(self.named_parameters())

        def follow(inputs: Tensor, state: Tensor) -> Tensor:
            states: Tensor = self.follow(inputs, state[None])[0]
            return states

        return StoryNetwork(self.config, weights, follow, self.dropout)

    def losses(self, batch: StoryBatch, answers: Tensor) -> Tensor:
        """[B] −log p of each whole answer in nats, without the temperature."""
        logits = self.now().logits(batch, answers).flatten(0, 1)
        losses = cross_entropy(logits, answers.flatten(), ignore_index=IGNORED, reduction="none")
        return losses.view_as(answers).sum(1)

    def frozen(self) -> StoryNetwork:
        """The network with a copy of its present weights, on NumPy."""
        return StoryNetwork(self.config, arrays_of_module(self))


class LayerWeights(nn.Module):
    """The weights of a layer of `gated.tasks.answerer.layers.reduction`."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.gates = nn.Linear(3 * hidden_size, 3)
        self.candidate = nn.Linear(3 * hidden_size, hidden_size)
        with torch.no_grad():
            self.gates.bias[0] = _LAYER_KEEPS


class MemoryWeights(nn.Module):
    """The weights of `gated.tasks.answerer.layers.word_memory`."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.update = nn.Linear(hidden_size, 1)
        self.reset = nn.Linear(hidden_size, 1)
        self.ahead = nn.Linear(hidden_size, hidden_size)
        self.back = nn.Linear(hidden_size, hidden_size)
        self.norm = nn.LayerNorm(hidden_size)
        nn.init.constant_(self.update.bias, _WORD_KEEPS)
