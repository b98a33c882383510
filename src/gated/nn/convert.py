"""Converts weights from and to the conventions of Keras, ONNX and Chung et al. 2014.

Only this module uses other conventions; all other modules use the convention of torch.

| | GRU gates | LSTM gates | matrices | biases |
| --- | --- | --- | --- | --- |
| gated, torch | r, z, n | i, f, g, o | `[G·H, I]`, `[G·H, H]` | two of `[G·H]` |
| Keras | z, r, n | i, f, g, o | `[I, G·H]`, `[H, G·H]` | one of `[G·H]` or `[2, G·H]` |
| ONNX | z, r, n | i, o, f, g | `[D, G·H, I]`, `[D, G·H, H]` | one of `[D, 2·G·H]` |

Keras `reset_after=True` and ONNX `linear_before_reset=1` correspond to `GRU(reset="after")`; the
opposite settings correspond to `GRU(reset="before")`. Where Keras stores one bias, it is the sum
b_x + b_h, since its equations use only the sum; the sum cannot be split again. Every function
copies: returned tensors are on the CPU, returned arrays are NumPy arrays, the dtype is kept.

Sources: the documented equations of `keras.layers.GRU`, `LSTM` and `SimpleRNN` and of the ONNX
operators GRU, LSTM and RNN; Chung et al. 2014, arXiv 1412.3555.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.errors import UsageError
from gated.ops.recurrence import Kind
from gated.ops.reference.gru import Reset

__all__ = ["from_keras", "from_onnx", "negate_update_gate", "to_keras", "to_onnx"]

Array = NDArray[Any]

_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
_GATES: dict[Kind, str] = {"rnn": "h", "gru": "rzn", "lstm": "ifgo"}  # in stacking order
_KERAS_GATES: dict[Kind, str] = {"rnn": "h", "gru": "zrn", "lstm": "ifgo"}
_ONNX_GATES: dict[Kind, str] = {"rnn": "h", "gru": "zrn", "lstm": "iofg"}


def from_keras(kind: Kind, weights: Sequence[Array], suffix: str = "_l0") -> dict[str, Tensor]:
    """The weights of a Keras layer as entries of a `state_dict`.

    Args:
        kind: "rnn" for SimpleRNN, "lstm" or "gru".
        weights: the result of the Keras layer's `get_weights()`: kernel `[I, G·H]`, recurrent
            kernel `[H, G·H]` and, unless `use_bias=False`, the bias, `[2, 3·H]` for a GRU with
            `reset_after=True` and `[G·H]` otherwise. One bias becomes b_x, with b_h zero.
        suffix: end of the names: "_l0" or "_l1_reverse" for a layer, "" for a cell.

    Raises:
        UsageError: the shapes are not those of such a layer.

    Example:
        >>> from gated.nn import GRU
        >>> keras = [np.zeros((3, 12)), np.zeros((4, 12)), np.zeros((2, 12))]
        >>> GRU(3, 4).load_state_dict(from_keras("gru", keras))
        <All keys matched successfully>
    """
    if len(weights) not in (2, 3) or any(np.ndim(kernel) != 2 for kernel in weights[:2]):
        raise UsageError(
            f"Arrays of shapes {[np.shape(array) for array in weights]} given. Expected those of "
            "get_weights() of one Keras layer: kernel, recurrent kernel and, if any, bias."
        )
    kernel, recurrent_kernel, *bias = (_tensor(array) for array in weights)
    biases: list[Tensor] = []
    if bias:
        biases = list(bias[0]) if bias[0].dim() == 2 else [bias[0], torch.zeros_like(bias[0])]
    stacked = [kernel.T, recurrent_kernel.T, *biases]
    return _entries(kind, _KERAS_GATES[kind], stacked, suffix)


def to_keras(
    kind: Kind, state: Mapping[str, Tensor], suffix: str = "_l0", *, reset: Reset = "after"
) -> list[Array]:
    """Entries of a `state_dict` as the arrays that a Keras layer's `set_weights()` takes.

    Args:
        kind: "rnn" for SimpleRNN, "lstm" or "gru".
        state: a `state_dict` of a layer or cell.
        suffix: end of the names: "_l0" or "_l1_reverse" for a layer, "" for a cell.
        reset: of the GRU, "after" for Keras `reset_after=True`, "before" for False.

    Raises:
        UsageError: an entry is missing, or the LSTM has a projection, which Keras does not support.

    Example:
        >>> from gated.nn import LSTM
        >>> [array.shape for array in to_keras("lstm", LSTM(3, 4).state_dict())]
        [(3, 16), (4, 16), (16,)]
    """
    weight_ih, weight_hh, *biases = _stacked(kind, _KERAS_GATES[kind], state, suffix)
    arrays = [weight_ih.T, weight_hh.T]
    if biases:
        two = kind == "gru" and reset == "after"
        arrays.append(torch.stack(biases) if two else biases[0] + biases[1])
    return [array.contiguous().numpy() for array in arrays]


def from_onnx(
    kind: Kind, W: Array, R: Array, B: Array | None = None, layer: int = 0
) -> dict[str, Tensor]:
    """The weights of an ONNX operator as entries of a `state_dict`.

    Args:
        kind: "rnn", "lstm" (without peepholes) or "gru".
        W: input weights `[D, G·H, I]`, D = 2 where the operator is bidirectional, else 1.
        R: recurrent weights `[D, G·H, H]`.
        B: biases `[D, 2·G·H]`, b_x before b_h, or None.
        layer: number of the layer in the names.

    Raises:
        UsageError: the shapes are not those of such an operator.

    Example:
        >>> from gated.nn import LSTM
        >>> W, R, B = np.zeros((1, 16, 3)), np.zeros((1, 16, 4)), np.zeros((1, 32))
        >>> LSTM(3, 4).load_state_dict(from_onnx("lstm", W, R, B))
        <All keys matched successfully>
    """
    directions = {len(array) for array in (W, R, B) if array is not None}
    if directions not in ({1}, {2}):
        raise UsageError(
            f"The first axes of W, R and B are {directions} long. Expected one number for all: "
            "1, or 2 where the operator is bidirectional."
        )
    entries: dict[str, Tensor] = {}
    for direction in range(len(W)):
        biases = () if B is None else _tensor(B[direction]).chunk(2)
        stacked = [_tensor(W[direction]), _tensor(R[direction]), *biases]
        entries |= _entries(kind, _ONNX_GATES[kind], stacked, _suffix(layer, direction))
    return entries


def to_onnx(
    kind: Kind, state: Mapping[str, Tensor], layer: int = 0
) -> tuple[Array, Array, Array | None]:
    """One layer of a `state_dict` as W `[D, G·H, I]`, R `[D, G·H, H]` and B `[D, 2·G·H]` of ONNX.

    Args:
        kind: "rnn", "lstm" or "gru".
        state: a `state_dict` of RNN, LSTM or GRU.
        layer: number of the layer; an ONNX operator holds one, in one or both directions.

    Raises:
        UsageError: an entry is missing, or the LSTM has a projection, which ONNX does not support.

    Example:
        >>> from gated.nn import GRU
        >>> W, R, B = to_onnx("gru", GRU(3, 4, bidirectional=True).state_dict())
        >>> W.shape, R.shape, B.shape
        ((2, 12, 3), (2, 12, 4), (2, 24))
    """
    directions = 2 if f"weight_ih{_suffix(layer, 1)}" in state else 1
    each = [
        _stacked(kind, _ONNX_GATES[kind], state, _suffix(layer, direction))
        for direction in range(directions)
    ]
    W = torch.stack([one[0] for one in each]).numpy()
    R = torch.stack([one[1] for one in each]).numpy()
    has_biases = len(each[0]) == len(_NAMES)
    return W, R, (torch.stack([torch.cat(one[2:]) for one in each]).numpy() if has_biases else None)


def negate_update_gate(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A GRU's weights for, or from, h_t = (1 − z_t) ⊙ h_{t-1} + z_t ⊙ n_t.

    Chung et al. 2014 (arXiv 1412.3555) and minGRU write the last equation in this form: a z_t near
    1 replaces the state instead of keeping it. Since σ(−a) = 1 − σ(a), changing the sign of the
    weights of z converts in either direction.

    Args:
        state: a `state_dict` of a GRU or GRUCell, of any number of layers, in gate order r, z, n.

    Raises:
        UsageError: an entry does not have the shape of a GRU's.

    Example:
        >>> negate_update_gate({"bias_ih": torch.ones(6)})["bias_ih"]
        tensor([ 1.,  1., -1., -1.,  1.,  1.])
    """
    negated = {}
    for name, tensor in state.items():
        if name.startswith("weight_hh") and len(tensor) != 3 * tensor.shape[-1]:
            shape = list(tensor.shape)
            raise UsageError(f"{name} has shape {shape}. Expected [3·H, H], as in a GRU.")
        r, z, n = tensor.detach().cpu().chunk(3)
        negated[name] = torch.cat([r, -z, n])
    return negated


