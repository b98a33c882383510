"""Calls that another backend computes for the backend "cpu" give the right results."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.flop_counter import FlopCounterMode

from gated import nn, ops
from gated.errors import UsageError
from gated.ops import dispatch
from gated.ops.cpu import backend as cpu_backend
from gated.ops.cpu import extension
from tests.ops.cpu.cases import (
    Case,
    assert_agree,
    by_both,
    by_case,
    flat,
    needs_kernels,
    run,
    state_of,
)

pytestmark = [
    needs_kernels,
    # a warning of torch when it loads the rules of jvp
    pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning"),
]


@pytest.fixture
def kernel_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list with one item for each call of the kernels."""
    calls: list[int] = []
    forward = cpu_backend.kernel_call.forward
    monkeypatch.setattr(
        cpu_backend.kernel_call, "forward", lambda *a, **k: calls.append(1) or forward(*a, **k)
    )
    return calls


def test_the_kernels_are_used_by_default(kernel_calls: list[int]) -> None:
    nn.LSTM(3, 4, 2, bidirectional=True)(torch.randn(5, 2, 3))
    assert kernel_calls == [1]
    nn.GRUCell(3, 4)(torch.randn(2, 3))
    ops.rnn_sequence(torch.zeros(2, 1, 3), torch.zeros(1, 4), torch.zeros(4, 3), torch.zeros(4, 4))
    assert kernel_calls == [1, 1, 1]


# --- other dtypes and devices --------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("reset", ["after", "before"])
def test_half_precision(reset: Any, dtype: torch.dtype, kernel_calls: list[int]) -> None:
    layer, x = nn.GRU(3, 4, reset=reset, dtype=dtype), torch.randn(5, 2, 3, dtype=dtype)
    output, h_n = layer(x)
    assert (output.dtype, h_n.dtype, kernel_calls) == (dtype, dtype, [])
    expected = layer.double()(x.double())[0].to(dtype)
    torch.testing.assert_close(output, expected, rtol=0.05, atol=0.02)  # 8 bits, five steps


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"])
def test_autocast_keeps_the_precision_of_the_weights(
    kind: str, dtype: torch.dtype, kernel_calls: list[int]
) -> None:
    """All compute in float32; the results have the dtype of those of torch.nn."""
    ours, torchs = getattr(nn, kind)(3, 4), getattr(torch.nn, kind)(3, 4)
    x = torch.randn(2, 3) if kind.endswith("Cell") else torch.randn(5, 2, 3)
    expected = flat(ours(x))
    with torch.autocast("cpu", dtype):
        found = flat(ours(x))
        try:
            dtypes = [tensor.dtype for tensor in flat(torchs(x))]
        except RuntimeError:  # oneDNN has no such LSTM for this processor
            dtypes = [dtype] * len(found)
    by_torch = kind == "RNNCell"  # torch's cell is faster where a gradient is needed
    assert len(kernel_calls) == (0 if by_torch else 2)
    assert [tensor.dtype for tensor in found] == dtypes
    for one, wide, own in zip(found, expected, dtypes, strict=True):
        assert torch.equal(one, wide.to(own))
    found[0].float().sum().backward()
    assert ours.get_parameter(f"weight_hh{'' if kind.endswith('Cell') else '_l0'}").grad is not None


