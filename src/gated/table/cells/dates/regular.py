"""Measures how regular times are, to decide between two readings of the same texts."""

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.table.cells.dates.spans import DAY, NOT_A_TIME

__all__ = ["coverage", "is_regular"]

REGULAR = 0.75  # share of the steps between the first and the last time that must have a time
FEWEST = 3  # distinct times; two always have one step


def is_regular(times: IntArray) -> bool:
    """Whether at least three times lie on a grid of one step, with few gaps.

    Args:
        times: [K] ns since 1970, in any order, also repeated; all of them valid.

    >>> days = np.arange("2021-01-01", "2021-02-01", dtype="M8[D]").astype("M8[ns]")
    >>> is_regular(days.astype(np.int64)), is_regular(days[[0, 1, 5, 30]].astype(np.int64))
    (True, False)
    """
    return coverage(times) >= REGULAR


def coverage(times: IntArray) -> float:
    """The share of the steps between the first and the last time that have a time.

    A step is the most common gap between two times, a number of months or a working day; the
    largest of the three shares counts. It is 0 if the times do not lie on such a grid.
    """
    distinct = np.unique(times)
    if len(distinct) < FEWEST or distinct[0] == NOT_A_TIME:
        return 0.0
    instants = distinct.astype("M8[ns]")
    shares = [_share(distinct)]
    if np.diff(distinct).min() >= 28 * DAY and _has_one_place_in_month(instants):
        shares.append(_share(instants.astype("M8[M]").astype(np.int64)))
    days = instants.astype("M8[D]")
    clock = distinct - days.astype("M8[ns]").astype(np.int64)
    if (clock == clock[0]).all() and np.is_busday(days).all():
        shares.append(float((len(days) - 1) / max(np.busday_count(days[0], days[-1]), 1)))
    return max(shares)


def _share(times: IntArray) -> float:
    gaps, counts = np.unique(np.diff(times), return_counts=True)
    step = int(gaps[np.argmax(counts)])
    if step == 0 or (gaps % step).any():
        return 0.0
    return float((len(times) - 1) * step / (times[-1] - times[0]))


def _has_one_place_in_month(instants: NDArray[np.datetime64]) -> bool:
    """Whether all times have one day of the month, or the last day of a shorter month."""
    months = instants.astype("M8[M]")
    days = instants.astype("M8[D]")
    day = (days - months.astype("M8[D]")).astype(np.int64)
    last = ((months + 1).astype("M8[D]") - months.astype("M8[D]")).astype(np.int64) - 1
    is_end = bool((day == last).all())
    return is_end or bool(((day == day.max()) | ((day == last) & (day < day.max()))).all())
