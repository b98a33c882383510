"""Holds the weights of `gated.tasks.network.sentence_encoder` as a module of torch."""

import torch
from torch import Tensor, nn

from gated.numeric import Parameters
from gated.tasks.network.sentence_encoder import PLACES, encoded
from gated.tasks.words import PADDING

__all__ = ["TrainableEncoder"]

_WEIGHTS = 0.3  # spread of the initial weights of the places, around 1
_VECTORS = 0.3  # of the initial vectors of words: smaller ones change faster in training


class TrainableEncoder(nn.Module):
    """Sums the vectors of the words of a sentence, each weighted by its place.

    Args:
        words: numbers of words, with `PADDING` and `UNKNOWN`.
        hidden_size: H.

    Shape:
        input [N, W] numbers of words; output [N, H].
    """

    def __init__(self, words: int, hidden_size: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(words, hidden_size, padding_idx=PADDING)
        self.places = nn.Parameter(1 + _WEIGHTS * torch.randn(PLACES, hidden_size))
        self.norm = nn.LayerNorm(hidden_size)
        with torch.no_grad():
            self.embed.weight.mul_(_VECTORS)

    def forward(self, words: Tensor) -> Tensor:
        """The vectors of sentences."""
        found: Tensor = encoded(Parameters(dict(self.named_parameters())), words)
        return found
