"""The C++ recurrences under torch.compile and torch.export: one operator, no break of the graph."""

import io
import shutil
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence
from torch.utils.flop_counter import FlopCounterMode

from gated import nn
from gated.ops.cpu import kernel_call, operators
from gated.ops.cpu.kernel_call import Call, CallPlan, ExtraTensors
from gated.ops.recurrence import Recurrence, Weights
from tests.ops.cpu.cases import Case, assert_agree, by_case, flat, needs_kernels, run, state_of

pytestmark = needs_kernels


@pytest.fixture(autouse=True)
def _quiet_and_forgotten() -> Iterator[None]:
    """Ignore internal warnings of the compiler, and clear its cache."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    torch._dynamo.reset()


def compiled(function: Callable[..., Any], **options: Any) -> tuple[Any, list[Any]]:
    """`function` compiled in one graph, and its graphs."""
    graphs: list[Any] = []

    def keep(graph: Any, inputs: Any) -> Any:
        graphs.append(graph)
        return torch._dynamo.backends.debugging.aot_eager(graph, inputs)

    return torch.compile(function, backend=keep, fullgraph=True, **options), graphs


def operators_of(graph: Any) -> list[str]:
    return [str(node.target) for node in graph.graph.nodes if "gated" in str(node.target)]


def results_and_gradients(function: Any, layer: Any, x: Tensor) -> list[Tensor]:
    leaf = x.detach().clone().requires_grad_()
    torch.manual_seed(9)
    results = flat(function(leaf))
    loss = sum((r**2).sum() for r in results)
    return [*results, *torch.autograd.grad(loss, [leaf, *layer.parameters()])]


# --- torch.compile -------------------------------------------------------------------------------


@by_case
def test_compiles_into_one_operator(case: Case) -> None:
    layer, x = case.layer(3, 5), torch.randn(6, 4, 3)
    fast, graphs = compiled(layer)
    assert_agree(results_and_gradients(fast, layer, x), results_and_gradients(layer, layer, x))
    assert len(graphs) == 1
    assert len(operators_of(graphs[0])) == 1


def test_compiles_with_all_extras() -> None:
    layer = nn.LSTM(3, 5, 2, dropout=0.3, recurrent_dropout=0.2, zoneout=0.1, batch_first=True)
    x, resets = torch.randn(4, 6, 3), torch.rand(4, 6) < 0.3
    fast, graphs = compiled(lambda x: layer(x, resets=resets))
    slow = results_and_gradients(lambda x: layer(x, resets=resets), layer, x)
    assert_agree(results_and_gradients(fast, layer, x), slow)
    assert fast(x)[0].stride() == layer(x)[0].stride()
    assert len(operators_of(graphs[0])) == 1


@pytest.mark.parametrize("recompute", [False, True])
def test_dynamic_sizes_compile_once(recompute: bool) -> None:
    layer = nn.GRU(3, 5, 2, bidirectional=True, recompute=recompute)
    fast, graphs = compiled(layer, dynamic=True)
    counts = []
    for steps, batch in [(6, 4), (7, 3), (12, 9)]:
        x = torch.randn(steps, batch, 3)
        assert_agree(results_and_gradients(fast, layer, x), results_and_gradients(layer, layer, x))
        counts.append(len(graphs))
    assert counts[0] == counts[-1]  # the first call compiles for all


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_the_output_may_be_changed_in_place(kind: str) -> None:
    layer, x = getattr(nn, kind)(3, 4), torch.randn(5, 2, 3)

    def doubled(x: Tensor) -> Tensor:
        output = layer(x)[0]
        output.mul_(2)
        return output

    results = []
    for call in (doubled, torch.compile(doubled, backend="aot_eager")):
        layer.zero_grad()
        output = call(x)
        output.square().sum().backward()
        results.append((output.detach(), *(w.grad for w in layer.parameters())))
    assert_agree(results[0], results[1])


def test_without_gradients_no_reserve_is_stored() -> None:
    layer, x = nn.GRU(3, 5), torch.randn(6, 4, 3)
    fast, graphs = compiled(layer)
    with torch.no_grad():
        assert_agree(flat(fast(x)), flat(layer(x)))
    (node,) = [node for node in graphs[0].graph.nodes if "gated" in str(node.target)]
    reserve = node.meta["example_value"][3]
    assert reserve.numel() == 0


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells_compile(kind: str) -> None:
    cell, x = getattr(nn, kind)(3, 4), torch.randn(2, 3)
    fast, graphs = compiled(cell)
    assert_agree(results_and_gradients(fast, cell, x), results_and_gradients(cell, cell, x))
    assert len(operators_of(graphs[0])) == 1


def test_transforms_inside_a_compiled_function() -> None:
    layer = nn.GRU(2, 3, dtype=torch.float64)

    def gradient(x: Tensor) -> Tensor:
        return torch.func.grad(lambda x: (layer(x)[0] ** 2).sum())(x)

    x = torch.randn(4, 2, 2, dtype=torch.float64)
    fast, graphs = compiled(gradient)
    assert_agree([fast(x)], [gradient(x)])
    assert operators_of(graphs[0]) == []  # the reference


def test_autocast_inside_a_compiled_function() -> None:
    layer, x = nn.GRU(3, 4, reset="before"), torch.randn(5, 2, 3)

    def cast(x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return layer(x)[0]

    fast, _ = compiled(cast)
    assert fast(x).dtype == cast(x).dtype
    torch.testing.assert_close(fast(x), cast(x), rtol=0.02, atol=0.02)  # bfloat16: 8 bits


def test_a_step_compiles_too() -> None:
    layer, x, state = nn.GRU(3, 4, 2), torch.randn(2, 3), torch.randn(2, 2, 4)
    fast, graphs = compiled(layer.step)
    assert_agree(flat(fast(x, state)), flat(layer.step(x, state)))
    assert len(operators_of(graphs[0])) == 1


@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a C++ compiler")
def test_inductor() -> None:
    layer, x = nn.LSTM(3, 5, 2, batch_first=True), torch.randn(4, 6, 3)
    fast = torch.compile(lambda x: layer(2 * x)[0].tanh() + 1, fullgraph=True)
    slow = results_and_gradients(lambda x: layer(2 * x)[0].tanh() + 1, layer, x)
    assert_agree(results_and_gradients(fast, layer, x), slow)


# --- torch.export --------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [False, True])
@by_case
def test_export_round_trip(case: Case, strict: bool) -> None:
    layer, x = case.layer(3, 5).eval(), torch.randn(6, 4, 3)
    state = state_of(layer, 4, torch.float32)
    hx = state if len(state) == 2 else state[0]
    exported = torch.export.export(layer, (x, hx), strict=strict)
    assert len(operators_of(exported)) == 1
    stored = io.BytesIO()
    torch.export.save(exported, stored)
    stored.seek(0)
    again = torch.export.load(stored).module()
    assert_agree(flat(again(x, hx)), run(layer, x, state))


def test_export_with_dynamic_sizes() -> None:
    layer = nn.GRU(3, 5, 2, batch_first=True)
    sizes = {0: torch.export.Dim("batch", min=2), 1: torch.export.Dim("steps", min=2)}
    exported = torch.export.export(layer, (torch.randn(4, 6, 3),), dynamic_shapes=(sizes,))
    for batch, steps in [(4, 6), (3, 17)]:
        x = torch.randn(batch, steps, 3)
        assert_agree(flat(exported.module()(x)), flat(layer(x)))


def test_an_exported_program_trains() -> None:
    layer, x = nn.LSTM(3, 5), torch.randn(6, 4, 3)
    module = torch.export.export(layer, (x,)).module()
    assert_agree(results_and_gradients(module, module, x), results_and_gradients(layer, layer, x))


# --- the operators themselves --------------------------------------------------------------------


def gru_call() -> Call:
    def leaf(*shape: int) -> Tensor:
        return torch.randn(*shape, dtype=torch.float64, requires_grad=True)

    weights = [Weights(leaf(12, 3), leaf(12, 4), leaf(12), leaf(12), None)]
    plan = CallPlan.of(Recurrence("gru"), 1)
    return Call(plan, leaf(3, 2, 3), None, leaf(1, 2, 4), None, None, kernel_call.flat(weights))


def call_of(*, packed: bool, has_extras: bool, grad: bool) -> Call:
    def leaf(*shape: int) -> Tensor:
        return torch.randn(*shape, dtype=torch.float64, requires_grad=grad)

    weights = [Weights(leaf(16, 3), leaf(16, 2), leaf(16), leaf(16), leaf(2, 4)) for _ in range(2)]
    rows = 7 if packed else 9
    extra_tensors = ExtraTensors(
        torch.rand(2, rows) < 0.3,
        torch.rand(2, 3, 2, dtype=torch.float64),
        torch.rand(2, rows, 2, dtype=torch.float64),
        None,
        None,
    )
    return Call(
        CallPlan(2, 2, 1, recompute=False),
        leaf(7, 3) if packed else leaf(3, 3, 3),
        torch.tensor([3, 2, 2]) if packed else None,
        leaf(2, 3, 2),
        leaf(2, 3, 4),
        extra_tensors if has_extras else None,
        kernel_call.flat(weights),
    )


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("has_extras", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_opcheck(packed: bool, has_extras: bool, grad: bool) -> None:
    inputs = operators._Inputs.of(call_of(packed=packed, has_extras=has_extras, grad=grad))
    assert inputs.keeps == (grad and not packed)
    torch.library.opcheck(torch.ops.gated.recurrence.default, tuple(inputs))


def test_opcheck_without_a_cell_state() -> None:
    inputs = operators._Inputs.of(gru_call())
    torch.library.opcheck(torch.ops.gated.recurrence.default, tuple(inputs))


def test_opcheck_of_the_backward_operator() -> None:
    call = call_of(packed=False, has_extras=True, grad=False)
    for keeps in (False, True):
        inputs = operators._Inputs.of(call)._replace(keeps=keeps, threads=1)
        output, _, c_n, reserve = torch.ops.gated.recurrence(*inputs)
        towards = [torch.randn_like(output), None, torch.randn_like(c_n)]
        wanted = [True, False, True, *[True] * 10]
        torch.library.opcheck(
            torch.ops.gated.recurrence_backward.default,
            (*inputs, output, reserve, towards, wanted),
        )


def test_the_operator_has_second_derivatives() -> None:
    call = call_of(packed=False, has_extras=True, grad=True)
    inputs = operators._Inputs.of(call)

    def function(x: Tensor, h: Tensor, c: Tensor, *weights: Tensor) -> Tensor:
        given = inputs._replace(x=x, state=[h, c], weights=list(weights))
        return torch.ops.gated.recurrence(*given)[0]

    leaves = (inputs.x, *inputs.state, *inputs.weights)
    assert torch.autograd.gradcheck(function, leaves, fast_mode=True)
    assert torch.autograd.gradgradcheck(function, leaves, fast_mode=True)


def test_packed_sequences_as_an_operator() -> None:
    """A TorchDispatchMode receives a packed call; backward runs forward again."""
    layer = nn.LSTM(3, 5, 2)
    packed = PackedSequence(torch.randn(7, 3), torch.tensor([3, 2, 2]))

    class Seen(torch.utils._python_dispatch.TorchDispatchMode):
        names: tuple[str, ...] = ()

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None):
            self.names += (str(func),)
            return func(*args, **(kwargs or {}))

    def gradients() -> list[Tensor]:
        loss = sum((r**2).sum() for r in flat(layer(packed)))
        return list(torch.autograd.grad(loss, list(layer.parameters())))

    expected = gradients()
    with Seen() as seen:
        assert_agree(gradients(), expected)
    assert seen.names.count("gated.recurrence.default") == 1
    assert seen.names.count("gated.recurrence_backward.default") == 1


# --- floating-point operations -------------------------------------------------------------------


@pytest.mark.parametrize("requires_grad", [True, False])
@pytest.mark.parametrize(
    ("kind", "options"),
    [("GRU", {"num_layers": 2, "bidirectional": True}), ("RNN", {}), ("LSTM", {"proj_size": 2})],
)
def test_flops_are_those_of_torch(kind: str, options: Any, requires_grad: bool) -> None:
    """The counts of torch.nn; torch has none of its LSTM without a projection."""
    counts = []
    for library in (nn, torch.nn):
        layer = getattr(library, kind)(8, 16, **options)
        x = torch.randn(5, 2, 8, requires_grad=requires_grad)
        with FlopCounterMode(display=False) as counter:
            output, _ = layer(x)
            forward = counter.get_total_flops()
            output.sum().backward()
        counts.append((forward, counter.get_total_flops()))
    assert counts[0] == counts[1]
    assert counts[0][0] > 0
