"""Measures the coverage of intervals over groups of values, and tests it.

Which values depend on each other decides what a test can say.

Kupiec's test takes the values of one cutoff, over all series and steps, as dependent, and those of
different cutoffs as independent. Its design effect is estimated over the cutoffs, for three levels
besides the tested one, and the largest counts: with few cutoffs, the rare misses of a 95 % interval
alone would hide that they come together. The ratio then follows t² with one degree of freedom less
than there are cutoffs.

Christoffersen's test (`miss_sequences`) asks whether misses are independent of the value before.
For forecasts of several steps this is more than calibration demands: the steps of one forecast
share its error. Misses in runs do not make the level wrong, but a further miss is then no new
evidence. By step ahead, from cutoff to cutoff, independence is part of calibration.

Cutoffs closer than the horizon forecast the same values again. The tests use only those that do not
overlap, counted back from the last. Values with few levels, such as small counts, lie on the ends
of an interval: its coverage exceeds the level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.evaluation.coverage.coverage_tests import (
    clusters,
    design_effect,
    kupiec_ratio,
    student_tail,
)
from gated.forecast.evaluation.coverage.miss_sequences import Sequences, runs_of_misses
from gated.forecast.evaluation.joined_windows import By

__all__ = [
    "FEWEST_CUTOFFS",
    "FEWEST_MISSES",
    "REFERENCE_LEVELS",
    "IntervalCoverage",
    "coverage_columns",
    "interval_coverage",
]

FEWEST_CUTOFFS = 4
"""Kupiec's test needs this many cutoffs that do not overlap."""

FEWEST_MISSES = 5
"""Kupiec's test needs values among which this many misses are expected."""

REFERENCE_LEVELS = (60.0, 80.0, 95.0)
"""The levels that the design effect of Kupiec's test is estimated from, besides the tested one."""


@dataclass(frozen=True)
class IntervalCoverage:
    """The coverage of one interval level over K groups; NaN where there are too few values.

    Attributes:
        values: [K] number of values.
        coverage: [K] share of them inside the interval.
        below, above: [K] shares below the lower end and above the upper end.
        kupiec: [K] p-value that the share of misses is that of the level.
        after_miss, after_miss_expected, independence, conditional: [K] see `Runs`.
    """

    values: IntArray
    coverage: FloatArray
    below: FloatArray
    above: FloatArray
    kupiec: FloatArray
    after_miss: FloatArray
    after_miss_expected: FloatArray
    independence: FloatArray
    conditional: FloatArray


_COLUMNS = {
    "values": "values",
    "coverage": "coverage",
    "below": "below",
    "above": "above",
    "kupiec_p": "kupiec",
    "after_miss": "after_miss",
    "after_miss_expected": "after_miss_expected",
    "independence_p": "independence",
    "conditional_p": "conditional",
}


def coverage_columns(measured: Sequence[IntervalCoverage]) -> dict[str, FloatArray | IntArray]:
    """The columns of a frame, the results one below the other."""
    return {
        name: np.concatenate([getattr(one, field) for one in measured])
        for name, field in _COLUMNS.items()
    }


def interval_coverage(
    y: FloatArray,
    ends: Mapping[float, tuple[FloatArray, FloatArray]],
    level: float,
    sequences: Sequences,
    group: IntArray,
    count: int,
    by: By,
) -> IntervalCoverage:
    """Measure and test the coverage of one level over groups of values.

    Args:
        y: [M, h] actual values, NaN where they do not count.
        ends: level in percent to the lower and upper ends [M, h]: the tested level, and those that
            the design effect is also estimated from.
        level: the tested level.
        sequences: the order of the values.
        group: 0 to count − 1 for every step, of a shape that broadcasts to [M, h].
        count: number of groups K.
        by: what the groups are: see `By`.
    """
    known = ~np.isnan(y)
    groups = np.broadcast_to(group, y.shape)
    values = np.bincount(groups[known], minlength=count)
    lower, upper = ends[level]
    below = _share(y < lower, known, groups, values)
    above = _share(y > upper, known, groups, values)
    missed = {
        one: np.where(known, (y < low) | (y > high), np.nan) for one, (low, high) in ends.items()
    }
    runs = runs_of_misses(missed[level], sequences, 1 - level / 100, groups, count, by)
    return IntervalCoverage(
        values,
        1 - below - above,
        below,
        above,
        _kupiec(missed, level, sequences, groups, count),
        runs.after_miss,
        runs.after_miss_expected,
        runs.independence,
        runs.conditional,
    )


def _share(which: BoolArray, known: BoolArray, groups: IntArray, values: IntArray) -> FloatArray:
    number = np.bincount(groups[known], which[known], minlength=len(values))
    return np.where(values > 0, number / np.maximum(values, 1), np.nan)


def _kupiec(
    missed: Mapping[float, FloatArray],
    level: float,
    sequences: Sequences,
    groups: IntArray,
    count: int,
) -> FloatArray:
    """[K] p-values, with the cutoffs as clusters."""
    used = ~np.isnan(missed[level]) & sequences.tested[:, None]
    owner = groups[used]
    cutoff = np.broadcast_to(sequences.cutoff[:, None], used.shape)[used]
    number = np.bincount(owner, minlength=count).astype(np.float64)
    cutoffs = np.bincount(clusters(owner, cutoff)[1], minlength=count)
    effect = np.ones(count)
    for one in missed.values():
        miss = one[used]
        share = np.bincount(owner, miss, minlength=count) / np.maximum(number, 1)
        effect = np.maximum(effect, design_effect(miss - share[owner], cutoff, owner, count))
    # The mean was subtracted: the variance over G clusters has G − 1 degrees of freedom.
    effect *= np.maximum(cutoffs, 1) / np.maximum(cutoffs - 1, 1)
    expected = 1 - level / 100
    misses = np.bincount(owner, missed[level][used], minlength=count).astype(np.float64)
    ratio = kupiec_ratio(misses, number, expected)
    p = student_tail(np.sqrt(np.maximum(ratio, 0) / effect), np.maximum(cutoffs - 1, 1))
    expected_misses = number * min(expected, 1 - expected)
    enough = (cutoffs >= FEWEST_CUTOFFS) & (expected_misses > FEWEST_MISSES - 1e-9)
    return np.where(enough, p, np.nan)
