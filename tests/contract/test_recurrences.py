"""The contract of every recurrence: each layer and cell, variant and backend.

Variants of torch.nn are compared with torch.nn: values, states, gradients, second gradients, seeds,
state dicts. The GRU with `reset="before"`, which torch.nn does not have, is compared with single
steps of the reference.
"""

import copy
import io

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from gated import nn
from tests.contract.recurrence_cases import (
    CELLS,
    DTYPES,
    LAYERS,
    Case,
    assert_same,
    by_backend,
    by_case_of_torch,
    flat,
    random_state,
    results_and_gradients,
    twins,
)

pytestmark = pytest.mark.filterwarnings(  # torch's own, also a warning of nn.LSTM(proj_size=…)
    "ignore:LSTM with projections is not supported with oneDNN"
)
HAVE_MODELS = [case for case in CELLS if not case.extras]  # tests/nn/test_cells.py has the other


# --- values, last states and every gradient ------------------------------------------------------

ODD_SIZES = [  # T, B, I, H
    pytest.param((63, 1, 5, 37), id="T63-B1-H37"),
    pytest.param((1, 3, 1, 4), id="T1-I1"),
    pytest.param((4, 0, 2, 5), id="B0"),
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("sizes", ODD_SIZES)
@by_backend(LAYERS)
def test_layer_agrees_with_its_model(
    case: Case, backend: str, sizes: tuple[int, int, int, int], dtype: torch.dtype
) -> None:
    steps, batch, input_size, hidden_size = sizes
    ours, model = twins(case, backend, (input_size, hidden_size), dtype)
    x = torch.randn(steps, batch, input_size, dtype=dtype)
    hx = random_state(ours, batch, dtype)
    assert_same(results_and_gradients(ours, x, hx), results_and_gradients(model, x, hx), dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("batch", [3, 1, 0, None], ids=["B3", "B1", "B0", "unbatched"])
@by_backend(HAVE_MODELS)
def test_cell_agrees_with_its_model(
    case: Case, backend: str, batch: int | None, dtype: torch.dtype
) -> None:
    ours, model = twins(case, backend, (5, 37), dtype)
    x = torch.randn(*([] if batch is None else [batch]), 5, dtype=dtype)
    hx = random_state(ours, batch, dtype)
    assert_same(results_and_gradients(ours, x, hx), results_and_gradients(model, x, hx), dtype)


LENGTHS = [
    pytest.param([4, 7, 2, 7, 1], False, id="unsorted"),
    pytest.param([6, 4, 4, 1], True, id="sorted"),
    pytest.param([3, 3], True, id="equal"),
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("lengths", "are_sorted"), LENGTHS)
@by_backend(LAYERS)
def test_packed_sequences(
    case: Case, backend: str, lengths: list[int], are_sorted: bool, dtype: torch.dtype
) -> None:
    ours, model = twins(case, backend, (3, 5), dtype)
    x = torch.randn(max(lengths), len(lengths), 3, dtype=dtype)
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=are_sorted)
    hx = random_state(ours, len(lengths), dtype)
    assert_same(
        results_and_gradients(ours, packed, hx), results_and_gradients(model, packed, hx), dtype
    )
    output, _ = ours(packed)
    for attribute in ("batch_sizes", "sorted_indices", "unsorted_indices"):
        assert getattr(output, attribute) is getattr(packed, attribute)


@by_backend(LAYERS)
def test_a_packed_batch_equals_its_separate_sequences(case: Case, backend: str) -> None:
    ours = case.ours(3, 5, backend=backend, dtype=torch.float64)
    lengths = [4, 7, 2, 7, 1]
    x = torch.randn(7, 5, 3, dtype=torch.float64)
    hx = random_state(ours, 5, torch.float64)
    packed, states = ours(pack_padded_sequence(x, lengths, enforce_sorted=False), hx)
    output, _ = pad_packed_sequence(packed)
    for b, length in enumerate(lengths):
        one = slice(b, b + 1)
        own_hx = tuple(s[:, one] for s in hx) if isinstance(hx, tuple) else hx[:, one]
        expected = flat(ours(x[:length, one], own_hx))
        found = [output[:length, one], *(s[:, one] for s in flat(states))]
        assert_same(found, expected, torch.float64)


# --- layouts -------------------------------------------------------------------------------------


@by_backend(LAYERS)
def test_batch_first_only_transposes_input_and_output(case: Case, backend: str) -> None:
    time_first = case.ours(3, 5, backend=backend, dtype=torch.float64)
    batch_first = case.ours(3, 5, backend=backend, dtype=torch.float64, batch_first=True)
    batch_first.load_state_dict(time_first.state_dict())
    x = torch.randn(6, 2, 3, dtype=torch.float64)
    hx = random_state(time_first, 2, torch.float64)
    output, states = time_first(x, hx)
    turned, turned_states = batch_first(x.transpose(0, 1), hx)
    assert_same([turned.transpose(0, 1), *flat(turned_states)], [output, *flat(states)], x.dtype)


@pytest.mark.parametrize("batch_first", [False, True])
@by_backend(LAYERS)
def test_unbatched_equals_a_batch_of_one(case: Case, backend: str, batch_first: bool) -> None:
    ours = case.ours(3, 5, backend=backend, dtype=torch.float64, batch_first=batch_first)
    x = torch.randn(6, 3, dtype=torch.float64)
    hx = random_state(ours, None, torch.float64)
    one_hx = tuple(s.unsqueeze(1) for s in hx) if isinstance(hx, tuple) else hx.unsqueeze(1)
    output, states = ours(x, hx)
    one_output, one_states = ours(x.unsqueeze(0 if batch_first else 1), one_hx)
    expected = [one_output.squeeze(0 if batch_first else 1), *(s[:, 0] for s in flat(one_states))]
    assert_same([output, *flat(states)], expected, torch.float64)


@by_backend(LAYERS + CELLS)
def test_no_state_means_zeros(case: Case, backend: str) -> None:
    ours = case.ours(3, 5, backend=backend, dtype=torch.float64)
    x = torch.randn(*([4] if hasattr(ours, "num_layers") else []), 2, 3, dtype=torch.float64)
    hx = random_state(ours, 2, torch.float64)
    zeros = tuple(s * 0 for s in hx) if isinstance(hx, tuple) else hx * 0
    assert_same(flat(ours(x)), flat(ours(x, zeros)), torch.float64)


def strided(tensor: Tensor) -> Tensor:
    """The same numbers, every second one of a larger tensor."""
    wide = torch.full((*tensor.shape, 2), torch.nan, dtype=tensor.dtype)
    wide[..., 0] = tensor
    return wide[..., 0]


@by_backend(LAYERS + CELLS)
def test_non_contiguous_tensors(case: Case, backend: str) -> None:
    ours = case.ours(3, 5, backend=backend, dtype=torch.float64)
    x = torch.randn(*([4] if hasattr(ours, "num_layers") else []), 2, 3, dtype=torch.float64)
    hx = random_state(ours, 2, torch.float64)
    scattered = tuple(map(strided, hx)) if isinstance(hx, tuple) else strided(hx)
    expected = flat(ours(x, hx))
    assert_same(flat(ours(strided(x), scattered)), expected, torch.float64)


@by_backend(LAYERS + CELLS)
def test_inputs_are_untouched(case: Case, backend: str) -> None:
    ours = case.ours(3, 5, backend=backend, dtype=torch.float64)
    x = torch.randn(*([4] if hasattr(ours, "num_layers") else []), 2, 3, dtype=torch.float64)
    hx = random_state(ours, 2, torch.float64)
    before = [t.clone() for t in (x, *flat(hx), *ours.parameters())]
    results_and_gradients(ours, x, hx)
    for one, other in zip(before, (x, *flat(hx), *ours.parameters()), strict=True):
        assert torch.equal(one, other)


# --- second gradients ----------------------------------------------------------------------------


@by_backend(LAYERS + HAVE_MODELS)
def test_second_gradients(case: Case, backend: str) -> None:
    ours, model = twins(case, backend, (2, 4), torch.float64)
    x = torch.randn(*([3] if hasattr(ours, "num_layers") else []), 2, 2, dtype=torch.float64)
    hx = random_state(ours, 2, torch.float64)

    def second(module: torch.nn.Module) -> list[Tensor]:
        leaf = x.clone().requires_grad_()
        loss = sum((r**3).sum() for r in flat(module(leaf, hx)))
        inputs = [leaf, *module.parameters()]
        first = torch.autograd.grad(loss, inputs, create_graph=True)
        return list(torch.autograd.grad(sum((g**2).sum() for g in first), inputs))

    assert_same(second(ours), second(model), torch.float64)


# --- seeds, state dicts, copies ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@by_case_of_torch(LAYERS + CELLS)
def test_same_seed_same_parameters_as_torch(case: Case, dtype: torch.dtype) -> None:
    torch.manual_seed(11)
    ours = case.ours(3, 5, dtype=dtype)
    torch.manual_seed(11)
    torchs = case.torchs(3, 5, dtype=dtype)
    pairs = zip(ours.named_parameters(), torchs.named_parameters(), strict=True)
    for (name, tensor), (torch_name, torch_tensor) in pairs:
        assert name == torch_name
        assert torch.equal(tensor, torch_tensor)


@by_case_of_torch(LAYERS + CELLS)
def test_state_dict_goes_both_ways(case: Case) -> None:
    ours, torchs = case.ours(3, 5), case.torchs(3, 5)
    torchs.load_state_dict(ours.state_dict())
    again = case.ours(3, 5)
    again.load_state_dict(torchs.state_dict())
    for name, tensor in ours.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])


