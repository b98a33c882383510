"""`layer.step`: a sequence one step at a time, with the current weights at each step."""

import copy
import io
import multiprocessing
import os
import pickle
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import prune
from torch.nn.utils.parametrize import register_parametrization

from gated import nn
from gated.errors import UsageError
from gated.ops.cpu import extension
from tests.backend_names import as_parameter

LAYERS: dict[str, Any] = {
    "rnn": lambda **o: nn.RNN(3, 5, nonlinearity="relu", **o),
    "lstm": lambda **o: nn.LSTM(3, 5, 2, bias=False, **o),
    "lstm-projected": lambda **o: nn.LSTM(3, 5, 2, proj_size=4, **o),
    "gru": lambda **o: nn.GRU(3, 5, 3, **o),
    "gru-before": lambda **o: nn.GRU(3, 5, reset="before", **o),
}
by_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
by_backend = pytest.mark.parametrize("backend", [as_parameter("cpu"), "reference"])
needs_kernels = pytest.mark.skipif(
    not extension.available(), reason=f"the C++ recurrences are {extension.reason()}"
)
# The rounding errors differ over six steps: these digits of 7 and 16 agree.
TOLERANCE = {
    torch.float32: {"rtol": 1e-5, "atol": 1e-6},
    torch.float64: {"rtol": 1e-13, "atol": 1e-14},
}


@pytest.fixture
def poisoned() -> Iterator[None]:
    """Fill uninitialised memory with NaN."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def flat(state: Any) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def walk(layer: Any, x: Tensor, state: Any = None) -> list[Tensor]:
    """All outputs and the last state, step by step; time is x's first axis."""
    outputs = []
    for x_t in x:
        output, state = layer.step(x_t, state)
        outputs.append(output)
    return [torch.stack(outputs), *flat(state)]


def assert_agree(found: list[Tensor], expected: tuple[Tensor, Any]) -> None:
    for one, other in zip(found, [expected[0], *flat(expected[1])], strict=True):
        torch.testing.assert_close(one, other.detach(), **TOLERANCE[one.dtype])


@pytest.mark.parametrize("dtype", list(TOLERANCE), ids=str)
@pytest.mark.parametrize("batch", [4, 1, 0, None], ids=["B4", "B1", "B0", "unbatched"])
@by_backend
@by_layer
def test_steps_equal_the_sequence(
    layer: Any, backend: str, batch: int | None, dtype: torch.dtype, poisoned: None
) -> None:
    layer = layer(dtype=dtype, backend=backend)
    x = torch.randn(6, *([] if batch is None else [batch]), 3, dtype=dtype)
    assert_agree(walk(layer, x), layer(x))
    state = layer(x)[1]  # no zeros
    assert_agree(walk(layer, x, state), layer(x, state))


@by_backend
def test_batch_first_has_no_effect(backend: str) -> None:
    layer = nn.LSTM(3, 5, batch_first=True, backend=backend)
    x = torch.randn(4, 6, 3)
    output, state = layer(x)
    assert_agree(walk(layer, x.transpose(0, 1)), (output.transpose(0, 1), state))
    assert_agree(walk(layer, x[0]), layer(x[0]))


@by_layer
def test_tensors_that_are_not_contiguous(layer: Any) -> None:
    layer = layer()
    x = torch.randn(6, 3, 4).transpose(1, 2)
    state = layer(x)[1]
    scattered = tuple(s.transpose(0, 2).contiguous().transpose(0, 2) for s in flat(state))
    state = scattered if len(scattered) == 2 else scattered[0]
    assert_agree(walk(layer, x, state), layer(x.contiguous(), state))


# --- no autograd ---------------------------------------------------------------------------------


@by_backend
@by_layer
def test_autograd_records_nothing(layer: Any, backend: str) -> None:
    layer = layer(backend=backend)
    x, state = torch.randn(2, 4, 3, requires_grad=True), None
    for x_t in x:
        output, state = layer.step(x_t, state)
        assert not any(t.requires_grad for t in (output, *flat(state)))


