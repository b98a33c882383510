"""The backend "reference": the equations in plain torch, for every recurrence and variant."""

from torch import Tensor

from gated.ops.gru import reference as gru
from gated.ops.lstm import reference as lstm
from gated.ops.recurrence import Recurrence, State, Weights
from gated.ops.rnn import reference as rnn

__all__ = ["sequence", "step", "supports"]


def supports(asked: Recurrence) -> bool:
    """The reference defines what can be asked, so the answer is yes."""
    return True


def step(asked: Recurrence, weights: Weights, x: Tensor, state: State) -> State:
    """One time step: the next state from x `[B, I]`."""
    if asked.kind == "lstm":
        h, c = state
        return lstm.step(x, h, c, *weights)
    (h,) = state
    if asked.kind == "gru":
        return (gru.step(x, h, *weights[:4], asked.reset),)
    return (rnn.step(x, h, *weights[:4], asked.nonlinearity),)


def sequence(asked: Recurrence, weights: Weights, x: Tensor, state: State) -> tuple[Tensor, State]:
    """All time steps of one layer in one direction: the output and last state from `[T, B, I]`."""
    if asked.kind == "lstm":
        h, c = state
        output, h, c = lstm.sequence(x, h, c, *weights)
        return output, (h, c)
    (h,) = state
    if asked.kind == "gru":
        output, h = gru.sequence(x, h, *weights[:4], asked.reset)
    else:
        output, h = rnn.sequence(x, h, *weights[:4], asked.nonlinearity)
    return output, (h,)
