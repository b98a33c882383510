"""The errors and the interface of the layers; tests/contract checks their results."""

import copy
import inspect
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.utils.parametrize import register_parametrization
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from gated import nn
from gated.errors import UsageError
from gated.ops.cpu import extension
from tests.backend_names import by_backend

KINDS = ["RNN", "LSTM", "GRU"]
by_kind = pytest.mark.parametrize("kind", KINDS)


def pair(module: torch.nn.Module, *shape: int) -> Any:
    """The state argument of a module, h or (h, c), each of this shape."""
    h = torch.zeros(*shape)
    return (h, h) if isinstance(module, torch.nn.LSTM | nn.LSTM) else h


# --- errors: torch.nn and gated.nn raise the same message ----------------------------------------

CONSTRUCTION_FAULTS: dict[str, Callable[[Any], Any]] = {
    "no hidden units": lambda layer: layer(3, 0),
    "negative input_size": lambda layer: layer(-1, 4),
    "no layers": lambda layer: layer(3, 4, num_layers=0),
    "dropout above 1": lambda layer: layer(3, 4, num_layers=2, dropout=1.5),
    "dropout is a bool": lambda layer: layer(3, 4, num_layers=2, dropout=True),
    "bias is a number": lambda layer: layer(3, 4, bias=1),
    "batch_first is a word": lambda layer: layer(3, 4, batch_first="yes"),
    "hidden_size is a float": lambda layer: layer(3, 4.0),
}
FORWARD_FAULTS: dict[str, Callable[[torch.nn.Module], Any]] = {
    "1-D input": lambda m: m(torch.zeros(3)),
    "4-D input": lambda m: m(torch.zeros(2, 2, 2, 3)),
    "wrong input size": lambda m: m(torch.zeros(5, 2, 4)),
    "wrong input size, unbatched": lambda m: m(torch.zeros(5, 4)),
    "wrong dtype": lambda m: m(torch.zeros(5, 2, 3, dtype=torch.float64)),
    "batched state, unbatched input": lambda m: m(torch.zeros(5, 3), pair(m, 1, 2, 4)),
    "unbatched state, batched input": lambda m: m(torch.zeros(5, 2, 3), pair(m, 1, 4)),
    "wrong batch of state": lambda m: m(torch.zeros(5, 2, 3), pair(m, 1, 3, 4)),
    "wrong size of state": lambda m: m(torch.zeros(5, 2, 3), pair(m, 1, 2, 5)),
    "too many layers in state": lambda m: m(torch.zeros(5, 2, 3), pair(m, 2, 2, 4)),
    "no time steps": lambda m: m(torch.zeros(0, 2, 3)),
    "packed, wrong input size": lambda m: m(pack_sequence([torch.zeros(2, 4)])),
    "packed, wrong dtype": lambda m: m(pack_sequence([torch.zeros(2, 3, dtype=torch.float64)])),
}


def error_of(fault: Callable[[Any], Any], subject: Any) -> Exception:
    with pytest.raises((ValueError, TypeError, RuntimeError)) as caught:
        fault(subject)
    return caught.value


@pytest.mark.parametrize("fault", CONSTRUCTION_FAULTS)
@by_kind
def test_construction_errors_are_torchs(kind: str, fault: str) -> None:
    expected = error_of(CONSTRUCTION_FAULTS[fault], getattr(torch.nn, kind))
    found = error_of(CONSTRUCTION_FAULTS[fault], getattr(nn, kind))
    assert (type(found), str(found)) == (type(expected), str(expected))


@pytest.mark.parametrize("fault", FORWARD_FAULTS)
@by_backend
@by_kind
def test_forward_errors_are_torchs(kind: str, backend: str, fault: str) -> None:
    unchecked = kind == "LSTM" and "packed" in fault  # torch computes something, or fails within
    torchs = torch.nn.GRU if unchecked else getattr(torch.nn, kind)
    expected = error_of(FORWARD_FAULTS[fault], torchs(3, 4))
    found = error_of(FORWARD_FAULTS[fault], getattr(nn, kind)(3, 4, backend=backend))
    assert (type(found), str(found)) == (type(expected), str(expected))


@pytest.mark.parametrize("kind", ["RNN", "GRU"])
def test_projection_is_for_the_lstm_only(kind: str) -> None:
    def fault(library: Any) -> Any:
        return getattr(library, kind)(3, 4, proj_size=2)

    assert str(error_of(fault, nn)) == str(error_of(fault, torch.nn))


