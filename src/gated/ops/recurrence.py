"""What can be asked of a backend: which recurrence, and with which weights."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from torch import Tensor

from gated.errors import UsageError
from gated.ops.gru.reference import Reset
from gated.ops.rnn.reference import Nonlinearity

__all__ = ["GATES", "Kind", "Recurrence", "State", "Weights"]

Kind = Literal["rnn", "lstm", "gru"]
GATES: dict[Kind, int] = {"rnn": 1, "gru": 3, "lstm": 4}  # blocks of H rows in a stacked weight

State = tuple[Tensor, ...]  # (h,) or, for the LSTM, (h, c)


@dataclass(frozen=True)
class Recurrence:
    """One of the recurrences of docs/recurrences.md, with its variant.

    Raises:
        UsageError: there is no such variant.
    """

    kind: Kind
    nonlinearity: Nonlinearity = "tanh"  # of the RNN
    reset: Reset = "after"  # of the GRU

    def __post_init__(self) -> None:
        if self.nonlinearity not in ("tanh", "relu"):
            raise UsageError(f'nonlinearity is {self.nonlinearity!r}. Expected "tanh" or "relu".')
        if self.reset not in ("after", "before"):
            raise UsageError(f'reset is {self.reset!r}. Expected "after" or "before".')

    def __str__(self) -> str:
        variant = {
            "rnn": f' with nonlinearity="{self.nonlinearity}"',
            "lstm": "",
            "gru": f' with reset="{self.reset}"',
        }
        return self.kind.upper() + variant[self.kind]


class Weights(NamedTuple):
    """The weights of one layer in one direction, in the order of torch's kernels."""

    weight_ih: Tensor  # [G·H, I], G gates
    weight_hh: Tensor  # [G·H, P], P = H where there is no projection
    bias_ih: Tensor | None = None  # [G·H]
    bias_hh: Tensor | None = None  # [G·H]
    weight_hr: Tensor | None = None  # [P, H], the LSTM's projection
