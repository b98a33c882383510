"""GIFT-Eval's scores: MASE of the median, and CRPS as the mean weighted quantile loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from gated.arrays import FloatArray
from gated.forecast import metrics
from gated.table import Table

__all__ = ["DECILES", "Scored", "Window", "filled", "score", "seasonal_naive", "windows_of"]


DECILES = np.arange(1, 10) / 10
_MEDIAN = 4


@dataclass(frozen=True)
class Window:
    """One series at one cutoff.

    Attributes:
        series: its index in the table.
        cutoff: its first step forecast.
        past: what lies before, NaN where missing.
        y: [h] what came.
    """

    series: int
    cutoff: int
    past: FloatArray
    y: FloatArray


def windows_of(table: Table, h: int, count: int) -> Iterator[Window]:
    """The last `count` windows of each series, the earliest first."""
    for series, (begin, end) in enumerate(zip(table.offsets[:-1], table.offsets[1:], strict=True)):
        values = table.y[begin:end]
        for back in range(count, 0, -1):
            cutoff = len(values) - back * h
            yield Window(series, cutoff, values[:cutoff], values[cutoff : cutoff + h])


@dataclass(frozen=True)
class Scored:
    """How good a method was on a task.

    Attributes:
        mase: mean absolute error of the median over the seasonal naive error of the past.
        crps: mean over the deciles of the quantile loss, over the sum of absolute values.
        smape: in percent.
        held: share of the values within the 80 % interval.
    """

    mase: float
    crps: float
    smape: float
    held: float


def score(windows: list[Window], deciles: FloatArray, season: int) -> Scored:
    """Score the deciles [M, h, 9] forecast for M windows; values that are missing do not count."""
    y = np.stack([window.y for window in windows])
    scale = np.concatenate(
        [
            metrics.seasonal_naive_scale(window.past, np.array([0, len(window.past)]), season)
            for window in windows
        ]
    )
    median = deciles[..., _MEDIAN]
    return Scored(
        mase=metrics.mase(y, median, scale),
        crps=metrics.scaled_crps(y, deciles, DECILES.tolist()),
        smape=metrics.smape(y, median),
        held=metrics.coverage(y, deciles[..., 0], deciles[..., -1]),
    )


def seasonal_naive(window: Window, season: int) -> FloatArray:
    """Deciles [h, 9] of the seasonal naive rule, as statsforecast gives them.

    Gaps are filled with the last value before them, or 0. The deviation is that of the rule's own
    errors, and grows with the root of the seasons ahead.
    """
    past, h = filled(window.past), len(window.y)
    points = np.resize(past[-season:], h)
    errors = past[season:] - past[:-season]
    deviation = np.sqrt((errors**2).mean()) if len(errors) else 0.0
    growth = np.sqrt(np.arange(h) // season + 1)
    normal = np.array([NormalDist().inv_cdf(level) for level in DECILES])
    return points[:, None] + normal * (deviation * growth)[:, None]


def filled(past: FloatArray) -> FloatArray:
    """A past whose gaps hold the last value before them, or 0."""
    newest = np.maximum.accumulate(np.where(np.isfinite(past), np.arange(len(past)), 0))
    return np.nan_to_num(past[newest])
