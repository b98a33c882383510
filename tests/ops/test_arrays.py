"""The GRU over arrays of NumPy: the states and gates of `gated.nn.GRU`, in C++ and without it."""

import numpy as np
import pytest
import torch

from gated import nn
from gated.ops.arrays import gru_gates, gru_states
from gated.ops.cpu import extension

BACKENDS = ["C++", "reference"]


@pytest.fixture(autouse=True, params=BACKENDS)
def _backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "reference":
        monkeypatch.setattr(extension, "available", lambda: False)
    elif not extension.available():
        pytest.skip(f"the C++ recurrences are {extension.reason()}")


def layer_and_weights(inputs: int, hidden: int) -> tuple[nn.GRU, list[np.ndarray]]:
    layer = nn.GRU(inputs, hidden, batch_first=True)
    return layer, [parameter.detach().numpy() for parameter in layer.parameters()]


@pytest.mark.parametrize(
    ("batch", "steps", "inputs", "hidden"),
    [(1, 1, 1, 1), (3, 7, 5, 4), (2, 63, 3, 37), (17, 2, 8, 16), (0, 4, 2, 3)],
)
@pytest.mark.parametrize("has_state", [False, True])
def test_states_and_gates_are_those_of_the_layer(
    batch: int, steps: int, inputs: int, hidden: int, has_state: bool
) -> None:
    layer, weights = layer_and_weights(inputs, hidden)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, steps, inputs)).astype(np.float32)
    h = rng.normal(size=(batch, hidden)).astype(np.float32) if has_state else None
    given = None if h is None else torch.from_numpy(h)[None]
    with torch.no_grad():
        expected, _ = layer(torch.from_numpy(x), given)
        gates = layer.gates(torch.from_numpy(x), given)["l0"]
    states = gru_states(weights, x, h)
    assert (states.shape, states.dtype) == ((batch, steps, hidden), np.float32)
    assert states.flags.c_contiguous
    np.testing.assert_allclose(states, expected, rtol=1e-5, atol=1e-6)
    found = gru_gates(weights, x, states, h)
    assert list(found) == list(gates)
    for name, values in found.items():
        np.testing.assert_allclose(values, gates[name], rtol=1e-4, atol=2e-6, err_msg=name)


def test_any_layout_of_the_inputs_is_read() -> None:
    _, weights = layer_and_weights(3, 4)
    x = np.random.default_rng(0).normal(size=(5, 6, 3)).astype(np.float32)
    expected = gru_states(weights, x)
    time_first = np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1)
    wide = np.zeros((5, 12, 6), np.float32)
    wide[:, ::2, ::2] = x
    for same in (time_first, wide[:, ::2, ::2], np.asfortranarray(x)):
        np.testing.assert_allclose(gru_states(weights, same), expected, rtol=1e-6, atol=1e-7)


def test_arguments_are_not_changed() -> None:
    _, weights = layer_and_weights(3, 4)
    x, h = np.ones((2, 5, 3), np.float32), np.ones((2, 4), np.float32)
    before = [array.copy() for array in (*weights, x, h)]
    gru_gates(weights, x, gru_states(weights, x, h), h)
    for was, now in zip(before, (*weights, x, h), strict=True):
        np.testing.assert_array_equal(was, now)
