"""The contract of the options beyond torch.nn, for every layer, variant and backend.

Recurrent dropout, zoneout, resets, layer normalisation and learned states are compared with a model
of single reference steps, one sequence at a time, with plain arithmetic around each step. Dropping
features of h where it enters W_h h is scaling the columns of W_h.
"""

import copy
import io
from typing import Any

import pytest
import torch

from gated import nn
from gated.errors import UsageError
from gated.ops import BACKENDS
from gated.ops.recurrence import Extras
from tests.contract.extras_cases import (
    CASES,
    DTYPE,
    OneByOne,
    Recorded,
    by_case,
    by_packing,
    inputs,
    of,
    with_resets,
)
from tests.contract.recurrence_cases import (
    CELLS,
    LAYERS,
    TOLERANCE,
    Case,
    assert_same,
    by_backend,
    flat,
    random_state,
    results_and_gradients,
)

pytestmark = pytest.mark.filterwarnings(  # torch's own, also a warning of nn.LSTM(proj_size=…)
    "ignore:LSTM with projections is not supported with oneDNN"
)


@by_packing
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@by_case
def test_layer_agrees_with_its_model(
    case: Case,
    option: str,
    backend: str,
    training: bool,
    packed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Values, last states and every gradient; an unused parameter has none."""
    layer = of(case, option, backend=backend).train(training)
    x, resets = inputs(packed)
    ours = Recorded(layer, resets if with_resets(option) else None, monkeypatch)
    hx = random_state(layer, 5, DTYPE)
    for name in ("h_0", "c_0"):  # not read where a state is given
        if hasattr(layer, name):
            delattr(layer, name)
    if layer.recurrence.layer_norm:
        with torch.no_grad():
            for name, parameter in layer.named_parameters():
                if name.startswith(("gain", "bias_c")):
                    parameter.normal_()
    mine = results_and_gradients(ours, x, hx)
    assert_same(mine, results_and_gradients(OneByOne(ours), x, hx), DTYPE)


@pytest.mark.parametrize(
    ("case", "option", "backend"), [each for each in CASES if each.values[2] != "reference"]
)
def test_one_seed_gives_one_result_on_every_backend(case: Case, option: str, backend: str) -> None:
    layer, same = of(case, option, backend=backend), of(case, option, backend="reference")
    same.load_state_dict(layer.state_dict())
    x, resets = inputs(False)
    given = {"resets": resets} if with_resets(option) else {}
    found = []
    for module in (layer, same):
        torch.manual_seed(3)
        found.append(flat(module(x, **given)))
    assert_same(*found, DTYPE)


@by_packing
@by_case
def test_gates_equal_those_of_the_call(case: Case, option: str, backend: str, packed: bool) -> None:
    """In the top layer h is the output; in every layer h follows from the other gates."""
    layer = of(case, option, backend=backend).eval()
    x, resets = inputs(packed)
    given = {"resets": resets} if with_resets(option) else {}
    output, _ = layer(x, **given)
    gates = layer.gates(x, **given)
    directions = 2 if layer.bidirectional else 1
    assert len(gates) == layer.num_layers * directions
    top = [found["h"] for found in list(gates.values())[-directions:]]
    assert type(top[0]) is type(output)
    joined = torch.cat([flat(h)[0] for h in top], dim=-1)
    torch.testing.assert_close(joined, flat(output)[0], **TOLERANCE[DTYPE])
    names = {"RNN": "h", "GRU": "rznh", "LSTM": "ifgoch"}[case.kind]
    assert all(list(found) == list(names) for found in gates.values())
    if case.kind == "LSTM" and not layer.proj_size and option in ("resets", "learned"):
        for found in gates.values():
            o, c, h = (flat(found[name])[0] for name in "och")
            torch.testing.assert_close(h, o * torch.tanh(c), **TOLERANCE[DTYPE])


@by_packing
@pytest.mark.parametrize(
    ("case", "option", "backend"), [each for each in CASES if each.values[2] != "reference"]
)
def test_gates_equal_those_of_the_reference(
    case: Case, option: str, backend: str, packed: bool
) -> None:
    """Without a gradient, the kernels give the gates that they keep for backward."""
    layer, same = of(case, option, backend=backend), of(case, option, backend="reference")
    same.load_state_dict(layer.state_dict())
    x, resets = inputs(packed)
    given = {"resets": resets} if with_resets(option) else {}
    found = []
    for module in (layer, same):
        torch.manual_seed(3)
        with torch.no_grad():
            gates = module.gates(x, **given)
        found.append(
            {
                f"{layer}.{name}": flat(values)[0]
                for suffix, own in gates.items()
                for name, values in own.items()
            }
        )
    assert found[0].keys() == found[1].keys()
    for name, values in found[0].items():
        torch.testing.assert_close(values, found[1][name], **TOLERANCE[DTYPE], msg=name)


@by_case
def test_steps_equal_the_call(case: Case, option: str, backend: str) -> None:
    """In evaluation, where zoneout is a weighted mean; the caller resets the state."""
    layer = of(case, option, backend=backend).eval()
    for name in ("h_0", "c_0"):
        if hasattr(layer, name):
            torch.nn.init.normal_(getattr(layer, name))
    x, _ = inputs(False)
    output, expected = layer(x)
    if layer.bidirectional:
        with pytest.raises(UsageError, match="step was called on a bidirectional layer"):
            layer.step(x[0])
        return
    state = None
    for t in range(len(x)):
        found, state = layer.step(x[t], state)
        assert_same([found], [output[t]], DTYPE)
    assert_same(flat(state), flat(expected), DTYPE)


@by_case
def test_copy_and_save(case: Case, option: str, backend: str) -> None:
    layer = of(case, option, backend=backend).eval()
    x, _ = inputs(False)
    expected = flat(layer(x))
    stored = io.BytesIO()
    torch.save(layer, stored)
    stored.seek(0)
    restored = torch.load(stored, weights_only=False)  # the stream of this very test
    for other in (copy.deepcopy(layer), restored):
        assert repr(other) == repr(layer)
        assert_same(flat(other(x)), expected, DTYPE)
    again = of(case, option, backend=backend).eval()
    again.load_state_dict(layer.state_dict())
    assert_same(flat(again(x)), expected, DTYPE)


# --- resets --------------------------------------------------------------------------------------

RESETTABLE = [
    pytest.param(case, name, id=f"{case.name}-{name}")
    for case in LAYERS
    for name, backend in BACKENDS.items()
    if backend.supports(case.ours(3, 5).recurrence, Extras(resets=torch.zeros(1, 1).bool()))
]


@pytest.mark.parametrize(("case", "backend"), RESETTABLE)
def test_the_part_between_resets_is_a_separate_sequence(case: Case, backend: str) -> None:
    """No information passes a boundary, with any number of layers and directions."""
    layer = case.ours(3, 5, backend=backend, dtype=DTYPE)
    x = torch.randn(9, 2, 3, dtype=DTYPE)
    resets = torch.zeros(9, 2, dtype=torch.bool)
    resets[[0, 4, 8]] = True
    output, states = layer(x, resets=resets)
    parts = [layer(x[part]) for part in (slice(0, 4), slice(4, 8), slice(8, 9))]
    assert_same([output], [torch.cat([part[0] for part in parts])], DTYPE)
    directions = 2 if layer.bidirectional else 1
    for found, first, last in zip(flat(states), flat(parts[0][1]), flat(parts[2][1]), strict=True):
        assert_same([found[0::directions]], [last[0::directions]], DTYPE)  # ends in the last part
        if directions == 2:
            assert_same([found[1::2]], [first[1::2]], DTYPE)


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize(("case", "backend"), RESETTABLE)
def test_resets_have_the_layout_of_the_input(case: Case, backend: str, batch_first: bool) -> None:
    layer = case.ours(3, 5, backend=backend, dtype=DTYPE)
    turned = case.ours(3, 5, backend=backend, dtype=DTYPE, batch_first=batch_first)
    turned.load_state_dict(layer.state_dict())
    x, resets = torch.randn(6, 2, 3, dtype=DTYPE), torch.rand(6, 2) < 0.4
    expected, _ = layer(x, resets=resets)
    if batch_first:
        output = turned(x.transpose(0, 1), resets=resets.T)[0].transpose(0, 1)
        assert_same([output], [expected], DTYPE)
    alone, _ = turned(x[:, 1], resets=resets[:, 1])
    assert_same([alone], [expected[:, 1]], DTYPE)


# --- cells ---------------------------------------------------------------------------------------


@by_backend(CELLS)
def test_a_layer_with_zoneout_equals_its_cell(case: Case, backend: str) -> None:
    zoneout = (0.3, 0.1) if "LSTM" in case.kind else 0.3
    cell = case.ours(3, 5, zoneout=zoneout, backend=backend, dtype=DTYPE).eval()
    layer = getattr(nn, case.kind.removesuffix("Cell"))(
        3, 5, **case.options, **case.extras, zoneout=zoneout, dtype=DTYPE
    ).eval()
    layer.load_state_dict({f"{name}_l0": w for name, w in cell.state_dict().items()})
    x = torch.randn(6, 2, 3, dtype=DTYPE)
    states: Any = None
    outputs = []
    for x_t in x:
        states = cell(x_t, states)
        outputs.append(flat(states)[0])
    expected = [torch.stack(outputs), *(s[None] for s in flat(states))]
    assert_same(flat(layer(x)), expected, DTYPE)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_a_layer_with_layer_norm_equals_its_cell(kind: str) -> None:
    layer = getattr(nn, kind)(3, 5, layer_norm=True, dtype=DTYPE)
    cell = getattr(nn, f"{kind}Cell")(3, 5, layer_norm=True, dtype=DTYPE)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    cell.load_state_dict({n.removesuffix("_l0"): w for n, w in layer.state_dict().items()})
    x = torch.randn(6, 2, 3, dtype=DTYPE)
    states: Any = None
    for x_t in x:
        states = cell(x_t, states)
    _, last = layer(x)
    assert_same([s[0] for s in flat(last)], flat(states), DTYPE)


def test_a_cell_draws_zoneout_while_training() -> None:
    """Each unit keeps its last value or takes the next, with about the requested probability."""
    cell = nn.GRUCell(3, 1000, zoneout=0.3)
    x, h = torch.randn(1, 3), torch.randn(1, 1000)
    found = cell(x, h)
    torch.manual_seed(0)
    plain = nn.GRUCell(3, 1000)
    plain.load_state_dict(cell.state_dict())
    kept, moved = found == h, torch.isclose(found, plain(x, h))
    assert bool((kept | moved).all())
    assert 0.25 < kept.double().mean().item() < 0.35
