"""Implements the backend "reference": the equations in plain torch, for every recurrence."""

from torch import Tensor

from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights
from gated.ops.reference import gru as gru
from gated.ops.reference import lstm as lstm
from gated.ops.reference import rnn as rnn

__all__ = ["sequence", "step", "supports", "trace"]


def supports(recurrence: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """Return True: the reference supports every recurrence."""
    return True


def step(recurrence: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """Compute one time step: the next state from x `[B, I]`."""
    if recurrence.kind == "lstm":
        h, c = state
        return lstm.step(x, h, c, *weights[:5], weights.norm)
    (h,) = state
    if recurrence.kind == "gru":
        return (gru.step(x, h, *weights[:4], recurrence.reset, weights.norm),)
    return (rnn.step(x, h, *weights[:4], recurrence.nonlinearity),)


def sequence(
    recurrence: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """Compute all steps of one layer in one direction: output and last state from `[T, B, I]`."""
    if recurrence.kind == "lstm":
        h, c = state
        output, h, c = lstm.sequence(x, h, c, *weights[:5], weights.norm, extras)
        return output, (h, c)
    (h,) = state
    if recurrence.kind == "gru":
        output, h = gru.sequence(x, h, *weights[:4], recurrence.reset, weights.norm, extras)
    else:
        output, h = rnn.sequence(x, h, *weights[:4], recurrence.nonlinearity, extras)
    return output, (h,)


def trace(
    recurrence: Recurrence,
    weights: Weights,
    x: Tensor,  # [T, B, I]
    state: State,
    output: Tensor,  # [T, B, P], as `sequence` returned it
    extras: Extras = NO_EXTRAS,
) -> dict[str, Tensor]:
    """Return gates and states of all steps by name: each `[T, B, H]`, h `[T, B, P]`."""
    if recurrence.kind == "lstm":
        h, c = state
        return lstm.trace(x, h, c, *weights[:4], output, weights.norm, extras)
    (h,) = state
    if recurrence.kind == "gru":
        return gru.trace(x, h, *weights[:4], output, recurrence.reset, weights.norm, extras)
    return rnn.trace(output)
