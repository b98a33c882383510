"""Defines the block of layers from which the forecasting network is stacked."""

import torch
from torch import Tensor, nn

from gated.nn.dropout import Dropout
from gated.nn.layers import GRU

__all__ = ["RecurrentBlock"]


class RecurrentBlock(nn.Module):
    """A GRU and a position-wise feed-forward network, each with pre-normalisation and a residual.

    The residual path passes the gradient unchanged through the layers, as the update gate passes
    it through time. Pre-normalisation: Xiong et al. 2020 (arXiv 2002.04745).

    Args:
        hidden_size: features in and out.
        dropout: probability of zeroing a feature of either branch while training.

    Shape:
        input and output: [B, T, hidden_size].

    >>> import torch
    >>> RecurrentBlock(8)(torch.zeros(2, 5, 8)).shape
    torch.Size([2, 5, 8])
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

    def forward(self, inputs: Tensor) -> Tensor:
        normed = self.recurrent_norm(inputs)
        if inputs.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            # On a CPU a recurrence in bfloat16 is slower, and its state loses precision each step.
            with torch.autocast("cpu", enabled=False):
                states, _ = self.recurrent(normed.float())
        else:
            states, _ = self.recurrent(normed)  # [B, T, H]
        mixed = inputs + self.dropout(states)
        return mixed + self.feed_forward(mixed)  # type: ignore[no-any-return]
