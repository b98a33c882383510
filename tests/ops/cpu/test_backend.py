"""The C++ recurrences equal the reference, with all arguments of a call."""

import weakref
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

from gated import nn, ops
from gated.ops import torch_backend
from gated.ops.cpu import backend as cpu_backend
from gated.ops.recurrence import Recurrence
from tests.ops.cpu.cases import (
    TOLERANCE,
    Case,
    assert_agree,
    by_both,
    by_case,
    by_dtype,
    flat,
    needs_kernels,
    run,
    run_and_derive,
    state_of,
)

pytestmark = needs_kernels


@pytest.fixture
def poisoned() -> Iterator[None]:
    """Fill uninitialised memory with NaN."""
    torch.use_deterministic_algorithms(True)
    assert torch.utils.deterministic.fill_uninitialized_memory
    yield
    torch.use_deterministic_algorithms(False)


def test_supported_recurrences() -> None:
    assert cpu_backend.supports(Recurrence("gru", reset="before"))
    assert cpu_backend.supports(Recurrence("rnn"), ops.Extras(torch.zeros(2, 2, dtype=torch.bool)))
    assert not cpu_backend.supports(Recurrence("lstm", layer_norm=True))


# --- values, last states and every gradient ------------------------------------------------------

SIZES = [  # T, B, I, H
    pytest.param((63, 1, 5, 37), id="T63-B1-H37"),
    pytest.param((7, 9, 17, 33), id="B9-I17-H33"),
    pytest.param((1, 3, 1, 4), id="T1-I1"),
    pytest.param((4, 0, 2, 5), id="B0"),
    pytest.param((5, 130, 2, 4), id="B130"),
]


@by_dtype
@pytest.mark.parametrize("sizes", SIZES)
@by_case
def test_equals_the_reference(
    case: Case, sizes: tuple[int, ...], dtype: torch.dtype, poisoned: None
) -> None:
    steps, batch, input_size, hidden_size = sizes
    layer = case.layer(input_size, hidden_size, dtype=dtype)
    x, state = torch.randn(steps, batch, input_size, dtype=dtype), state_of(layer, batch, dtype)
    assert_agree(*by_both(lambda: run_and_derive(layer, x, state)))
    with torch.no_grad():
        assert_agree(*by_both(lambda: run(layer, x, state)))


@by_dtype
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_an_infinite_input_gives_nan_in_the_same_places_as_torch(
    kind: str, dtype: torch.dtype
) -> None:
    """In one column of the gradient of weight_ih; the padding of a vector has no effect."""
    torch.manual_seed(0)
    x = torch.randn(6, 3, 5, dtype=dtype)
    x[2, 1, 3] = torch.inf
    theirs = getattr(torch.nn, kind)(5, 7, dtype=dtype)
    ours = getattr(nn, kind)(5, 7, dtype=dtype, backend="cpu")
    ours.load_state_dict(theirs.state_dict())
    found, wanted = (
        torch.autograd.grad(layer(x)[0].sum(), list(layer.parameters())) for layer in (ours, theirs)
    )
    assert wanted[0].isnan().any(0).tolist() == [False, False, False, True, False]
    for gradient, expected in zip(found, wanted, strict=True):
        torch.testing.assert_close(gradient, expected, equal_nan=True, **TOLERANCE[dtype])


@pytest.mark.parametrize("batch_sizes", [[2, 1, 0], [3, 0, 0], [0], [0, 0]], ids=str)
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_packed_steps_of_no_sequence(kind: str, batch_sizes: list[int]) -> None:
    torch.manual_seed(0)
    theirs = getattr(torch.nn, kind)(3, 4, 2, bidirectional=True)
    ours = getattr(nn, kind)(3, 4, 2, bidirectional=True, backend="cpu")
    ours.load_state_dict(theirs.state_dict())
    packed = PackedSequence(torch.randn(sum(batch_sizes), 3), torch.tensor(batch_sizes))
    assert_agree(flat(ours(packed)), flat(theirs(packed)))


@by_dtype
@pytest.mark.parametrize("hidden_size", [4, 1])
def test_no_input_features(hidden_size: int, dtype: torch.dtype, poisoned: None) -> None:
    """torch.nn does not allow I = 0; the functions do."""
    W = torch.randn(3 * hidden_size, 0, dtype=dtype, requires_grad=True)
    U = torch.randn(3 * hidden_size, hidden_size, dtype=dtype, requires_grad=True)
    x, h = torch.zeros(3, 2, 0, dtype=dtype), torch.randn(2, hidden_size, dtype=dtype)

    def compute() -> list[Tensor]:
        output, h_n = ops.gru_sequence(x, h, W, U)
        return [output, h_n, *torch.autograd.grad(output.sum(), [W, U])]

    assert_agree(*by_both(compute))


