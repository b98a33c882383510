"""The two sides of a case: gated.nn and torch.nn with the same weights, and whether they agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

import gated.nn
from benchmarks.layers.cases import Case, Mode
from gated.errors import GatedError
from gated.ops.dispatch import choose
from gated.ops.recurrence import Kind, Recurrence

__all__ = ["Problem", "backend_of", "differ", "layers", "require_agreement"]

Make = Callable[..., nn.RNNBase]  # from input_size and hidden_size

_OURS: Mapping[Kind, Make] = {"rnn": gated.nn.RNN, "lstm": gated.nn.LSTM, "gru": gated.nn.GRU}
_TORCHS: Mapping[Kind, Make] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}

_TOLERANCE = 1e-4
"""Of the largest value: float32 sums of up to 10⁵ terms (a weight's gradient) in another order.

That the two agree to the last digits is shown by the tests, in float64; here a wrong kernel must
not be timed."""


def backend_of(kind: Kind) -> str:
    """The backend that "auto" takes for this kind."""
    return choose(Recurrence(kind)).name


def layers(
    kind: Kind, input_size: int, hidden_size: int, seed: int = 0, *, recompute: bool = False
) -> tuple[nn.RNNBase, nn.RNNBase]:
    """One layer of gated.nn (`recompute` is its own) and one of torch.nn with the same weights."""
    torch.manual_seed(seed)
    theirs = _TORCHS[kind](input_size, hidden_size)
    ours = _OURS[kind](input_size, hidden_size, recompute=recompute)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@dataclass(frozen=True)
class Problem:
    """A case with numbers in it.

    Attributes:
        case: its shape.
        x: `[T, B, I]`, requires a gradient.
        upstream: `[T, B, H]`, the gradient of a loss Σ upstream ⊙ output with respect to output.
        ours: the layer of gated.nn.
        theirs: that of torch.nn.
    """

    case: Case
    x: Tensor
    upstream: Tensor
    ours: nn.RNNBase
    theirs: nn.RNNBase

    @classmethod
    def of(cls, case: Case, seed: int = 0, *, recompute: bool = False) -> "Problem":
        """Random numbers for a case; `recompute` is of the layer of gated.nn."""
        sizes = (case.input_size, case.hidden_size)
        ours, theirs = layers(case.kind, *sizes, seed, recompute=recompute)
        x = torch.randn(case.steps, case.batch, case.input_size, requires_grad=True)
        upstream = torch.randn(case.steps, case.batch, case.hidden_size)
        return cls(case, x, upstream, ours, theirs)

    def calls(self, mode: Mode) -> dict[str, Callable[[], list[Tensor]]]:
        """What each side does, "ours" first: forward, or forward and backward.

        A call returns the output and, of training, the gradients of x and of every weight.
        """
        run = self._forward if mode == "forward" else self._train
        sides = {"ours": self.ours, "torch": self.theirs}
        for layer in sides.values():
            layer.train(mode == "training")
        return {side: partial(run, layer) for side, layer in sides.items()}

    def _forward(self, layer: nn.RNNBase) -> list[Tensor]:
        with torch.no_grad():
            return [layer(self.x)[0]]

    def _train(self, layer: nn.RNNBase) -> list[Tensor]:
        output: Tensor = layer(self.x)[0]
        wanted = (self.x, *layer.parameters())
        return [output.detach(), *torch.autograd.grad(output, wanted, self.upstream)]


def differ(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    """The largest difference of two lists of tensors, each relative to its largest value.

    NaN where one side has a NaN.

    >>> differ([torch.tensor([1.0, 2.0])], [torch.tensor([1.0, 4.0])])
    0.5
    """
    differences = [
        float((mine - other).abs().max() / other.abs().max())
        for mine, other in zip(ours, theirs, strict=True)
    ]
    return next((one for one in differences if one != one), max(differences))


def require_agreement(what: str, ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    """Their largest difference, if it is no more than rounding.

    Raises:
        GatedError: it is more. Nothing is timed then.
    """
    difference = differ(ours, theirs)
    if not difference <= _TOLERANCE:
        raise GatedError(
            f"{what}: the two sides differ by {difference:.1e} of the largest value, where at most "
            f"{_TOLERANCE:.0e} is rounding. A figure of a wrong result is worth nothing; run "
            "`gated doctor` and the tests."
        )
    return difference
