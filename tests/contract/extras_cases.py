"""The cases of the options beyond torch.nn, and their model of single reference steps."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
)

from gated.nn.recurrent import base
from gated.ops import BACKENDS, reference_backend
from gated.ops.recurrence import Extras
from tests.contract.recurrence_cases import LAYERS, Case

__all__ = [
    "CASES",
    "DTYPE",
    "LENGTHS",
    "OPTIONS",
    "OneByOne",
    "Recorded",
    "by_case",
    "by_packing",
    "inputs",
    "of",
    "with_resets",
]

DTYPE = torch.float64
OPTIONS: dict[str, dict[str, Any]] = {
    "resets": {},
    "dropout": {"recurrent_dropout": 0.4},
    "zoneout": {"zoneout": 0.3},
    "norm": {"layer_norm": True},
    "learned": {"learned_state": True},
    "all": {"recurrent_dropout": 0.4, "zoneout": 0.3},
    "all-norm": {"recurrent_dropout": 0.4, "zoneout": (0.3, 0.1), "layer_norm": True},
}
LENGTHS = [4, 7, 2, 7, 1]


def of(case: Case, option: str, **further: Any) -> torch.nn.Module | None:
    """The layer with these options, or None where it does not have them."""
    options = dict(OPTIONS[option])
    if "layer_norm" in options and case.kind == "RNN":
        return None
    if case.kind != "LSTM" and isinstance(options.get("zoneout"), tuple):
        options["zoneout"] = options["zoneout"][0]
    return case.ours(3, 5, dtype=DTYPE, **options, **further)


def with_resets(option: str) -> bool:
    return option == "resets" or option.startswith("all")


def cases() -> Iterator[Any]:
    for case in LAYERS:
        for option in OPTIONS:
            layer = of(case, option)
            if layer is None:
                continue
            some = torch.zeros(1, 1, 1)
            parts = {"resets": some.bool() if with_resets(option) else None}
            if layer.shares.zoneout_h > 0:
                parts["zoneout_h"] = some
            if layer.shares.recurrent_dropout > 0:
                parts["recurrent_mask"] = some
            for name, backend in BACKENDS.items():
                if backend.supports(layer.recurrence, Extras(**parts)):
                    yield pytest.param(case, option, name, id=f"{case.name}-{option}-{name}")


CASES = list(cases())
by_case = pytest.mark.parametrize(("case", "option", "backend"), CASES)
by_packing = pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])


class Recorded(torch.nn.Module):
    """A layer with its resets given, which keeps the extras that it drew last."""

    def __init__(self, layer: torch.nn.Module, resets: Any, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.layer, self.resets, self.drawn = layer, resets, None
        draw = base.draw

        def record(*args: Any, **options: Any) -> Any:
            self.drawn = draw(*args, **options)
            return self.drawn

        patch.setattr(base, "draw", record)

    def forward(self, input: Any, hx: Any) -> Any:
        return self.layer(input, hx, resets=self.resets)


class OneByOne(torch.nn.Module):
    """The same network, sequence by sequence and step by step, with the same draws."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__()
        self.layer, self.recorded = recorded.layer, recorded

    def forward(self, input: Any, hx: Any) -> Any:
        resets, state = self.recorded.resets, hx if isinstance(hx, tuple) else (hx,)
        if isinstance(input, PackedSequence):
            padded, lengths = pad_packed_sequence(input)
            order = input.sorted_indices.tolist()
            resets = None if resets is None else pad_packed_sequence(resets)[0]
            starts = [0, *input.batch_sizes.cumsum(0).tolist()]
            rows = [[starts[t] + order.index(b) for t in range(n)] for b, n in enumerate(lengths)]
        else:
            padded, order = input, list(range(input.shape[1]))
            rows = [[(t, b) for t in range(len(input))] for b in order]
        outputs, finals = [], []
        for b, places in enumerate(rows):
            own = None if resets is None else resets[: len(places), b].tolist()
            one = tuple(s[:, b] for s in state)
            x = padded[: len(places), b]
            output, final = self.sequence(x, one, own, places, order.index(b))
            outputs.append(output)
            finals.append(final)
        last = tuple(torch.stack(parts, 1) for parts in zip(*finals, strict=True))
        is_packed = isinstance(input, PackedSequence)
        output = pack_sequence(outputs, False) if is_packed else torch.stack(outputs, 1)
        return output, last if len(last) > 1 else last[0]

    def sequence(self, x: Tensor, state: Any, resets: Any, places: list[Any], b: int) -> Any:
        """One sequence `[T, I]` through all layers and directions."""
        layer, directions = self.layer, 2 if self.layer.bidirectional else 1
        finals: list[Any] = []
        at_all = [x]  # the output of each direction of the layer below
        for index, weights in enumerate(layer._weights()):
            direction = index % directions
            if direction == 0:
                x, at_all = torch.cat(at_all, -1), []
            drawn = Extras() if self.recorded.drawn is None else self.recorded.drawn[index]
            if drawn.recurrent_mask is not None:
                weights = weights._replace(weight_hh=weights.weight_hh * drawn.recurrent_mask[b])
            s, at = tuple(part[index] for part in state), {}
            steps = range(len(x))
            for t in reversed(steps) if direction == 1 else steps:
                boundary = t + 1 if direction == 1 else t
                if resets is not None and boundary < len(x) and resets[boundary]:
                    s = tuple(torch.zeros_like(part) for part in s)
                after = reference_backend.step(
                    layer.recurrence, weights, x[None, t], tuple(part[None] for part in s)
                )
                shares = (drawn.zoneout_h, drawn.zoneout_c)
                s = tuple(
                    new[0] if m is None else m[places[t]] * old + (1 - m[places[t]]) * new[0]
                    for m, old, new in zip(shares, s, after, strict=False)
                )
                at[t] = s[0]
            at_all.append(torch.stack([at[t] for t in steps]))
            finals.append(s)
        parts = tuple(torch.stack(each) for each in zip(*finals, strict=True))
        return torch.cat(at_all, -1), parts


def inputs(packed: bool) -> tuple[Any, Any]:
    """x and resets, in five sequences."""
    x, resets = torch.randn(7, 5, 3, dtype=DTYPE), torch.rand(7, 5) < 0.3
    if not packed:
        return x, resets
    return tuple(pack_padded_sequence(t, LENGTHS, enforce_sorted=False) for t in (x, resets))
