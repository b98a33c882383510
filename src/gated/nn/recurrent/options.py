"""Handles the options that torch.nn does not have: their values, parameters and representation.

The initial values of these parameters are constants and not random draws, so all other parameters
equal those of torch.nn under the same seed.
"""

from typing import Any, NamedTuple

from torch import Tensor, nn

from gated.errors import UsageError
from gated.ops.recurrence import Kind

__all__ = ["Shares", "extra_options_repr", "norm_parameters", "reset_added_parameters"]


class Shares(NamedTuple):
    """The probabilities of recurrent dropout and zoneout."""

    recurrent_dropout: float = 0.0
    zoneout_h: float = 0.0
    zoneout_c: float = 0.0

    @classmethod
    def of(cls, kind: Kind, zoneout: Any, recurrent_dropout: Any = 0.0) -> "Shares":
        """Check the options of a layer or cell and return their probabilities.

        Raises:
            UsageError: an option is not a number of at least 0 and below 1; for an LSTM zoneout may
                also be a pair of them.
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
        """Return the value of the option zoneout."""
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
    """Create the parameters of layer normalisation for one layer in one direction."""
    like = weight_ih.detach()
    values = {"gain_ih": like.new_ones(len(like)), "gain_hh": like.new_ones(len(like))}
    if kind == "lstm":
        values["gain_c"] = like.new_ones(hidden_size)
        if bias:
            values["bias_c"] = like.new_zeros(hidden_size)
    return values


def reset_added_parameters(module: nn.Module) -> None:
    """Set gains to 1, and the biases of c and the learned states h_0 and c_0 to 0."""
    for name, parameter in module.named_parameters():
        if name.startswith("gain_"):
            nn.init.ones_(parameter)
        elif name.startswith("bias_c") or name in ("h_0", "c_0"):
            nn.init.zeros_(parameter)


def extra_options_repr(**options: tuple[Any, Any]) -> str:
    """Format the options, each a pair (value, default), whose value is not the default."""
    given = [(name, value) for name, (value, default) in options.items() if value != default]
    return "".join(f", {name}={value}" for name, value in given)