def _tensor(array: Array) -> Tensor:
    return torch.from_numpy(np.array(array))  # np.array copies


def _suffix(layer: int, direction: int) -> str:
    return f"_l{layer}" + ("_reverse" if direction == 1 else "")


def _reorder(stacked: Tensor, source: str, target: str) -> Tensor:
    """The blocks along the first axis, named by the letters of source, in the order of target."""
    blocks = stacked.chunk(len(source))
    return torch.cat([blocks[source.index(gate)] for gate in target]).contiguous()


def _entries(kind: Kind, order: str, stacked: list[Tensor], suffix: str) -> dict[str, Tensor]:
    """Named entries of a `state_dict` from tensors with their gates along the first axis."""
    if len(stacked) not in (2, 4):
        raise UsageError(f"{len(stacked) - 2} biases found. Expected both b_x and b_h or neither.")
    hidden_size = stacked[1].shape[-1]
    rows = len(order) * hidden_size
    entries = {}
    for name, tensor in zip(_NAMES[: len(stacked)], stacked, strict=True):
        axes = 2 if name.startswith("weight") else 1
        if tensor.dim() != axes or len(tensor) != rows:
            raise UsageError(
                f"{name}{suffix} of the {kind} would have shape {list(tensor.shape)}. Expected "
                f"{rows} rows, {len(order)} gates of hidden size {hidden_size}, on {axes} axes."
            )
        entries[name + suffix] = _reorder(tensor, order, _GATES[kind])
    return entries


def _stacked(kind: Kind, order: str, state: Mapping[str, Tensor], suffix: str) -> list[Tensor]:
    """The weights and, if any, biases of one layer and direction, gates in the given order."""
    if f"weight_hr{suffix}" in state:
        raise UsageError(
            f"The state holds weight_hr{suffix}, a projection, which the other system does not "
            "support. Expected an LSTM with proj_size=0."
        )
    names = [name + suffix for name in _NAMES if name + suffix in state]
    if len(names) not in (2, 4):
        raise UsageError(
            f"The state has the entries {list(state)}. Expected weight_ih{suffix}, "
            f"weight_hh{suffix} and both or neither of bias_ih{suffix} and bias_hh{suffix}."
        )
    return [_reorder(state[name].detach().cpu(), _GATES[kind], order) for name in names]
