"""The layers that are compared, with one linear layer as their head."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gated.nn import GRU, LSTM, RNN, MinGRU
from gated.nn.init import chrono, orthogonal

__all__ = ["LAYERS", "Model"]

LAYERS: dict[str, Callable[[int, int, int], nn.Module]] = {
    "RNN": lambda inputs, hidden, _: RNN(inputs, hidden),
    "RNN, orthogonal": lambda inputs, hidden, _: orthogonal(RNN(inputs, hidden)),
    "LSTM": lambda inputs, hidden, _: LSTM(inputs, hidden),
    "LSTM, chrono": lambda inputs, hidden, steps: chrono(LSTM(inputs, hidden), steps),
    "GRU": lambda inputs, hidden, _: GRU(inputs, hidden),
    "GRU, chrono": lambda inputs, hidden, steps: chrono(GRU(inputs, hidden), steps),
    "minGRU": lambda inputs, hidden, _: MinGRU(inputs, hidden),
}
"""Name to a function of features in, features of the state, and steps of the problem.

Without a word after the name, a layer starts as those of torch.nn do.
"""


class Model(nn.Module):
    """A layer with a linear head.

    Args:
        name: of the layer in `LAYERS`.
        inputs, outputs: features in and out.
        hidden: features of the state.
        steps: of the problem, for `chrono`.
    """

    def __init__(self, name: str, inputs: int, outputs: int, hidden: int, steps: int) -> None:
        super().__init__()
        self.layer = LAYERS[name](inputs, hidden, steps)
        self.head = nn.Linear(hidden, outputs)

    def forward(self, sequence: Tensor) -> Tensor:
        """[T, B, outputs] at every step of a sequence [T, B, inputs]."""
        states, _ = self.layer(sequence)
        outputs: Tensor = self.head(states)
        return outputs

    @property
    def weights(self) -> int:
        """The number of weights."""
        return sum(weight.numel() for weight in self.parameters())

    @torch.no_grad()
    def tested(self, sequence: Tensor) -> Tensor:
        """The outputs without gradients."""
        return self.forward(sequence)