@by_case_of_torch(LAYERS + CELLS)
def test_repr_equals_torchs(case: Case) -> None:
    ours, torchs = case.ours(3, 5), case.torchs(3, 5)
    assert repr(ours) == repr(torchs)
    if hasattr(torchs, "all_weights"):
        shapes = [[w.shape for w in weights] for weights in torchs.all_weights]
        assert [[w.shape for w in weights] for weights in ours.all_weights] == shapes
        ours.flatten_parameters()


@by_backend(LAYERS + CELLS)
def test_copy_and_save(case: Case, backend: str) -> None:
    ours = case.ours(3, 5, backend=backend)
    x = torch.randn(*([4] if hasattr(ours, "num_layers") else []), 2, 3)
    expected = flat(ours(x))
    stored = io.BytesIO()
    torch.save(ours, stored)
    stored.seek(0)
    restored = torch.load(stored, weights_only=False)  # the stream of this very test
    for other in (copy.deepcopy(ours), restored):
        assert repr(other) == repr(ours)
        assert other.backend == backend
        for one, two in zip(flat(other(x)), expected, strict=True):
            assert torch.equal(one, two)
        with torch.no_grad():
            next(other.parameters()).zero_()
        assert torch.equal(flat(ours(x))[0], expected[0])


# --- dropout -------------------------------------------------------------------------------------

