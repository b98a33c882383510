"""The errors and the interface of the cells; tests/contract checks their results."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import torch

from gated import nn
from gated.errors import UsageError
from gated.ops.reference import gru
from tests.backend_names import by_backend

KINDS = ["RNNCell", "LSTMCell", "GRUCell"]
by_kind = pytest.mark.parametrize("kind", KINDS)


def pair(module: torch.nn.Module, *shape: int) -> Any:
    """The state argument of a cell, h or (h, c), each of this shape."""
    h = torch.zeros(*shape)
    return (h, h) if isinstance(module, torch.nn.LSTMCell | nn.LSTMCell) else h


FAULTS: dict[str, Callable[[torch.nn.Module], Any]] = {
    "3-D input": lambda m: m(torch.zeros(1, 2, 3)),
    "wrong input size": lambda m: m(torch.zeros(2, 4)),
    "wrong input size, unbatched": lambda m: m(torch.zeros(4)),
    "3-D state": lambda m: m(torch.zeros(2, 3), pair(m, 1, 2, 4)),
    "wrong batch of state": lambda m: m(torch.zeros(2, 3), pair(m, 5, 4)),
    "wrong size of state": lambda m: m(torch.zeros(2, 3), pair(m, 2, 5)),
    "batched state, unbatched input": lambda m: m(torch.zeros(3), pair(m, 1, 4)),
}


def error_of(fault: Callable[[Any], Any], subject: Any) -> Exception:
    with pytest.raises((ValueError, RuntimeError)) as caught:
        fault(subject)
    return caught.value


@pytest.mark.parametrize("fault", FAULTS)
@by_backend
@by_kind
def test_errors_are_torchs(kind: str, backend: str, fault: str) -> None:
    expected = error_of(FAULTS[fault], getattr(torch.nn, kind)(3, 4))
    found = error_of(FAULTS[fault], getattr(nn, kind)(3, 4, backend=backend))
    assert (type(found), str(found)) == (type(expected), str(expected))


def test_an_unknown_nonlinearity_is_an_error_of_the_call_as_in_torch() -> None:
    def fault(library: Any) -> Any:
        return library.RNNCell(3, 4, nonlinearity="gelu")(torch.zeros(2, 3))

    assert str(error_of(fault, nn)) == str(error_of(fault, torch.nn))


@by_kind
def test_arguments_have_torchs_order(kind: str) -> None:
    ours = inspect.signature(getattr(nn, kind)).parameters.values()
    torchs = inspect.signature(getattr(torch.nn, kind)).parameters
    assert [p.name for p in ours if p.kind is p.POSITIONAL_OR_KEYWORD] == list(torchs)
    further = {
        "RNNCell": "zoneout backend",
        "LSTMCell": "zoneout layer_norm backend",
        "GRUCell": "reset zoneout layer_norm backend",
    }
    keyword_only = [p.name for p in ours if p.kind is p.KEYWORD_ONLY]
    assert keyword_only == further[kind].split()


def test_repr_lists_options_that_are_not_default() -> None:
    assert repr(nn.GRUCell(3, 4, reset="before")) == "GRUCell(3, 4, reset=before)"
    found = repr(nn.RNNCell(3, 4, nonlinearity="relu", backend="torch"))
    assert found == "RNNCell(3, 4, nonlinearity=relu, backend=torch)"


def test_unknown_extras() -> None:
    with pytest.raises(UsageError, match="reset is 'between'"):
        nn.GRUCell(3, 4, reset="between")
    with pytest.raises(UsageError, match="backend 'cudnn' is unknown"):
        nn.LSTMCell(3, 4, backend="cudnn")


def test_a_backend_that_does_not_support_the_variant() -> None:
    with pytest.raises(UsageError, match='"torch" cannot compute the GRU with reset="before"'):
        nn.GRUCell(3, 4, reset="before", backend="torch")(torch.zeros(1, 3))


def test_the_gru_with_reset_before_equals_its_equations() -> None:
    cell, x, h = nn.GRUCell(3, 4, reset="before"), torch.randn(2, 3), torch.randn(2, 4)
    expected = gru.step(x, h, *cell.parameters(), reset="before")
    torch.testing.assert_close(cell(x, h), expected)  # float32, summed in another order
    assert torch.equal(cell(x[0], h[0]), cell(x[:1], h[:1])[0])


@by_kind
def test_is_a_torch_rnn_cell_base(kind: str) -> None:
    assert isinstance(getattr(nn, kind)(3, 4), torch.nn.RNNCellBase)


@by_backend
@by_kind
def test_compiles_without_a_break(kind: str, backend: str) -> None:
    cell, x = getattr(nn, kind)(3, 4, backend=backend), torch.randn(2, 3)
    compiled = torch.compile(cell, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), cell(x))
    torch._dynamo.reset()


@by_backend
@by_kind
def test_a_cell_without_a_hidden_unit(kind: str, backend: str) -> None:
    result = getattr(nn, kind)(10, 0, backend=backend)(torch.randn(3, 10))
    h = result[0] if isinstance(result, tuple) else result
    assert h.shape == (3, 0)


@by_kind
def test_a_cell_needs_no_mode_of_training(kind: str) -> None:
    """torch's cells have no use for `training`, and modules that were not fully built lack it."""
    cell = getattr(nn, kind)(3, 4)
    del cell.training
    cell(torch.randn(2, 3))
