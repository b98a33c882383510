"""Defines the number that is explained: the median or the mean of each step of one series."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.quantiles import QUANTILES
from gated.forecast.training.fitted import Fitted
from gated.forecast.validation.mean_correction import (
    WindowQuantiles,
    is_intermittent,
    window_means,
)
from gated.forecast.validation.own_levels import OwnLevels, Places, own_levels, step_weights

__all__ = ["ExplainedNumber", "NumberName", "OfLevel"]

NumberName = Literal["median", "mean"]
"""The median is the column `gated`, the mean `gated-mean`."""

_MEDIAN = QUANTILES.index(0.5)
# Of a difference quotient, in units of the series' spread; all is float64.
_SMALL = 1e-6


class OfLevel(NamedTuple):
    """How a number depends on the own level of an intermittent series.

    Attributes:
        weights: [h, T] by how much it moves if a past value is larger by 1.
        others: [h] by how much it moves if the mean of all intermittent series is larger by 1.
        typical: this mean above zero, on the series-scaled axis.
    """

    weights: FloatArray
    others: FloatArray
    typical: float


@dataclass(frozen=True)
class ExplainedNumber:
    """A number as a function of the network's quantiles and the baseline's points.

    All are on the series-scaled axis.

    Attributes:
        name: of the number.
        fitted: the fit.
        data: the rows of the table and of the steps ahead.
        series: index of the series.
        h: steps ahead.
        season_length: steps in the main cycle.
        own_level: instead of the measured level of the series.
    """

    name: NumberName
    fitted: Fitted
    data: Dataset
    series: int
    h: int
    season_length: int
    own_level: OwnLevels | None = None

    @property
    def history(self) -> int:
        """Past steps of the series."""
        return int(self.data.history[self.series])

    @property
    def past(self) -> slice:
        """The rows of the past."""
        begin = int(self.data.offsets[self.series])
        return slice(begin, begin + self.history)

    @cached_property
    def ahead(self) -> IntArray:
        """[h] the rows of the steps ahead."""
        rows: IntArray = self.data.ahead(self.h)[self.series]
        return rows

    def of(self, quantiles: FloatArray, points: FloatArray | None, *, effect: bool) -> FloatArray:
        """[K, h] the number, of K forecasts of the series.

        Args:
            quantiles: [K, h, Q] of the network.
            points: [K, h] of the baseline; None if the network forecasts alone.
            effect: whether the effect of the covariates is added.
        """
        count, data = len(quantiles), self.data
        series, rows = np.full(count, self.series), np.tile(self.ahead, (count, 1))
        raw = quantiles
        if effect:
            raw = data.with_effect(quantiles, series, rows)
            points = None if points is None else data.with_effect(points, series, rows)
        final = self.fitted.combination.mix(raw, points)
        if self.name == "median":
            return final[..., _MEDIAN]
        cutoff = np.full(count, self.history)
        windows = WindowQuantiles(series, cutoff, raw, final, ~data.closed[rows])
        level = self._level
        levels = None if level is None else np.full(count, level.levels[0])
        means = window_means(self.fitted.mean, data, windows, self.season_length, levels)
        return means + data.scale.zero[series, None]

    def slopes(
        self, quantiles: FloatArray, points: FloatArray | None
    ) -> tuple[FloatArray, FloatArray | None]:
        """The derivatives of the number of each step, by quantiles and by points.

        Args:
            quantiles: [h, Q].
            points: [h], or None.

        Returns:
            Those by the quantiles of the same step, [h, Q], and by the point of that step, [h]. The
            mean of a step of an intermittent series depends on all steps: [h, h, Q] and [h, h].
        """
        h, count = quantiles.shape
        if self.name == "median":
            share = self.fitted.combination.share
            slopes = np.zeros((h, count))
            slopes[:, _MEDIAN] = 1.0 if points is None else share
            return slopes, None if points is None else np.full(h, 1 - share)
        each = slice(None) if self._level is None else range(h)
        return self._quotients(quantiles, points, each)

    def _quotients(
        self, quantiles: FloatArray, points: FloatArray | None, each: slice | range
    ) -> tuple[FloatArray, FloatArray | None]:
        """Difference quotients: all steps are moved at once (a slice), or one after another."""
        count = quantiles.shape[1]
        base = self.of(quantiles[None], None if points is None else points[None], effect=False)[0]
        by_quantile, by_point = [], []
        for step in [each] if isinstance(each, slice) else each:
            moved = np.tile(quantiles, (count, 1, 1))
            for place in range(count):
                moved[place, step, place] += _SMALL
            same = None if points is None else np.tile(points, (count, 1))
            found = self.of(moved, same, effect=False)
            by_quantile.append((found - base).T / _SMALL)  # [h, Q]
            if points is not None:
                other = points.copy()
                other[step] += _SMALL
                changed = self.of(quantiles[None], other[None], effect=False)[0]
                by_point.append((changed - base) / _SMALL)
        if isinstance(each, slice):
            return by_quantile[0], by_point[0] if by_point else None
        return np.stack(by_quantile, axis=1), np.stack(by_point, axis=1) if by_point else None

    @cached_property
    def _level(self) -> OwnLevels | None:
        """The level of the series, if it is intermittent; other such series are its prior."""
        if self.own_level is not None:
            return self.own_level
        rows = np.flatnonzero(is_intermittent(self.data))
        (here,) = np.nonzero(rows == self.series)
        if not len(here):
            return None
        places = Places(rows, self.data.history[rows], self.h)
        mean, season_length = self.fitted.mean, self.season_length
        found = own_levels(self.data, places, season_length, mean.half_life, mean.typical_level)
        return OwnLevels(found.levels[here], found.typical[here], found.count[here], found.prior)

    def of_level(self, quantiles: FloatArray, points: FloatArray | None) -> "OfLevel | None":
        """How the number depends on the own level of an intermittent series; None if it does not.

        Args:
            quantiles: [1, h, Q].
            points: [1, h], or None.
        """
        if self.name == "median" or self._level is None:
            return None
        level, weights = self._level, np.zeros(self.history)
        moved = replace(level, levels=level.levels + _SMALL)
        numbers = [
            replace(self, own_level=one).of(quantiles, points, effect=False)[0]
            for one in (moved, level)
        ]
        slope = (numbers[0] - numbers[1]) / _SMALL
        half_life = self.fitted.mean.half_life
        share = step_weights(self.history, self.h, self.season_length, half_life)
        known = np.isfinite(self.data.actual[self.past][-len(share) :])
        whole = level.count[0] + level.prior
        weights[-len(share) :] = share * known / whole
        return OfLevel(slope[:, None] * weights, slope * level.prior / whole, level.typical[0])
