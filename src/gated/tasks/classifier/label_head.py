"""Computes the probability of each label from all steps read so far.

    a_t = v · f_t                                  the weight of a step, before softmax
    m_t = Σ_{s ≤ t} exp(a_s) f_s / Σ_{s ≤ t} exp(a_s)   attention over the past
    u_t = Σ_{s ≤ t} f_s / t                        mean over the past
    logits_t = W [m_t, u_t, f_t] + b

Sums over the past need a state of constant size, so a stream gives the same answer as the whole
sequence. The attention with one learned query is that of Raffel & Ellis 2015 (arXiv 1512.08756).

`summed` and `logits_of` are the one definition of this computation, for arrays of NumPy and for
tensors of torch.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, clip, linear_shapes, namespace
from gated.tasks.network.sequence_model import ModelState

__all__ = ["head_shapes", "initial_sums", "logits_of", "summed"]


def summed(
    weights: Parameters, features: Array, state: ModelState, mask: Array | None = None
) -> ModelState:
    """Add steps to the sums over the past.

    Args:
        weights: of the head.
        features: [B, T, H] of the steps that follow those of `state`, at least one.
        state: see `initial_sums`.
        mask: [B, T] which steps belong to the sequence; they come before the others. All by
            default.
    """
    xp = namespace(features)
    scores = weights.linear("attention", features)[..., 0]  # [B, T]
    if mask is None:
        total, count, last = features.sum(1), features.shape[1], features[:, -1]
    else:
        scores = xp.where(mask, scores, -xp.inf)
        total = (xp.astype(mask, features.dtype)[:, None] @ features)[:, 0]
        count = xp.astype(xp.sum(mask, axis=1, keepdims=True), features.dtype)  # [B, 1]
        at_end = clip(xp.sum(mask, axis=1) - 1, 0)
        last = features[xp.arange(len(features)), at_end]
    largest = xp.maximum(state["largest"], xp.max(scores, axis=1, keepdims=True))  # [B, 1]
    past = xp.exp(state["largest"] - largest)
    shares = xp.exp(scores - largest)  # relative to the largest, so that exp cannot overflow
    return {
        "largest": largest,
        "share": past * state["share"] + xp.sum(shares, axis=1, keepdims=True),
        "weighted": past * state["weighted"] + (shares[:, None] @ features)[:, 0],
        "sum": state["sum"] + total,
        "count": state["count"] + count,
        "last": last + 0.0,  # a view would keep the whole part
    }


def logits_of(
    weights: Parameters, state: ModelState, drop: Callable[[Array], Array] | None = None
) -> Array:
    """[B, K] the logits of sums over at least one step.

    Args:
        weights: of the head.
        state: of `summed`.
        drop: dropout of the pooled features in training.
    """
    pooled = namespace(state["last"]).concat(
        [state["weighted"] / state["share"], state["sum"] / state["count"], state["last"]], axis=1
    )
    return weights.linear("output", pooled if drop is None else drop(pooled))


def initial_sums(hidden_size: int, batch: int) -> dict[str, NDArray[np.float32]]:
    """The sums before the first step of `batch` sequences."""
    wide = np.zeros((batch, hidden_size), dtype=np.float32)
    narrow = np.zeros((batch, 1), dtype=np.float32)
    return {
        "largest": np.full_like(narrow, -1e30),  # finite: −∞ − −∞ is not a number
        "share": narrow,
        "weighted": wide,
        "sum": wide,
        "count": narrow,
        "last": wide,
    }


def head_shapes(name: str, hidden_size: int, labels: int) -> Shapes:
    """The name and the shape of every weight of a head for K labels."""
    attention = linear_shapes(f"{name}.attention", hidden_size, 1)
    return attention | linear_shapes(f"{name}.output", 3 * hidden_size, labels)
