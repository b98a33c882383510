"""Composes a network of layers and directions from one-layer, one-direction recurrences.

It runs for every backend without its own `stack`. Sequences of different length are packed, as
torch packs them: longest first, the rows of step 0, then the rows of step 1 and so on. Between two
ends of sequences, a range of packed rows is a dense `[T, B, I]` tensor; so a packed batch needs one
call for each different length, and no step is padded.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn.functional import dropout as drop_out
from torch.utils.checkpoint import checkpoint

from gated.ops.recurrence import NO_EXTRAS, Extras, State

__all__ = ["compose", "recomputable", "run_direction"]

Variant = TypeVar("Variant")  # the first argument of `sequence`, such as a `Recurrence`
Weights = TypeVar("Weights")  # the weights of such a `sequence`

# Computes one layer in one direction: output and last state from x, a state and extras.
Recur = Callable[[Tensor, State, Extras], tuple[Tensor, State]]


def recomputable(
    stack: Callable[..., tuple[Tensor, State]],
) -> Callable[..., tuple[Tensor, State]]:
    """Add the option `recompute` to `stack`, which stores only its inputs until backward.

    Backward then runs `stack` again with the same dropout masks and needs the same memory while it
    runs; but several networks in a row need that memory one after the other.
    """

    @wraps(stack)
    def run(*args: Any, recompute: bool = False, **options: Any) -> tuple[Tensor, State]:
        if not (recompute and torch.is_grad_enabled()):
            return stack(*args, **options)
        result: tuple[Tensor, State] = checkpoint(stack, *args, use_reentrant=False, **options)
        return result

    return run


@recomputable
def compose(
    sequence: Callable[[Variant, Weights, Tensor, State, Extras], tuple[Tensor, State]],
    variant: Variant,
    weights: Sequence[Weights],  # one for each layer and direction, in the order of the layers
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # number of sequences at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None = None,  # one for each layer and direction; None: all empty
) -> tuple[Tensor, State]:
    """Compute all layers and directions of a network: output `[T, B, D·P]` and last state.

    Dropout acts on the output of each layer but the last, with one draw over the whole tensor.
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
            recur = partial(sequence, variant, weights[index])
            initial = tuple(s[index] for s in state)
            own = NO_EXTRAS if extras is None else extras[index]
            output, final = run_direction(recur, x, lengths, initial, own, reverse=direction == 1)
            outputs.append(output)
            finals.append(final)
        x = torch.cat(outputs, dim=-1)
    return x, tuple(torch.stack(s) for s in zip(*finals, strict=True))


def run_direction(
    recur: Recur,
    x: Tensor,  # [T, B, I], or with batch sizes [N, I]
    batch_sizes: list[int] | None,
    initial: State,
    extras: Extras,  # with the rows of x
    *,
    reverse: bool,
) -> tuple[Tensor, State]:
    """Run `recur`, which runs forward over tensors `[T, B, I]`, over x in one direction."""
    if batch_sizes is None:
        recur = partial(_reversed, recur) if reverse else recur
        return recur(x, initial, extras)
    blocks = _packed_blocks(x, batch_sizes, extras)
    if reverse:
        return _run_packed_reversed(partial(_reversed, recur), blocks, initial)
    return _run_packed(recur, blocks, initial)


def _reversed(recur: Recur, x: Tensor, initial: State, extras: Extras) -> tuple[Tensor, State]:
    output, final = recur(x.flip(0), initial, extras.map_rows(lambda rows: rows.flip(0)))
    return output.flip(0), final


class _PackedBlock(NamedTuple):
    x: Tensor  # [T_k, B_k, I]
    extras: Extras


def _packed_blocks(rows: Tensor, batch_sizes: list[int], extras: Extras) -> list[_PackedBlock]:
    """Cut packed rows `[N, I]` and their extras at each change of the batch size."""
    shapes = [(len(list(run)), batch) for batch, run in groupby(batch_sizes)]
    parts = torch.split(rows, [steps * batch for steps, batch in shapes])
    blocks, begin = [], 0
    for part, shape in zip(parts, shapes, strict=True):
        window = slice(begin, begin + len(part))
        own = extras.map_rows(partial(_cut, window, shape)).of_first(shape[1])
        blocks.append(_PackedBlock(torch.unflatten(part, 0, shape), own))
        begin = window.stop
    return blocks


def _cut(window: slice, shape: tuple[int, int], rows: Tensor) -> Tensor:
    return torch.unflatten(rows[window], 0, shape)


def _run_packed(recur: Recur, blocks: list[_PackedBlock], initial: State) -> tuple[Tensor, State]:
    """Run forward in time: with each block the shortest sequences end and keep their state."""
    outputs, ended, running = [], [], initial
    for x, extras in blocks:
        batch = x.shape[1]
        ended.append(tuple(s[batch:] for s in running))
        output, running = recur(x, tuple(s[:batch] for s in running), extras)
        outputs.append(output.flatten(0, 1))
    final = (torch.cat(parts) for parts in zip(running, *reversed(ended), strict=True))
    return torch.cat(outputs), tuple(final)


def _run_packed_reversed(
    recur: Recur, blocks: list[_PackedBlock], initial: State
) -> tuple[Tensor, State]:
    """Run backward in time: with each block shorter sequences join with their initial state."""
    outputs = []
    running = tuple(s[:0] for s in initial)
    for x, extras in reversed(blocks):
        joining = slice(len(running[0]), x.shape[1])
        running = tuple(torch.cat([r, s[joining]]) for r, s in zip(running, initial, strict=True))
        output, running = recur(x, running, extras)
        outputs.append(output.flatten(0, 1))
    return torch.cat(outputs[::-1]), running
