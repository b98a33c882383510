"""A shape with weights and input for gated.nn and torch.nn; compares the two results."""

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

__all__ = ["Workload", "backend_of", "largest_difference", "layer_pair", "require_agreement"]

LayerClass = Callable[..., nn.RNNBase]  # its arguments: input_size, hidden_size

_OURS: Mapping[Kind, LayerClass] = {
    "rnn": gated.nn.RNN,
    "lstm": gated.nn.LSTM,
    "gru": gated.nn.GRU,
}
_THEIRS: Mapping[Kind, LayerClass] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}

_TOLERANCE = 1e-4
"""Largest relative difference. A weight's gradient sums up to 10⁵ float32 terms, and the two
implementations sum in another order.

The tests compare the two in float64, to the last digits; here only a wrong kernel must not be
timed."""


def backend_of(kind: Kind) -> str:
    """The backend that "auto" chooses for this kind."""
    return choose(Recurrence(kind)).name


def layer_pair(
    kind: Kind, input_size: int, hidden_size: int, seed: int = 0, *, recompute: bool = False
) -> tuple[nn.RNNBase, nn.RNNBase]:
    """A layer of gated.nn (with `recompute`) and a layer of torch.nn with the same weights."""
    torch.manual_seed(seed)
    theirs = _THEIRS[kind](input_size, hidden_size)
    ours = _OURS[kind](input_size, hidden_size, recompute=recompute)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@dataclass(frozen=True)
class Workload:
    """A shape with random weights and input.

    Attributes:
        case: the shape.
        x: `[T, B, I]`, requires a gradient.
        output_gradient: `[T, B, H]`, the gradient of the loss Σ output_gradient ⊙ output.
        ours: the layer of gated.nn.
        theirs: the layer of torch.nn.
    """

    case: Case
    x: Tensor
    output_gradient: Tensor
    ours: nn.RNNBase
    theirs: nn.RNNBase

    @classmethod
    def of(cls, case: Case, seed: int = 0, *, recompute: bool = False) -> "Workload":
        """Draw weights and input for a shape; the layer of gated.nn has `recompute`."""
        sizes = (case.input_size, case.hidden_size)
        ours, theirs = layer_pair(case.kind, *sizes, seed, recompute=recompute)
        x = torch.randn(case.steps, case.batch, case.input_size, requires_grad=True)
        output_gradient = torch.randn(case.steps, case.batch, case.hidden_size)
        return cls(case, x, output_gradient, ours, theirs)

    def calls(self, mode: Mode) -> dict[str, Callable[[], list[Tensor]]]:
        """The call of each implementation, "ours" and "torch": forward, or forward and backward.

        A call returns the output and, in training, the gradients of x and of every weight.
        """
        run = self._forward if mode == "forward" else self._train
        layers = {"ours": self.ours, "torch": self.theirs}
        for layer in layers.values():
            layer.train(mode == "training")
        return {name: partial(run, layer) for name, layer in layers.items()}

    def _forward(self, layer: nn.RNNBase) -> list[Tensor]:
        with torch.no_grad():
            return [layer(self.x)[0]]

    def _train(self, layer: nn.RNNBase) -> list[Tensor]:
        output: Tensor = layer(self.x)[0]
        inputs = (self.x, *layer.parameters())
        return [output.detach(), *torch.autograd.grad(output, inputs, self.output_gradient)]


def largest_difference(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    """The largest difference of two lists of tensors, each relative to its largest value.

    NaN if one of the tensors contains NaN.

    >>> largest_difference([torch.tensor([1.0, 2.0])], [torch.tensor([1.0, 4.0])])
    0.5
    """
    differences = [
        float((mine - other).abs().max() / other.abs().max())
        for mine, other in zip(ours, theirs, strict=True)
    ]
    return next((one for one in differences if one != one), max(differences))


def require_agreement(what: str, ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> float:
    """Return the largest difference of two results, if rounding explains it.

    Raises:
        GatedError: the difference is larger, so that nothing may be timed.
    """
    difference = largest_difference(ours, theirs)
    if not difference <= _TOLERANCE:
        raise GatedError(
            f"{what}: the two results differ by {difference:.1e} of the largest value. Expected at "
            f"most {_TOLERANCE:.0e}, which rounding explains. Nothing is timed; run `gated doctor` "
            "and the tests."
        )
    return difference
