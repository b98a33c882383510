"""Computes the gates of a network at every step.

For each layer and direction, a backend that keeps its gates for backward gives these (`trace`).
Where it does not, or where the gates themselves need a gradient, it computes the hidden states, and
the equations of `gated.ops.reference` give the gates of all steps at once, with one product of
matrices, from the inputs and the states before the steps.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import dropout as drop_out

from gated.ops import reference_backend
from gated.ops.dispatch import Backend
from gated.ops.recurrence import NO_EXTRAS, Extras, Kind, Recurrence, State, Weights
from gated.ops.stack import run_direction

__all__ = ["NAMES", "trace"]

NAMES: dict[Kind, tuple[str, ...]] = {  # in this order, h last
    "rnn": ("h",),
    "gru": ("r", "z", "n", "h"),
    "lstm": ("i", "f", "g", "o", "c", "h"),
}


def trace(
    backend: Backend,
    recurrence: Recurrence,
    weights: Sequence[Weights],  # one for each layer and direction, in the order of the layers
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,
    state: State,  # each [L·D, B, ·]
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None,
) -> list[dict[str, Tensor]]:
    """Return the tensors of `NAMES` of every layer and direction: `[T, B, H]`, h `[T, B, P]`."""
    directions = 2 if bidirectional else 1
    lengths = None if batch_sizes is None else batch_sizes.tolist()
    traces: list[dict[str, Tensor]] = []
    for index, own_weights in enumerate(weights):
        layer, direction = divmod(index, directions)
        if direction == 0 and layer > 0:
            x = torch.cat([below["h"] for below in traces[-directions:]], dim=-1)
            x = drop_out(x, dropout, training)
        recur = partial(_concatenated_gates, backend, recurrence, own_weights)
        initial = tuple(s[index] for s in state)
        own = NO_EXTRAS if extras is None else extras[index]
        wide, _ = run_direction(recur, x, lengths, initial, own, reverse=direction == 1)
        traces.append(_split_gates(recurrence, own_weights, wide))
    return traces


def _concatenated_gates(
    backend: Backend,
    recurrence: Recurrence,
    weights: Weights,
    x: Tensor,
    state: State,
    extras: Extras,
) -> tuple[Tensor, State]:
    """Concatenate the gates along the features, so that they pack and reverse like an output."""
    given = (recurrence, weights, x, state)
    kept = None if backend.trace is None else backend.trace(*given, extras)
    if kept is not None:
        found, final = kept
    else:
        output, final = backend.sequence(*given, extras)
        found = reference_backend.trace(*given, output, extras)
    return torch.cat([found[name] for name in NAMES[recurrence.kind]], dim=-1), final


def _split_gates(recurrence: Recurrence, weights: Weights, wide: Tensor) -> dict[str, Tensor]:
    names, projected = NAMES[recurrence.kind], weights.weight_hh.shape[1]
    hidden_size = (wide.shape[-1] - projected) // max(len(names) - 1, 1)
    sizes = [hidden_size] * (len(names) - 1) + [projected]
    return dict(zip(names, torch.split(wide, sizes, dim=-1), strict=True))
