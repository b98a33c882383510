"""Defines the block of layers from which the networks of forecasts and of sequences are stacked."""

from typing import cast

import torch
from torch import Tensor, nn

from gated.nn.dropout import Dropout
from gated.nn.layers import GRU
from gated.numeric import Parameters
from gated.ops.blocks import residual_block

__all__ = ["RecurrentBlock"]


class RecurrentBlock(nn.Module):
    """A GRU and a position-wise feed-forward network, each with pre-normalisation and a residual.

    The residual path passes the gradient unchanged through the layers, as the update gate passes
    it through time. Pre-normalisation: Xiong et al. 2020 (arXiv 2002.04745).

    Args:
        hidden_size: features in and out.
        dropout: probability of zeroing a feature of either branch while training.

    Shape:
        input and output: [B, T, hidden_size]; the state before and after: [1, B, hidden_size].

    >>> import torch
    >>> output, state = RecurrentBlock(8)(torch.zeros(2, 5, 8))
    >>> output.shape, state.shape
    (torch.Size([2, 5, 8]), torch.Size([1, 2, 8]))
    """

    def __init__(self, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.recurrent_norm = nn.LayerNorm(hidden_size)
        self.recurrent = GRU(hidden_size, hidden_size, batch_first=True)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(hidden_size),
            nn.Linear(hidden_size, 2 * hidden_size),
            nn.SiLU(),
            Dropout(dropout),
            nn.Linear(2 * hidden_size, hidden_size),
        )
        self.dropout = Dropout(dropout)

    def forward(self, inputs: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the features of every step, and the state after the last one.

        Args:
            inputs: the features of every step.
            state: before the first step; zero by default.
        """
        last = state

        def recur(normed: Tensor) -> Tensor:
            nonlocal last
            states, last = self._recur(normed, state)
            return states

        weights = Parameters(dict(self.named_parameters()))
        output = residual_block(weights, inputs, recur, self.dropout if self.training else None)
        return output, cast("Tensor", last)

    def _recur(self, normed: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """The states of the recurrence at every step [B, T, H], and after the last one."""
        if normed.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            # On a CPU a recurrence in bfloat16 is slower, and its state loses precision each step.
            with torch.autocast("cpu", enabled=False):
                return cast("tuple[Tensor, Tensor]", self.recurrent(normed.float(), state))
        if state is not None and normed.shape[1] == 1 and not torch.is_grad_enabled():
            output, last = self.recurrent.step(normed[:, 0], state)  # a few microseconds
            return output[:, None], last
        return cast("tuple[Tensor, Tensor]", self.recurrent(normed, state))

    def gates(self, inputs: Tensor, state: Tensor | None = None) -> dict[str, Tensor]:
        """Return the gates of the recurrence at every step: r, z, n and h, [B, T, hidden_size].

        Args:
            inputs: as in a call.
            state: as in a call.
        """
        found = self.recurrent.gates(self.recurrent_norm(inputs), state)["l0"]
        return cast("dict[str, Tensor]", found)  # no packed sequence went in
