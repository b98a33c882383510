"""GIFT-Eval's scores: MASE of the median, CRPS as the mean weighted quantile loss, and MSIS."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from gated.arrays import FloatArray
from gated.forecast import metrics
from gated.table import Table

__all__ = [
    "LEVELS",
    "GiftEvalScores",
    "Window",
    "score",
    "seasonal_naive",
    "windows_of",
    "without_gaps",
]


LEVELS = (0.025, *(tenth / 10 for tenth in range(1, 10)), 0.975)
"""The quantile levels of a forecast: the deciles, and the ends of the 95 % interval."""

_DECILES = slice(1, -1)
_MEDIAN, _TENTH, _NINETIETH = LEVELS.index(0.5), LEVELS.index(0.1), LEVELS.index(0.9)


@dataclass(frozen=True)
class Window:
    """One series at one cutoff.

    Attributes:
        series: its index in the table.
        cutoff: index of the first step to forecast.
        past: [cutoff] values before it, NaN where missing.
        y: [h] actual values, NaN where missing.
    """

    series: int
    cutoff: int
    past: FloatArray
    y: FloatArray


def windows_of(table: Table, h: int, count: int) -> Iterator[Window]:
    """The last `count` windows of each series, in the order of time."""
    for series, (begin, end) in enumerate(zip(table.offsets[:-1], table.offsets[1:], strict=True)):
        values = table.y[begin:end]
        for back in range(count, 0, -1):
            cutoff = len(values) - back * h
            yield Window(series, cutoff, values[:cutoff], values[cutoff : cutoff + h])


@dataclass(frozen=True)
class GiftEvalScores:
    """The scores of one method on one task.

    Attributes:
        mase: mean absolute error of the median ÷ the seasonal naive error of the past.
        crps: mean quantile loss over the deciles ÷ the sum of absolute values.
        msis: width of the 95 % interval and its penalties, in the unit of MASE.
        smape: in percent.
        coverage: share of the actual values inside the 80 % interval.
    """

    mase: float
    crps: float
    msis: float
    smape: float
    coverage: float


def score(windows: list[Window], quantiles: FloatArray, season: int) -> GiftEvalScores:
    """Score the quantiles [M, h, 11] at `LEVELS`, forecast for M windows.

    Missing values do not count.
    """
    y = np.stack([window.y for window in windows])
    scale = np.concatenate(
        [
            metrics.seasonal_naive_scale(window.past, np.array([0, len(window.past)]), season)
            for window in windows
        ]
    )
    median = quantiles[..., _MEDIAN]
    return GiftEvalScores(
        mase=metrics.mase(y, median, scale),
        crps=metrics.scaled_crps(y, quantiles[..., _DECILES], LEVELS[_DECILES]),
        msis=metrics.msis(y, quantiles[..., 0], quantiles[..., -1], scale, level=95),
        smape=metrics.smape(y, median),
        coverage=metrics.coverage(y, quantiles[..., _TENTH], quantiles[..., _NINETIETH]),
    )


def seasonal_naive(window: Window, season: int) -> FloatArray:
    """Quantiles [h, 11] of the seasonal naive baseline, as statsforecast computes them.

    The standard deviation is that of the baseline's errors on the past; it grows with the square
    root of the number of seasons ahead.
    """
    past, h = without_gaps(window.past), len(window.y)
    points = np.resize(past[-season:], h)
    errors = past[season:] - past[:-season]
    deviation = np.sqrt((errors**2).mean()) if len(errors) else 0.0
    growth = np.sqrt(np.arange(h) // season + 1)
    normal = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
    return points[:, None] + normal * (deviation * growth)[:, None]


def without_gaps(past: FloatArray) -> FloatArray:
    """A past in which each gap is filled with the last value before it, or 0."""
    last_observed = np.maximum.accumulate(np.where(np.isfinite(past), np.arange(len(past)), 0))
    return np.nan_to_num(past[last_observed])