@by_dtype
@pytest.mark.parametrize("lengths", [[4, 7, 2, 7, 1], [3, 3]], ids=["unequal", "equal"])
@by_case
def test_packed_sequences(
    case: Case, lengths: list[int], dtype: torch.dtype, poisoned: None
) -> None:
    layer = case.layer(3, 5, dtype=dtype)
    x = torch.randn(max(lengths), len(lengths), 3, dtype=dtype)
    state = state_of(layer, len(lengths), dtype)

    def compute() -> list[Tensor]:
        leaf = x.clone().requires_grad_()
        packed = pack_padded_sequence(leaf, torch.tensor(lengths), enforce_sorted=False)
        results = run(layer, packed, state)
        loss = sum((r**2).sum() for r in results)
        return [*results, *torch.autograd.grad(loss, [leaf, *layer.parameters()])]

    assert_agree(*by_both(compute))


@by_dtype
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@by_case
def test_all_extras_at_once(
    case: Case, packed: bool, training: bool, dtype: torch.dtype, poisoned: None
) -> None:
    zoneout: Any = (0.2, 0.4) if case.kind == "LSTM" else 0.3
    deep = case.options.get("num_layers", 1) > 1
    layer = case.layer(
        3, 5, dtype=dtype, recurrent_dropout=0.4, zoneout=zoneout, dropout=0.3 if deep else 0.0
    ).train(training)
    x, state = torch.randn(6, 4, 3, dtype=dtype), state_of(layer, 4, dtype)
    resets = torch.rand(6, 4) < 0.3
    lengths = torch.tensor([6, 2, 5, 3])

    def compute() -> list[Tensor]:
        leaf = x.clone().requires_grad_()
        given: Any = (leaf, resets)
        if packed:
            given = [pack_padded_sequence(g, lengths, enforce_sorted=False) for g in given]
        results = run(layer, given[0], state, resets=given[1])
        loss = sum((r**2).sum() for r in results)
        return [*results, *torch.autograd.grad(loss, [leaf, *layer.parameters()])]

    assert_agree(*by_both(compute))


@by_case
def test_recompute_changes_only_the_memory(case: Case, poisoned: None) -> None:
    layer, again = case.layer(3, 5), case.layer(3, 5, recompute=True)
    again.load_state_dict(layer.state_dict())
    x, state = torch.randn(6, 4, 3), state_of(layer, 4, torch.float32)
    with ops.use_backend("cpu"):
        assert_agree(run_and_derive(again, x, state), run_and_derive(layer, x, state))


@pytest.mark.parametrize(
    "wanted", ["x", "h", "c", "weight_ih_l0", "weight_hh_l1", "bias_hh_l0", "weight_hr_l1"]
)
def test_one_gradient_alone(wanted: str, poisoned: None) -> None:
    layer = nn.LSTM(3, 5, 2, proj_size=2, dtype=torch.float64).requires_grad_(False)
    leaves = {"x": torch.randn(4, 2, 3), "h": torch.randn(2, 2, 2), "c": torch.randn(2, 2, 5)}
    leaves = {name: leaf.double() for name, leaf in leaves.items()}
    leaf = leaves[wanted] if wanted in leaves else getattr(layer, wanted)
    leaf.requires_grad_()

    def compute() -> list[Tensor]:
        results = flat(layer(leaves["x"], (leaves["h"], leaves["c"])))
        return list(torch.autograd.grad(sum((r**2).sum() for r in results), [leaf]))

    assert_agree(*by_both(compute))


@pytest.mark.parametrize("result", [0, 1, 2], ids=["output", "h_n", "c_n"])
def test_a_loss_of_one_result_alone(result: int, poisoned: None) -> None:
    layer, x = nn.LSTM(3, 5, dtype=torch.float64), torch.randn(4, 2, 3, dtype=torch.float64)

    def compute() -> list[Tensor]:
        chosen = flat(layer(x))[result]
        return list(torch.autograd.grad((chosen**2).sum(), list(layer.parameters())))

    assert_agree(*by_both(compute))


def test_one_tensor_as_two_arguments() -> None:
    """h_0 is c_0, and both layers share weights: the gradients of both places add up."""
    layer = nn.LSTM(5, 5, 2, dtype=torch.float64)
    layer.weight_hh_l1, layer.weight_ih_l1 = layer.weight_hh_l0, layer.weight_ih_l0
    x = torch.randn(4, 2, 5, dtype=torch.float64)
    h = torch.randn(2, 2, 5, dtype=torch.float64, requires_grad=True)

    def compute() -> list[Tensor]:
        loss = (layer(x, (h, h))[0] ** 2).sum()
        return list(torch.autograd.grad(loss, [h, *layer.parameters()]))

    assert_agree(*by_both(compute))


# --- layouts -------------------------------------------------------------------------------------


