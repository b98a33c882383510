"""Sums up the gates of a recurrence over a sequence: what each unit keeps, and for how long.

A unit keeps the share z_t of its state at step t (GRU), or f_t (LSTM). After k steps a share of
z_{t+1} · z_{t+2} · … · z_{t+k} of what was stored at step t is left. With the geometric mean z̄ of
the gate over the sequence, half of it is left after

    half-life = log ½ / log z̄   steps.

What the candidate writes again is not counted: the half-life is that of the storage, not of the
information. An RNN has no gate that keeps, so it has no half-life; `state_gradients` measures it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.errors import DataError, UsageError

__all__ = ["KEEPING", "BlockGates", "UnitMemory", "half_life", "summed"]

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


@dataclass(frozen=True)
class BlockGates:
    """The gates of one recurrent block over T steps and H units.

    Attributes:
        update: [T, H] float32, z: near 1 a unit keeps its state, near 0 it overwrites it.
        reset: [T, H] float32, r: near 0 the new content does not depend on the old state.
        state: [T, H] float32, h after each step.
    """

    update: NDArray[np.float32]
    reset: NDArray[np.float32]
    state: NDArray[np.float32]

    @property
    def kept(self) -> FloatArray:
        """[T] the share of the old state that each step keeps: the mean of z over the units."""
        return np.asarray(self.update.mean(1, dtype=np.float64))

    @cached_property
    def memory(self) -> UnitMemory:
        """What each unit keeps over these steps: half-lives, saturated gates, dead units."""
        gates = {"z": self.update, "r": self.reset, "h": self.state}
        return summed("gru", {name: values.astype(np.float64) for name, values in gates.items()})

    @classmethod
    def joined(cls, parts: "Sequence[BlockGates]") -> "BlockGates":
        """The gates of sequences one after another."""
        arrays = ((each.update, each.reset, each.state) for each in parts)
        return cls(*(np.concatenate(each) for each in zip(*arrays, strict=True)))

    def after(self, begin: int) -> "BlockGates":
        """The gates from a step on."""
        return BlockGates(self.update[begin:], self.reset[begin:], self.state[begin:])
