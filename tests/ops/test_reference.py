"""The reference: equal to the equations, and its hand-written backward pass equal to autograd."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from gated.ops.gru import reference as gru
from gated.ops.lstm import reference as lstm
from gated.ops.rnn import reference as rnn


@dataclass(frozen=True)
class Variant:
    """One form of one recurrence, and how to draw its arguments."""

    name: str
    module: ModuleType
    gates: int
    options: dict[str, str] = field(default_factory=dict)
    states: tuple[str, ...] = ("h",)
    projected: bool = False
    bias: bool = True

    def arguments(
        self, steps: int, batch: int, input_size: int, hidden_size: int
    ) -> dict[str, Any]:
        """Named float64 arguments of `sequence`, each a leaf that wants its gradient.

        Small enough not to be chaotic, where a rounding would grow with every step.
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
by_variant = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
SIZES = [(63, 1, 5, 37), (1, 3, 1, 4), (4, 0, 2, 3), (5, 2, 3, 3)]  # T, B, I, H
by_sizes = pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "x".join(map(str, sizes)))


@pytest.fixture
def _poisoned_memory() -> Iterator[None]:
    """Fresh tensors of torch.empty hold NaN, so that what is never written cannot pass."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("_poisoned_memory")
@by_sizes
@by_variant
def test_hand_written_backward_equals_autograd(
    variant: Variant, sizes: tuple[int, int, int, int]
) -> None:
    arguments = variant.arguments(*sizes)
    output, *last = variant.module.sequence(**arguments, **variant.options)
    towards = [torch.randn_like(result) for result in (output, *last)]
    leaves = {name: leaf for name, leaf in arguments.items() if leaf is not None}
    expected = torch.autograd.grad([output, *last], list(leaves.values()), towards)

    kept = dict(arguments)
    if variant.module is rnn:  # its slope needs no bias
        del kept["bias_ih"], kept["bias_hh"]
    with torch.no_grad():
        gradient = variant.module.backward(*kept.values(), output, *towards, **variant.options)
    assert gradient.keys() >= leaves.keys()
    for name, autograds in zip(leaves, expected, strict=True):
        torch.testing.assert_close(gradient[name], autograds, msg=lambda m, n=name: f"{n}: {m}")


class _ByHand(torch.autograd.Function):
    """A sequence whose gradient is the hand-written one, for gradcheck."""

    @staticmethod
    def forward(ctx: Any, variant: Variant, names: list[str], *leaves: Tensor) -> Any:
        arguments = dict.fromkeys(variant.arguments(1, 1, 1, 3)) | dict(
            zip(names, leaves, strict=True)
        )
        results = variant.module.sequence(**arguments, **variant.options)
        ctx.variant, ctx.names, ctx.arguments, ctx.output = variant, names, arguments, results[0]
        return results

    @staticmethod
    def backward(ctx: Any, *towards: Tensor) -> Any:
        kept = dict(ctx.arguments)
        if ctx.variant.module is rnn:
            del kept["bias_ih"], kept["bias_hh"]
        gradient = ctx.variant.module.backward(
            *kept.values(), ctx.output, *towards, **ctx.variant.options
        )
        return (None, None, *(gradient[name] for name in ctx.names))


@by_variant
def test_hand_written_backward_passes_gradcheck(variant: Variant) -> None:
    arguments = variant.arguments(3, 2, 2, 3)
    leaves = {name: leaf for name, leaf in arguments.items() if leaf is not None}
    assert torch.autograd.gradcheck(
        lambda *tensors: _ByHand.apply(variant, list(leaves), *tensors), tuple(leaves.values())
    )


@by_variant
def test_forward_is_twice_differentiable(variant: Variant) -> None:
    arguments = variant.arguments(3, 2, 2, 3)
    leaves = {name: leaf for name, leaf in arguments.items() if leaf is not None}

    def sequence(*tensors: Tensor) -> tuple[Tensor, ...]:
        named = arguments | dict(zip(leaves, tensors, strict=True))
        return tuple(variant.module.sequence(**named, **variant.options))

    assert torch.autograd.gradcheck(sequence, tuple(leaves.values()))
    assert torch.autograd.gradgradcheck(sequence, tuple(leaves.values()))


@by_sizes
@by_variant
def test_sequence_is_its_steps(variant: Variant, sizes: tuple[int, int, int, int]) -> None:
    arguments = variant.arguments(*sizes)
    output, *last = variant.module.sequence(**arguments, **variant.options)
    x, state = arguments.pop("x"), [arguments.pop(name) for name in variant.states]
    for t, x_t in enumerate(x):
        step = variant.module.step(x_t, *state, **arguments, **variant.options)
        state = list(step) if isinstance(step, tuple) else [step]
        torch.testing.assert_close(output[t], state[0])
    for one, other in zip(last, state, strict=True):
        torch.testing.assert_close(one, other)


# --- the equations once more, number by number ---------------------------------------------------


def sigma(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def affine(weight: Tensor, bias: Tensor | None, row: int, vector: list[float]) -> float:
    """Row `row` of W v + b, in Python's own numbers."""
    products = sum(w * v for w, v in zip(weight[row].tolist(), vector, strict=True))
    return products + (0.0 if bias is None else bias[row].item())


