"""Sums paths over periods and series: totals with intervals, and probabilities of totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.distribution.dependence import Dependence
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.prediction.paths import path_blocks

__all__ = [
    "Period",
    "Periods",
    "SeriesTotals",
    "path_totals",
    "periods_of",
    "quantiles_of",
    "share_of",
    "total_by_period",
]

Period = Literal["horizon", "day", "week", "month", "quarter", "year"]

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True)
class Periods:
    """The period of every step of n series.

    Attributes:
        local: [n, h] number of the period within the series, 0 to count − 1.
        number: [n, count] the number of each period among those of all series; −1 where a series
            has fewer periods.
    """

    local: IntArray
    number: IntArray

    @property
    def count(self) -> int:
        """The largest number of periods of a series."""
        return int(self.number.shape[1])


def periods_of(ds: NDArray[Any], by: object) -> Periods:
    """Assign each step to a period by its time.

    Args:
        ds: [n, h] times, rising: datetime64, or whole numbers.
        by: "horizon" for one period, or "day", "week" (from Monday), "month", "quarter", "year".

    Raises:
        UsageError: `by` is unknown, or the steps have no dates.

    >>> days = np.array([["2024-02-28", "2024-02-29", "2024-03-01"]], dtype="M8[ns]")
    >>> periods_of(days, "month").local.tolist()
    [[0, 0, 1]]
    """
    if by not in get_args(Period):
        raise UsageError(f"by is {by!r}. Expected one of {', '.join(get_args(Period))}.")
    if by == "horizon":
        return Periods(np.zeros(ds.shape, dtype=np.int64), np.zeros((len(ds), 1), dtype=np.int64))
    if not np.issubdtype(ds.dtype, np.datetime64):
        raise UsageError(
            f"by is {by!r}, but the steps of this table are numbered, not dated. Use 'horizon', or "
            "give a table with dates."
        )
    if by in _MONTHS:
        labels = ds.astype("M8[M]").astype(np.int64) // _MONTHS[str(by)]
    else:
        labels = ds.astype("M8[D]").astype(np.int64)
        if by == "week":
            labels = (labels + 3) // 7  # day 0 is a Thursday
    labels = np.unique(labels, return_inverse=True)[1].reshape(ds.shape)
    is_new = np.diff(labels, axis=1, prepend=labels[:, :1]) != 0
    local = np.cumsum(is_new, axis=1)
    number = np.full((len(ds), int(local.max()) + 1), -1)
    np.put_along_axis(number, local, labels, axis=1)
    return Periods(local, number)


def total_by_period(values: FloatArray, periods: Periods) -> FloatArray:
    """[n, count] the sum of values [n, h] over each period; 0 where a series has fewer periods."""
    totals = np.zeros(periods.number.shape)
    rows = np.arange(len(values))[:, None]
    with np.errstate(over="ignore"):
        np.add.at(totals, (np.broadcast_to(rows, values.shape), periods.local), values)
    return np.clip(totals, -_LARGEST, _LARGEST)


@dataclass(frozen=True)
class SeriesTotals:
    """What was computed from the paths of the totals.

    Attributes:
        by_series: [n, count, K] K numbers of each series and period.
        of_all: [periods, K] of the sum over all series; None if it was not requested.
    """

    by_series: FloatArray
    of_all: FloatArray | None


def path_totals(
    marginals: Marginals,
    dependence: Dependence,
    periods: Periods,
    summary: Callable[[FloatArray], FloatArray],
    *,
    over_series: bool,
    n_paths: int,
    seed: int,
) -> SeriesTotals:
    """Sum the paths over periods, block by block, and summarise them.

    Args:
        marginals: the distributions of the steps of n series.
        dependence: the correlations of steps and series.
        periods: the period of each step.
        summary: maps totals [..., n_paths] to K numbers [..., K], such as quantiles.
        over_series: whether to sum over all series too.
        n_paths, seed: as in `path_blocks`.
    """
    found: list[FloatArray] = []
    count = periods.count
    whole = np.zeros((int(periods.number.max()) + 1, n_paths)) if over_series else None
    for rows, values in path_blocks(marginals, dependence, n_paths, seed):
        inside = periods.local[rows, None, :] == np.arange(count)[None, :, None]
        with np.errstate(over="ignore", invalid="ignore"):
            totals = inside.astype(np.float64) @ values  # [b, count, n_paths]
        totals = np.clip(np.nan_to_num(totals, copy=False), -_LARGEST, _LARGEST)
        found.append(summary(totals))
        if whole is not None:
            number = periods.number[rows]
            with np.errstate(over="ignore", invalid="ignore"):
                np.add.at(whole, number[number >= 0], totals[number >= 0])
    of_all = None
    if whole is not None:
        of_all = summary(np.clip(np.nan_to_num(whole), -_LARGEST, _LARGEST))
    return SeriesTotals(np.concatenate(found), of_all)


def quantiles_of(levels: Sequence[float]) -> Callable[[FloatArray], FloatArray]:
    """A summary for `path_totals`: the quantiles of the paths at some levels."""

    def summary(totals: FloatArray) -> FloatArray:
        return np.moveaxis(np.quantile(totals, list(levels), axis=-1), 0, -1)

    return summary


def share_of(at_least: float | None, at_most: float | None) -> Callable[[FloatArray], FloatArray]:
    """A summary for `path_totals`: the share of paths whose total is within the bounds."""

    def summary(totals: FloatArray) -> FloatArray:
        inside = np.ones(totals.shape, dtype=bool)
        if at_least is not None:
            inside &= totals >= at_least
        if at_most is not None:
            inside &= totals <= at_most
        return np.asarray(inside.mean(axis=-1, keepdims=True))

    return summary