@pytest.mark.parametrize("x_dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("state_dtype", [None, torch.float32, torch.bfloat16])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_autocast_gives_the_dtype_of_torch(kind: str, packed: bool, state_dtype, x_dtype) -> None:
    ours, torchs = getattr(nn, kind)(3, 4), getattr(torch.nn, kind)(3, 4)
    x, state = torch.randn(5, 2, 3).to(x_dtype), None
    if state_dtype is not None:
        h = torch.zeros(1, 2, 4, dtype=state_dtype)
        state = (h, h) if kind == "LSTM" else h
    given = pack_padded_sequence(x, [5, 3]) if packed else x
    with torch.autocast("cpu", torch.bfloat16):
        output, final = ours(given, state)
        try:
            expected, _ = torchs(given, state)
        except RuntimeError:  # oneDNN has no such LSTM for this processor
            assert (kind, packed, x_dtype) == ("LSTM", False, torch.float32)
            return
    states = final if isinstance(final, tuple) else (final,)
    assert {part.dtype for part in (output.data, *states)} == {expected.data.dtype}


def test_autocast_with_other_dtypes_and_extras() -> None:
    layer = nn.GRU(3, 4, reset="before", zoneout=0.1).eval()
    x, resets = torch.randn(5, 2, 3), torch.rand(5, 2) < 0.3
    expected = layer(x.bfloat16().float(), resets=resets)[0]
    with torch.autocast("cpu", torch.bfloat16):
        output, _ = layer(x.bfloat16(), resets=resets)
        wide, _ = layer.double()(x.double())
    assert output.dtype == torch.bfloat16  # as the state, which is zero in the dtype of x
    assert wide.dtype == torch.float64
    torch.testing.assert_close(output.float(), expected, rtol=0.01, atol=0.01)  # 8 bits


def test_meta_tensors() -> None:
    layer = nn.GRU(3, 4, 2, device="meta")
    output, h_n = layer(torch.zeros(5, 2, 3, device="meta"))
    assert (output.shape, output.device.type, h_n.shape) == ((5, 2, 4), "meta", (2, 2, 4))


def test_mixed_dtypes_are_torchs_error() -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    with pytest.raises((RuntimeError, ValueError), match="type"):
        layer(x, torch.zeros(1, 2, 4, dtype=torch.float64))


def test_a_view_that_negates() -> None:
    """The imaginary part of a conjugate is a view of numbers with the other sign."""
    layer = nn.GRU(1, 4, dtype=torch.float64)
    x = torch.randn(5, 2, dtype=torch.complex128).conj().imag[..., None]
    assert x.is_neg()
    assert_agree(flat(layer(x)), flat(layer(x.resolve_neg().clone())))


# --- tensors of other kinds ----------------------------------------------------------------------


class Tagged(torch.Tensor):
    """A tensor subclass that every operation keeps."""


def test_subclasses_keep_their_type(kernel_calls: list[int]) -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    output, _ = layer(x.as_subclass(Tagged))
    assert isinstance(output, Tagged)
    assert kernel_calls == []
    torch.testing.assert_close(output.as_subclass(torch.Tensor), layer(x)[0])


def test_dispatch_modes_receive_the_operator(kernel_calls: list[int]) -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    expected = flat(layer(x))
    with FlopCounterMode(display=False):
        found = flat(layer(x))
    assert_agree(found, expected)
    found[0].sum().backward()
    assert layer.weight_hh_l0.grad.isfinite().all()


def test_fake_tensors() -> None:
    with torch._subclasses.FakeTensorMode():
        output, h_n = nn.GRU(3, 4)(torch.randn(5, 2, 3))
        assert (output.shape, h_n.shape) == ((5, 2, 4), (1, 2, 4))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_jit_trace_records_operations() -> None:
    layer, x = nn.GRU(3, 4).requires_grad_(False), torch.randn(5, 2, 3)
    traced = torch.jit.trace(lambda x: layer(x)[0], x)
    other = torch.randn(5, 2, 3)
    torch.testing.assert_close(traced(other), layer(other)[0])


# --- transforms of functions ---------------------------------------------------------------------


def weights_and_call(case: Case) -> tuple[dict[str, Tensor], Callable[..., list[Tensor]]]:
    layer = case.layer(2, 4, dtype=torch.float64)
    state = state_of(layer, 2, torch.float64)

    def call(weights: dict[str, Tensor], x: Tensor) -> list[Tensor]:
        hx = state if len(state) == 2 else state[0]
        return flat(functional_call(layer, weights, (x, hx)))

    return {name: w.detach() for name, w in layer.named_parameters()}, call


@by_case
def test_grad_and_vmap(case: Case) -> None:
    weights, call = weights_and_call(case)
    xs = torch.randn(4, 3, 2, 2, dtype=torch.float64)  # four batches

    def loss(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return sum((r**2).sum() for r in call(weights, x))

    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(weights, xs)
    for index, x in enumerate(xs):
        leaves = {name: w.clone().requires_grad_() for name, w in weights.items()}
        alone = torch.autograd.grad(loss(leaves, x), list(leaves.values()))
        assert_agree([g[index] for g in each.values()], list(alone))


@by_case
def test_jvp_and_dual_numbers(case: Case) -> None:
    weights, call = weights_and_call(case)
    x, tangent = torch.randn(2, 3, 2, 2, dtype=torch.float64)
    _, found = torch.func.jvp(lambda x: call(weights, x), (x,), (tangent,))
    step = 1e-6
    ahead, behind = (call(weights, x + sign * step * tangent) for sign in (1, -1))
    for derivative, a, b in zip(found, ahead, behind, strict=True):
        # Central differences: an error of step² and of rounding over step.
        torch.testing.assert_close(derivative, (a - b) / (2 * step), rtol=1e-6, atol=1e-8)
    with forward_ad.dual_level():
        results = call(weights, forward_ad.make_dual(x, tangent))
        assert_agree([forward_ad.unpack_dual(r).tangent for r in results], found)


def test_jacobians_and_hessians() -> None:
    layer = nn.GRU(2, 3, dtype=torch.float64)

    def last(x: Tensor) -> Tensor:
        return layer(x)[1].sum()

    x = torch.randn(3, 1, 2, dtype=torch.float64)
    expected = torch.autograd.functional.hessian(last, x)
    assert_agree([torch.func.hessian(last)(x)], [expected])
    assert_agree([torch.autograd.functional.hessian(last, x, vectorize=True)], [expected])
    whole = torch.autograd.functional.jacobian(lambda x: layer(x)[0], x)
    assert_agree(
        [torch.autograd.functional.jacobian(lambda x: layer(x)[0], x, vectorize=True)], [whole]
    )


# --- without the C++ extension
# ---------------------------------------------------------------------


def test_a_named_backend_that_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = extension._Found(None, "not built when gated was installed")
    monkeypatch.setattr(extension, "_found", absent)
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    assert dispatch.choose(layer.recurrence).name == "torch"
    assert layer(x)[0].isfinite().all()
    message = r'"cpu" cannot compute the GRU.*: not built when gated was installed. Expected one'
    with pytest.raises(UsageError, match=message), ops.use_backend("cpu"):
        layer(x)
    with pytest.raises(UsageError, match=message):
        nn.GRU(3, 4, backend="cpu")(x)
    state = torch.zeros(1, 2, 4)
    assert_agree(flat(layer.step(x[0], state)), [layer(x[:1])[0][0], layer(x[:1])[1]])


@by_case
def test_the_backend_by_name(case: Case, kernel_calls: list[int]) -> None:
    layer = case.layer(3, 4, backend="cpu")
    x, state = torch.randn(5, 2, 3), state_of(layer, 2, torch.float32)
    assert_agree(*by_both(lambda: run(layer, x, state)))
    assert kernel_calls == [1, 1]
