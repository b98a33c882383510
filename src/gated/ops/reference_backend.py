"""Implements the backend "reference": the equations in plain torch, for every recurrence."""

from typing import Any

from torch import Tensor

from gated.ops.loops import is_recorded, over_rows
from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights
from gated.ops.reference import gru as gru
from gated.ops.reference import lstm as lstm
from gated.ops.reference import rnn as rnn
from gated.ops.reference.norm import product

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
    if is_recorded():
        return _recorded_sequence(recurrence, weights, x, state, extras)
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


def _recorded_sequence(
    recurrence: Recurrence, weights: Weights, x: Tensor, state: State, extras: Extras
) -> tuple[Tensor, State]:
    """Compute `sequence` in a program that is recorded and then accepts any number of steps."""
    from_x = product(x, weights.weight_ih, weights.bias_ih, weights.gain_ih)
    steps_of_extras = {**extras._asdict(), "recurrent_mask": None}
    rows = {k: v for k, v in {"from_x": from_x, **steps_of_extras}.items() if v is not None}
    of_all_steps = {**weights._asdict(), "recurrent_mask": extras.recurrent_mask}
    of_the_input = ("weight_ih", "bias_ih", "gain_ih")
    constants = {
        name: tensor
        for name, tensor in of_all_steps.items()
        if tensor is not None and name not in of_the_input
    }

    def step(state: list[Tensor], row: list[Tensor], given: list[Tensor]) -> list[Tensor]:
        named: dict[str, Any] = dict(zip(rows, row, strict=True))
        named |= zip(constants, given, strict=True)
        resets = named.pop("resets", None)
        if resets is not None:  # no `where`, whose gradient torch cannot record in a scan
            state = [s.masked_fill(resets[:, None], 0.0) for s in state]
        return _advance(
            recurrence,
            named["from_x"],
            state,
            Weights._make(map(named.get, Weights._fields)),
            Extras._make(map(named.get, Extras._fields)),
        )

    return over_rows(step, state, list(rows.values()), list(constants.values()))


def _advance(
    recurrence: Recurrence, from_x: Tensor, state: list[Tensor], weights: Weights, extras: Extras
) -> list[Tensor]:
    W, b, norm = weights.weight_hh, weights.bias_hh, weights.norm
    if recurrence.kind == "lstm":
        h, c = state
        return list(lstm.advance(from_x, h, c, W, b, weights.weight_hr, norm, extras))
    (h,) = state
    if recurrence.kind == "gru":
        return [gru.advance(from_x, h, W, b, recurrence.reset, norm, extras)]
    return [rnn.advance(from_x, h, W, b, recurrence.nonlinearity, extras)]


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
