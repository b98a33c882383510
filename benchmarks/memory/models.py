"""The layers that are compared, with one linear layer as their head."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gated.nn import GRU, LSTM, RNN, MinGRU
from gated.nn.init import chrono, one_hot, orthogonal

__all__ = ["LAYERS", "WINDOW", "FeedForward", "Model"]

WINDOW = 100
"""Steps that the feed-forward network reads at once."""


class FeedForward(nn.Module):
    """A network with one hidden layer that reads the last `WINDOW` steps, without any state.

    It has about as many weights as a GRU with the same features.

    Args:
        inputs: features in.
        features: features out.
    """

    def __init__(self, inputs: int, features: int) -> None:
        super().__init__()
        gru = 3 * features * (inputs + features + 2)
        width = max(round(gru / (WINDOW * inputs + features)), 1)
        self.window = nn.Conv1d(inputs, width, WINDOW)
        self.out = nn.Linear(width, features)

    def forward(self, sequence: Tensor) -> tuple[Tensor, None]:
        """[T, B, features] of a sequence [T, B, inputs]; before its first step there are zeros."""
        padded = nn.functional.pad(sequence.permute(1, 2, 0), (WINDOW - 1, 0))
        hidden = torch.tanh(self.window(padded)).permute(2, 0, 1)
        return torch.tanh(self.out(hidden)), None


LAYERS: dict[str, Callable[[int, int, int], nn.Module]] = {
    "feed-forward": lambda inputs, hidden, _: FeedForward(inputs, hidden),
    "RNN": lambda inputs, hidden, _: RNN(inputs, hidden),
    "RNN, orthogonal": lambda inputs, hidden, _: orthogonal(RNN(inputs, hidden)),
    "LSTM": lambda inputs, hidden, _: LSTM(inputs, hidden),
    "LSTM, chrono": lambda inputs, hidden, steps: chrono(LSTM(inputs, hidden), steps),
    "GRU": lambda inputs, hidden, _: GRU(inputs, hidden),
    "GRU, chrono": lambda inputs, hidden, steps: chrono(GRU(inputs, hidden), steps),
    "GRU, for symbols": lambda inputs, hidden, steps: one_hot(
        chrono(orthogonal(GRU(inputs, hidden)), steps, share=0.5)
    ),
    "GRU, reset before": lambda inputs, hidden, _: GRU(inputs, hidden, reset="before"),
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
