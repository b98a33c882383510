"""One method's answer to a cut, and its scores beside each other's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.forecasting.data.cut import Cut
from gated.arrays import FloatArray
from gated.forecast import metrics
from gated.forecast.baselines import simple

__all__ = ["DECILES", "LEVELS", "SCORES", "Answer", "Scores", "Truth", "owa", "rule_answer"]

Scores = dict[str, float]
"""Score to figure; a score that a method has not is missing."""

DECILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LEVELS = (80, 95)
SCORES = {
    "smape": ("sMAPE", 3),
    "mase": ("MASE", 3),
    "owa": ("OWA", 3),
    "wape": ("WAPE", 4),
    "crps": ("CRPS", 4),
    "msis": ("MSIS 95", 3),
    "coverage_80": ("in 80 %", 3),
    "coverage_95": ("in 95 %", 3),
}
"""Key to title and digits."""


@dataclass(frozen=True)
class Truth:
    """What came.

    Attributes:
        y: [N, h], NaN where not observed.
        scale: [N] the seasonal-naive error of each past, MASE's divisor.
    """

    y: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, cut: Cut) -> "Truth":
        """Of a cut. Shut days count in the scale as the zeros they are."""
        scale = metrics.seasonal_naive_scale(cut.history, cut.offsets, cut.season_length)
        return cls(cut.y, scale)

    @classmethod
    def pool(cls, parts: Sequence["Truth"]) -> "Truth":
        """Several as one, so that every step counts the same."""
        return cls(_stack([p.y for p in parts]), np.concatenate([p.scale for p in parts]))


@dataclass(frozen=True)
class Answer:
    """What a method said.

    Attributes:
        points: [N, h].
        deciles: [N, h, 9]; None where only points were forecast.
        intervals: level in percent to the lower and upper ends, [N, h] each.
    """

    points: FloatArray
    deciles: FloatArray | None = None
    intervals: dict[int, tuple[FloatArray, FloatArray]] | None = None

    @classmethod
    def pool(cls, parts: Sequence["Answer"]) -> "Answer":
        """Several as one, in the order of `Truth.pool`."""
        points = _stack([part.points for part in parts])
        deciles = [part.deciles for part in parts if part.deciles is not None]
        intervals = [part.intervals for part in parts if part.intervals is not None]
        if not deciles or not intervals:
            return cls(points)
        lower = {level: _stack([ends[level][0] for ends in intervals]) for level in LEVELS}
        upper = {level: _stack([ends[level][1] for ends in intervals]) for level in LEVELS}
        return cls(points, _stack(deciles), {n: (lower[n], upper[n]) for n in LEVELS})

    def scores(self, truth: Truth) -> Scores:
        """All scores but OWA, which needs another method's."""
        y = truth.y
        scores = {
            "smape": metrics.smape(y, self.points),
            "mase": metrics.mase(y, self.points, truth.scale),
            "wape": metrics.wape(y, self.points),
        }
        if self.deciles is not None:
            scores["crps"] = metrics.scaled_crps(y, self.deciles, DECILES)
        for level, (lower, upper) in (self.intervals or {}).items():
            scores[f"coverage_{level}"] = metrics.coverage(y, lower, upper)
            if level == 95:
                scores["msis"] = metrics.msis(y, lower, upper, truth.scale, level)
        return scores


def owa(scores: Scores, naive2: Scores) -> float:
    """M4's overall weighted average: sMAPE and MASE relative to Naive2's, averaged.

    >>> owa({"smape": 9.0, "mase": 1.0}, naive2={"smape": 18.0, "mase": 4.0})
    0.375
    """
    return (scores["smape"] / naive2["smape"] + scores["mase"] / naive2["mase"]) / 2


def rule_answer(rule: str, cut: Cut) -> Answer:
    """A simple rule of gated's, told when the shop was and will be shut."""
    points = simple.apply(
        rule,
        cut.history,
        cut.offsets,
        cut.season_length,
        cut.h,
        known_zero=cut.closed_ahead,
        closed=cut.closed_before,
    )
    return Answer(points)


def _stack(arrays: Sequence[FloatArray]) -> FloatArray:
    """[N_i, h_i, ...] one upon the other, the shorter horizons filled up with NaN."""
    longest = max(array.shape[1] for array in arrays)
    padded = []
    for array in arrays:
        space = [(0, 0)] * array.ndim
        space[1] = (0, longest - array.shape[1])
        padded.append(np.pad(array, space, constant_values=np.nan))
    return np.concatenate(padded)
