"""Scores the forecast of one method for one cut."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.forecasting.data.cut import Cut
from gated.arrays import FloatArray
from gated.forecast import metrics
from gated.forecast.baselines import simple

__all__ = [
    "DECILES",
    "LEVELS",
    "SCORE_FORMATS",
    "Actuals",
    "CutForecast",
    "Scores",
    "baseline_forecast",
    "owa",
]

Scores = dict[str, float]
"""Name of a score to its value; a score that does not apply to a method is missing."""

DECILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LEVELS = (80, 95)
SCORE_FORMATS = {
    "smape": ("sMAPE", 3),
    "mase": ("MASE", 3),
    "owa": ("OWA", 3),
    "wape": ("WAPE", 4),
    "crps": ("CRPS", 4),
    "msis": ("MSIS 95", 3),
    "coverage_80": ("in 80 %", 3),
    "coverage_95": ("in 95 %", 3),
}
"""Name of a score to its title and its decimals, in the order of the columns."""


@dataclass(frozen=True)
class Actuals:
    """The actual values of a cut.

    Attributes:
        y: [N, h], NaN where not observed.
        scale: [N] the seasonal-naive error of each past, the divisor of MASE.
    """

    y: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, cut: Cut) -> "Actuals":
        """Of a cut. Closed days count in the scale, with their value 0."""
        scale = metrics.seasonal_naive_scale(cut.history, cut.offsets, cut.season_length)
        return cls(cut.y, scale)

    @classmethod
    def pool(cls, parts: Sequence["Actuals"]) -> "Actuals":
        """Several as one, so that every step has the same weight."""
        return cls(_stack([p.y for p in parts]), np.concatenate([p.scale for p in parts]))


@dataclass(frozen=True)
class CutForecast:
    """The forecast of one method for the series of a cut.

    Attributes:
        points: [N, h].
        deciles: [N, h, 9]; None if the method forecasts points only.
        intervals: level in percent to lower and upper ends, [N, h] each.
    """

    points: FloatArray
    deciles: FloatArray | None = None
    intervals: dict[int, tuple[FloatArray, FloatArray]] | None = None

    @classmethod
    def pool(cls, parts: Sequence["CutForecast"]) -> "CutForecast":
        """Several as one, in the order of `Actuals.pool`."""
        points = _stack([part.points for part in parts])
        deciles = [part.deciles for part in parts if part.deciles is not None]
        intervals = [part.intervals for part in parts if part.intervals is not None]
        if not deciles or not intervals:
            return cls(points)
        lower = {level: _stack([ends[level][0] for ends in intervals]) for level in LEVELS}
        upper = {level: _stack([ends[level][1] for ends in intervals]) for level in LEVELS}
        return cls(points, _stack(deciles), {n: (lower[n], upper[n]) for n in LEVELS})

    def scores(self, actuals: Actuals) -> Scores:
        """All scores except OWA, which also needs the scores of Naive2."""
        y = actuals.y
        scores = {
            "smape": metrics.smape(y, self.points),
            "mase": metrics.mase(y, self.points, actuals.scale),
            "wape": metrics.wape(y, self.points),
        }
        if self.deciles is not None:
            scores["crps"] = metrics.scaled_crps(y, self.deciles, DECILES)
        for level, (lower, upper) in (self.intervals or {}).items():
            scores[f"coverage_{level}"] = metrics.coverage(y, lower, upper)
            if level == 95:
                scores["msis"] = metrics.msis(y, lower, upper, actuals.scale, level)
        return scores


def owa(scores: Scores, naive2: Scores) -> float:
    """M4's overall weighted average: the mean of sMAPE and MASE, each relative to Naive2's.

    >>> owa({"smape": 9.0, "mase": 1.0}, naive2={"smape": 18.0, "mase": 4.0})
    0.375
    """
    return (scores["smape"] / naive2["smape"] + scores["mase"] / naive2["mase"]) / 2


def baseline_forecast(baseline: str, cut: Cut) -> CutForecast:
    """The forecast of one of gated's simple baselines, which gets the closed days of the cut."""
    points = simple.apply(
        baseline,
        cut.history,
        cut.offsets,
        cut.season_length,
        cut.h,
        known_zero=cut.closed_ahead,
        closed=cut.closed_before,
    )
    return CutForecast(points)


def _stack(arrays: Sequence[FloatArray]) -> FloatArray:
    """Concatenate [N_i, h_i, ...] along N; shorter horizons are padded with NaN."""
    longest = max(array.shape[1] for array in arrays)
    padded = []
    for array in arrays:
        padding = [(0, 0)] * array.ndim
        padding[1] = (0, longest - array.shape[1])
        padded.append(np.pad(array, padding, constant_values=np.nan))
    return np.concatenate(padded)
