"""A network of layers and directions, composed of one-layer, one-direction recurrences.

This is what a backend without a `stack` of its own runs. Sequences of different length come
packed, as torch packs them: longest first, the rows of step 0, then those of step 1 and so on.
As long as no sequence ends, a stretch of packed rows is an ordinary `[T, B, I]` tensor; so a
packed batch takes one ordinary call for each different length, and no step is ever padded.
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

Asked = TypeVar("Asked")  # a `Recurrence`, or whatever else says what `sequence` computes
Weights = TypeVar("Weights")  # those that such a `sequence` takes

# One layer in one direction, with its weights: the output and the last state from x and a state.
Recur = Callable[[Tensor, State, Extras], tuple[Tensor, State]]


def recomputable(
    stack: Callable[..., tuple[Tensor, State]],
) -> Callable[..., tuple[Tensor, State]]:
    """`stack` with a further option, `recompute`: to keep its inputs only, until backward.

    Backward then runs `stack` once more, with the same draws of dropout, and so needs as much
    memory as ever while it lasts; but several networks in a row need it one after the other.
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
    sequence: Callable[[Asked, Weights, Tensor, State, Extras], tuple[Tensor, State]],
    asked: Asked,
    weights: Sequence[Weights],  # one of every layer and direction, layers outermost
    x: Tensor,  # [T, B, I], or with batch_sizes the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,  # sequences still running at each step [T], on the CPU
    state: State,  # each [L·D, B, ·] for L layers and D directions
    *,
    dropout: float,
    training: bool,
    bidirectional: bool,
    extras: Sequence[Extras] | None = None,  # one of every layer and direction; None: all empty
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
    extras: Extras,  # beside the rows of x
    *,
    reverse: bool,
) -> tuple[Tensor, State]:
    """One layer in one direction, `recur`, which itself runs forward over tensors `[T, B, I]`."""
    if batch_sizes is None:
        recur = partial(_reversed, recur) if reverse else recur
        return recur(x, initial, extras)
    stretches = _stretches(x, batch_sizes, extras)
    if reverse:
        return _run_packed_reversed(partial(_reversed, recur), stretches, initial)
    return _run_packed(recur, stretches, initial)


def _reversed(recur: Recur, x: Tensor, initial: State, extras: Extras) -> tuple[Tensor, State]:
    output, final = recur(x.flip(0), initial, extras.map_rows(lambda rows: rows.flip(0)))
    return output.flip(0), final


class _Stretch(NamedTuple):
    x: Tensor  # [T_k, B_k, I]
    extras: Extras


def _stretches(rows: Tensor, batch_sizes: list[int], extras: Extras) -> list[_Stretch]:
    """Packed rows `[N, I]` cut at each change of the batch size, with the extras beside them."""
    shapes = [(len(list(run)), batch) for batch, run in groupby(batch_sizes)]
    blocks = torch.split(rows, [steps * batch for steps, batch in shapes])
    stretches, begin = [], 0
    for block, shape in zip(blocks, shapes, strict=True):
        window = slice(begin, begin + len(block))
        own = extras.map_rows(partial(_cut, window, shape)).of_first(shape[1])
        stretches.append(_Stretch(torch.unflatten(block, 0, shape), own))
        begin = window.stop
    return stretches


def _cut(window: slice, shape: tuple[int, int], rows: Tensor) -> Tensor:
    return torch.unflatten(rows[window], 0, shape)


def _run_packed(recur: Recur, stretches: list[_Stretch], initial: State) -> tuple[Tensor, State]:
    """Forward in time: with each stretch the shortest sequences end and keep their state."""
    outputs, ended, running = [], [], initial
    for x, extras in stretches:
        batch = x.shape[1]
        ended.append(tuple(s[batch:] for s in running))
        output, running = recur(x, tuple(s[:batch] for s in running), extras)
        outputs.append(output.flatten(0, 1))
    final = (torch.cat(parts) for parts in zip(running, *reversed(ended), strict=True))
    return torch.cat(outputs), tuple(final)


def _run_packed_reversed(
    recur: Recur, stretches: list[_Stretch], initial: State
) -> tuple[Tensor, State]:
    """Backward in time: with each stretch shorter sequences join, from their initial state."""
    outputs = []
    running = tuple(s[:0] for s in initial)
    for x, extras in reversed(stretches):
        joining = slice(len(running[0]), x.shape[1])
        running = tuple(torch.cat([r, s[joining]]) for r, s in zip(running, initial, strict=True))
        output, running = recur(x, running, extras)
        outputs.append(output.flatten(0, 1))
    return torch.cat(outputs[::-1]), running
