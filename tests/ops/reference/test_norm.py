"""Layer normalisation in the reference: equal to its equations, differentiable, with extras too."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gated.errors import UsageError
from gated.ops.recurrence import Recurrence
from gated.ops.reference import gru as gru
from gated.ops.reference import lstm as lstm
from gated.ops.reference.extras import Extras
from gated.ops.reference.norm import Norm

INPUTS, H, P = 2, 3, 2
Numbers = list[float]
KINDS = ["lstm", "lstm-projected", "gru-after", "gru-before"]
by_kind = pytest.mark.parametrize("kind", KINDS)
by_bias = pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64).requires_grad_()


def arguments(kind: str, bias: bool) -> tuple[list[Tensor | None], Norm]:
    """Draw the arguments after x of `step` and `sequence`, for a batch of 2, and the gains."""
    rows, size = (4 * H if "lstm" in kind else 3 * H), (P if "projected" in kind else H)
    state = [drawn(2, size), drawn(2, H)] if "lstm" in kind else [drawn(2, H)]
    biases = [drawn(rows), drawn(rows)] if bias else [None, None]
    weights = [drawn(rows, INPUTS), drawn(rows, size), *biases]
    if "lstm" not in kind:
        return [*state, *weights], Norm(drawn(rows), drawn(rows))
    weights.append(drawn(P, H) if "projected" in kind else None)
    return [*state, *weights], Norm(drawn(rows), drawn(rows), drawn(H), drawn(H) if bias else None)


def functions(kind: str) -> tuple[Callable[..., object], Callable[..., object]]:
    if "lstm" in kind:
        return lstm.step, lstm.sequence
    reset = kind.removeprefix("gru-")

    def step(x: Tensor, *given: Tensor, norm: Norm, **options: Extras) -> Tensor:
        return gru.step(x, *given, reset, norm, **options)

    def sequence(x: Tensor, *given: Tensor, norm: Norm, **options: Extras) -> tuple[Tensor, ...]:
        return gru.sequence(x, *given, reset, norm, **options)

    return step, sequence


def tensors(result: object) -> tuple[Tensor, ...]:
    return result if isinstance(result, tuple) else (result,)  # type: ignore[return-value]


# --- the equations, number by number -------------------------------------------------------------


def normal(values: Numbers, gain: Tensor, bias: Tensor | None) -> Numbers:
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / len(values)
    shifts = [0.0] * len(values) if bias is None else bias.tolist()
    triples = zip(gain.tolist(), values, shifts, strict=True)
    return [g * (v - mean) / math.sqrt(variance + 1e-5) + s for g, v, s in triples]


def times(weight: Tensor, vector: Numbers) -> Numbers:
    return [sum(w * v for w, v in zip(row, vector, strict=True)) for row in weight.tolist()]


def sigma(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def gru_by_number(kind: str, x: Numbers, h: Numbers, given: list[Tensor], norm: Norm) -> Numbers:
    W, U, b_x, b_h = given
    at_x = normal(times(W, x), norm.gain_ih, b_x)
    if kind == "gru-after":
        at_h = normal(times(U, h), norm.gain_hh, b_h)
    else:
        b_rz, b_n = (None, None) if b_h is None else (b_h[: 2 * H], b_h[2 * H :])
        at_h = normal(times(U[: 2 * H], h), norm.gain_hh[: 2 * H], b_rz)
        kept = [sigma(at_x[k] + at_h[k]) * h[k] for k in range(H)]
        at_h += normal(times(U[2 * H :], kept), norm.gain_hh[2 * H :], b_n)
    next_h = []
    for k in range(H):
        r, z = sigma(at_x[k] + at_h[k]), sigma(at_x[H + k] + at_h[H + k])
        from_h = at_h[2 * H + k] * (r if kind == "gru-after" else 1.0)
        next_h.append(z * h[k] + (1 - z) * math.tanh(at_x[2 * H + k] + from_h))
    return next_h


def lstm_by_number(
    x: Numbers, h: Numbers, c: Numbers, given: list[Tensor | None], norm: Norm
) -> tuple[Numbers, Numbers]:
    W, U, b_x, b_h, R = given
    at_x = normal(times(W, x), norm.gain_ih, b_x)
    at_h = normal(times(U, h), norm.gain_hh, b_h)
    a = [one + other for one, other in zip(at_x, at_h, strict=True)]
    i, f, g, o = (a[G * H : (G + 1) * H] for G in range(4))
    c = [sigma(f[k]) * c[k] + sigma(i[k]) * math.tanh(g[k]) for k in range(H)]
    seen = normal(c, norm.gain_c, norm.bias_c)
    m = [sigma(o[k]) * math.tanh(seen[k]) for k in range(H)]
    return (m if R is None else times(R, m)), c


@by_bias
@by_kind
def test_step_equals_the_equations(kind: str, bias: bool) -> None:
    given, norm = arguments(kind, bias)
    x, state = drawn(2, INPUTS), 2 if "lstm" in kind else 1
    found = tensors(functions(kind)[0](x, *given, norm=norm))
    for b in range(2):
        now = [s[b].tolist() for s in given[:state]]
        if "lstm" in kind:
            expected = lstm_by_number(x[b].tolist(), *now, given[2:], norm)
        else:
            expected = (gru_by_number(kind, x[b].tolist(), *now, given[1:], norm),)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one[b], torch.tensor(other, dtype=torch.float64))


# --- sequences and gradients ---------------------------------------------------------------------


@by_bias
@by_kind
def test_sequence_is_its_steps_with_extras_too(kind: str, bias: bool) -> None:
    given, norm = arguments(kind, bias)
    step, sequence = functions(kind)
    parts = 2 if "lstm" in kind else 1
    size = given[0].shape
    extras = Extras(torch.rand(5, 2) < 0.3, torch.rand(size), torch.rand(5, *size))
    x = drawn(5, 2, INPUTS)
    output, *last = tensors(sequence(x, *given, norm=norm, extras=extras))
    state = given[:parts]
    for t in range(5):
        state = list(tensors(step(x[t], *state, *given[parts:], norm=norm, extras=extras.at(t))))
        torch.testing.assert_close(output[t], state[0])
    for one, other in zip(last, state, strict=True):
        torch.testing.assert_close(one, other)


@by_bias
@by_kind
def test_gradients(kind: str, bias: bool) -> None:
    """First and second gradients in every argument and every gain."""
    given, norm = arguments(kind, bias)
    names = [k for k, tensor in enumerate([*given, *norm]) if tensor is not None]

    def sequence(*leaves: Tensor) -> tuple[Tensor, ...]:
        filled: list[Tensor | None] = [None] * (len(given) + len(norm))
        for k, leaf in zip(names, leaves[1:], strict=True):
            filled[k] = leaf
        gains = Norm(*filled[len(given) :])
        return tensors(functions(kind)[1](leaves[0], *filled[: len(given)], norm=gains))

    leaves = (drawn(2, 2, INPUTS), *(tensor for tensor in [*given, *norm] if tensor is not None))
    assert torch.autograd.gradcheck(sequence, leaves)
    assert torch.autograd.gradgradcheck(sequence, leaves)


def test_the_scale_of_the_weights_has_no_effect() -> None:
    """Layer normalisation is invariant to the scale, up to its 1e-5."""
    given, norm = arguments("gru-after", True)
    x = drawn(2, INPUTS)
    h, W, U, *biases = given
    one = gru.step(x, h, W, U, *biases, "after", norm)
    other = gru.step(x, h, 100 * W, 100 * U, *biases, "after", norm)
    torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


def test_supported_normalisation() -> None:
    assert str(Recurrence("lstm", layer_norm=True)) == "LSTM with layer_norm=True"
    assert str(Recurrence("gru", layer_norm=True)) == 'GRU with reset="after" with layer_norm=True'
    with pytest.raises(
        UsageError, match=r"layer_norm is True for an RNN. Expected a GRU or an LST"
    ):
        Recurrence("rnn", layer_norm=True)
    with pytest.raises(UsageError, match=r"layer_norm is 1. Expected True or False"):
        Recurrence("gru", layer_norm=1)  # type: ignore[arg-type]