DEEP = [case for case in LAYERS if case.options.get("num_layers", 1) > 1]


@by_backend(DEEP)
def test_dropout_acts_in_training_only(case: Case, backend: str) -> None:
    ours = case.ours(3, 5, backend=backend, dtype=torch.float64, dropout=0.4)
    undropped = case.ours(3, 5, backend=backend, dtype=torch.float64)
    undropped.load_state_dict(ours.state_dict())
    x = torch.randn(6, 2, 3, dtype=torch.float64)
    assert torch.equal(ours.eval()(x)[0], undropped(x)[0])
    assert not torch.allclose(ours.train()(x)[0], undropped(x)[0])


@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@by_backend(DEEP, only_torchs=True)
def test_dropout_under_a_seed_is_torchs(case: Case, backend: str, packed: bool) -> None:
    """On a CPU a composed network draws the same numbers as torch's kernels."""
    ours, model = twins(case, backend, (3, 5), torch.float64, dropout=0.4)
    x = torch.randn(6, 3, 3, dtype=torch.float64)
    x = pack_padded_sequence(x, [2, 6, 5], enforce_sorted=False) if packed else x
    hx = random_state(ours, 3, torch.float64)
    torch.manual_seed(5)
    mine = results_and_gradients(ours, x, hx)
    torch.manual_seed(5)
    assert_same(mine, results_and_gradients(model, x, hx), torch.float64)


# --- layers are made of cells --------------------------------------------------------------------

CELL_OF = {"RNN": nn.RNNCell, "LSTM": nn.LSTMCell, "GRU": nn.GRUCell}


@by_backend([case for case in LAYERS if case.options.keys() <= {"bias"}])
def test_a_layer_equals_its_cell(case: Case, backend: str) -> None:
    layer = case.ours(3, 5, backend=backend, dtype=torch.float64)
    cell = CELL_OF[case.kind](
        3, 5, **case.options, **case.extras, backend=backend, dtype=torch.float64
    )
    cell.load_state_dict({n.removesuffix("_l0"): w for n, w in layer.state_dict().items()})
    x = torch.randn(6, 2, 3, dtype=torch.float64)
    hx = random_state(cell, 2, torch.float64)
    states = hx
    outputs = []
    for x_t in x:
        states = cell(x_t, states)
        outputs.append(flat(states)[0])
    layer_hx = tuple(s[None] for s in hx) if isinstance(hx, tuple) else hx[None]
    expected = [torch.stack(outputs), *(s[None] for s in flat(states))]
    assert_same(flat(layer(x, layer_hx)), expected, torch.float64)
