"""Provides the recurrences as functions of tensors, for one layer in one direction.

`x` is `[T, B, I]` for a sequence and `[B, I]` for a step. All tensors are dense and have the same
floating dtype and device. No argument is changed, and every argument can have a gradient. See
`gated.ops.reference.{rnn,lstm,gru}` for the equations, the shapes of the weights and the gate
orders, and `gated.ops.reference.extras` for `extras`. The functions raise UsageError, which names
the argument that does not match.
"""

import torch
from torch import Tensor

from gated.errors import UsageError
from gated.ops.checks import check_same_kind, check_tensors
from gated.ops.dispatch import choose
from gated.ops.recurrence import GATES, NO_EXTRAS, Extras, Kind, Recurrence, State, Weights
from gated.ops.reference.gru import Reset
from gated.ops.reference.rnn import Nonlinearity

__all__ = [
    "gru_sequence",
    "gru_step",
    "lstm_sequence",
    "lstm_step",
    "rnn_sequence",
    "rnn_step",
]

_OPTIONAL = Weights._fields[2:]  # all but weight_ih and weight_hh


def rnn_sequence(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    nonlinearity: Nonlinearity = "tanh",
    extras: Extras = NO_EXTRAS,
    backend: str = "auto",
) -> tuple[Tensor, Tensor]:
    """Run Elman's RNN over `[T, B, I]`: all hidden states `[T, B, H]` and the last `[B, H]`.

    Example:
        >>> import torch
        >>> x, h, W = torch.ones(3, 1, 1), torch.zeros(1, 1), torch.eye(1)
        >>> rnn_sequence(x, h, W, W, nonlinearity="relu")[0].flatten()
        tensor([1., 2., 3.])
    """
    recurrence = Recurrence("rnn", nonlinearity=nonlinearity)
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    _check_sequence(recurrence.kind, x, (h,), weights, extras)
    output, (h_n,) = choose(recurrence, backend, extras).sequence(
        recurrence, weights, x, (h,), extras
    )
    return output, h_n


def rnn_step(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    nonlinearity: Nonlinearity = "tanh",
    backend: str = "auto",
) -> Tensor:
    """Compute one step of Elman's RNN: the next hidden state `[B, H]` from `[B, I]`.

    Example:
        >>> import torch
        >>> x, h, W = torch.ones(1, 1), 2 * torch.ones(1, 1), torch.eye(1)
        >>> rnn_step(x, h, W, W, nonlinearity="relu")
        tensor([[3.]])
    """
    recurrence = Recurrence("rnn", nonlinearity=nonlinearity)
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    _check_shapes(recurrence.kind, x, ("B", "I"), (h,), weights)
    (h,) = choose(recurrence, backend).step(recurrence, weights, x, (h,))
    return h


def lstm_sequence(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_hr: Tensor | None = None,
    *,
    extras: Extras = NO_EXTRAS,
    backend: str = "auto",
) -> tuple[Tensor, Tensor, Tensor]:
    """Run the LSTM over `[T, B, I]`: all h `[T, B, P]`, the last h `[B, P]` and c `[B, H]`.

    P is the number of rows of `weight_hr`, or H without it.

    Example:
        >>> import torch
        >>> x, h, c = torch.zeros(5, 2, 3), torch.zeros(2, 4), torch.ones(2, 4)
        >>> output, h_n, c_n = lstm_sequence(x, h, c, torch.zeros(16, 3), torch.zeros(16, 4))
        >>> c_n[0]  # every forget gate is σ(0) = 1/2, so c_n is 1/2 to the power 5
        tensor([0.0312, 0.0312, 0.0312, 0.0312])
    """
    recurrence = Recurrence("lstm")
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh, weight_hr)
    _check_sequence(recurrence.kind, x, (h, c), weights, extras)
    output, (h_n, c_n) = choose(recurrence, backend, extras).sequence(
        recurrence, weights, x, (h, c), extras
    )
    return output, h_n, c_n


def lstm_step(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_hr: Tensor | None = None,
    *,
    backend: str = "auto",
) -> tuple[Tensor, Tensor]:
    """Compute one step of the LSTM: the next h `[B, P]` and c `[B, H]` from `[B, I]`.

    Example:
        >>> import torch
        >>> x, h, c = torch.zeros(2, 3), torch.zeros(2, 4), torch.ones(2, 4)
        >>> lstm_step(x, h, c, torch.zeros(16, 3), torch.zeros(16, 4))[1][0]
        tensor([0.5000, 0.5000, 0.5000, 0.5000])
    """
    recurrence = Recurrence("lstm")
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh, weight_hr)
    _check_shapes(recurrence.kind, x, ("B", "I"), (h, c), weights)
    h, c = choose(recurrence, backend).step(recurrence, weights, x, (h, c))
    return h, c


