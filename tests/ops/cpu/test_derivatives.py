"""First and second derivatives of the C++ recurrences, checked with gradcheck."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence

from gated import nn, ops
from tests.ops.cpu.cases import CASES, Case, assert_agree, by_case, flat, needs_kernels, state_of

pytestmark = needs_kernels

# A difference of two values on both sides of relu's kink is no derivative.
smooth = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.options.get("nonlinearity") != "relu"],
    ids=lambda case: case.name,
)


def function_and_inputs(case: Case, **options: Any) -> tuple[Callable[..., Any], list[Tensor]]:
    """A call as a function of x, the states and every weight."""
    layer = case.layer(2, 4, dtype=torch.float64, backend="cpu")
    state = state_of(layer, 3, torch.float64)
    names = [name for name, _ in layer.named_parameters()]

    def function(x: Tensor, *tensors: Tensor) -> tuple[Tensor, ...]:
        states, weights = tensors[: len(state)], tensors[len(state) :]
        hx = states if len(state) == 2 else states[0]
        given = PackedSequence(x, torch.tensor([3, 2, 2])) if x.dim() == 2 else x
        weights_by_name = dict(zip(names, weights, strict=True))
        return tuple(flat(functional_call(layer, weights_by_name, (given, hx), options)))

    leaves = [torch.randn(3, 3, 2, dtype=torch.float64), *state, *layer.parameters()]
    return function, [leaf.detach().requires_grad_() for leaf in leaves]


@smooth
def test_first_derivatives(case: Case) -> None:
    function, inputs = function_and_inputs(case)
    assert torch.autograd.gradcheck(function, inputs, check_batched_grad=True)


@smooth
def test_first_derivatives_of_packed_sequences(case: Case) -> None:
    function, (_, *others) = function_and_inputs(case)
    rows = torch.randn(7, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(function, (rows, *others))


@smooth
def test_first_derivatives_with_resets(case: Case) -> None:
    resets = torch.tensor([[0, 0, 1], [1, 0, 0], [0, 0, 1]], dtype=torch.bool)
    function, inputs = function_and_inputs(case, resets=resets)
    assert torch.autograd.gradcheck(function, inputs)


@smooth
def test_second_derivatives(case: Case) -> None:
    function, inputs = function_and_inputs(case)
    assert torch.autograd.gradgradcheck(function, inputs, fast_mode=True)


def test_second_derivatives_in_full() -> None:
    function, inputs = function_and_inputs(Case("gru", "GRU"))
    assert torch.autograd.gradgradcheck(function, inputs)


@by_case
def test_both_ways_to_a_gradient_agree(case: Case) -> None:
    """With `create_graph` the gradient is the reference's, without it the kernels'."""
    function, inputs = function_and_inputs(case)
    found = []
    for create_graph in (False, True):
        loss = sum((r**2).sum() for r in function(*inputs))
        found.append(list(torch.autograd.grad(loss, inputs, create_graph=create_graph)))
    assert all(gradient.requires_grad for gradient in found[1])
    assert_agree(*found)


@by_case
def test_second_derivatives_through_masks(case: Case) -> None:
    """Dropout and zoneout of the first pass act in the gradient's own graph too."""
    deep = case.options.get("num_layers", 1) > 1
    layer = case.layer(
        2,
        4,
        dtype=torch.float64,
        recurrent_dropout=0.4,
        zoneout=0.3,
        dropout=0.5 if deep else 0.0,
    )
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    results = []
    for backend in ("cpu", "reference"):
        with ops.use_backend(backend):
            torch.manual_seed(4)
            (first,) = torch.autograd.grad((layer(x)[0] ** 2).sum(), [x], create_graph=True)
        weights = list(layer.parameters())
        results.append([first, *torch.autograd.grad((first**2).sum(), [x, *weights])])
    assert_agree(*results)


def test_a_gradient_penalty_trains() -> None:
    layer, x = nn.LSTM(3, 4, 2), torch.randn(5, 2, 3, requires_grad=True)
    output, _ = layer(x)
    (gradient,) = torch.autograd.grad(output.sum(), [x], create_graph=True)
    (output.sum() + (gradient**2).sum()).backward()
    assert all(weight.grad is not None for weight in layer.parameters())
