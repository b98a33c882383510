"""A network of layers and directions, composed of one-layer, one-direction recurrences.

This is what a backend without a `stack` of its own runs. Sequences of different length come
packed, as torch packs them: longest first, the rows of step 0, then those of step 1 and so on.
As long as no sequence ends, a stretch of packed rows is an ordinary `[T, B, I]` tensor; so a
packed batch takes one ordinary call for each different length, and no step is ever padded.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import torch
from torch import Tensor
from torch.nn.functional import dropout as drop_out

from gated.ops.recurrence import Recurrence, State, Weights

__all__ = ["compose"]

Recur = Callable[[Tensor, State], tuple[Tensor, State]]  # one layer in one direction, with weights


def compose(
    sequence: Callable[[Recurrence, Weights, Tensor, State], tuple[Tensor, State]],
    asked: Recurrence,
    weights: Sequence[Weights],  # one of every layer and direction, layers outermost
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # sequences still running at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
) -> tuple[Tensor, State]:
    """All layers and directions of a network: the output `[T, B, D·P]` and the last state.

    Dropout acts on what one layer hands to the next, in one draw over the whole tensor.
    """
    directions = 2 if bidirectional else 1
    lengths = None if batch_sizes is None else batch_sizes.tolist()
    finals = []
    for layer in range(len(weights) // directions):
        if layer > 0:
            x = drop_out(x, dropout, training)
        outputs = []
        for direction in range(directions):
            index = layer * directions + direction
            recur = partial(sequence, asked, weights[index])
            initial = tuple(s[index] for s in state)
            if lengths is None:
                output, final = _run_padded(recur, x, initial, reverse=direction == 1)
            elif direction == 0:
                output, final = _run_packed(recur, _stretches(x, lengths), initial)
            else:
                output, final = _run_packed_reversed(recur, _stretches(x, lengths), initial)
            outputs.append(output)
            finals.append(final)
        x = torch.cat(outputs, dim=-1)
    return x, tuple(torch.stack(s) for s in zip(*finals, strict=True))


def _run_padded(recur: Recur, x: Tensor, initial: State, reverse: bool) -> tuple[Tensor, State]:
    if not reverse:
        return recur(x, initial)
    output, final = recur(x.flip(0), initial)
    return output.flip(0), final


def _stretches(rows: Tensor, batch_sizes: list[int]) -> list[Tensor]:
    """Packed rows `[N, I]` as tensors `[T_k, B_k, I]`, one for each run of equal batch sizes."""
    shapes = [(len(list(run)), batch) for batch, run in groupby(batch_sizes)]
    blocks = torch.split(rows, [steps * batch for steps, batch in shapes])
    return [torch.unflatten(block, 0, shape) for block, shape in zip(blocks, shapes, strict=True)]


def _run_packed(recur: Recur, stretches: list[Tensor], initial: State) -> tuple[Tensor, State]:
    """Forward in time: with each stretch the shortest sequences end and keep their state."""
    outputs, ended, running = [], [], initial
    for x in stretches:
        batch = x.shape[1]
        ended.append(tuple(s[batch:] for s in running))
        output, running = recur(x, tuple(s[:batch] for s in running))
        outputs.append(output.flatten(0, 1))
    final = (torch.cat(parts) for parts in zip(running, *reversed(ended), strict=True))
    return torch.cat(outputs), tuple(final)


def _run_packed_reversed(
    recur: Recur, stretches: list[Tensor], initial: State
) -> tuple[Tensor, State]:
    """Backward in time: with each stretch shorter sequences join, from their initial state."""
    outputs = []
    running = tuple(s[:0] for s in initial)
    for x in reversed(stretches):
        joining = slice(len(running[0]), x.shape[1])
        running = tuple(torch.cat([r, s[joining]]) for r, s in zip(running, initial, strict=True))
        output, running = recur(x.flip(0), running)
        outputs.append(output.flip(0).flatten(0, 1))
    return torch.cat(outputs[::-1]), running