def test_the_output_has_the_layout_of_the_input() -> None:
    time_first, batch_first = nn.GRU(3, 4), nn.GRU(3, 4, batch_first=True)
    output, h_n = time_first(torch.randn(5, 2, 3))
    assert output.is_contiguous()
    assert h_n.is_contiguous()
    turned, _ = batch_first(torch.randn(2, 5, 3))
    assert turned.is_contiguous()  # so nothing after a batch_first layer copies it


@by_case
def test_any_strides(case: Case, poisoned: None) -> None:
    layer = case.layer(3, 5, dtype=torch.float64)
    wide = torch.full((12, 4, 8), torch.nan, dtype=torch.float64)
    x = torch.randn(6, 4, 3, dtype=torch.float64)
    state = state_of(layer, 4, torch.float64)
    expected = run_and_derive(layer, x, state)
    wide[::2, :, 1:4] = x  # axes with gaps, the last one dense
    views = [wide[::2, :, 1:4]]
    views.append(x.permute(2, 1, 0).contiguous().permute(2, 1, 0))  # the last one scattered
    views.append(x.transpose(0, 1).contiguous().transpose(0, 1))
    scattered = tuple(s.transpose(0, 2).contiguous().transpose(0, 2) for s in state)
    for view in views:
        assert torch.equal(view, x)
        results = run(layer, view, scattered)
        loss = sum((r * r).sum() for r in results)
        torch.autograd.grad(loss, list(layer.parameters()))
        assert_agree(results, expected[: len(results)])


def test_an_expanded_input_and_gradient(poisoned: None) -> None:
    layer = nn.GRU(3, 4, dtype=torch.float64)
    one = torch.randn(1, 1, 3, dtype=torch.float64, requires_grad=True)

    def compute() -> list[Tensor]:
        output, _ = layer(one.expand(5, 2, 3))
        return [output, *torch.autograd.grad(output.sum(), [one, *layer.parameters()])]

    assert_agree(*by_both(compute))


def test_weights_that_are_not_contiguous() -> None:
    W, U = torch.randn(3, 12, dtype=torch.float64).T, torch.randn(4, 12, dtype=torch.float64).T
    x, h = torch.randn(5, 2, 3, dtype=torch.float64), torch.randn(2, 4, dtype=torch.float64)
    leaves = [W.requires_grad_(), U.requires_grad_()]

    def compute() -> list[Tensor]:
        output, _ = ops.gru_sequence(x, h, *leaves)
        return [output, *torch.autograd.grad((output**2).sum(), leaves)]

    assert_agree(*by_both(compute))


def test_results_share_no_memory() -> None:
    for grad in (True, False):
        with torch.set_grad_enabled(grad):
            output, (h_n, c_n) = nn.LSTM(3, 4)(torch.randn(5, 2, 3))
        addresses = {t.untyped_storage().data_ptr() for t in (output, h_n, c_n)}
        assert len(addresses) == 3


# --- autograd ------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", ["x", "weight"])
def test_a_change_before_backward_is_an_error(changed: str) -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    output, _ = layer(x)
    with torch.no_grad():
        {"x": x, "weight": layer.weight_hh_l0}[changed].add_(1)
    with pytest.raises(RuntimeError, match="has been modified by an inplace operation"):
        output.sum().backward()


def test_the_saved_output_does_not_outlive_its_hooks() -> None:
    """A hook that stores what is saved elsewhere, as checkpoints do, frees the memory of it."""
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        output, _ = layer(x)
    counted = weakref.ref(output.untyped_storage())
    loss = (output * 2).sum()
    del output
    assert counted() is None
    loss.backward()


def test_backward_twice_needs_retain_graph() -> None:
    layer = nn.GRU(3, 4)
    output, _ = layer(torch.randn(5, 2, 3))
    output.sum().backward(retain_graph=True)
    first = layer.weight_hh_l0.grad.clone()
    output.sum().backward()
    assert torch.equal(layer.weight_hh_l0.grad, 2 * first)
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        output.sum().backward()


def test_no_graph_if_none_is_needed() -> None:
    layer, x = nn.GRU(3, 4), torch.randn(5, 2, 3)
    with torch.no_grad():
        assert not layer(x)[0].requires_grad
    with torch.inference_mode():
        assert layer(x)[0].is_inference()
    assert not layer.requires_grad_(False)(x)[0].requires_grad
    assert layer(x.requires_grad_())[0].requires_grad


def test_checkpointing_and_saved_tensor_hooks() -> None:
    layer, x = nn.GRU(3, 4, 2, dropout=0.5), torch.randn(5, 2, 3)
    torch.manual_seed(1)
    layer(x)[0].sum().backward()
    expected = layer.weight_ih_l0.grad.clone()
    layer.zero_grad()
    torch.manual_seed(1)
    with torch.autograd.graph.save_on_cpu():
        output, _ = torch.utils.checkpoint.checkpoint(layer, x, use_reentrant=False)
    output.sum().backward()
    assert torch.equal(layer.weight_ih_l0.grad, expected)


