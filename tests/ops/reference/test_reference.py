"""The reference: equal to the equations, and its hand-written backward pass equal to autograd."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from gated.ops.reference import gru as gru
from gated.ops.reference import lstm as lstm
from gated.ops.reference import rnn as rnn
from tests.ops.reference.variants import VARIANTS, Variant, by_sizes, by_variant


@pytest.fixture
def _poisoned_memory() -> Iterator[None]:
    """Fresh tensors of torch.empty hold NaN, so that uninitialised results fail."""
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
    extras = {"extras": variant.extras(*sizes[:2], sizes[3])}
    output, *last = variant.module.sequence(**arguments, **variant.options, **extras)
    towards = [torch.randn_like(result) for result in (output, *last)]
    leaves = {name: leaf for name, leaf in arguments.items() if leaf is not None}
    expected = torch.autograd.grad([output, *last], list(leaves.values()), towards)

    with torch.no_grad():
        gradient = variant.module.backward(
            *arguments.values(), output, *towards, **variant.options, **extras
        )
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
        options = {**variant.options, "extras": variant.extras(3, 2, 3)}
        results = variant.module.sequence(**arguments, **options)
        ctx.variant, ctx.names, ctx.arguments, ctx.output = variant, names, arguments, results[0]
        ctx.options = options
        return results

    @staticmethod
    def backward(ctx: Any, *towards: Tensor) -> Any:
        gradient = ctx.variant.module.backward(
            *ctx.arguments.values(), ctx.output, *towards, **ctx.options
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
    options = {**variant.options, "extras": variant.extras(3, 2, 3)}

    def sequence(*tensors: Tensor) -> tuple[Tensor, ...]:
        named = arguments | dict(zip(leaves, tensors, strict=True))
        return tuple(variant.module.sequence(**named, **options))

    assert torch.autograd.gradcheck(sequence, tuple(leaves.values()))
    assert torch.autograd.gradgradcheck(sequence, tuple(leaves.values()))


@by_sizes
@by_variant
def test_a_sequence_equals_its_steps(variant: Variant, sizes: tuple[int, int, int, int]) -> None:
    arguments, extras = variant.arguments(*sizes), variant.extras(*sizes[:2], sizes[3])
    output, *last = variant.module.sequence(**arguments, **variant.options, extras=extras)
    x, state = arguments.pop("x"), [arguments.pop(name) for name in variant.states]
    for t, x_t in enumerate(x):
        step = variant.module.step(x_t, *state, **arguments, **variant.options, extras=extras.at(t))
        state = list(step) if isinstance(step, tuple) else [step]
        torch.testing.assert_close(output[t], state[0])
    for one, other in zip(last, state, strict=True):
        torch.testing.assert_close(one, other)


# --- the equations once more, number by number ---------------------------------------------------


def sigma(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def affine(weight: Tensor, bias: Tensor | None, row: int, vector: list[float]) -> float:
    """Row `row` of W v + b, in Python numbers."""
    products = sum(w * v for w, v in zip(weight[row].tolist(), vector, strict=True))
    return products + (0.0 if bias is None else bias[row].item())


Numbers = list[float]
Linear = Callable[[int, Numbers], float]


def rnn_by_number(at_x: Linear, at_h: Linear, x: Numbers, e: Numbers, relu: bool) -> Numbers:
    arguments = [at_x(k, x) + at_h(k, e) for k in range(len(e))]
    return [max(a, 0.0) if relu else math.tanh(a) for a in arguments]


def gru_by_number(
    at_x: Linear, at_h: Linear, x: Numbers, h: Numbers, e: Numbers, before: bool
) -> Numbers:
    H = len(h)
    r = [sigma(at_x(k, x) + at_h(k, e)) for k in range(H)]
    z = [sigma(at_x(H + k, x) + at_h(H + k, e)) for k in range(H)]
    if before:
        kept = [r[k] * e[k] for k in range(H)]
        n = [math.tanh(at_x(2 * H + k, x) + at_h(2 * H + k, kept)) for k in range(H)]
    else:
        n = [math.tanh(at_x(2 * H + k, x) + r[k] * at_h(2 * H + k, e)) for k in range(H)]
    return [z[k] * h[k] + (1 - z[k]) * n[k] for k in range(H)]


def lstm_by_number(
    at_x: Linear, at_h: Linear, x: Numbers, e: Numbers, c: Numbers
) -> tuple[Numbers, Numbers]:
    H = len(c)
    i, f, g, o = ([at_x(G * H + k, x) + at_h(G * H + k, e) for k in range(H)] for G in range(4))
    c = [sigma(f[k]) * c[k] + sigma(i[k]) * math.tanh(g[k]) for k in range(H)]
    return [sigma(o[k]) * math.tanh(c[k]) for k in range(H)], c


def mixed(share: Tensor | None, before: Numbers, after: Numbers) -> Numbers:
    """m b + (1 − m) a, number by number."""
    if share is None:
        return after
    triples = zip(share.tolist(), before, after, strict=True)
    return [m * b + (1 - m) * a for m, b, a in triples]


@by_variant
def test_step_equals_the_equations(variant: Variant) -> None:
    """`e` is the input of the recurrent products; without extras it is h_{t-1}."""
    arguments, extras = variant.arguments(1, 2, 3, 3), variant.extras(2, 2, 3).at(1)
    x = arguments.pop("x")[0]
    given = {name: arguments.pop(name) for name in variant.states}
    found = variant.module.step(x, *given.values(), **arguments, **variant.options, extras=extras)
    found = found if isinstance(found, tuple) else (found,)

    def at_x(row: int, vector: Numbers) -> float:
        return affine(arguments["weight_ih"], arguments["bias_ih"], row, vector)

    def at_h(row: int, vector: Numbers) -> float:
        return affine(arguments["weight_hh"], arguments["bias_hh"], row, vector)

    for b in range(2):
        now, h, *c = x[b].tolist(), *(s[b].tolist() for s in given.values())
        if extras.resets is not None and extras.resets[b]:
            h, c = [0.0] * len(h), [[0.0] * len(cell) for cell in c]
        mask = [1.0] * len(h) if extras.recurrent_mask is None else extras.recurrent_mask[b]
        e = [float(d) * value for d, value in zip(mask, h, strict=True)]
        if variant.module is lstm:
            h_next, c_next = lstm_by_number(at_x, at_h, now, e, *c)
            if variant.projected:
                h_next = [affine(arguments["weight_hr"], None, row, h_next) for row in range(2)]
            zoneout_c = None if extras.zoneout_c is None else extras.zoneout_c[b]
            cells = [mixed(zoneout_c, *c, c_next)]
        elif variant.module is gru:
            before = variant.options["reset"] == "before"
            h_next, cells = gru_by_number(at_x, at_h, now, h, e, before), []
        else:
            relu = variant.options.get("nonlinearity") == "relu"
            h_next, cells = rnn_by_number(at_x, at_h, now, e, relu), []
        zoneout_h = None if extras.zoneout_h is None else extras.zoneout_h[b]
        expected = [mixed(zoneout_h, h, h_next), *cells]
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one[b], torch.tensor(other, dtype=torch.float64))


# --- what a reset clears -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variant", [v for v in VARIANTS if "resets" in v.present], ids=lambda variant: variant.name
)
def test_a_reset_clears_nan_and_gradients(variant: Variant) -> None:
    """A reset clears NaN and stops gradients."""
    arguments, extras = variant.arguments(4, 1, 2, 3), variant.extras(4, 1, 3)
    extras = extras._replace(resets=torch.tensor([[False], [False], [True], [False]]))
    output, *_ = variant.module.sequence(**arguments, **variant.options, extras=extras)
    (d_x,) = torch.autograd.grad(output[2:].sum(), arguments["x"])
    assert torch.equal(d_x[:2], torch.zeros(2, 1, 2, dtype=torch.float64))

    with torch.no_grad():
        arguments["x"][1] = torch.nan
    poisoned, *_ = variant.module.sequence(**arguments, **variant.options, extras=extras)
    assert poisoned[1].isnan().any()
    assert torch.equal(poisoned[2:], output[2:])
