"""Implements the backend "torch": torch's kernels, which are cuDNN's on an NVIDIA GPU.

They run a whole network of layers and directions in one call (`stack`). They support the GRU only
with `reset="after"`, no layer normalisation and no extras. They are excluded from the graph of
torch.compile, as torch.nn.GRU is: the compiler would unroll every time step, and torch 2.13 fails
on the float32 LSTM of a CPU. The backend "reference" can be compiled without a graph break.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gated.ops.recurrence import NO_EXTRAS, Extras, Kind, Recurrence, State, Weights
from gated.ops.stack import recomputable

__all__ = ["sequence", "stack", "step", "supports"]


def supports(recurrence: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """Return whether torch.nn has this variant."""
    return recurrence.reset == "after" and not recurrence.layer_norm and extras.is_empty


def step(recurrence: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """Compute one time step: the next state from x `[B, I]`."""
    if weights.weight_hr is not None:  # torch.lstm_cell has no projection; torch.lstm has one
        return sequence(recurrence, weights, x[None], state)[1]
    if recurrence.kind == "lstm":
        return torch.lstm_cell(x, list(state), *weights[:4])
    (h,) = state
    if recurrence.kind == "gru":
        return (torch.gru_cell(x, h, *weights[:4]),)
    cell = {"tanh": torch.rnn_tanh_cell, "relu": torch.rnn_relu_cell}[recurrence.nonlinearity]
    return (cell(x, h, *weights[:4]),)


def sequence(
    recurrence: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """Compute all steps of one layer in one direction: output and last state from `[T, B, I]`."""
    output, final = stack(
        recurrence,
        [weights],
        x,
        None,
        tuple(s[None] for s in state),
        dropout=0.0,
        training=torch.is_grad_enabled(),  # cuDNN stores the reserve for backward only in training
        bidirectional=False,
    )
    return output, tuple(s[0] for s in final)


@recomputable
def stack(
    recurrence: Recurrence,
    weights: Sequence[Weights],  # one for each layer and direction, in the order of the layers
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # number of sequences at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None = None,  # None, or all empty: see `supports`
) -> tuple[Tensor, State]:
    """Compute all layers and directions of a network: output `[T, B, D·P]` and last state."""
    flat = [tensor for layer in weights for tensor in layer if tensor is not None]
    has_biases = weights[0].bias_ih is not None
    num_layers = len(weights) // (2 if bidirectional else 1)
    options = (flat, has_biases, num_layers, dropout, training, bidirectional)

    state = tuple(s.contiguous() for s in state)  # cuDNN accepts only contiguous states
    hidden = list(state) if recurrence.kind == "lstm" else state[0]
    kernels: dict[Kind, Callable[..., tuple[Tensor, ...]]] = {
        "rnn": torch.rnn_tanh if recurrence.nonlinearity == "tanh" else torch.rnn_relu,
        "lstm": torch.lstm,
        "gru": torch.gru,
    }
    kernel = kernels[recurrence.kind]
    if torch.compiler.is_dynamo_compiling():
        kernel = torch.compiler.disable(kernel)  # type: ignore[no-untyped-call]
    if batch_sizes is None:
        output, *final = kernel(x, hidden, *options, False)  # False: time first
    else:
        output, *final = kernel(x, batch_sizes, hidden, *options)
    return output, tuple(final)