def test_unknown_nonlinearity() -> None:
    def fault(library: Any) -> Any:
        return library.RNN(3, 4, nonlinearity="gelu")

    assert str(error_of(fault, nn)) == str(error_of(fault, torch.nn))


@by_kind
def test_unknown_option(kind: str) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'layers'"):
        getattr(nn, kind)(3, 4, layers=2)


@by_kind
def test_dropout_of_a_single_layer_warns(kind: str) -> None:
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        getattr(nn, kind)(3, 4, dropout=0.5)


# --- the additional options ----------------------------------------------------------------------


@by_kind
def test_arguments_have_torchs_order(kind: str) -> None:
    documented = {
        "RNN": "num_layers nonlinearity bias batch_first dropout bidirectional device dtype",
        "LSTM": "num_layers bias batch_first dropout bidirectional proj_size device dtype",
        "GRU": "num_layers bias batch_first dropout bidirectional device dtype",
    }
    parameters = inspect.signature(getattr(nn, kind)).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == ["input_size", "hidden_size", *documented[kind].split()]
    further = {
        "RNN": "recurrent_dropout zoneout learned_state recompute backend",
        "LSTM": "recurrent_dropout zoneout layer_norm learned_state recompute backend",
        "GRU": "reset recurrent_dropout zoneout layer_norm learned_state recompute backend",
    }
    keyword_only = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert keyword_only == further[kind].split()


def test_positional_arguments() -> None:
    meta = ("meta", torch.float64)
    assert nn.RNN(3, 4, 2, "relu", False, True, 0.1, True, *meta).nonlinearity == "relu"
    assert nn.LSTM(3, 4, 2, False, True, 0.1, True, 2, *meta).proj_size == 2
    layer = nn.GRU(3, 4, 2, False, True, 0.1, True, *meta)
    assert (layer.num_layers, layer.bias, layer.batch_first, layer.dropout) == (2, False, True, 0.1)
    assert layer.bidirectional
    weight = layer.weight_ih_l1_reverse
    assert (weight.device.type, weight.dtype, weight.shape) == ("meta", torch.float64, (12, 8))


def test_repr_lists_options_that_are_not_default() -> None:
    assert repr(nn.GRU(3, 4, reset="before")) == "GRU(3, 4, reset=before)"
    assert repr(nn.LSTM(3, 4, backend="torch")) == "LSTM(3, 4, backend=torch)"


def test_unknown_extras() -> None:
    with pytest.raises(UsageError, match="reset is 'between'"):
        nn.GRU(3, 4, reset="between")
    with pytest.raises(UsageError, match="backend 'cudnn' is unknown"):
        nn.RNN(3, 4, backend="cudnn")


def test_a_backend_that_does_not_support_the_variant() -> None:
    with pytest.raises(UsageError, match='"torch" cannot compute the GRU with reset="before"'):
        nn.GRU(3, 4, reset="before", backend="torch")(torch.zeros(1, 1, 3))


# --- torch's tools around a module ---------------------------------------------------------------


