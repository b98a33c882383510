"""Sums up the gates of a recurrence over a sequence: what each unit keeps, and for how long.

A unit keeps the share z_t of its state at step t (GRU), or f_t (LSTM). After k steps a share of
z_{t+1} · z_{t+2} · … · z_{t+k} of what was stored at step t is left. With the geometric mean z̄ of
the gate over the sequence, half of it is left after

    half-life = log ½ / log z̄   steps.

What the candidate writes again is not counted: the half-life is that of the storage, not of the
information. An RNN has no gate that keeps, so it has no half-life; `state_gradients` measures it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.arrays import BoolArray, FloatArray
from gated.errors import DataError, UsageError
from gated.insight.torch_layers import as_gated

__all__ = ["KEEPING", "UnitMemory", "half_life", "summed", "unit_memory"]

KEEPING = {"gru": "z", "lstm": "f"}
"""The gate that keeps the state, by recurrence."""

_OPEN = 0.95  # a gate above is saturated: open; below 1 − this: shut
_STILL = 1e-3  # a unit whose state varies less, as a standard deviation, is dead
_SMALLEST = 1e-12  # of a gate whose logarithm is taken


@dataclass(frozen=True)
class UnitMemory:
    """What the H units of one layer and direction keep, over T steps of B sequences.

    Attributes:
        half_life: [H] steps until half of what was stored is overwritten; infinite where a unit
            keeps everything; NaN for an RNN.
        saturated: for each gate [H], the share of steps at which it is open or shut: above 0.95 or
            below 0.05.
        dead: [H] whether the state of a unit hardly changes: a standard deviation below 0.001.
        spread: [H] standard deviation of the state over all steps and sequences.
    """

    half_life: FloatArray
    saturated: Mapping[str, FloatArray]
    dead: BoolArray
    spread: FloatArray

    def by_length(self, season_length: int) -> dict[str, NDArray[np.int64]]:
        """The units whose memory is shorter than a season, about as long, or longer.

        Seasonal units have a half-life from half a season to two seasons. Dead units are left out.

        Args:
            season_length: steps of a season, such as 7 for days and 52 for weeks.

        Returns:
            The numbers of the units, each group by rising half-life: short, seasonal, long.

        Raises:
            UsageError: the season has less than one step, or the recurrence has no half-life.
        """
        if season_length < 1:
            raise UsageError(f"season_length is {season_length}. Expected at least 1.")
        if np.isnan(self.half_life).any():
            raise UsageError(
                "An RNN has no gate that keeps its state, so that its units have no half-life. Use "
                "state_gradients."
            )
        order = np.argsort(self.half_life, kind="stable")
        order = order[~self.dead[order]]
        lives = self.half_life[order]
        return {
            "short": order[lives < season_length / 2],
            "seasonal": order[(lives >= season_length / 2) & (lives <= 2 * season_length)],
            "long": order[lives > 2 * season_length],
        }


def half_life(kept: FloatArray) -> FloatArray:
    """[...] steps until half of what was stored is overwritten; infinite where all is kept.

    Args:
        kept: [T, ...] the share of the state that is kept at each step; NaN comes out of no step.

    Example:
        >>> half_life(np.full((10, 1), 0.5))  # each step overwrites half of it
        array([1.])
    """
    if not len(kept):
        return np.full(kept.shape[1:], np.nan)
    mean_log = np.log(np.maximum(kept, _SMALLEST)).mean(0)
    with np.errstate(divide="ignore"):
        return np.where(mean_log < 0, np.log(0.5) / mean_log, np.inf)


def unit_memory(layer: nn.Module, input: Tensor, hx: object = None) -> dict[str, UnitMemory]:
    """Sum up the gates of every layer and direction over one or many sequences.

    Args:
        layer: an RNN, LSTM or GRU of `gated.nn` or `torch.nn`.
        input: as in a call of the layer, no packed sequence.
        hx: the initial state, as in a call.

    Returns:
        By the suffixes of the parameters' names: "l0", "l0_reverse", "l1" …

    Raises:
        UsageError: the module is no recurrent layer.
        DataError: a gate is not finite.

    Example:
        >>> from gated.nn import GRU
        >>> layer = GRU(3, 4)
        >>> with torch.no_grad():
        ...     layer.weight_hh_l0[4:8], layer.weight_ih_l0[4:8] = 0, 0
        ...     layer.bias_ih_l0[4:8], layer.bias_hh_l0[4:8] = 0, torch.tensor(0.9).logit()
        >>> unit_memory(layer, torch.randn(100, 2, 3))["l0"].half_life.round(1)  # log ½ / log 0.9
        array([6.6, 6.6, 6.6, 6.6])
    """
    own = as_gated(layer)
    with torch.no_grad():
        found = own.gates(input, hx)
    kind = own.recurrence.kind
    return {
        suffix: summed(kind, {name: _rows(values) for name, values in gates.items()})
        for suffix, gates in found.items()
    }


def _rows(values: object) -> FloatArray:
    """[N, H] float64 the values of all steps and sequences."""
    if not isinstance(values, Tensor):
        raise UsageError("The input is packed. Expected a tensor.")
    found: FloatArray = values.flatten(0, -2).double().numpy()
    return found


def summed(kind: str, rows: Mapping[str, FloatArray]) -> UnitMemory:
    """Sum up gates and states that were recorded.

    Args:
        kind: of the recurrence: "rnn", "lstm" or "gru".
        rows: name of a gate or state (docs/reference/equations.md) to its values [N, H] at all
            steps of all sequences.

    Raises:
        DataError: a value is not finite.
    """
    for name, values in rows.items():
        if not np.isfinite(values).all():
            raise DataError(f"The gate or state {name} is not finite at some step.")
    state = rows["c" if kind == "lstm" else "h"]
    spread = state.std(0)
    gates = [name for name in rows if name in "rzifo"]
    return UnitMemory(
        half_life(rows[KEEPING[kind]]) if kind in KEEPING else np.full(state.shape[1], np.nan),
        {
            name: ((rows[name] > _OPEN) | (rows[name] < 1 - _OPEN)).mean(0, dtype=np.float64)
            for name in gates
        },
        spread < _STILL,
        spread,
    )
