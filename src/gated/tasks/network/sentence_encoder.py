"""Makes vectors of sentences.

    x = norm(Σ_j E[w_j] ⊙ P[j])         the words, weighted by their places

Sukhbaatar et al. 2015 (arXiv 1503.08895) weigh the places so; here the weights are learned.
"""

import torch
from torch import Tensor, nn

from gated.tasks.words import PADDING

__all__ = ["SentenceEncoder"]

_PLACES = 32  # with weights of their own; later words have those of the last place
_WEIGHTS = 0.3  # spread of the initial weights of the places, around 1
_VECTORS = 0.3  # of the initial vectors of words: smaller ones change faster in training


class SentenceEncoder(nn.Module):
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
        self.places = nn.Parameter(1 + _WEIGHTS * torch.randn(_PLACES, hidden_size))
        self.norm = nn.LayerNorm(hidden_size)
        with torch.no_grad():
            self.embed.weight.mul_(_VECTORS)

    def forward(self, words: Tensor) -> Tensor:
        """The vectors of sentences."""
        places = torch.arange(words.shape[1]).clamp(max=_PLACES - 1)
        summed = (self.embed(words) * self.places[places]).sum(1)  # the vector of PADDING is zero
        return self.norm(summed)  # type: ignore[no-any-return]
