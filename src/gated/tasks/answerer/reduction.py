"""Defines one layer of a query-reduction network: a gated recurrence over the sentences of a story.

    x_t     vector of sentence t                                             [T, B, H]
    q_t     the query at sentence t: what is still asked there               [T, B, H]
    d_t     = [x_t ⊙ q_t, x_t, q_t]
    z_t     = σ(w_z · d_t + b_z)                update gate, a number: the share that is kept
    r_t, s_t = σ(w_r · d_t + b_r)               reset gates forward and backward, a number each
    n_t     = tanh(W_n d_t + b_n)               candidate: the query reduced by the sentence
    f_t     = z_t f_{t-1} + (1 − z_t) r_t n_t   forward
    b_t     = z_t b_{t+1} + (1 − z_t) s_t n_t   backward

The gates depend on the sentence and the query, not on the state, so that all steps are computed at
once (`gated.ops.minimal.scan`). Source: Seo et al. 2017, arXiv 1606.04582; its z is the share that
is written, 1 − z here.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gated.ops.minimal.scan import plain_scan

__all__ = ["ReductionGates", "ReductionLayer"]

_KEPT = 2.0  # initial bias of z: a memory keeps its content until a sentence matters


@dataclass(frozen=True)
class ReductionGates:
    """The gates of one layer.

    Attributes:
        update: [T, B], z: the share of the memory that a sentence keeps; 1 behind the end.
        forward, backward: [T, B], the reset gates r and s.
    """

    update: Tensor
    forward: Tensor
    backward: Tensor


class ReductionLayer(nn.Module):
    """Computes the gates and the candidates of a layer, and the memories forward and backward.

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
        """Return the gates, and the candidates n [T, B, H].

        Args:
            x: [T, B, H] the sentences.
            q: [T, B, H] the query at each of them.
            mask: [T, B] False behind the end of a story.
        """
        described = torch.cat([x * q, x, q], -1)
        update, forward, backward = self.gates(described).sigmoid().unbind(-1)
        update = update.masked_fill(~mask, 1.0)
        return ReductionGates(update, forward, backward), self.candidate(described).tanh()

    @staticmethod
    def both_ways(gates: ReductionGates, candidate: Tensor) -> Tensor:
        """[T, B, H] the memories forward and backward, f + b."""
        written = (1 - gates.update)[..., None] * candidate
        kept = gates.update[..., None].expand_as(candidate)
        nothing = torch.zeros_like(candidate[0])
        ahead = plain_scan(kept, gates.forward[..., None] * written, nothing)
        back = plain_scan(kept.flip(0), (gates.backward[..., None] * written).flip(0), nothing)
        return ahead + back.flip(0)

    @staticmethod
    def last_memory(gates: ReductionGates, candidate: Tensor) -> Tensor:
        """[B, H] the memory at the end of the story, without reset gates."""
        written = (1 - gates.update)[..., None] * candidate
        kept = gates.update[..., None].expand_as(candidate)
        return plain_scan(kept, written, torch.zeros_like(candidate[0]))[-1]