@by_layer
def test_results_share_no_memory_with_the_layer(layer: Any) -> None:
    """A change of a result or an input changes no other result."""
    layer, x = layer(), torch.randn(4, 3)
    state = layer.step(x)[1]
    before = [s.clone() for s in flat(state)]
    output, following = layer.step(x, state)
    kept = [s.clone() for s in flat(following)]
    output.zero_()
    x.zero_()
    for one, other in zip(flat(following), kept, strict=True):
        assert torch.equal(one, other)
    for one, other in zip(flat(state), before, strict=True):
        assert torch.equal(one, other)


# --- current weights -----------------------------------------------------------------------------


def change_by_optimiser(layer: Any) -> None:
    for weight in layer.parameters():
        weight.grad = torch.ones_like(weight)
    torch.optim.SGD(layer.parameters(), lr=0.5).step()


def change_in_place(layer: Any) -> None:
    with torch.no_grad():
        layer.weight_hh_l0[0, 0] += 1


def change_by_loading(layer: Any) -> None:
    layer.load_state_dict({name: -w for name, w in layer.state_dict().items()})


def change_by_assignment(layer: Any) -> None:
    layer.weight_ih_l1 = torch.nn.Parameter(-layer.weight_ih_l1.detach())


def change_by_rounding(layer: Any) -> None:
    layer.to(torch.bfloat16).float()


def change_by_drawing(layer: Any) -> None:
    layer.reset_parameters()


def change_by_tying(layer: Any) -> None:
    layer.weight_hh_l1 = layer.weight_hh_l0


def change_by_data(layer: Any) -> None:
    layer.weight_hh_l1.data.mul_(0.5)


def change_by_data_of_one_value(layer: Any) -> None:
    layer.bias_hh_l1.data[-1] += 1


def change_by_other_data(layer: Any) -> None:
    layer.weight_hh_l0.data = -layer.weight_hh_l0.data


def change_by_numpy(layer: Any) -> None:
    layer.bias_ih_l0.detach().numpy()[:] = 1


def change_by_another_process(layer: Any) -> None:
    layer.share_memory()
    weight = layer.weight_hh_l0.data
    process = multiprocessing.get_context("fork").Process(target=weight.mul_, args=(0.5,))
    process.start()
    process.join()
    assert process.exitcode == 0


CHANGES = [
    change_by_optimiser,
    change_in_place,
    change_by_loading,
    change_by_assignment,
    change_by_rounding,
    change_by_drawing,
    change_by_tying,
    change_by_data,
    change_by_data_of_one_value,
    change_by_other_data,
    change_by_numpy,
    pytest.param(
        change_by_another_process,
        marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
    ),
]


@pytest.mark.parametrize("change", CHANGES)
@by_backend
def test_a_change_of_the_weights_has_an_effect(backend: str, change: Any) -> None:
    layer, x, h = nn.GRU(3, 5, 2, backend=backend), torch.randn(1, 4, 3), torch.randn(2, 4, 5)
    before, _ = layer.step(x[0], h)
    change(layer)
    found, _ = layer.step(x[0], h)
    assert not torch.equal(found, before)
    torch.testing.assert_close(found, layer(x, h)[0][0].detach(), **TOLERANCE[torch.float32])


def weight_norm(layer: Any) -> None:
    with pytest.warns(FutureWarning, match="weight_norm"):
        torch.nn.utils.weight_norm(layer, "weight_hh_l0")


MADE_BY_HOOKS = {
    "weight_norm": weight_norm,
    "spectral_norm": lambda layer: torch.nn.utils.spectral_norm(layer, "weight_hh_l0"),
    "prune": lambda layer: prune.l1_unstructured(layer, "weight_hh_l0", amount=0.5),
}


@pytest.mark.parametrize("make", MADE_BY_HOOKS.values(), ids=list(MADE_BY_HOOKS))
@by_backend
def test_weights_that_a_hook_makes_have_an_effect(backend: str, make: Any) -> None:
    layer, x, h = nn.GRU(3, 5, backend=backend), torch.randn(1, 4, 3), torch.randn(1, 4, 5)
    layer.step(x[0], h)
    make(layer)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.5)
    for _ in range(2):
        layer.train()  # in evaluation spectral_norm does not change what it has found
        layer(x, h)[0].sum().backward()
        optimizer.step()
        layer.eval()
        found, _ = layer.step(x[0], h)
        torch.testing.assert_close(found, layer(x, h)[0][0].detach())