# --- identical bits and independent sequences ----------------------------------------------------


@by_case
def test_the_same_bits_each_time(case: Case) -> None:
    layer, x = case.layer(7, 19), torch.randn(23, 13, 7)
    state = state_of(layer, 13, torch.float32)
    first = run_and_derive(layer, x, state)
    for _ in range(3):
        for one, other in zip(run_and_derive(layer, x, state), first, strict=True):
            assert torch.equal(one, other)


@pytest.mark.parametrize("poison", [torch.nan, torch.inf])
@by_case
def test_nan_in_one_sequence_does_not_reach_another(case: Case, poison: float) -> None:
    layer, x = case.layer(3, 5), torch.randn(6, 4, 3)
    state = state_of(layer, 4, torch.float32)
    expected = run(layer, x, state)
    spoiled = x.clone()
    spoiled[2, 1] = poison
    others = torch.tensor([0, 2, 3])
    for one, other in zip(run(layer, spoiled, state), expected, strict=True):
        assert torch.equal(one.index_select(1, others), other.index_select(1, others))


@by_case
def test_nan_in_one_row_does_not_reach_the_gradient_of_another_sequence(case: Case) -> None:
    layer, x = case.layer(3, 5), torch.randn(6, 4, 3)
    x[2, 1] = torch.nan
    leaf = x.requires_grad_()
    (gradient,) = torch.autograd.grad((layer(leaf)[0] ** 2).nansum(), [leaf])
    assert gradient[:, [0, 2, 3]].isfinite().all()


def test_shorter_sequences_do_not_depend_on_longer_ones() -> None:
    layer, x = nn.LSTM(3, 5, bidirectional=True), torch.randn(6, 3, 3)
    rows = [x[:6, 0], x[:4, 1], x[:1, 2]]
    expected, _ = pad_packed_sequence(layer(pack_sequence(rows))[0])
    rows[0] = torch.full_like(rows[0], torch.nan)
    found, _ = pad_packed_sequence(layer(pack_sequence(rows))[0])
    assert torch.equal(found[:, 1:], expected[:, 1:])


@pytest.mark.parametrize(
    ("kind", "sizes", "steps", "options", "by_torch"),
    [
        ("GRU", (300, 260), 1, {"num_layers": 2, "bidirectional": True}, True),
        ("RNN", (512, 512), 2, {"nonlinearity": "relu"}, True),
        ("GRU", (300, 260), 3, {}, False),
        ("GRU", (32, 64), 1, {}, False),
        ("LSTM", (300, 260), 1, {}, False),
        ("GRU", (300, 260), 1, {"reset": "before"}, False),
        ("GRU", (300, 260), 1, {"zoneout": 0.1}, False),
    ],
)
def test_torchs_kernels_compute_short_calls_with_large_weights(
    kind: str,
    sizes: tuple[int, int],
    steps: int,
    options: dict[str, Any],
    by_torch: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer, calls, own = getattr(nn, kind)(*sizes, **options), [], torch_backend.stack

    def counted(*args: Any, **more: Any) -> Any:
        calls.append(args)
        return own(*args, **more)

    monkeypatch.setattr(torch_backend, "stack", counted)
    x = torch.randn(steps, 3, sizes[0], requires_grad=True)
    output, _ = layer(x)
    assert bool(calls) == by_torch
    expected = getattr(nn, kind)(*sizes, **options, backend="reference")
    expected.load_state_dict(layer.state_dict())
    torch.testing.assert_close(layer.eval()(x)[0], expected.eval()(x)[0], rtol=1e-4, atol=1e-5)
    (gradient,) = torch.autograd.grad(output.sum(), x)
    assert gradient.shape == x.shape


@pytest.mark.parametrize(
    ("kind", "hidden_size", "by_torch"),
    [
        ("RNNCell", 8, True),
        ("GRUCell", 8, False),
        ("GRUCell", 256, True),
        ("LSTMCell", 64, False),
        ("LSTMCell", 256, True),
    ],
)
def test_torchs_cells_compute_steps_with_large_weights(
    kind: str, hidden_size: int, by_torch: bool
) -> None:
    torch.manual_seed(0)
    cell, x = getattr(nn, kind)(hidden_size, hidden_size), torch.randn(3, hidden_size)
    theirs = nn.to_torch(getattr(nn, kind)(hidden_size, hidden_size))
    theirs.load_state_dict(cell.state_dict())
    found, expected = (m(x)[0] if kind == "LSTMCell" else m(x) for m in (cell, theirs))
    assert torch.equal(found, expected) == by_torch
    torch.testing.assert_close(found, expected)
