"""The variants of the recurrences that the tests of the reference run, with their arguments."""

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from gated.ops.reference import gru as gru
from gated.ops.reference import lstm as lstm
from gated.ops.reference import rnn as rnn
from gated.ops.reference.extras import Extras

__all__ = ["VARIANTS", "Variant", "by_sizes", "by_variant"]


@dataclass(frozen=True)
class Variant:
    """A variant of a recurrence, which draws its arguments."""

    name: str
    module: ModuleType
    gates: int
    options: dict[str, str] = field(default_factory=dict)
    states: tuple[str, ...] = ("h",)
    projected: bool = False
    bias: bool = True
    present: tuple[str, ...] = ()  # fields of Extras

    def extras(self, steps: int, batch: int, hidden_size: int) -> Extras:
        """Draw a tensor for each present kind of extras."""
        generator = torch.Generator().manual_seed(4)
        output_size = 2 if self.projected else hidden_size

        def draw(*shape: int) -> Tensor:
            return torch.rand(shape, generator=generator, dtype=torch.float64)

        drawn = {
            "resets": draw(steps, batch) < 0.4,
            "recurrent_mask": (draw(batch, output_size) < 0.7) / 0.7,
            "zoneout_h": (draw(steps, batch, output_size) < 0.3).double(),
            "zoneout_c": draw(steps, batch, hidden_size),  # any share, as in evaluation
        }
        return Extras(**{name: drawn[name] for name in self.present})

    def arguments(
        self, steps: int, batch: int, input_size: int, hidden_size: int
    ) -> dict[str, Any]:
        """Named float64 arguments of `sequence`, each a leaf that requires a gradient.

        They are small, so that rounding errors do not grow with every step.
        """
        generator = torch.Generator().manual_seed(1)

        def draw(*shape: int) -> Tensor:
            values = torch.randn(shape, generator=generator, dtype=torch.float64)
            return (values / hidden_size**0.5).requires_grad_()

        rows, output_size = self.gates * hidden_size, 2 if self.projected else hidden_size
        arguments: dict[str, Any] = {"x": draw(steps, batch, input_size)}
        arguments["h"] = draw(batch, output_size)
        if "c" in self.states:
            arguments["c"] = draw(batch, hidden_size)
        arguments["weight_ih"] = draw(rows, input_size)
        arguments["weight_hh"] = draw(rows, output_size)
        arguments["bias_ih"] = draw(rows) if self.bias else None
        arguments["bias_hh"] = draw(rows) if self.bias else None
        if "c" in self.states:
            arguments["weight_hr"] = draw(output_size, hidden_size) if self.projected else None
        return arguments


VARIANTS = [
    Variant("rnn-tanh", rnn, 1),
    Variant("rnn-relu", rnn, 1, {"nonlinearity": "relu"}, bias=False),
    Variant("lstm", lstm, 4, states=("h", "c")),
    Variant("lstm-no-bias", lstm, 4, states=("h", "c"), bias=False),
    Variant("lstm-projected", lstm, 4, states=("h", "c"), projected=True),
    Variant("gru-after", gru, 3, {"reset": "after"}),
    Variant("gru-before", gru, 3, {"reset": "before"}),
    Variant("gru-before-no-bias", gru, 3, {"reset": "before"}, bias=False),
]
RESETS, ZONEOUT = ("resets",), ("zoneout_h", "zoneout_c")
ALL = ("resets", "recurrent_mask", "zoneout_h", "zoneout_c")
VARIANTS += [
    Variant("rnn-resets", rnn, 1, present=RESETS),
    Variant("rnn-relu-all", rnn, 1, {"nonlinearity": "relu"}, present=ALL[:3]),
    Variant("rnn-zoneout-no-bias", rnn, 1, bias=False, present=ZONEOUT[:1]),
    Variant("lstm-resets", lstm, 4, states=("h", "c"), present=RESETS),
    Variant("lstm-zoneout", lstm, 4, states=("h", "c"), present=ZONEOUT),
    Variant("lstm-zoneout-of-c", lstm, 4, states=("h", "c"), present=ZONEOUT[1:]),
    Variant("lstm-all", lstm, 4, states=("h", "c"), present=ALL),
    Variant("lstm-projected-all", lstm, 4, states=("h", "c"), projected=True, present=ALL),
    Variant("gru-after-mask", gru, 3, {"reset": "after"}, present=("recurrent_mask",)),
    Variant("gru-after-all", gru, 3, {"reset": "after"}, present=ALL[:3]),
    Variant("gru-before-mask", gru, 3, {"reset": "before"}, present=("recurrent_mask",)),
    Variant("gru-before-all", gru, 3, {"reset": "before"}, bias=False, present=ALL[:3]),
]
by_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
SIZES = [(63, 1, 5, 37), (1, 3, 1, 4), (4, 0, 2, 3), (5, 2, 3, 3)]  # T, B, I, H
by_sizes = pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "x".join(map(str, sizes)))