class Doubled(torch.nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return 2 * weight


def run(layer: torch.nn.Module, x: Tensor) -> Tensor:
    return layer(x)[0]


@by_backend
@by_kind
def test_is_a_torch_rnn_base(kind: str, backend: str) -> None:
    assert isinstance(getattr(nn, kind)(3, 4, backend=backend), torch.nn.RNNBase)


@by_backend
@by_kind
def test_parametrized_weights_have_an_effect(kind: str, backend: str) -> None:
    layer, x = getattr(nn, kind)(3, 4, backend=backend), torch.randn(5, 2, 3)
    doubled = getattr(nn, kind)(3, 4, backend=backend)
    doubled.load_state_dict(layer.state_dict() | {"weight_hh_l0": 2 * layer.weight_hh_l0})
    register_parametrization(layer, "weight_hh_l0", Doubled())
    torch.testing.assert_close(run(layer, x), run(doubled, x))
    run(layer, x).sum().backward()
    assert layer.parametrizations.weight_hh_l0.original.grad is not None


@by_backend
@by_kind
def test_functional_call_uses_its_weights(kind: str, backend: str) -> None:
    layer, x = getattr(nn, kind)(3, 4, backend=backend), torch.randn(5, 2, 3)
    zeros = {name: torch.zeros_like(weight) for name, weight in layer.named_parameters()}
    output, _ = functional_call(layer, zeros, (x,))
    assert torch.equal(output, torch.zeros(5, 2, 4))


@by_backend
@by_kind
def test_assigned_weights_have_an_effect(kind: str, backend: str) -> None:
    layer, x = getattr(nn, kind)(3, 4, bias=False, backend=backend), torch.randn(5, 2, 3)
    for name, weight in list(layer.named_parameters()):
        setattr(layer, name, torch.nn.Parameter(torch.zeros_like(weight)))
    assert torch.equal(run(layer, x), torch.zeros(5, 2, 4))


@by_backend
@by_kind
def test_assigned_flat_weights_have_an_effect(kind: str, backend: str) -> None:
    layer, x = getattr(nn, kind)(3, 4, backend=backend), torch.randn(5, 2, 3)
    plain = layer(x)[0]
    layer.step(x[1], layer.step(x[0])[1])  # it keeps the weights
    layer._flat_weights = [torch.zeros_like(weight) for weight in layer._flat_weights]
    zeros = layer(x)[0]
    assert not torch.equal(zeros, plain)
    assert torch.equal(layer.step(x[0])[0], zeros[0])
    _, state = layer.step(x[0])
    torch.testing.assert_close(layer.step(x[1], state)[0], zeros[1])
    assert torch.equal(copy.deepcopy(layer)(x)[0], plain)  # as a copy of torch.nn does
    assert all(weight.any() for weight in layer.parameters())  # they are as they were
    layer.weight_ih_l0 = torch.nn.Parameter(layer.weight_ih_l0.detach().clone())
    assert torch.equal(layer(x)[0], plain)  # a replaced parameter ends it, as in torch.nn


@by_backend
@by_kind
def test_hooks_run(kind: str, backend: str) -> None:
    layer, seen = getattr(nn, kind)(3, 4, backend=backend), []
    layer.register_forward_hook(lambda module, args, result: seen.append(result[0].shape))
    layer(torch.zeros(5, 2, 3))
    assert seen == [(5, 2, 4)]


@by_kind
def test_vectorised_per_sequence_gradients(kind: str) -> None:
    layer, x = getattr(nn, kind)(3, 4, backend="reference"), torch.randn(6, 5, 3)
    weights = dict(layer.named_parameters())

    def loss(weights: dict[str, Tensor], sequence: Tensor) -> Tensor:
        return functional_call(layer, weights, (sequence,))[0].sum()

    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(weights, x)
    alone = torch.func.grad(loss)(weights, x[2])
    for name in weights:
        torch.testing.assert_close(each[name][2], alone[name])


@by_kind
def test_packed_result_is_a_packed_sequence(kind: str) -> None:
    output, _ = getattr(nn, kind)(3, 4)(pack_sequence([torch.zeros(3, 3), torch.zeros(1, 3)]))
    assert isinstance(output, PackedSequence)
    assert output.data.shape == (4, 4)


@by_kind
@pytest.mark.parametrize("reference", [True, False], ids=["reference", "auto"])
def test_compiles(kind: str, reference: bool) -> None:
    """The reference compiles without a graph break; torch's kernels have torch's break."""
    backend = "reference" if reference else "auto"
    layer, x = getattr(nn, kind)(3, 4, backend=backend), torch.randn(3, 2, 3)
    with warnings.catch_warnings():  # the compiler's own, about its insides
        warnings.simplefilter("ignore")
        compiled = torch.compile(layer, backend="aot_eager", fullgraph=reference)
        output = run(compiled, x)
        output.sum().backward()
    torch._dynamo.reset()
    torch.testing.assert_close(output, run(layer, x))
    assert layer.weight_hh_l0.grad is not None


@by_backend
@by_kind
def test_the_output_is_contiguous_whatever_the_input_is(kind: str, backend: str) -> None:
    x = torch.randn(5, 6, 3).transpose(0, 1)
    output, _ = getattr(nn, kind)(3, 4, backend=backend)(x)
    assert output.is_contiguous()
    layer = getattr(nn, kind)(3, 4, backend=backend)
    torch.testing.assert_close(layer(x)[0], layer(x.contiguous())[0])


@by_backend
@by_kind
def test_an_output_may_be_changed_in_place_before_backward(kind: str, backend: str) -> None:
    """torch's LSTM in float32 raises an error in backward, and so does its backend."""
    if (kind, backend) == ("LSTM", "torch"):
        pytest.skip("torch's kernel of the LSTM needs its output")
    layer, x = getattr(nn, kind)(3, 4, 2, bidirectional=True, backend=backend), torch.randn(5, 2, 3)
    parameters = list(layer.parameters())
    expected = torch.autograd.grad(((layer(x)[0] + 1) ** 2).sum(), parameters)
    output, state = layer(x)
    output.add_(1)
    output[:, 0] *= 1
    (state[1] if kind == "LSTM" else state).zero_()
    torch.testing.assert_close(torch.autograd.grad((output**2).sum(), parameters), expected)


def test_no_gradient_no_graph() -> None:
    with torch.no_grad():
        output, h_n = nn.GRU(3, 4)(torch.zeros(5, 2, 3))
    assert not output.requires_grad
    assert not h_n.requires_grad


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_an_empty_batch_may_have_any_strides(kind: str) -> None:
    x = torch.randn(0, 5, 6)[..., ::2].transpose(0, 1)
    assert x.shape == (5, 0, 3)
    layer = getattr(nn, kind)(3, 4)
    output, _ = layer(x)
    assert output.shape == getattr(torch.nn, kind)(3, 4)(x)[0].shape
    output.sum().backward()
    assert not layer.weight_hh_l0.grad.any()


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (torch.zeros(1, 2, 4), r"LSTM: Expected hx to be the pair \(h_0, c_0\), got a Tensor"),
        (torch.zeros(2, 1, 2, 4), r"got a Tensor"),
        ((torch.zeros(1, 2, 4),), r"the pair \(h_0, c_0\), got 1 states"),
        ((torch.zeros(1, 2, 4),) * 3, r"got 3 states"),
        ((torch.zeros(1, 2, 4), None), r"got None for c_0"),
    ],
)
def test_the_error_of_an_lstm_names_the_pair_of_states(state: Any, message: str) -> None:
    layer, x = nn.LSTM(3, 4), torch.randn(5, 2, 3)
    calls = [
        lambda: layer(x, state),
        lambda: layer(pack_sequence([x[:, 0], x[:, 1]]), state),
        lambda: layer.gates(x, state),
        lambda: layer.step(x[0], state),
        lambda: nn.LSTMCell(3, 4)(x[0], state),
        lambda: list(nn.truncated_bptt(layer, x, 2, hx=state)),
    ]
    for call in calls:
        with pytest.raises((TypeError, RuntimeError), match=message):
            call()


