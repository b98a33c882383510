"""Adapts the widths of the intervals of each series, as values come in, by step ahead.

Each tail of the 80 % and of the 95 % interval has a factor. A value outside of the interval that
was forecast multiplies the factor of its tail by exp(rate · (1 − share)), any other value by
exp(−rate · share), where share is that of the values that should be in this tail. In the long run,
that share of the values is there, whatever the series does: adaptive conformal inference (Gibbs &
Candès 2021, arXiv 2106.00170; Angelopoulos, Candès & Tibshirani 2023, arXiv 2307.16895), here of
the logarithm of the width (decision 33).

A forecast is compared with the values that follow at a few of its steps (`tracked_steps`); the
factors of the steps between are interpolated.
"""

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.quantiles import QUANTILES
from gated.table.columns.content import numbered_steps

__all__ = ["AdaptiveWidths", "tracked_steps"]

RATE = 0.1
"""The change of the logarithm of a factor after a value outside."""

# The tails: lower and upper of the 80 % interval, then of the 95 % interval.
_LEVELS = (0.1, 0.9, 0.025, 0.975)
_PLACES = [QUANTILES.index(level) for level in _LEVELS]
_SHARES = np.array([0.1, 0.1, 0.025, 0.025])
_SIGNS = np.array([-1.0, 1.0, -1.0, 1.0])
_MEDIAN = QUANTILES.index(0.5)
_LARGEST = np.float32(np.log(20.0))
_NONE = -1  # no forecast waits for its value here
_SPACING, _CLOSE = 1.5, 1.2


def tracked_steps(h: int) -> IntArray:
    """The steps ahead whose forecasts are compared with values.

    >>> tracked_steps(28).tolist()
    [1, 2, 3, 4, 6, 9, 14, 21, 28]
    """
    steps = [1]
    while steps[-1] < h:
        steps.append(max(steps[-1] + 1, round(steps[-1] * _SPACING)))
    kept = [step for step in steps if step * _CLOSE < h]
    return np.array([*kept, h], dtype=np.int64)


ARRAYS = ("factors", "due", "center", "reach")
"""The arrays of the series."""


class AdaptiveWidths:
    """The factors of N series, and the forecasts whose values have not come yet.

    Args:
        series: number of series.
        h: steps ahead, at most.

    Attributes:
        factors: [N, K, 4] float32, logarithms of the factors of the four tails.
        due: [N, P] int64, the step of a series that a forecast is for; -1 for none. A forecast k
            steps ahead waits in one of k places.
        center: [N, P] its median.
        reach: [N, P, 4] float32, the distances from there to the ends of both intervals, as they
            were forecast.
    """

    def __init__(self, series: int, h: int) -> None:
        self.h, self.steps = h, tracked_steps(h)
        places = int(self.steps.sum())
        self._begin = np.cumsum(self.steps) - self.steps  # [K] the first place of each step ahead
        self.factors = np.zeros((series, len(self.steps), 4), dtype=np.float32)
        self.due = np.full((series, places), _NONE, dtype=np.int64)
        self.center = np.zeros((series, places))
        self.reach = np.zeros((series, places, 4), dtype=np.float32)

    def adapted(self, series: IntArray, quantiles: FloatArray) -> FloatArray:
        """Forecasts [M, h, Q] of series [M], with the widths of the present factors."""
        h = quantiles.shape[1]
        by_step = self._by_step(self.factors[series].astype(np.float64), h)  # [M, h, 4]
        level = np.array(QUANTILES)
        outer = np.clip((np.abs(level - 0.5) - 0.4) / 0.075, 0.0, 1.0)  # [Q]
        upper = (level > 0.5).astype(np.int64)
        logs = (1 - outer) * by_step[..., upper] + outer * by_step[..., upper + 2]
        median = quantiles[..., _MEDIAN, None]
        return np.sort(median + (quantiles - median) * np.exp(logs), axis=-1)

    def note(self, series: IntArray, length: IntArray, quantiles: FloatArray) -> None:
        """Store forecasts [M, h, Q] of series [M] with `length` [M] steps, as they were given."""
        used = self.steps <= quantiles.shape[1]
        steps = self.steps[used]
        due = length[:, None] + steps - 1  # [M, K] the steps of the series, from 0
        place = self._begin[used] + due % steps
        row = series[:, None]
        at = quantiles[:, steps - 1]  # [M, K, Q]
        self.due[row, place] = due
        self.center[row, place] = at[..., _MEDIAN]
        with np.errstate(over="ignore"):
            ends = np.abs(at[..., _PLACES] - at[..., _MEDIAN, None]).astype(np.float32)
        self.reach[row, place] = ends

    def observe(self, series: IntArray, step: IntArray, y: FloatArray) -> None:
        """Compare values [M] with their forecasts, and change the factors.

        Args:
            series, step: [M] sorted by series and step.
            y: [M] NaN at closed steps.
        """
        place = self._begin + step[:, None] % self.steps  # [M, K]
        waits = (self.due[series[:, None], place] == step[:, None]) & np.isfinite(y)[:, None]
        rows = np.flatnonzero(waits.any(axis=1))
        if not len(rows):
            return
        rank = numbered_steps(series[rows])  # the values of one series count one after another
        for turn in range(int(rank.max()) + 1):
            now = rows[rank == turn]
            self._change(series[now], place[now], waits[now], y[now])

    def _change(self, series: IntArray, place: IntArray, waits: BoolArray, y: FloatArray) -> None:
        """Compare one value of each of some series."""
        row = series[:, None]
        reach, factors = self.reach[row, place], self.factors[series]  # [M, K, 4]
        known = waits[..., None] & (reach > 0) & np.isfinite(reach)
        distance = (y[:, None] - self.center[row, place])[..., None] * _SIGNS
        outside = distance > reach
        change = np.float32(RATE) * (outside - _SHARES).astype(np.float32)
        changed = np.clip(np.where(known, factors + change, factors), -_LARGEST, _LARGEST)
        self.factors[series] = changed

    def part(self, series: IntArray) -> "AdaptiveWidths":
        """A copy of some of the series."""
        part = AdaptiveWidths(0, self.h)
        for name in ARRAYS:
            setattr(part, name, getattr(self, name)[series])
        return part

    def joined(self, more: "AdaptiveWidths") -> "AdaptiveWidths":
        """A copy with the series of another state of the same horizon."""
        whole = AdaptiveWidths(0, self.h)
        for name in ARRAYS:
            setattr(whole, name, np.concatenate([getattr(self, name), getattr(more, name)]))
        return whole

    def _by_step(self, factors: FloatArray, h: int) -> FloatArray:
        """The logarithms [M, K, 4] for every step ahead, [M, h, 4]."""
        ahead, known = np.log(np.arange(1, h + 1)), np.log(self.steps)
        right = np.clip(np.searchsorted(known, ahead), 1, max(len(known) - 1, 1))
        if len(known) == 1:
            return np.repeat(factors, h, axis=1)
        share = (ahead - known[right - 1]) / (known[right] - known[right - 1])
        share = np.clip(share, 0.0, 1.0)[:, None]
        mixed: FloatArray = (1 - share) * factors[:, right - 1] + share * factors[:, right]
        return mixed
