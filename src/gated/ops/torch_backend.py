"""The backend "torch": torch's own kernels, which are cuDNN's on an NVIDIA GPU.

They run a whole network of layers and directions in one call (`stack`), and know the GRU in the
form `reset="after"` only, no layer normalisation and no extras. torch.compile leaves them out of
its graph, as it leaves out torch.nn.GRU: a compiler that traces them unrolls every time step, and
in torch 2.13 fails on the float32 LSTM of a CPU. The backend "reference" can be compiled without
a break.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gated.ops.recurrence import NO_EXTRAS, Extras, Kind, Recurrence, State, Weights
from gated.ops.stack import recomputable

__all__ = ["sequence", "stack", "step", "supports"]


def supports(asked: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """What torch.nn has."""
    return asked.reset == "after" and not asked.layer_norm and extras.is_empty


def step(asked: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """One time step: the next state from x `[B, I]`."""
    if weights.weight_hr is not None:  # torch.lstm_cell has no projection, torch.lstm has
        return sequence(asked, weights, x[None], state)[1]
    if asked.kind == "lstm":
        return torch.lstm_cell(x, list(state), *weights[:4])
    (h,) = state
    if asked.kind == "gru":
        return (torch.gru_cell(x, h, *weights[:4]),)
    cell = {"tanh": torch.rnn_tanh_cell, "relu": torch.rnn_relu_cell}[asked.nonlinearity]
    return (cell(x, h, *weights[:4]),)


def sequence(
    asked: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """All time steps of one layer in one direction: the output and last state from `[T, B, I]`."""
    output, final = stack(
        asked,
        [weights],
        x,
        None,
        tuple(s[None] for s in state),
        dropout=0.0,
        training=torch.is_grad_enabled(),  # cuDNN keeps what backward needs in training only
        bidirectional=False,
    )
    return output, tuple(s[0] for s in final)


@recomputable
def stack(
    asked: Recurrence,
    weights: Sequence[Weights],  # one of every layer and direction, layers outermost
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # sequences still running at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None = None,  # None, or all empty: see `supports`
) -> tuple[Tensor, State]:
    """All layers and directions of a network: the output `[T, B, D·P]` and the last state."""
    flat = [tensor for layer in weights for tensor in layer if tensor is not None]
    has_biases = weights[0].bias_ih is not None
    num_layers = len(weights) // (2 if bidirectional else 1)
    options = (flat, has_biases, num_layers, dropout, training, bidirectional)

    state = tuple(s.contiguous() for s in state)  # cuDNN refuses any other
    hidden = list(state) if asked.kind == "lstm" else state[0]
    kernels: dict[Kind, Callable[..., tuple[Tensor, ...]]] = {
        "rnn": torch.rnn_tanh if asked.nonlinearity == "tanh" else torch.rnn_relu,
        "lstm": torch.lstm,
        "gru": torch.gru,
    }
    kernel = kernels[asked.kind]
    if torch.compiler.is_dynamo_compiling():
        kernel = torch.compiler.disable(kernel)  # type: ignore[no-untyped-call]
    if batch_sizes is None:
        output, *final = kernel(x, hidden, *options, False)  # False: time first
    else:
        output, *final = kernel(x, batch_sizes, hidden, *options)
    return output, tuple(final)
