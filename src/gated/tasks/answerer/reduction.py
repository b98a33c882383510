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

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from gated.ops.minimal.scan import plain_scan

__all__ = ["ReductionGates", "ReductionLayer", "both_ways", "last_memory"]

_KEPT = 2.0  # initial bias of z: a memory keeps its content until a sentence matters
_LONG = 256  # sentences from which on the scans are used


@dataclass(frozen=True)
class ReductionGates:
    """The gates of one layer.

    Attributes:
        log_update: [B, T], log z: z is the share of the memory that a sentence keeps; 0 behind the
            end of a story.
        forward, backward: [B, T], the reset gates r and s.
    """

    log_update: Tensor
    forward: Tensor
    backward: Tensor

    @property
    def update(self) -> Tensor:
        """[B, T], z."""
        return self.log_update.exp()

    @property
    def written(self) -> Tensor:
        """[B, T], 1 − z."""
        return -self.log_update.expm1()


class ReductionLayer(nn.Module):
    """Computes the gates and the candidates of a layer.

    Args:
        hidden_size: H.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.gates = nn.Linear(3 * hidden_size, 3)
        self.candidate = nn.Linear(3 * hidden_size, hidden_size)
        with torch.no_grad():
            self.gates.bias[0] = _KEPT

    def forward(self, x: Tensor, q: Tensor, mask: Tensor) -> tuple[ReductionGates, Tensor]:
        """Return the gates, and the candidates n [B, T, H].

        Args:
            x: [B, T, H] the sentences.
            q: [B, T, H] the query at each of them.
            mask: [B, T] False behind the end of a story.
        """
        described = torch.cat([x * q, x, q], -1)
        update, forward, backward = self.gates(described).unbind(-1)
        log_update = logsigmoid(update).masked_fill(~mask, 0.0)
        gates = ReductionGates(log_update, forward.sigmoid(), backward.sigmoid())
        return gates, self.candidate(described).tanh()


def both_ways(gates: ReductionGates, candidate: Tensor, long: int = _LONG) -> Tensor:
    """[B, T, H] the memories forward and backward, f + b.

    Args:
        gates: of the layer.
        candidate: [B, T, H].
        long: sentences from which on the scans are used; the results differ only by rounding.
    """
    if candidate.shape[1] < long:
        return _weights(gates) @ candidate
    ahead = _scanned(gates.update, gates.written * gates.forward, candidate)
    update, written = gates.update.flip(1), (gates.written * gates.backward).flip(1)
    return ahead + _scanned(update, written, candidate.flip(1)).flip(1)


def last_memory(gates: ReductionGates, candidate: Tensor, long: int = _LONG) -> Tensor:
    """[B, H] the memory after the last sentence, m; `long` as in `both_ways`."""
    if candidate.shape[1] < long:
        after = gates.log_update.flip(1).cumsum(1).flip(1) - gates.log_update
        weights = gates.written * after.exp()
        return (weights[:, None] @ candidate)[:, 0]
    return _scanned(gates.update, gates.written, candidate)[:, -1]


def _weights(gates: ReductionGates) -> Tensor:
    """[B, T, T] A."""
    total = gates.log_update.cumsum(1)  # log of the product up to and with t
    before = total - gates.log_update
    is_past = torch.ones(total.shape[1], total.shape[1], dtype=torch.bool).tril()
    ahead = (total[:, :, None] - total[:, None]).masked_fill(~is_past, -torch.inf).exp()
    back = (before[:, None] - before[:, :, None]).masked_fill(~is_past.T, -torch.inf).exp()
    mixed = ahead * gates.forward[:, None] + back * gates.backward[:, None]
    return mixed * gates.written[:, None]


def _scanned(update: Tensor, written: Tensor, candidate: Tensor) -> Tensor:
    """[B, T, H] the memories of a recurrence with the share `update` kept."""
    shape = candidate.transpose(0, 1)
    kept = update.T[..., None].expand_as(shape)
    added = written.T[..., None] * shape
    return plain_scan(kept, added, torch.zeros_like(shape[0])).transpose(0, 1)
