"""Combines the scores of the network with the similarity of texts, and decides when to answer.

    logit of a reply r = a · score of the network
                       + b · similarity of the last turn and r
                       + c · max over nearby turns t of (similarity of the last turn and t
                                                         · similarity of r and the reply to t)
                       + d · the same with the sixth power of the first similarity: of turns that
                         are nearly the same

a, b, c, d ≥ 0 are estimated on held-out replies (`mixture_fit`), with the least log loss among all
replies. A reply is given if its probability reaches a threshold: the lowest above which so many
held-out replies were right as requested. It is 0 where every reply is to be given. A reply is also
given to a turn that was learned word for word, if it always had this reply.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray

__all__ = ["FEATURES", "NONE_GIVEN", "Mixture", "lowest_threshold"]

FEATURES = ("network", "reply", "context", "same")
"""The columns of the features of a reply."""

NONE_GIVEN = 2.0
"""A threshold that no probability reaches."""


@dataclass(frozen=True)
class Mixture:
    """The weights of the features.

    Attributes:
        weights: [4] of `FEATURES`.
        threshold: of the probability of a reply that is given; above 1: none is.
    """

    weights: tuple[float, ...]
    threshold: float

    def logits(self, features: FloatArray) -> FloatArray:
        """[…] of features […, 4]."""
        return np.asarray(features @ np.array(self.weights))

    def probabilities(self, features: FloatArray) -> FloatArray:
        """[R] of features [R, 4] of all replies."""
        logits = self.logits(features)
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum())


def lowest_threshold(probabilities: FloatArray, right: BoolArray, precision: float) -> float:
    """The lowest threshold with so many right replies among those that are given.

    A wrong reply is counted for the next one, so that few replies show little. The threshold lies
    halfway between the last probability that is given and the next one, or 0 where there is none.

    Args:
        probabilities: [M] of the chosen replies.
        right: [M] which of them were right.
        precision: the share of right ones; 0: every reply is given.

    >>> chosen = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    >>> round(lowest_threshold(chosen, np.array([True, True, True, False, True, False]), 0.7), 3)
    0.65
    """
    if precision == 0:
        return 0.0
    order = np.argsort(-probabilities, kind="stable")
    falling = probabilities[order]
    given = np.arange(1, len(order) + 1)
    shares = np.cumsum(right[order]) / (given + 1)
    is_last = np.append(falling[1:] < falling[:-1], True)  # of equal probabilities
    enough = np.flatnonzero((shares >= precision) & is_last)
    if not len(enough):
        return NONE_GIVEN
    last = enough[-1]
    following = falling[last + 1] if last + 1 < len(falling) else 0.0
    return float(falling[last] + following) / 2
