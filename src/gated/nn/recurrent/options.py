"""The options that torch.nn does not have: their values, their parameters, how they are shown.

The parameters begin neutral, as numbers and not as draws, so all others are those of torch.nn under
the same seed.
"""

from typing import Any, NamedTuple

from torch import Tensor, nn

from gated.errors import UsageError
from gated.ops.recurrence import Kind

__all__ = ["Shares", "further_repr", "make_neutral", "norm_parameters"]


class Shares(NamedTuple):
    """How much is dropped or kept inside a recurrence, as probabilities."""

    recurrent_dropout: float = 0.0
    zoneout_h: float = 0.0
    zoneout_c: float = 0.0

    @classmethod
    def of(cls, kind: Kind, zoneout: Any, recurrent_dropout: Any = 0.0) -> "Shares":
        """The shares of a layer's or a cell's options.

        Raises:
            UsageError: one is not a number of at least 0 and below 1, or zoneout not such a number
                or, of an LSTM, a pair of them.
        """
        dropped = _share("recurrent_dropout", recurrent_dropout)
        if kind != "lstm":
            return cls(dropped, _share("zoneout", zoneout))
        pair = zoneout if isinstance(zoneout, tuple | list) else (zoneout, zoneout)
        if len(pair) != 2:
            raise UsageError(
                f"zoneout is {zoneout!r}. Expected one number, or a pair of them for h and for c."
            )
        return cls(dropped, _share("zoneout", pair[0]), _share("zoneout", pair[1]))

    def zoneout(self, kind: Kind) -> float | tuple[float, float]:
        """As the option gives it."""
        one = kind != "lstm" or self.zoneout_h == self.zoneout_c
        return self.zoneout_h if one else (self.zoneout_h, self.zoneout_c)


def _share(name: str, share: Any) -> float:
    is_number = isinstance(share, int | float) and not isinstance(share, bool)
    if not is_number or not 0 <= share < 1:
        raise UsageError(f"{name} is {share!r}. Expected a number of at least 0 and below 1.")
    return float(share)


def norm_parameters(
    kind: Kind, weight_ih: Tensor, hidden_size: int, bias: bool
) -> dict[str, Tensor]:
    """What `Weights` holds for layer normalisation, of one layer in one direction."""
    like = weight_ih.detach()
    values = {"gain_ih": like.new_ones(len(like)), "gain_hh": like.new_ones(len(like))}
    if kind == "lstm":
        values["gain_c"] = like.new_ones(hidden_size)
        if bias:
            values["bias_c"] = like.new_zeros(hidden_size)
    return values


def make_neutral(module: nn.Module) -> None:
    """Gains become 1; shifts of c and learned states, h_0 and c_0, become 0."""
    for name, parameter in module.named_parameters():
        if name.startswith("gain_"):
            nn.init.ones_(parameter)
        elif name.startswith("bias_c") or name in ("h_0", "c_0"):
            nn.init.zeros_(parameter)


def further_repr(**options: tuple[Any, Any]) -> str:
    """The options whose value, given first, differs from the default, given second."""
    given = [(name, value) for name, (value, default) in options.items() if value != default]
    return "".join(f", {name}={value}" for name, value in given)
