"""Forecasts the mean of each step: medians, which minimise the absolute error, do not add up.

The sum of medians is not the median of the sum: of a good that is sold on two days of five, every
median is 0. The mean of the quantiles is right for a series with few zeros. For an intermittent
series (a quarter of its values are 0, or more), the network's mean is averaged with the recent
level of the series itself, in the shape of the network's forecast over the steps. The weight of the
level is chosen by the Poisson deviance of the totals of the held-out windows, which is lowest for
the right mean. Finally all means are multiplied by the ratio of the actual values to the means, as
far as it exceeds what one period may differ by chance.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.series.value_limits import non_negative_series
from gated.forecast.distribution.quantile_function import mean_of, mean_with_long_tail
from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.own_levels import Places, own_levels
from gated.forecast.validation.shrinkage import measured_weight

__all__ = [
    "MeanModel",
    "PeriodSums",
    "WindowQuantiles",
    "chosen_level",
    "corrected_means",
    "intermittent_windows",
    "is_intermittent",
    "own_means",
    "ratio_factor",
    "window_means",
]

# A series with at least this share of zeros among its observed open steps is intermittent.
_ZEROS = 0.25
# Half-lives of the weights in the own level, in seasons.
_HALF_LIVES, _HALF_LIFE = (0.25, 1.0, 4.0, 16.0), 4.0
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_PRIOR_SHARE, _WINDOWS_FOR_HALF = 0.5, 20
# Before the held-out windows, the mean is expected to be right up to a factor of about e^±0.1.
_EXPECTED_BIAS = 0.1
# From one period to the next, the level of a whole table moves by about this, relative to itself.
_LEVEL_MOVES = 0.1
_LOW, _HIGH = QUANTILES.index(0.1), QUANTILES.index(0.9)


@dataclass(frozen=True)
class MeanModel:
    """How the mean is computed from quantiles and past.

    Attributes:
        own_factor: factor of the network's mean of an intermittent series.
        level_share: weight of the series' own level in the mean of an intermittent series.
        half_life: of the weights of past values in that level, in seasons.
        factor: factor of all means.
        typical_level: the level of all intermittent series of the table, in the unit of its
            values; None: that of the series of a forecast.
    """

    own_factor: float = 1.0
    level_share: float = _PRIOR_SHARE
    half_life: float = _HALF_LIFE
    factor: float = 1.0
    typical_level: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        stored = asdict(self)
        if self.typical_level is None:  # an older version can read the file
            del stored["typical_level"]
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "MeanModel":
        """Build it from the values of `to_json`."""
        return cls(**stored)


@dataclass(frozen=True)
class WindowQuantiles:
    """The forecasts of M windows on the series-scaled axis.

    Attributes:
        series, cutoff: [M] the series of each window, and the first step to forecast.
        network: [M, h, Q] the network's quantiles.
        final: [M, h, Q] after the combination with a baseline, with calibrated widths.
        open: [M, h] whether a step is open.
    """

    series: IntArray
    cutoff: IntArray
    network: FloatArray
    final: FloatArray
    open: BoolArray

    @property
    def places(self) -> Places:
        """The windows without their forecasts."""
        return Places(self.series, self.cutoff, self.open.shape[1])

    def part(self, rows: IntArray) -> "WindowQuantiles":
        """Some of the windows."""
        return WindowQuantiles(*(part[rows] for part in vars(self).values()))


def window_means(
    model: MeanModel,
    data: Dataset,
    windows: WindowQuantiles,
    season_length: int,
    levels: FloatArray | None = None,
) -> FloatArray:
    """The mean of every step of M windows: [M, h] on the series-scaled axis, above its zero.

    The result is 0 for a value of 0 and may be multiplied: spread · result is in the unit of the
    series. For a series with negative values, it is the mean of the quantiles.

    Args:
        model: how the mean is computed.
        data: all rows.
        windows: the forecasts.
        season_length: steps in the main cycle.
        levels: [K] the own levels of the K windows of intermittent series; None: measured.
    """
    zero = data.scale.zero[windows.series]
    final = windows.final - zero[:, None, None]
    of_positive = non_negative_series(data)[windows.series]
    if not of_positive.any():
        return mean_of(final)
    means = mean_of(final, non_negative=True)
    rows = intermittent_windows(data, windows)
    if len(rows):
        some = windows.part(rows)
        if levels is None:
            levels = own_levels(
                data, some.places, season_length, model.half_life, model.typical_level
            ).levels
        own = model.own_factor * own_means(data, some)
        means[rows] = _with_level(own, some.open, levels, model.level_share)
    means = corrected_means(means, model.factor, final)
    if of_positive.all():
        return means
    return np.where(of_positive[:, None], means, mean_of(final))


def corrected_means(means: FloatArray, factor: float | FloatArray, final: FloatArray) -> FloatArray:
    """The means [M, h] times a factor, which moves none of them out of the 80 % interval.

    The factor corrects the sum of all steps. What is known of a single step is its interval, which
    may be narrow.

    Args:
        means: [M, h] non-negative.
        factor: of all means, or [M, 1].
        final: [M, h, Q] the quantiles.
    """
    low, high = np.minimum(means, final[..., _LOW]), np.maximum(means, final[..., _HIGH])
    return np.clip(factor * means, low, high)


@dataclass(frozen=True)
class PeriodSums:
    """The sums of the held-out windows, by period.

    Attributes:
        actual, mean: [P] the sums of the actual values and of their means.
        noise: the standard deviation of their ratio by chance, relative to 1.
        horizons: number of horizons that the windows cover, at least 1.
    """

    actual: FloatArray
    mean: FloatArray
    noise: float
    horizons: float

    @property
    def factor(self) -> float:
        """The factor of the means, see `ratio_factor`."""
        return ratio_factor(float(self.actual.sum()), float(self.mean.sum()), self._chance(1))

    def _chance(self, share: float) -> float:
        """The standard deviation of the ratio for a share of the periods."""
        moves = _LEVEL_MOVES / np.sqrt(self.horizons)
        return float(np.hypot(self.noise, moves) / np.sqrt(share))

    @property
    def left_out_factors(self) -> FloatArray:
        """[P] for each period, the factor that the others give; 1 for a single period.

        >>> sums = PeriodSums(np.array([10.0, 20.0]), np.array([10.0, 10.0]), 0.0, 99.0)
        >>> sums.left_out_factors.round(2)
        array([1.97, 1.  ])
        """
        count = len(self.actual)
        if count < 2:
            return np.ones(count)
        chance = self._chance((count - 1) / count)
        others = zip(self.actual.sum() - self.actual, self.mean.sum() - self.mean, strict=True)
        return np.array([ratio_factor(float(a), float(m), chance) for a, m in others])


def chosen_level(
    data: Dataset,
    windows: WindowQuantiles,
    y: FloatArray,
    season_length: int,
    own_factor: float,
) -> MeanModel:
    """The share of the level and its half-life with the lowest Poisson deviance of the totals.

    Args:
        data: all rows.
        windows: the held-out windows; their open steps are those that are observed.
        y: [M, h] the actual values on the series-scaled axis, NaN where unobserved.
        season_length: steps in the main cycle.
        own_factor: factor of the network's means.
    """
    rows = intermittent_windows(data, windows)
    if not len(rows):
        return MeanModel()
    some = windows.part(rows)
    unit = data.scale.spread[some.series] / data.scale.spread.max()
    above = np.where(some.open, y[rows] - data.scale.zero[some.series, None], 0.0)
    actual, own = unit * above.sum(axis=1), own_factor * own_means(data, some)
    smallest, best, lowest = np.finfo(np.float64).tiny, MeanModel(own_factor), np.inf
    for half_life in _HALF_LIVES:
        level = own_levels(data, some.places, season_length, half_life).levels
        for share in _SHARES:
            total = unit * _with_level(own, some.open, level, share).sum(axis=1)
            deviance = float((total - actual * np.log(np.maximum(total, smallest))).sum())
            if deviance < lowest:
                best, lowest = MeanModel(own_factor, share, half_life), deviance
    weight = measured_weight(len(rows), _WINDOWS_FOR_HALF)
    share = weight * best.level_share + (1 - weight) * _PRIOR_SHARE
    return replace(best, level_share=share)


def ratio_factor(actual: float, mean: float, chance: float) -> float:
    """The factor of the means: actual ÷ mean, shrunk towards 1.

    Args:
        actual: sum of the actual values of the held-out windows.
        mean: sum of their means.
        chance: the standard deviation of the ratio if the means are right, relative to 1.

    >>> round(ratio_factor(120, 100, chance=0.02), 3), round(ratio_factor(120, 100, chance=0.3), 3)
    (1.192, 1.018)
    """
    if not (actual > 0 and mean > 0 and np.isfinite(actual) and np.isfinite(mean)):
        return 1.0
    weight = _EXPECTED_BIAS**2 / (_EXPECTED_BIAS**2 + chance**2)
    return float(np.clip((actual / mean) ** weight, 0.1, 10.0))


def intermittent_windows(data: Dataset, windows: WindowQuantiles) -> IntArray:
    """The indices of the windows of intermittent series."""
    return np.flatnonzero(is_intermittent(data)[windows.series])


def is_intermittent(data: Dataset) -> BoolArray:
    """[N] whether a series has many zeros, and no negative values."""
    zeros, count = data.facts.zeros, data.facts.observed
    return np.asarray((zeros >= _ZEROS * count) & (count > 0) & non_negative_series(data))


def _with_level(own: FloatArray, is_open: BoolArray, level: FloatArray, share: float) -> FloatArray:
    """Average means [M, h] with the level [M] of the series, in the shape of the means."""
    own = np.where(is_open, own, 0.0)
    steps = np.maximum(is_open.sum(axis=1), 1)
    mean = own.sum(axis=1) / steps
    has_shape = mean > 0
    shape = np.where(has_shape[:, None], own / np.where(has_shape, mean, 1.0)[:, None], is_open)
    mixed: FloatArray = (1 - share) * own + share * level[:, None] * shape
    return mixed


def own_means(data: Dataset, windows: WindowQuantiles) -> FloatArray:
    """The means of the network's quantiles, without wider intervals and a baseline of zeros."""
    zero = data.scale.zero[windows.series, None, None]
    return mean_with_long_tail(windows.network - zero)
