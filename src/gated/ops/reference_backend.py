"""The backend "reference": the equations in plain torch, for every recurrence and variant."""

from torch import Tensor

from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights
from gated.ops.reference import gru as gru
from gated.ops.reference import lstm as lstm
from gated.ops.reference import rnn as rnn

__all__ = ["sequence", "step", "supports", "trace"]


def supports(asked: Recurrence, extras: Extras = NO_EXTRAS) -> bool:
    """The reference defines what can be asked, so the answer is yes."""
    return True


def step(asked: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """One time step: the next state from x `[B, I]`."""
    if asked.kind == "lstm":
        h, c = state
        return lstm.step(x, h, c, *weights[:5], weights.norm)
    (h,) = state
    if asked.kind == "gru":
        return (gru.step(x, h, *weights[:4], asked.reset, weights.norm),)
    return (rnn.step(x, h, *weights[:4], asked.nonlinearity),)


def sequence(
    asked: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras = NO_EXTRAS
) -> tuple[Tensor, State]:
    """All time steps of one layer in one direction: the output and last state from `[T, B, I]`."""
    if asked.kind == "lstm":
        h, c = state
        output, h, c = lstm.sequence(x, h, c, *weights[:5], weights.norm, extras)
        return output, (h, c)
    (h,) = state
    if asked.kind == "gru":
        output, h = gru.sequence(x, h, *weights[:4], asked.reset, weights.norm, extras)
    else:
        output, h = rnn.sequence(x, h, *weights[:4], asked.nonlinearity, extras)
    return output, (h,)


def trace(
    asked: Recurrence,
    weights: Weights,
    x: Tensor,  # [T, B, I]
    state: State,
    output: Tensor,  # [T, B, P], as `sequence` returned it
    extras: Extras = NO_EXTRAS,
) -> dict[str, Tensor]:
    """Gates and states of all steps, by name: each `[T, B, H]`, h `[T, B, P]`."""
    if asked.kind == "lstm":
        h, c = state
        return lstm.trace(x, h, c, *weights[:4], output, weights.norm, extras)
    (h,) = state
    if asked.kind == "gru":
        return gru.trace(x, h, *weights[:4], output, asked.reset, weights.norm, extras)
    return rnn.trace(output)
