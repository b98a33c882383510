"""Tests whether misses come in runs: Christoffersen's test over the sequences of a backtest.

A sequence is that of one series in time: over the steps of each forecast, and on to the next
cutoff if that follows at once. By step ahead, it goes from cutoff to cutoff at the same step.

Many series make one test. Each has its own share of misses, otherwise a series with many would
look like a run. Values of one time may depend on each other over all series.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.evaluation.coverage.coverage_tests import (
    chi_square_tail,
    christoffersen_ratio,
    clusters,
    design_effect,
    inverse_variance,
    kupiec_ratio,
)
from gated.forecast.evaluation.joined_windows import By

__all__ = ["FEWEST_PAIRS", "FEWEST_TIMES", "Runs", "Sequences", "runs_of_misses"]

FEWEST_PAIRS = 1
"""The test needs values among which this many pairs of misses are expected."""

FEWEST_TIMES = 10
"""The test needs values at this many times that follow another value."""


@dataclass(frozen=True)
class Sequences:
    """The order of the values of M forecasts, by series and cutoff.

    Attributes:
        series: [M] the series of each forecast, ascending.
        cutoff: [M] the number of its cutoff, ascending for each series.
        time: [M, h] the number of the time of each value.
        step_size: steps from one cutoff to the next.
    """

    series: IntArray
    cutoff: IntArray
    time: IntArray
    step_size: int

    @property
    def stride(self) -> int:
        """Every how many cutoffs forecasts do not overlap."""
        h: int = self.time.shape[1]
        return -(-h // self.step_size)

    @property
    def tested(self) -> BoolArray:
        """[M] whether a forecast counts in tests: of the last cutoff, and of all before it that do
        not overlap with those after them."""
        return np.asarray((self.cutoff.max(initial=0) - self.cutoff) % self.stride == 0)

    def before(self, missed: FloatArray, by: By) -> FloatArray:
        """[M, h] whether the value before each one was missed; NaN where there is none.

        Args:
            missed: [M, h] 1 for a miss, 0 for a hit, NaN otherwise.
            by: "step" for the same step from the cutoff before; "cutoff" for the time before within
                one forecast; otherwise the time before.
        """
        h = missed.shape[1]
        kept = np.flatnonzero(self.tested)
        follows = np.zeros(len(kept), dtype=bool)
        follows[1:] = self.series[kept[1:]] == self.series[kept[:-1]]
        previous = np.full((len(kept), h), np.nan)
        previous[follows] = missed[kept[:-1][follows[1:]]]
        before = np.full_like(missed, np.nan)
        if by == "step":
            before[kept] = previous
            return before
        before[kept, 1:] = missed[kept, :-1]
        if by != "cutoff" and self.stride * self.step_size == h:
            before[kept, 0] = previous[:, -1]
        return before


@dataclass(frozen=True)
class Runs:
    """The result of the test for K groups; NaN where there are too few values.

    Attributes:
        after_miss: [K] share of misses among the values that follow a miss.
        after_miss_expected: [K] that share if misses are independent of the value before.
        independence: [K] p-value that they are.
        conditional: [K] p-value that they are, and that the share of misses is that of the level.
    """

    after_miss: FloatArray
    after_miss_expected: FloatArray
    independence: FloatArray
    conditional: FloatArray


def runs_of_misses(
    missed: FloatArray,
    sequences: Sequences,
    expected: float,
    group: IntArray,
    count: int,
    by: By,
) -> Runs:
    """Test the values of each group.

    Args:
        missed: [M, h] 1 for a miss, 0 for a hit, NaN otherwise.
        sequences: the order of the values.
        expected: the share of misses of the level.
        group: [M, h] the group of each value, 0 to count − 1.
        count: number of groups K.
        by: what the groups are; see `Sequences.before`.
    """
    pairs = _Pairs.of(missed, sequences, group, count, by)
    transitions = pairs.transitions
    both, effect = pairs.if_independent()
    number, misses = transitions.sum(axis=(1, 2)), transitions[:, :, 1].sum(axis=1)
    deviations = pairs.second - (misses / np.maximum(number, 1))[pairs.group]
    level_effect = design_effect(deviations, pairs.time, pairs.group, count)
    independence = christoffersen_ratio(transitions, both) / effect
    level = kupiec_ratio(misses, number, expected) / level_effect
    rare = min(expected, 1 - expected)
    times = np.bincount(clusters(pairs.group, pairs.time)[1], minlength=count)
    pairs_of_misses = number / level_effect * rare**2
    enough = (pairs_of_misses > FEWEST_PAIRS - 1e-9) & (times >= FEWEST_TIMES)
    after = transitions[:, 1].sum(axis=1)
    after = np.where(after > 0, after, np.nan)
    return Runs(
        transitions[:, 1, 1] / after,
        both / after,
        np.where(enough, chi_square_tail(independence, 1), np.nan),
        np.where(enough, chi_square_tail(independence + level, 2), np.nan),
    )


@dataclass(frozen=True)
class _Pairs:
    """Pairs of successive values.

    Attributes:
        first, second: [V] whether each of the two was missed.
        group: [V] its group, one of `count`.
        time: [V] the number of the time of the second value.
        share: [V] share of misses among all values of its series in its group.
        values: [V] number of those values.
        single: [count] whether a group has no more than one series.
    """

    first: FloatArray
    second: FloatArray
    group: IntArray
    time: IntArray
    share: FloatArray
    values: IntArray
    single: BoolArray

    @classmethod
    def of(
        cls, missed: FloatArray, sequences: Sequences, group: IntArray, count: int, by: By
    ) -> "_Pairs":
        before = sequences.before(missed, by)
        members = ~np.isnan(missed) & sequences.tested[:, None]
        series = np.broadcast_to(sequences.series[:, None], missed.shape)
        place, owner = clusters(group[members], series[members])
        values = np.bincount(place, minlength=len(owner))
        share = np.bincount(place, missed[members], minlength=len(owner)) / np.maximum(values, 1)
        stratum = np.zeros(missed.shape, dtype=np.int64)
        stratum[members] = place
        used = members & ~np.isnan(before)
        row = stratum[used]
        single = np.bincount(owner, minlength=count) <= 1
        return cls(
            before[used],
            missed[used],
            group[used],
            sequences.time[used],
            share[row],
            values[row],
            single,
        )

    @property
    def transitions(self) -> FloatArray:
        """[K, 2, 2] numbers of pairs: [first, second], 1 for a miss."""
        count = len(self.single)
        cell = self.group * 4 + (2 * self.first + self.second).astype(np.int64)
        return np.bincount(cell, minlength=4 * count).reshape(count, 2, 2).astype(np.float64)

    def if_independent(self) -> tuple[FloatArray, FloatArray]:
        """[K] the expected number of pairs of misses, and the design effect.

        A group of one series has the textbook's number, and the design effect 1. With several, the
        number is that found less Σ (first − p)(second − p) + p (1 − p) / (T − 1), for the share p
        of misses among the T values of a series: the second term is minus the mean of the first for
        independent misses, since p is measured on the same values. The variance of the sum is that
        over times.
        """
        count, transitions = len(self.single), self.transitions
        number = np.maximum(transitions.sum(axis=(1, 2)), 1)
        first, second = transitions[:, 1].sum(axis=1), transitions[:, :, 1].sum(axis=1)
        p = self.share
        excess = (self.first - p) * (self.second - p) + p * (1 - p) / np.maximum(self.values - 1, 1)
        found = transitions[:, 1, 1] - np.bincount(self.group, excess, minlength=count)
        several = np.clip(found, np.maximum(first + second - number, 0), np.minimum(first, second))
        both = np.where(self.single, first * second / number, several)
        place, owner = clusters(self.group, self.time)
        sums = np.bincount(place, excess, minlength=len(owner))
        variance = np.bincount(owner, sums**2, minlength=count)
        effect = variance * inverse_variance(transitions, both)
        return both, np.where(self.single | (effect <= 0), 1.0, effect)