def gru_sequence(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    reset: Reset = "after",
    extras: Extras = NO_EXTRAS,
    backend: str = "auto",
) -> tuple[Tensor, Tensor]:
    """Run the GRU over `[T, B, I]`: all hidden states `[T, B, H]` and the last `[B, H]`.

    Example:
        >>> import torch
        >>> x, h = torch.zeros(2, 1, 3), torch.ones(1, 4)
        >>> gru_sequence(x, h, torch.zeros(12, 3), torch.zeros(12, 4))[1]
        tensor([[0.2500, 0.2500, 0.2500, 0.2500]])
    """
    recurrence = Recurrence("gru", reset=reset)
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    _check_sequence(recurrence.kind, x, (h,), weights, extras)
    output, (h_n,) = choose(recurrence, backend, extras).sequence(
        recurrence, weights, x, (h,), extras
    )
    return output, h_n


def gru_step(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    reset: Reset = "after",
    backend: str = "auto",
) -> Tensor:
    """Compute one step of the GRU: the next hidden state `[B, H]` from `[B, I]`.

    Example:
        >>> import torch
        >>> gru_step(torch.zeros(1, 3), torch.ones(1, 4), torch.zeros(12, 3), torch.zeros(12, 4))
        tensor([[0.5000, 0.5000, 0.5000, 0.5000]])
    """
    recurrence = Recurrence("gru", reset=reset)
    weights = Weights(weight_ih, weight_hh, bias_ih, bias_hh)
    _check_shapes(recurrence.kind, x, ("B", "I"), (h,), weights)
    (h,) = choose(recurrence, backend).step(recurrence, weights, x, (h,))
    return h


def _check_sequence(kind: Kind, x: Tensor, state: State, weights: Weights, extras: Extras) -> None:
    _check_shapes(kind, x, ("T", "B", "I"), state, weights)
    if not isinstance(extras, Extras):
        raise UsageError(f"extras is of type {type(extras).__name__}. Expected gated.ops.Extras.")
    if len(x) == 0:
        raise UsageError("x has no time step: its first axis is 0 long. Expected at least 1.")
    steps, batch = x.shape[:2]
    expected = {
        "resets": (steps, batch),
        "recurrent_mask": tuple(state[0].shape),
        "zoneout_h": (steps, *state[0].shape),
        "zoneout_c": (steps, *state[-1].shape),
    }
    for name, tensor in extras._asdict().items():
        if tensor is None:
            continue
        if isinstance(tensor, Tensor) and tensor.shape != expected[name]:
            raise UsageError(
                f"extras.{name} has shape {list(tensor.shape)}. Expected {list(expected[name])}, "
                f"given x of shape {list(x.shape)}."
            )
        check_same_kind(f"extras.{name}", tensor, x, torch.bool if name == "resets" else None)
    if extras.zoneout_c is not None and kind != "lstm":
        raise UsageError(f"extras.zoneout_c is given, but the {kind.upper()} has no c.")


def _check_shapes(
    kind: Kind, x: Tensor, axes: tuple[str, ...], state: State, weights: Weights
) -> None:
    """Compare every shape with the shape that x and weight_hh imply."""
    given = dict(zip(("h", "c"), state, strict=False)) | weights._asdict()
    check_tensors(x, given, _OPTIONAL)
    gates = GATES[kind]
    if x.dim() != len(axes):
        raise UsageError(f"x has shape {list(x.shape)}. Expected axes [{', '.join(axes)}].")
    if weights.weight_hh.dim() != 2:
        shape = list(weights.weight_hh.shape)
        raise UsageError(f"weight_hh has shape {shape}. Expected [{gates}·hidden_size, size of h].")
    if (weights.bias_ih is None) != (weights.bias_hh is None):
        raise UsageError("One of bias_ih and bias_hh is None. Expected both or neither.")

    batch, input_size = x.shape[-2:]
    hidden_size = weights.weight_hh.shape[0] // gates
    projected = hidden_size if weights.weight_hr is None else weights.weight_hh.shape[1]
    expected = {
        "h": (batch, projected),
        "c": (batch, hidden_size),
        "weight_ih": (gates * hidden_size, input_size),
        "weight_hh": (gates * hidden_size, projected),
        "bias_ih": (gates * hidden_size,),
        "bias_hh": (gates * hidden_size,),
        "weight_hr": (projected, hidden_size),
    }
    for name, tensor in given.items():
        if tensor is not None and tensor.shape != expected[name]:
            raise UsageError(
                f"{name} has shape {list(tensor.shape)}. Expected {list(expected[name])}, given "
                f"x of shape {list(x.shape)} and weight_hh of {list(weights.weight_hh.shape)}."
            )
