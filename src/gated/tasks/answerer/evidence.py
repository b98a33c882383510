"""Computes the share of each sentence in the memory from which an answer is made.

The memories of a layer are sums of the candidates n_s, with weights that the gates give:

    m   = Σ_s w_s n_s,        w_s = (1 − z_s) Π_{u > s} z_u                     at the end
    f_t + b_t = Σ_s A_ts n_s, A_ts = (1 − z_s) r_s Π_{s < u ≤ t} z_u for s ≤ t, likewise backward

The candidate n_s of a layer comes from sentence s and from the query there, and that query from
the candidates of the layer below. So w counts for the sentences of the last layer, w A for those
of the layer below, and so on down. A sentence was read with what others say about its words
(`word_memory`), so that its sum is passed on to these as well. Each sentence gets the sum over all
paths, divided by the total.
"""

from collections.abc import Callable, Sequence

import numpy as np

from gated.arrays import FloatArray
from gated.tasks.answerer.answer import LayerGates

__all__ = ["kept_sentences", "sentence_shares"]

_ENOUGH = 0.9  # of the shares, together, of the sentences that are named


def sentence_shares(
    layers: Sequence[LayerGates], passed_on: Callable[[FloatArray], FloatArray] = np.zeros_like
) -> FloatArray:
    """[T] the share of each sentence, from the gates of all layers.

    Args:
        layers: the first one first.
        passed_on: what the memories of words pass on from the weights [T] of the sentences.

    >>> one, half = np.ones(2), np.full(2, 0.5)
    >>> sentence_shares([LayerGates(half, one, one)])  # the second overwrote half of the first
    array([0.33333333, 0.66666667])
    """
    weights = _at_the_end(layers[-1].update)
    total = weights.copy()
    for layer in reversed(layers[:-1]):
        below = _written(weights, layer.update, layer.forward)
        below += _written(weights[::-1], layer.update[::-1], layer.backward[::-1])[::-1]
        total += below
        weights = weights + below
    total = total + passed_on(total)
    whole = total.sum()
    return total / whole if whole > 0 else total


def kept_sentences(shares: FloatArray) -> tuple[int, ...]:
    """Positions of the fewest sentences that have most of the shares together, in their order."""
    order = np.argsort(-shares, kind="stable")
    count = int(np.searchsorted(np.cumsum(shares[order]), _ENOUGH * shares.sum())) + 1
    return tuple(sorted(int(index) for index in order[:count] if shares[index] > 0))


def _at_the_end(update: FloatArray) -> FloatArray:
    """[T] w."""
    after = np.append(np.cumprod(update[::-1])[::-1][1:], 1.0)
    return np.asarray((1 - update) * after)


def _written(weights: FloatArray, update: FloatArray, reset: FloatArray) -> FloatArray:
    """[T] Σ_t weights_t A_ts of the memory forward: its scan backward in time."""
    found = np.empty_like(update)
    carried = 0.0
    for step in range(len(update) - 1, -1, -1):
        carried += weights[step]
        found[step] = carried * reset[step] * (1 - update[step])
        carried *= update[step]
    return found