@pytest.mark.parametrize("kind", ["RNN", "GRU"])
def test_the_error_of_the_others_names_one_tensor(kind: str) -> None:
    layer, x = getattr(nn, kind)(3, 4), torch.randn(5, 2, 3)
    with pytest.raises(TypeError, match=f"{kind}: Expected hx to be a tensor, got a tuple for h_0"):
        layer(x, (torch.zeros(1, 2, 4),))


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("weight_ih_l0", (3, 12), r"\[12, 3\]"),
        ("weight_ih_l1", (8, 12), r"\[12, 8\]"),
        ("weight_ih_l1", (96,), r"\[12, 8\]"),
        ("weight_hh_l1", (4, 12), r"\[12, 4\]"),
        ("weight_ih_l0_reverse", (3, 12), r"\[12, 3\]"),
        ("bias_ih_l0", (12, 1), r"\[12\]"),
        ("bias_hh_l1_reverse", (3, 4), r"\[12\]"),
    ],
)
@pytest.mark.skipif(not extension.available(), reason="the C++ part is not built")
def test_a_weight_of_another_shape_is_named(
    name: str, shape: tuple[int, ...], expected: str
) -> None:
    """The same number of elements in another shape is an error."""
    layer, x = nn.GRU(3, 4, 2, bidirectional=True), torch.randn(5, 2, 3)
    setattr(layer, name, torch.nn.Parameter(torch.randn(shape)))
    for is_wanted in (True, False):
        with (
            torch.set_grad_enabled(is_wanted),
            pytest.raises(
                RuntimeError, match=rf"{name} has shape .*Expected contiguous {expected}"
            ),
        ):
            layer(x)