Numbers = list[float]
Linear = Callable[[int, Numbers], float]


def rnn_by_number(at_x: Linear, at_h: Linear, x: Numbers, h: Numbers, relu: bool) -> Numbers:
    arguments = [at_x(k, x) + at_h(k, h) for k in range(len(h))]
    return [max(a, 0.0) if relu else math.tanh(a) for a in arguments]


def gru_by_number(at_x: Linear, at_h: Linear, x: Numbers, h: Numbers, before: bool) -> Numbers:
    H = len(h)
    r = [sigma(at_x(k, x) + at_h(k, h)) for k in range(H)]
    z = [sigma(at_x(H + k, x) + at_h(H + k, h)) for k in range(H)]
    if before:
        kept = [r[k] * h[k] for k in range(H)]
        n = [math.tanh(at_x(2 * H + k, x) + at_h(2 * H + k, kept)) for k in range(H)]
    else:
        n = [math.tanh(at_x(2 * H + k, x) + r[k] * at_h(2 * H + k, h)) for k in range(H)]
    return [z[k] * h[k] + (1 - z[k]) * n[k] for k in range(H)]


def lstm_by_number(
    at_x: Linear, at_h: Linear, x: Numbers, h: Numbers, c: Numbers
) -> tuple[Numbers, Numbers]:
    H = len(c)
    i, f, g, o = ([at_x(G * H + k, x) + at_h(G * H + k, h) for k in range(H)] for G in range(4))
    c = [sigma(f[k]) * c[k] + sigma(i[k]) * math.tanh(g[k]) for k in range(H)]
    return [sigma(o[k]) * math.tanh(c[k]) for k in range(H)], c


@by_variant
def test_step_equals_the_equations(variant: Variant) -> None:
    arguments = variant.arguments(1, 2, 3, 3)
    x = arguments.pop("x")[0]
    given = {name: arguments.pop(name) for name in variant.states}
    found = variant.module.step(x, *given.values(), **arguments, **variant.options)
    found = found if isinstance(found, tuple) else (found,)

    def at_x(row: int, vector: Numbers) -> float:
        return affine(arguments["weight_ih"], arguments["bias_ih"], row, vector)

    def at_h(row: int, vector: Numbers) -> float:
        return affine(arguments["weight_hh"], arguments["bias_hh"], row, vector)

    for b in range(2):
        now, *states = x[b].tolist(), *(s[b].tolist() for s in given.values())
        if variant.module is lstm:
            h, c = lstm_by_number(at_x, at_h, now, *states)
            if variant.projected:
                h = [affine(arguments["weight_hr"], None, row, h) for row in range(2)]
            expected = [h, c]
        elif variant.module is gru:
            before = variant.options["reset"] == "before"
            expected = [gru_by_number(at_x, at_h, now, *states, before)]
        else:
            relu = variant.options.get("nonlinearity") == "relu"
            expected = [rnn_by_number(at_x, at_h, now, *states, relu)]
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one[b], torch.tensor(other, dtype=torch.float64))
