"""Converted weights compute the same numbers as the other system's documented equations."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated import nn
from gated.errors import UsageError
from gated.nn.convert import from_keras, from_onnx, negate_update_gate, to_keras, to_onnx

Array = NDArray[Any]
T, B, I, H = 5, 2, 3, 4  # noqa: E741, the sizes' names in every equation
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
LAYER = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
# Both sides compute in float64; the sums are taken in another order.
EXACT = {"rtol": 1e-12, "atol": 1e-13}


def draw(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape)


def sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


def outputs(layer: torch.nn.Module, x: Array) -> Array:
    with torch.no_grad():
        return layer(torch.from_numpy(x))[0].numpy()


def layer_of(kind: str, state: dict[str, Tensor], **options: Any) -> torch.nn.Module:
    layer = LAYER[kind](I, H, bias="bias_ih_l0" in state, dtype=torch.float64, **options)
    layer.load_state_dict(state)
    return layer


# --- Keras ---------------------------------------------------------------------------------------


def keras_gru(x: Array, weights: list[Array]) -> Array:
    """The equations of keras.layers.GRU: gates z, r, h; the shape of the bias gives reset_after."""
    kernel, recurrent, bias = weights
    reset_after = bias.ndim == 2
    input_bias, recurrent_bias = bias if reset_after else (bias, np.zeros_like(bias))
    h, all_h = np.zeros((B, H)), []
    for x_t in x:
        x_z, x_r, x_h = np.split(x_t @ kernel + input_bias, 3, axis=-1)
        U_z, U_r, U_h = np.split(recurrent, 3, axis=-1)
        b_z, b_r, b_h = np.split(recurrent_bias, 3)
        z, r = sigmoid(x_z + h @ U_z + b_z), sigmoid(x_r + h @ U_r + b_r)
        inner = r * (h @ U_h + b_h) if reset_after else (r * h) @ U_h
        h = z * h + (1 - z) * np.tanh(x_h + inner)
        all_h.append(h)
    return np.stack(all_h)


def keras_lstm(x: Array, weights: list[Array]) -> Array:
    """The equations of keras.layers.LSTM: gates i, f, c, o."""
    kernel, recurrent, bias = weights
    h, c, all_h = np.zeros((B, H)), np.zeros((B, H)), []
    for x_t in x:
        i, f, g, o = np.split(x_t @ kernel + h @ recurrent + bias, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        all_h.append(h)
    return np.stack(all_h)


def keras_rnn(x: Array, weights: list[Array]) -> Array:
    """The equation of keras.layers.SimpleRNN."""
    kernel, recurrent, bias = weights
    h, all_h = np.zeros((B, H)), []
    for x_t in x:
        h = np.tanh(x_t @ kernel + h @ recurrent + bias)
        all_h.append(h)
    return np.stack(all_h)


KERAS = {"rnn": keras_rnn, "gru": keras_gru, "lstm": keras_lstm}
KERAS_CASES = [
    pytest.param("rnn", {}, (H,), id="rnn"),
    pytest.param("lstm", {}, (4 * H,), id="lstm"),
    pytest.param("gru", {"reset": "after"}, (2, 3 * H), id="gru-after"),
    pytest.param("gru", {"reset": "before"}, (3 * H,), id="gru-before"),
]
by_keras_case = pytest.mark.parametrize(("kind", "options", "bias_shape"), KERAS_CASES)


@by_keras_case
def test_from_keras(kind: str, options: dict[str, str], bias_shape: tuple[int, ...]) -> None:
    rows = GATES[kind] * H
    weights = [draw(I, rows), draw(H, rows), draw(*bias_shape)]
    layer = layer_of(kind, from_keras(kind, weights), **options)
    x = draw(T, B, I)
    np.testing.assert_allclose(outputs(layer, x), KERAS[kind](x, weights), **EXACT)


@by_keras_case
def test_to_keras(kind: str, options: dict[str, str], bias_shape: tuple[int, ...]) -> None:
    layer = LAYER[kind](I, H, dtype=torch.float64, **options)
    weights = to_keras(kind, layer.state_dict(), **options)
    assert [w.shape for w in weights] == [(I, GATES[kind] * H), (H, GATES[kind] * H), bias_shape]
    x = draw(T, B, I)
    np.testing.assert_allclose(KERAS[kind](x, weights), outputs(layer, x), **EXACT)


@pytest.mark.parametrize("kind", KERAS)
def test_keras_without_bias_and_there_and_back(kind: str) -> None:
    layer = LAYER[kind](I, H, bias=False)
    weights = to_keras(kind, layer.state_dict())
    assert len(weights) == 2
    for name, tensor in from_keras(kind, weights).items():
        assert torch.equal(tensor, layer.state_dict()[name])


def test_keras_weights_of_a_cell_and_of_a_reverse_layer() -> None:
    cell = nn.GRUCell(I, H)
    back = from_keras("gru", to_keras("gru", cell.state_dict(), suffix=""), suffix="")
    assert all(torch.equal(back[name], tensor) for name, tensor in cell.state_dict().items())
    assert set(from_keras("lstm", [draw(I, 16), draw(H, 16)], suffix="_l1_reverse")) == {
        "weight_ih_l1_reverse",
        "weight_hh_l1_reverse",
    }


# --- ONNX ----------------------------------------------------------------------------------------


def onnx_gru(x: Array, W: Array, R: Array, B_: Array, linear_before_reset: int) -> Array:
    """The equations of the ONNX operator GRU, one direction: gates z, r, h."""
    W_z, W_r, W_h = np.split(W, 3)
    R_z, R_r, R_h = np.split(R, 3)
    Wb_z, Wb_r, Wb_h, Rb_z, Rb_r, Rb_h = np.split(B_, 6)
    h, all_h = np.zeros((B, H)), []
    for x_t in x:
        z = sigmoid(x_t @ W_z.T + h @ R_z.T + Wb_z + Rb_z)
        r = sigmoid(x_t @ W_r.T + h @ R_r.T + Wb_r + Rb_r)
        if linear_before_reset:
            n = np.tanh(x_t @ W_h.T + r * (h @ R_h.T + Rb_h) + Wb_h)
        else:
            n = np.tanh(x_t @ W_h.T + (r * h) @ R_h.T + Rb_h + Wb_h)
        h = (1 - z) * n + z * h
        all_h.append(h)
    return np.stack(all_h)


def onnx_lstm(x: Array, W: Array, R: Array, B_: Array) -> Array:
    """The equations of the ONNX operator LSTM, one direction: gates i, o, f, c."""
    h, c, all_h = np.zeros((B, H)), np.zeros((B, H)), []
    Wb, Rb = np.split(B_, 2)
    for x_t in x:
        i, o, f, g = np.split(x_t @ W.T + h @ R.T + Wb + Rb, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        all_h.append(h)
    return np.stack(all_h)


def onnx_rnn(x: Array, W: Array, R: Array, B_: Array) -> Array:
    """The equation of the ONNX operator RNN, one direction."""
    h, all_h = np.zeros((B, H)), []
    Wb, Rb = np.split(B_, 2)
    for x_t in x:
        h = np.tanh(x_t @ W.T + h @ R.T + Wb + Rb)
        all_h.append(h)
    return np.stack(all_h)


def onnx(kind: str, x: Array, W: Array, R: Array, B_: Array, options: dict[str, str]) -> Array:
    """All directions, concatenated along the features."""
    joined = []
    for d in range(len(W)):
        ordered = x[::-1] if d == 1 else x
        if kind == "gru":
            found = onnx_gru(ordered, W[d], R[d], B_[d], int(options["reset"] == "after"))
        else:
            found = {"lstm": onnx_lstm, "rnn": onnx_rnn}[kind](ordered, W[d], R[d], B_[d])
        joined.append(found[::-1] if d == 1 else found)
    return np.concatenate(joined, axis=-1)


ONNX_CASES = [
    pytest.param("rnn", {}, id="rnn"),
    pytest.param("lstm", {}, id="lstm"),
    pytest.param("gru", {"reset": "after"}, id="gru-linear-before-reset"),
    pytest.param("gru", {"reset": "before"}, id="gru-default"),
]
by_onnx_case = pytest.mark.parametrize(("kind", "options"), ONNX_CASES)
by_directions = pytest.mark.parametrize("directions", [1, 2])


@by_directions
@by_onnx_case
def test_from_onnx(kind: str, options: dict[str, str], directions: int) -> None:
    rows = GATES[kind] * H
    W, R, B_ = draw(directions, rows, I), draw(directions, rows, H), draw(directions, 2 * rows)
    state = from_onnx(kind, W, R, B_)
    layer = layer_of(kind, state, bidirectional=directions == 2, **options)
    x = draw(T, B, I)
    np.testing.assert_allclose(outputs(layer, x), onnx(kind, x, W, R, B_, options), **EXACT)


@by_directions
@by_onnx_case
def test_to_onnx_and_back(kind: str, options: dict[str, str], directions: int) -> None:
    layer = LAYER[kind](I, H, bidirectional=directions == 2, dtype=torch.float64, **options)
    W, R, B_ = to_onnx(kind, layer.state_dict())
    x = draw(T, B, I)
    np.testing.assert_allclose(onnx(kind, x, W, R, B_, options), outputs(layer, x), **EXACT)
    back = from_onnx(kind, W, R, B_)
    assert back.keys() == layer.state_dict().keys()
    assert all(torch.equal(back[name], tensor) for name, tensor in layer.state_dict().items())


def test_onnx_holds_one_layer_with_or_without_a_bias() -> None:
    layer = nn.LSTM(I, H, num_layers=2, bias=False)
    W, R, B_ = to_onnx("lstm", layer.state_dict(), layer=1)
    assert (W.shape, R.shape, B_) == ((1, 16, H), (1, 16, H), None)
    back = from_onnx("lstm", W, R, layer=1)
    assert set(back) == {"weight_ih_l1", "weight_hh_l1"}
    assert torch.equal(back["weight_ih_l1"], layer.weight_ih_l1)


# --- Chung et al. 2014 ---------------------------------------------------------------------------


def chung_gru(x: Array, state: dict[str, Array]) -> Array:
    """h_t = (1 − z_t) ⊙ h_{t-1} + z_t ⊙ n_t, everything else as in NOTATION."""
    h, all_h = np.zeros((B, H)), []
    for x_t in x:
        at_x = np.split(x_t @ state["weight_ih_l0"].T + state["bias_ih_l0"], 3, axis=-1)
        at_h = np.split(h @ state["weight_hh_l0"].T + state["bias_hh_l0"], 3, axis=-1)
        r, z = sigmoid(at_x[0] + at_h[0]), sigmoid(at_x[1] + at_h[1])
        n = np.tanh(at_x[2] + r * at_h[2])
        h = (1 - z) * h + z * n
        all_h.append(h)
    return np.stack(all_h)


def test_negate_update_gate_both_ways() -> None:
    layer = nn.GRU(I, H, dtype=torch.float64)
    negated = negate_update_gate(layer.state_dict())
    x = draw(T, B, I)
    found = chung_gru(x, {name: tensor.numpy() for name, tensor in negated.items()})
    np.testing.assert_allclose(found, outputs(layer, x), **EXACT)
    back = negate_update_gate(negated)
    assert all(torch.equal(back[name], tensor) for name, tensor in layer.state_dict().items())


# --- copies, dtypes, faults ----------------------------------------------------------------------


def test_nothing_is_shared_with_the_source() -> None:
    layer = nn.RNN(I, H)  # one gate: nothing would have to be moved
    before = [weight.clone() for weight in layer.parameters()]
    for array in (*to_keras("rnn", layer.state_dict()), *to_onnx("rnn", layer.state_dict())):
        array[...] = np.nan
    assert all(torch.equal(w, b) for w, b in zip(layer.parameters(), before, strict=True))

    arrays = [np.zeros((I, H), np.float32), np.zeros((H, H), np.float32), np.zeros(H, np.float32)]
    for tensor in from_keras("rnn", arrays).values():
        assert tensor.dtype == torch.float32
        tensor.fill_(torch.nan)
    assert not any(np.isnan(array).any() for array in arrays)


@pytest.mark.parametrize(
    "weights",
    [
        pytest.param([draw(I, 12)], id="one array"),
        pytest.param([draw(I, 12), draw(12)], id="bias for a recurrent kernel"),
        pytest.param([draw(I, 12), draw(4, 9)], id="other widths"),
        pytest.param([draw(I, 12), draw(4, 12), draw(9)], id="bias too short"),
        pytest.param([draw(I, 12), draw(4, 12), draw(3, 12)], id="three biases"),
        pytest.param([draw(I, 16), draw(4, 16), draw(16)], id="weights of an LSTM"),
    ],
)
def test_invalid_keras_weights(weights: list[Array]) -> None:
    with pytest.raises(UsageError, match="Expected"):
        from_keras("gru", weights)


@pytest.mark.parametrize(
    "arrays",
    [
        pytest.param((draw(1, 12, 3), draw(2, 12, 4)), id="directions differ"),
        pytest.param((draw(3, 12, 3), draw(3, 12, 4)), id="three directions"),
        pytest.param((draw(1, 12, 3), draw(1, 9, 4)), id="other rows"),
        pytest.param((draw(1, 12, 3), draw(1, 12, 4), draw(1, 12)), id="half a bias"),
    ],
)
def test_invalid_onnx_weights(arrays: tuple[Array, ...]) -> None:
    with pytest.raises(UsageError, match="Expected"):
        from_onnx("gru", *arrays)


def test_invalid_states() -> None:
    projected = nn.LSTM(I, H, proj_size=2).state_dict()
    with pytest.raises(UsageError, match="weight_hr_l0, a projection"):
        to_keras("lstm", projected)
    with pytest.raises(UsageError, match="weight_hr_l0, a projection"):
        to_onnx("lstm", projected)
    with pytest.raises(UsageError, match="Expected weight_ih_l3"):
        to_onnx("gru", nn.GRU(I, H).state_dict(), layer=3)
    with pytest.raises(UsageError, match=r"weight_hh_l0 has shape \[16, 4\]. Expected \[3·H, H\]"):
        negate_update_gate(nn.LSTM(I, H).state_dict())
