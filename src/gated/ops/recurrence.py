"""Defines the arguments of a backend: the recurrence, its weights and its extras."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from torch import Tensor

from gated.errors import UsageError
from gated.ops.reference.extras import NO_EXTRAS, Extras
from gated.ops.reference.gru import Reset
from gated.ops.reference.norm import Norm
from gated.ops.reference.rnn import Nonlinearity

__all__ = ["GATES", "NO_EXTRAS", "Extras", "Kind", "Recurrence", "State", "Weights"]

Kind = Literal["rnn", "lstm", "gru"]
GATES: dict[Kind, int] = {"rnn": 1, "gru": 3, "lstm": 4}  # blocks of H rows in a stacked weight

State = tuple[Tensor, ...]  # (h,) or, for the LSTM, (h, c)


@dataclass(frozen=True)
class Recurrence:
    """A recurrence of docs/reference/equations.md, with its variant.

    Raises:
        UsageError: an option has no such value.
    """

    kind: Kind
    nonlinearity: Nonlinearity = "tanh"  # of the RNN
    reset: Reset = "after"  # of the GRU
    layer_norm: bool = False  # of the GRU and the LSTM

    def __post_init__(self) -> None:
        if not isinstance(self.nonlinearity, str) or self.nonlinearity not in ("tanh", "relu"):
            raise UsageError(f'nonlinearity is {self.nonlinearity!r}. Expected "tanh" or "relu".')
        if not isinstance(self.reset, str) or self.reset not in ("after", "before"):
            raise UsageError(f'reset is {self.reset!r}. Expected "after" or "before".')
        if not isinstance(self.layer_norm, bool):
            raise UsageError(f"layer_norm is {self.layer_norm!r}. Expected True or False.")
        if self.layer_norm and self.kind == "rnn":
            raise UsageError("layer_norm is True for an RNN. Expected a GRU or an LSTM.")

    def __str__(self) -> str:
        variant = {
            "rnn": f' with nonlinearity="{self.nonlinearity}"',
            "lstm": "",
            "gru": f' with reset="{self.reset}"',
        }
        normalised = " with layer_norm=True" if self.layer_norm else ""
        return self.kind.upper() + variant[self.kind] + normalised


class Weights(NamedTuple):
    """The weights of one layer in one direction, in the order of torch's kernels."""

    weight_ih: Tensor  # [G·H, I], G gates
    weight_hh: Tensor  # [G·H, P], P = H where there is no projection
    bias_ih: Tensor | None = None  # [G·H]
    bias_hh: Tensor | None = None  # [G·H]
    weight_hr: Tensor | None = None  # [P, H], the LSTM's projection
    gain_ih: Tensor | None = None  # [G·H], with layer_norm, as are the others below
    gain_hh: Tensor | None = None  # [G·H]
    gain_c: Tensor | None = None  # [H], of the LSTM
    bias_c: Tensor | None = None  # [H], of the LSTM with biases

    @property
    def norm(self) -> Norm:
        """The gains of layer normalisation, as the references take them."""
        return Norm(self.gain_ih, self.gain_hh, self.gain_c, self.bias_c)
