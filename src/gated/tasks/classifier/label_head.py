"""Computes the probability of each label from all steps read so far.

    a_t = v · f_t                                  the weight of a step, before softmax
    m_t = Σ_{s ≤ t} exp(a_s) f_s / Σ_{s ≤ t} exp(a_s)   attention over the past
    u_t = Σ_{s ≤ t} f_s / t                        mean over the past
    logits_t = W [m_t, u_t, f_t] + b

Sums over the past need a state of constant size, so a stream gives the same answer as the whole
sequence. The attention with one learned query is that of Raffel & Ellis 2015 (arXiv 1512.08756).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.nn.dropout import Dropout
from gated.tasks.network.model_state import StateArrays
from gated.tasks.network.sequence_model import ModelState

__all__ = ["LabelHead"]


class LabelHead(nn.Module):
    """The logits of K labels after the last step of each sequence.

    Args:
        hidden_size: features H of a step.
        labels: number of labels K.
        dropout: of the pooled features in training.

    Shape:
        features [B, T, H] with a mask [B, T], True at the steps of each sequence; output [B, K].
    """

    def __init__(self, hidden_size: int, labels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.attention = nn.Linear(hidden_size, 1)
        self.dropout = Dropout(dropout)
        self.output = nn.Linear(3 * hidden_size, labels)

    def forward(
        self, features: Tensor, mask: Tensor, state: ModelState | None = None
    ) -> tuple[Tensor, ModelState]:
        """Return the logits after the last step, and the sums up to it.

        Args:
            features: of the steps that follow those of `state`.
            mask: which of them belong to the sequence; they come before the others.
            state: see `initial_state`; None at the beginning of a sequence.
        """
        state = self.initial_state(len(features)) if state is None else state
        weights = self.attention(features)[..., 0].masked_fill(~mask, -torch.inf)  # [B, T]
        largest = torch.maximum(state["largest"], weights.amax(1, keepdim=True))  # [B, 1]
        past = (state["largest"] - largest).exp()
        shares = (weights - largest).exp()  # relative to the largest, so that exp cannot overflow
        inside = mask.to(features.dtype)
        last = mask.sum(1, keepdim=True)  # [B, 1]
        at_end = (last - 1).clamp(min=0)[..., None].expand(-1, 1, features.shape[2])
        after = {
            "largest": largest,
            "share": past * state["share"] + shares.sum(1, keepdim=True),
            "weighted": past * state["weighted"] + (shares[:, None] @ features)[:, 0],
            "sum": state["sum"] + (inside[:, None] @ features)[:, 0],
            "count": state["count"] + last,
            "last": features.gather(1, at_end)[:, 0],
        }
        return self.logits(after), after

    def read(
        self, features: NDArray[np.float32], state: StateArrays
    ) -> tuple[NDArray[np.float32], StateArrays]:
        """The fast form of a call for one sequence, for streams: logits [K], and the sums.

        Args:
            features: [T, H] of the steps that follow those of `state`, at least one.
            state: see `initial_state`, of one sequence.
        """
        query, shift = _arrays(self.attention)
        weights = features @ query[0] + shift  # [T]
        largest = np.maximum(state["largest"], weights.max())
        past, shares = np.exp(state["largest"] - largest), np.exp(weights - largest)  # [1, ·]
        after = {
            "largest": largest,
            "share": past * state["share"] + shares.sum(),
            "weighted": past * state["weighted"] + shares @ features,
            "sum": state["sum"] + features.sum(0),
            "count": state["count"] + np.float32(len(features)),
            "last": features[-1:].copy(),  # a view would keep the whole part
        }
        return self.read_logits(after), after

    def read_logits(self, state: StateArrays) -> NDArray[np.float32]:
        """[K] the logits that `read` gives with a state after at least one step."""
        pooled = [state["weighted"] / state["share"], state["sum"] / state["count"], state["last"]]
        weight, bias = _arrays(self.output)
        logits: NDArray[np.float32] = weight @ np.concatenate(pooled, 1)[0] + bias
        return logits

    def logits(self, state: ModelState) -> Tensor:
        """[B, K] the logits of a state after at least one step."""
        pooled = [
            state["weighted"] / state["share"],
            state["sum"] / state["count"],
            state["last"],
        ]
        output: Tensor = self.output(self.dropout(torch.cat(pooled, 1)))
        return output

    def initial_state(self, batch: int) -> ModelState:
        """The sums before the first step of `batch` sequences."""
        weight = self.attention.weight
        wide = weight.new_zeros(batch, weight.shape[1])
        narrow = weight.new_zeros(batch, 1)
        return {
            "largest": weight.new_full((batch, 1), -1e30),  # finite: −∞ − −∞ is not a number
            "share": narrow,
            "weighted": wide,
            "sum": wide,
            "count": narrow,
            "last": wide,
        }


def _arrays(layer: nn.Linear) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return layer.weight.detach().numpy(), layer.bias.detach().numpy()