class Doubled(torch.nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return 2 * weight


def test_parametrized_weights_have_an_effect() -> None:
    layer, x, h = nn.GRU(3, 5), torch.randn(1, 4, 3), torch.randn(1, 4, 5)
    before, _ = layer.step(x[0], h)
    register_parametrization(layer, "weight_hh_l0", Doubled())
    for _ in range(2):
        assert_agree([layer.step(x[0], h)[0]], (layer(x, h)[0][0], ()))
        assert not torch.equal(layer.step(x[0], h)[0], before)
        with torch.no_grad():
            layer.parametrizations.weight_hh_l0.original.add_(1)


def test_functional_call_uses_its_weights() -> None:
    layer, x, h = nn.GRU(3, 5), torch.randn(4, 3), torch.randn(1, 4, 5)
    layer.step(x, h)

    class Stepping(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: Tensor, h: Tensor) -> Tensor:
            return self.layer.step(x, h)[0]

    zeros = {name: torch.zeros_like(w) for name, w in Stepping().named_parameters()}
    found = torch.func.functional_call(Stepping(), zeros, (x, h))
    torch.testing.assert_close(found, h[0] / 2)  # z = σ(0), n = 0


@pytest.mark.parametrize("way", ["fused", "foreach", "plain"])
@pytest.mark.parametrize("kind", ["AdamW", "SGD"])
def test_a_step_uses_the_weights_after_an_optimizer_step(kind: str, way: str) -> None:
    layer, x, h = nn.GRU(3, 5), torch.randn(4, 3), torch.randn(1, 4, 5)
    options = {} if way == "plain" else {way: True}
    optimizer = getattr(torch.optim, kind)(layer.parameters(), lr=0.5, **options)
    before, _ = layer.step(x, h)
    for _ in range(2):  # the second time too
        layer(x[None], h)[0].sum().backward()
        optimizer.step()
        after, _ = layer.step(x, h)
        assert not torch.allclose(before, after, atol=1e-3)
        torch.testing.assert_close(after, layer(x[None], h)[0][0])
        before = after


def test_an_error_in_a_step_does_not_change_the_next_one() -> None:
    layer, x, h = nn.GRU(3, 5), torch.randn(4, 3), torch.randn(1, 4, 5)
    expected = layer(x[None], h)[0][0]
    for wrong in (x.double(), x.to("meta")):
        with pytest.raises((ValueError, RuntimeError)):
            layer.step(wrong, h)
        torch.testing.assert_close(layer.step(x, h)[0], expected)
    with pytest.raises((ValueError, RuntimeError)):
        layer.step(x, h.double())
    torch.testing.assert_close(layer.step(x, h)[0], expected)


def test_a_step_accepts_the_states_of_a_call() -> None:
    x, h, c = torch.randn(4, 3), torch.randn(1, 4, 5), torch.randn(1, 4, 5)
    lstm, gru = nn.LSTM(3, 5), nn.GRU(3, 5)
    expected = lstm(x[None], [h, c])[0][0]
    torch.testing.assert_close(lstm.step(x, [h, c])[0], expected)
    for layer, state in ((gru, (h,)), (gru, [h]), (lstm, h), (lstm, (h,)), (lstm, (h, None))):
        with pytest.raises(Exception) as of_a_call:  # noqa: PT011 whatever it is, it is the same
            layer(x[None], state)
        with pytest.raises(of_a_call.type):
            layer.step(x, state)


@needs_kernels
def test_the_weights_are_packed_once() -> None:
    layer, x, h = nn.GRU(3, 5), torch.randn(4, 3), torch.randn(1, 4, 5)
    layer.step(x, h)
    first = layer._stream
    assert first[1] is not None
    for _ in range(3):
        layer.step(x, h)
    assert layer._stream is first
    change_in_place(layer)
    layer.step(x, h)
    assert layer._stream is not first


@needs_kernels
def test_copies_and_pickles_contain_no_packed_weights() -> None:
    layer, x, h = nn.LSTM(3, 5), torch.randn(4, 3), (torch.randn(1, 4, 5), torch.randn(1, 4, 5))
    expected, _ = layer.step(x, h)
    assert layer._stream[1] is not None
    assert not any("stream" in name for name in layer.state_dict())
    saved = io.BytesIO()
    torch.save(layer, saved)
    saved.seek(0)
    others = [
        copy.deepcopy(layer),
        copy.copy(layer),
        pickle.loads(pickle.dumps(layer)),
        torch.load(saved, weights_only=False),  # the stream of this very test
    ]
    for other in others:
        assert other._stream[1] is None
        assert torch.equal(other.step(x, h)[0], expected)
    with torch.no_grad():
        others[0].weight_hh_l0.zero_()
    assert torch.equal(layer.step(x, h)[0], expected)


def test_threads_can_share_a_layer() -> None:
    layer, x = nn.GRU(3, 5, 2), torch.randn(50, 4, 3)
    expected = layer(x)
    found: list[list[Tensor]] = []
    threads = [threading.Thread(target=lambda: found.append(walk(layer, x))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    for results in found:
        assert_agree(results, expected)


# --- options and errors --------------------------------------------------------------------------


@by_backend
def test_options_act_as_in_a_call(backend: str) -> None:
    options: dict[str, Any] = {"zoneout": 0.3, "recurrent_dropout": 0.2, "learned_state": True}
    layer, x = nn.GRU(3, 5, 2, dropout=0.5, backend=backend, **options), torch.randn(6, 4, 3)
    torch.nn.init.normal_(layer.h_0)
    layer.eval()
    assert_agree(walk(layer, x), layer(x))
    layer.train()
    torch.manual_seed(2)
    found = layer.step(x[0])
    torch.manual_seed(2)
    output, state = layer(x[:1])
    assert_agree([*found], (output[0], state))
    layer = nn.LSTM(3, 5, layer_norm=True)
    assert_agree(walk(layer, x), layer(x))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision(dtype: torch.dtype) -> None:
    layer, x = nn.GRU(3, 5, dtype=dtype), torch.randn(6, 4, 3, dtype=dtype)
    output, h_n = layer(x)
    found = walk(layer, x)
    torch.testing.assert_close(found, [output.detach(), h_n.detach()], rtol=0.05, atol=0.02)


def test_inference_mode() -> None:
    with torch.inference_mode():
        layer, x = nn.GRU(3, 5), torch.randn(6, 4, 3)
        assert_agree(walk(layer, x), layer(x))
        layer.weight_hh_l0.mul_(0.5)
        assert_agree(walk(layer, x), layer(x))


def test_a_bidirectional_layer_has_no_single_step() -> None:
    message = "step was called on a bidirectional layer.*Expected bidirectional=False"
    with pytest.raises(UsageError, match=message):
        nn.GRU(3, 5, bidirectional=True).step(torch.zeros(3))


FAULTS: dict[str, tuple[Any, Any, str]] = {
    "x has three axes": (torch.zeros(1, 4, 3), None, "step: Expected x to be 1D or 2D, got 3D"),
    "x has no axis": (torch.tensor(1.0), None, "step: Expected x to be 1D or 2D, got 0D"),
    "x has other features": (torch.zeros(4, 2), torch.zeros(1, 4, 5), "Expected 3, got 2"),
    "another batch": (torch.zeros(4, 3), torch.zeros(1, 2, 5), r"Expected hidden.*\[1, 2, 5\]"),
    "an unbatched state": (torch.zeros(4, 3), torch.zeros(1, 5), "hx should also be 3-D"),
    "another dtype": (torch.zeros(4, 3).double(), torch.zeros(1, 4, 5).double(), "dtype"),
}


@pytest.mark.parametrize("fault", FAULTS)
@by_backend
def test_invalid_arguments(backend: str, fault: str) -> None:
    x, state, message = FAULTS[fault]
    layer = nn.GRU(3, 5, backend=backend)
    layer.step(torch.zeros(4, 3), torch.zeros(1, 4, 5))
    with pytest.raises((ValueError, RuntimeError), match=message):
        layer.step(x, state)
