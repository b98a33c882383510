"""Defines the network of a conversation as a module of torch, which learns.

Its computation is that of `gated.tasks.conversation.network`; this module holds the weights, their
initial values and dropout.
"""

import torch
from torch import Tensor, nn

from gated.nn.blocks import RecurrentBlock
from gated.nn.dropout import Dropout
from gated.tasks.conversation.network import ConversationConfig, ConversationNetwork
from gated.tasks.network.trainable_encoder import TrainableEncoder
from gated.tasks.network.trainable_model import arrays_of_module
from gated.tasks.words import PADDING

__all__ = ["TrainableConversationNetwork"]

_GRAMS = 0.1  # of the initial vectors of n-grams, of which a turn has many


class TrainableConversationNetwork(nn.Module):
    """The weights of a network that scores replies.

    Args:
        config: the sizes.
    """

    def __init__(self, config: ConversationConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.words = TrainableEncoder(config.words, size)
        self.grams = nn.EmbeddingBag(config.grams, size, mode="sum", padding_idx=PADDING)
        self.norm = nn.LayerNorm(size)
        self.dropout = Dropout(config.dropout)
        self.blocks = nn.ModuleList(
            RecurrentBlock(size, config.dropout) for _ in range(config.num_layers)
        )
        self.out = nn.LayerNorm(size)
        self.reply = nn.Linear(size, size)
        with torch.no_grad():
            self.grams.weight.mul_(_GRAMS)

    def now(self) -> ConversationNetwork:
        """The network with the present weights, as tensors."""

        def run_block(index: int, turns: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
            return self.blocks[index](turns, state)  # type: ignore[no-any-return]

        weights = dict(self.named_parameters())
        return ConversationNetwork(self.config, weights, run_block, self.dropout)

    def frozen(self) -> ConversationNetwork:
        """The network with a copy of its present weights, on NumPy."""
        return ConversationNetwork(self.config, arrays_of_module(self))
