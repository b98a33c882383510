"""Looks features up in a table: the input layer of symbols."""

from torch import Tensor, nn

__all__ = ["Lookup"]

_SIZE = 64  # values of a row


class Lookup(nn.Module):
    """Rows of a table, joined and mixed to features.

    The rows equal one-hot inputs of a linear layer, without the zeros: an alphabet of thousands of
    characters needs no more memory for a step than one of twenty.

    Args:
        rows: of the table; row 0 by convention stands for nothing.
        inputs: indices F of a step, each of them a row.
        hidden_size: features H.

    Shape:
        input [B, T, F] int64; output [B, T, H].

    Example:
        >>> import torch
        >>> Lookup(rows=10, inputs=2, hidden_size=8)(torch.tensor([[[3, 9], [4, 0]]])).shape
        torch.Size([1, 2, 8])
    """

    def __init__(self, rows: int, inputs: int, hidden_size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(rows, _SIZE)  # values of variance 1
        self.mix = nn.Linear(inputs * _SIZE, hidden_size)
        nn.init.normal_(self.mix.weight, std=(inputs * _SIZE) ** -0.5)  # features of variance 1
        nn.init.zeros_(self.mix.bias)

    def forward(self, indices: Tensor) -> Tensor:
        """Return the features of each step."""
        mixed: Tensor = self.mix(self.table(indices).flatten(-2))
        return mixed
