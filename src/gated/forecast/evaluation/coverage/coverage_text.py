"""Describes the coverage of intervals, and what its tests say, in sentences."""

import math
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.evaluation.coverage.interval_coverage import (
    FEWEST_CUTOFFS,
    FEWEST_MISSES,
    IntervalCoverage,
)
from gated.forecast.evaluation.coverage.miss_sequences import FEWEST_PAIRS, FEWEST_TIMES
from gated.forecast.evaluation.joined_windows import By
from gated.text import counted, joined, percent_range, whole_percent

__all__ = ["SIGNIFICANT", "coverage_sentences"]

SIGNIFICANT = 0.05
"""A p-value below this is reported as more than chance."""

_MANY_GROUPS = 10
_FEWEST_STEPS = 3


class CoverageSource(Protocol):
    """The intervals of a backtest."""

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels of the intervals, in percent."""

    def coverage_of(self, level: float, by: By) -> IntervalCoverage:
        """The coverage of one level by group."""


def coverage_sentences(found: CoverageSource) -> tuple[str, ...]:
    """Describe each level, then the coverage of the lowest by step, cutoff and series."""
    overall = {level: found.coverage_of(level, "overall") for level in found.levels}
    known = [level for level, measured in overall.items() if measured.values[0] > 0]
    if not known:
        return ()
    lowest = min(known)
    sentences = [_tested(level, overall[level]) for level in known]
    for level in known:
        sentences += _runs(level, overall[level], is_lowest=level == lowest)
    return (*sentences, _by_group(found, lowest))


def _tested(level: float, measured: IntervalCoverage) -> str:
    """The coverage over all values, and the result of Kupiec's test."""
    coverage, p = measured.coverage[0], float(measured.kupiec[0])
    values = counted(int(measured.values[0]), "value")
    held = f"The {level:g} % interval held {whole_percent(coverage)} of {values}"
    if math.isnan(p):
        return (
            f"{held}. Kupiec's test of this share needs {FEWEST_CUTOFFS} cutoffs that do not "
            f"overlap, and {math.ceil(FEWEST_MISSES / _rarer(level) - 1e-9):,} values."
        )
    test = f"(Kupiec's test, p {_p(p)})"
    if p >= SIGNIFICANT:
        return f"{held}: chance can explain the difference {test}."
    compared = "fewer" if coverage < level / 100 else "more"
    return f"{held}: {compared} than chance explains {test}."


def _runs(level: float, measured: IntervalCoverage, *, is_lowest: bool) -> Iterator[str]:
    """The result of Christoffersen's test; of a further level only if its misses come in runs."""
    p = float(measured.independence[0])
    if math.isnan(p):
        if is_lowest:
            needed = math.ceil(FEWEST_PAIRS / _rarer(level) ** 2 - 1e-9)
            yield (
                f"Whether misses of the {level:g} % interval come in runs is not tested: "
                f"Christoffersen's test needs about {needed:,} independent values, at "
                f"{FEWEST_TIMES} or more times."
            )
        return
    found, expected = float(measured.after_miss[0]), float(measured.after_miss_expected[0])
    shares = (
        f"after a miss the next value was missed in {whole_percent(found)} of cases; "
        f"{whole_percent(expected)} are expected if misses are independent "
        f"(Christoffersen's test, p {_p(p)})."
    )
    if p < SIGNIFICANT:
        how = "come in runs" if found > expected else "alternate with hits"
        yield f"Misses of the {level:g} % interval {how}: {shares}"
    elif is_lowest and not math.isnan(found):
        yield f"Misses of the {level:g} % interval do not come in runs: {shares}"


def _by_group(found: CoverageSource, level: float) -> str:
    """The coverage by steps ahead in three parts, and its range over cutoffs and series."""
    steps = found.coverage_of(level, "step")
    h = len(steps.values)
    parts = []
    if h >= _FEWEST_STEPS:
        thirds = np.array_split(np.arange(h), 3)
        shares = [
            f"{_share(steps, third)} in {_steps(third[0] + 1, third[-1] + 1)}" for third in thirds
        ]
        parts.append(joined(shares))
    groups: tuple[By, ...] = ("cutoff", "series")
    for by in groups:
        measured = found.coverage_of(level, by)
        shares_of = measured.coverage[np.isfinite(measured.coverage)]
        if len(shares_of) > 1:
            parts.append(f"by {by} {_range(shares_of)}")
    if not parts:
        parts.append(f"{_share(steps, np.arange(h))} in {_steps(1, h)}")
    return f"The {level:g} % interval held {'; '.join(parts)}."


def _share(measured: IntervalCoverage, which: IntArray) -> str:
    values = measured.values[which]
    if not values.sum():
        return "no values"
    return whole_percent(np.nansum(measured.coverage[which] * values) / values.sum())


def _steps(first: int, last: int) -> str:
    return f"step {first:,}" if first == last else f"steps {first:,} to {last:,}"


def _range(shares: FloatArray) -> str:
    text = percent_range(shares.min(), shares.max())
    if len(shares) < _MANY_GROUPS:
        return text
    low, high = np.quantile(shares, [0.25, 0.75])
    return f"{text} (half of them {percent_range(low, high)})"


def _rarer(level: float) -> float:
    """The share of misses or of hits, whichever is smaller."""
    return min(level, 100 - level) / 100


def _p(value: float) -> str:
    """A p-value with its sign of relation.

    >>> _p(0.034), _p(0.0042), _p(1e-9)
    ('= 0.03', '= 0.004', '< 0.001')
    """
    if value < 0.001:
        return "< 0.001"
    return f"= {value:.2f}" if value >= 0.01 else f"= {value:.3f}"
