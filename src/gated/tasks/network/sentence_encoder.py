"""Makes vectors of sentences.

    x = norm(Σ_j E[w_j] ⊙ P[j])         the words, weighted by their places

Sukhbaatar et al. 2015 (arXiv 1503.08895) weigh the places so; here the weights are learned.
"""

import numpy as np

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, norm_shapes, primitives
from gated.tasks.words import PADDING

__all__ = ["PLACES", "encoded", "encoder_shapes"]

PLACES = 32
"""Places with weights of their own; later words have those of the last place."""


def encoded(weights: Parameters, words: Array) -> Array:
    """[N, H] the vectors of sentences of words [N, W], int64: arrays of NumPy or tensors.

    Args:
        weights: of the vectors of words, of their places, and of the norm.
        words: numbers of words, `PADDING` behind the end.
    """
    table, places = weights["embed.weight"], weights["places"]
    order = np.minimum(np.arange(words.shape[1]), PLACES - 1)
    # the vector of PADDING is zero
    vectors = primitives(table).rows(table, words, PADDING) * places[order]
    return weights.layer_norm("norm", vectors.sum(1))


def encoder_shapes(name: str, words: int, hidden_size: int) -> Shapes:
    """The name and the shape of every weight, for the vectors of `words` words."""
    own: Shapes = {
        f"{name}.embed.weight": (words, hidden_size),
        f"{name}.places": (PLACES, hidden_size),
    }
    return own | norm_shapes(f"{name}.norm", hidden_size)
