"""Measures which errors to expect, in the unit of the table, on the held-out windows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.table import Table

__all__ = ["ExpectedError", "expected_error"]

# Shares above this say nothing: the values are around 0.
_LARGEST_SHARE = 3.0


@dataclass(frozen=True)
class ExpectedError:
    """The mean errors of the forecast on the held-out windows.

    Attributes:
        typical: mean absolute error of a step of a series, in the unit of the target.
        share: the same, divided by the mean absolute value; None if that says nothing.
        total: mean absolute error of the total over a window (over all series), divided by the mean
            total; None where totals have no meaning.
        target: name of the target.
        step: noun of a step ("day").
        series: number of series.
    """

    typical: float
    share: float | None = None
    total: float | None = None
    target: str = "the target"
    step: str = "step"
    series: int = 1

    def of(self, table: Table) -> "ExpectedError":
        """The same in the words of a table."""
        target, step = table.schema.target_col, table.frequency.noun
        return replace(self, target=target, step=step, series=table.n_series)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ExpectedError":
        """Build it from the values of `to_json`."""
        return cls(**stored)


def expected_error(
    y: FloatArray, points: FloatArray, means: FloatArray, period: IntArray, *, adds_up: bool
) -> ExpectedError:
    """Measure the errors of M windows, in the unit of the target.

    Args:
        y: [M, h] the actual values, NaN where unobserved.
        points: [M, h] the point forecasts.
        means: [M, h] the means, which are summed.
        period: [M] number of the period of each window: windows of one period are of different
            series at the same time, and are summed together.
        adds_up: whether the values are amounts, whose total has a meaning.

    >>> y = np.array([[10.0, 30.0], [20.0, 40.0]])
    >>> expected_error(y, y + 2, y + 1, np.array([0, 1]), adds_up=True)
    ExpectedError(typical=2.0, share=0.08, total=0.04, target='the target', step='step', series=1)
    """
    observed = np.isfinite(y)
    value, point, mean = (np.where(observed, part, 0.0) for part in (y, points, means))
    count = max(int(observed.sum()), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        typical = float((np.abs(value - point) / count).sum())
        size = float((np.abs(value) / count).sum())
        periods = int(period.max()) + 1
        actual = np.bincount(period, (value / count).sum(1), periods)
        forecast = np.bincount(period, (mean / count).sum(1), periods)
        total_error, total_size = np.abs(actual - forecast).sum(), np.abs(actual).sum()
    share = typical / size if size > 0 else np.inf
    total = float(total_error / total_size) if adds_up and total_size > 0 else np.inf
    return ExpectedError(
        min(typical, float(np.finfo(np.float64).max)),
        share if adds_up and share <= _LARGEST_SHARE else None,
        total if total <= _LARGEST_SHARE else None,
    )
