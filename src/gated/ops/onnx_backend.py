"""Computes the recurrences in a program that torch.onnx.export records, in the operators of ONNX.

A network of the kinds that ONNX has becomes one node RNN, LSTM or GRU for each layer, a GRU with
`reset="before"` too (linear_before_reset=0). Everything else (projections, layer normalisation,
zoneout, resets, float64) becomes a Scan over the equations of `gated.ops.reference`, or a Loop with
the older exporter (`dynamo=False`). Both accept sequences of any length and any batch.

`gated.ops.dispatch.choose` returns this backend while torch.onnx.export records, whatever the name.
Packed sequences need the older exporter, since torch.export cannot record the packing.
"""

import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gated.ops import reference_backend, torch_backend
from gated.ops.recurrence import NO_EXTRAS, Extras, Kind, Recurrence, State, Weights
from gated.ops.stack import compose

__all__ = ["is_recording", "sequence", "stack", "step", "supports"]

step = reference_backend.step

# The blocks of our gates in the order of ONNX: i, o, f, c of the LSTM and z, r, h of the GRU.
_ORDER: dict[Kind, tuple[int, ...]] = {"rnn": (0,), "lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}


def is_recording() -> bool:
    """Return whether torch.onnx.export records this call, with either exporter."""
    if torch.compiler.is_compiling():
        if not torch.compiler.is_exporting():
            return False
    elif not torch._C._is_tracing():
        return False
    return "torch.onnx" in sys.modules and torch.onnx.is_in_onnx_export()


def supports(recurrence: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """Return True: every recurrence can be recorded."""
    return True


def sequence(
    recurrence: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """Compute all steps of one layer in one direction: output and last state from `[T, B, I]`.

    Nothing has a gradient: the exporter differentiates a Scan whose inputs have one, and fails.
    """
    constants = Weights._make([None if w is None else w.detach() for w in weights])
    initial = tuple(s.detach() for s in state)
    return reference_backend.sequence(recurrence, constants, x.detach(), initial, extras)


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
    extras: Sequence[Extras] | None = None,  # one for each layer and direction; None: all empty
    recompute: bool = False,  # without a meaning here
) -> tuple[Tensor, State]:
    """Compute all layers and directions of a network: output `[T, B, D·P]` and last state."""
    is_plain = (
        extras is None
        and not recurrence.layer_norm
        and weights[0].weight_hr is None
        and x.dtype == torch.float32
        and not (training and dropout > 0)
    )
    is_scripted = not torch.compiler.is_exporting()
    options = {"dropout": dropout, "training": training, "bidirectional": bidirectional}
    if is_scripted and is_plain and recurrence.reset == "after":
        return torch_backend.stack(recurrence, weights, x, batch_sizes, state, **options)
    if is_scripted or not is_plain or batch_sizes is not None:
        return compose(
            sequence,
            recurrence,
            weights,
            x,
            batch_sizes,
            state,
            extras=extras,
            **options,
        )
    directions, finals = 2 if bidirectional else 1, []
    for first in range(0, len(weights), directions):
        layer = slice(first, first + directions)
        x, final = _node(recurrence, weights[layer], x, tuple(s[layer] for s in state))
        finals.append(final)
    return x, tuple(torch.cat(parts) for parts in zip(*finals, strict=True))


def _node(
    recurrence: Recurrence,
    weights: Sequence[Weights],  # of each direction
    x: Tensor,  # [T, B, I]
    state: State,  # each [D, B, H]
) -> tuple[Tensor, State]:
    """Compute one layer as one node of ONNX: output `[T, B, D·H]` and last state."""
    kind, directions = recurrence.kind, len(weights)
    steps, batch, hidden = x.shape[0], x.shape[1], state[0].shape[-1]
    W = torch.stack([_reordered(kind, own.weight_ih) for own in weights])
    R = torch.stack([_reordered(kind, own.weight_hh) for own in weights])
    biases = [
        torch.cat([_reordered(kind, own.bias_ih), _reordered(kind, own.bias_hh)])
        for own in weights
        if own.bias_ih is not None and own.bias_hh is not None
    ]
    attributes: dict[str, Any] = {
        "hidden_size": hidden,
        "direction": "bidirectional" if directions == 2 else "forward",
    }
    if kind == "rnn":
        attributes["activations"] = [recurrence.nonlinearity.capitalize()] * directions
    if kind == "gru":
        attributes["linear_before_reset"] = int(recurrence.reset == "after")
    output, *final = torch.onnx.ops.symbolic_multi_out(
        kind.upper(),
        (x, W, R, torch.stack(biases) if biases else None, None, *state),
        attributes,
        dtypes=[x.dtype] * (1 + len(state)),
        shapes=[(steps, directions, batch, hidden), *[(directions, batch, hidden)] * len(state)],
    )
    return output.transpose(1, 2).flatten(2), tuple(final)


def _reordered(kind: Kind, stacked: Tensor) -> Tensor:
    """Return a weight or bias with its gates in the order of ONNX."""
    gates = stacked.chunk(len(_ORDER[kind]))
    return torch.cat([gates[place] for place in _ORDER[kind]])
