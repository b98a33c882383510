"""Defines one layer of a query-reduction network: a gated recurrence over the sentences of a story.

    x_t     vector of sentence t                                             [B, T, H]
    q_t     the query at sentence t: what is still asked there               [B, T, H]
    d_t     = [x_t ⊙ q_t, x_t, q_t]
    z_t     = σ(w_z · d_t + b_z)                update gate, a number: the share that is kept
    r_t, s_t = σ(w_r · d_t + b_r)               reset gates forward and backward, a number each
    n_t     = tanh(W_n d_t + b_n)               candidate: the query reduced by the sentence
    f_t     = z_t f_{t-1} + (1 − z_t) r_t n_t   forward
    b_t     = z_t b_{t+1} + (1 − z_t) s_t n_t   backward
    m_t     = z_t m_{t-1} + (1 − z_t) n_t       the memory of the last layer

Source: Seo et al. 2017, arXiv 1606.04582; its z is the share that is written, 1 − z here.

The gates depend on the sentence and the query, not on the state. So each memory is a sum of
candidates with weights that follow from the gates:

    f_t + b_t = Σ_i A_ti n_i,   A_ti = (1 − z_i) r_i Π_{i < u ≤ t} z_u     for i < t
                                A_ti = (1 − z_i) s_i Π_{t ≤ u < i} z_u     for i > t
                                A_tt = (1 − z_t) (r_t + s_t)
    m_T       = Σ_i w_i n_i,    w_i  = (1 − z_i) Π_{u > i} z_u

Short stories are computed with A and w, one product of matrices; long ones step by step with the
scans of `gated.ops.minimal.scan`, whose memory grows with T instead of T².
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, is_tensor, linear_shapes, namespace, primitives

__all__ = ["ReductionGates", "both_ways", "last_memory", "layer_shapes", "read_layer"]

_LONG = 256  # sentences from which on the scans are used


@dataclass(frozen=True)
class ReductionGates:
    """The gates of one layer.

    Attributes:
        log_update: [B, T], log z: z is the share of the memory that a sentence keeps; 0 behind the
            end of a story.
        forward, backward: [B, T], the reset gates r and s.
    """

    log_update: Array
    forward: Array
    backward: Array

    @property
    def update(self) -> Array:
        """[B, T], z."""
        return namespace(self.log_update).exp(self.log_update)

    @property
    def written(self) -> Array:
        """[B, T], 1 − z."""
        return -namespace(self.log_update).expm1(self.log_update)


def read_layer(
    weights: Parameters, x: Array, q: Array, mask: Array
) -> tuple[ReductionGates, Array]:
    """Compute the gates of a layer, and the candidates n [B, T, H].

    Args:
        weights: of the layer.
        x: [B, T, H] the sentences.
        q: [B, T, H] the query at each of them.
        mask: [B, T] False behind the end of a story.
    """
    xp, fast = namespace(x), primitives(x)
    described = xp.concat([x * q, x, q], axis=-1)
    values = weights.linear("gates", described)
    log_update = xp.where(mask, fast.log_sigmoid(values[..., 0]), 0.0)
    gates = ReductionGates(log_update, fast.sigmoid(values[..., 1]), fast.sigmoid(values[..., 2]))
    return gates, xp.tanh(weights.linear("candidate", described))


def layer_shapes(name: str, hidden_size: int) -> Shapes:
    """The name and the shape of every weight of a layer."""
    gates = linear_shapes(f"{name}.gates", 3 * hidden_size, 3)
    return gates | linear_shapes(f"{name}.candidate", 3 * hidden_size, hidden_size)


def both_ways(gates: ReductionGates, candidate: Array, long: int = _LONG) -> Array:
    """[B, T, H] the memories forward and backward, f + b.

    Args:
        gates: of the layer.
        candidate: [B, T, H].
        long: sentences from which on the scans are used; the results differ only by rounding.
    """
    if candidate.shape[1] < long:
        return _weights(gates) @ candidate
    flip, written = namespace(candidate).flip, gates.written
    ahead = _scanned(gates.update, written * gates.forward, candidate)
    back = flip(written * gates.backward, axis=1)
    return ahead + flip(_scanned(flip(gates.update, axis=1), back, flip(candidate, axis=1)), axis=1)


def last_memory(gates: ReductionGates, candidate: Array, long: int = _LONG) -> Array:
    """[B, H] the memory after the last sentence, m; `long` as in `both_ways`."""
    if candidate.shape[1] < long:
        xp, log_update = namespace(candidate), gates.log_update
        until = xp.flip(xp.cumulative_sum(xp.flip(log_update, axis=1), axis=1), axis=1)
        weights = gates.written * xp.exp(until - log_update)
        return (weights[:, None] @ candidate)[:, 0]
    return _scanned(gates.update, gates.written, candidate)[:, -1]


def _weights(gates: ReductionGates) -> Array:
    """[B, T, T] A."""
    xp, log_update = namespace(gates.log_update), gates.log_update
    total = xp.cumulative_sum(log_update, axis=1)  # log of the product up to and with t
    before, steps = total - log_update, total.shape[1]
    is_past = xp.tril(xp.ones((steps, steps), dtype=xp.bool))
    ahead = xp.exp(xp.where(is_past, total[:, :, None] - total[:, None], -xp.inf))
    back = xp.exp(xp.where(is_past.T, before[:, None] - before[:, :, None], -xp.inf))
    mixed = ahead * gates.forward[:, None] + back * gates.backward[:, None]
    return mixed * gates.written[:, None]


def _scanned(update: Array, written: Array, candidate: Array) -> Array:
    """[B, T, H] the memories of a recurrence with the share `update` kept."""
    kept, added = update[..., None], written[..., None] * candidate
    if is_tensor(candidate):
        from gated.ops.minimal.scan import plain_scan

        shape = added.transpose(0, 1)
        scanned = plain_scan(kept.transpose(0, 1).expand_as(shape), shape, shape[0] * 0)
        return scanned.transpose(0, 1)
    memories = np.empty_like(added)
    memory = np.zeros_like(added[:, 0])
    for step in range(added.shape[1]):
        memory = kept[:, step] * memory + added[:, step]
        memories[:, step] = memory
    return memories
