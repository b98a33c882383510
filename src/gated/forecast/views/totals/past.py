"""Sums past periods of the length of the forecast, such as the same dates a year before."""

from typing import Any

import numpy as np

from gated.arrays import FloatArray, TimeArray
from gated.table import Table
from gated.table.time.calendar import Frequency

__all__ = ["past_totals", "steps_in_a_year", "total_before"]

_LEAST_OBSERVED = 0.5  # of the steps; a sum over fewer is no total


def past_totals(table: Table, h: int, back: int, *, adds_up: bool = True) -> FloatArray:
    """[N] the total of `h` past steps of each series; NaN where most of them are not observed.

    Args:
        table: the past.
        h: number of steps.
        back: from the first of these steps to the step after the series' end, at least `h`.
        adds_up: whether values are summed; if not, the result is their mean.
    """
    begin = table.offsets[1:] - back
    is_inside = begin >= table.offsets[:-1]
    begin = np.where(is_inside, begin, 0)
    # Pairs of bounds: every second sum is that of a period. The bounds must be inside the array.
    bounds = np.stack([begin, begin + h], axis=1).reshape(-1)
    values = np.append(table.y, np.zeros(h))
    observed = np.append(np.isfinite(table.y), np.zeros(h, dtype=bool))
    with np.errstate(over="ignore"):
        sums = np.add.reduceat(np.where(observed, values, 0.0), bounds)[::2]
    counts = np.add.reduceat(observed.astype(np.int64), bounds)[::2]
    enough = is_inside & (counts >= np.ceil(_LEAST_OBSERVED * h)) & np.isfinite(sums)
    totals = sums if adds_up else sums / np.maximum(counts, 1)
    return np.where(enough, totals, np.nan)


def total_before(
    ds: TimeArray, y: FloatArray, frequency: Frequency, first: Any, back: int, h: int
) -> float:
    """The total of `h` steps of a series; NaN if it is shorter, or most of them are not observed.

    Args:
        ds, y: [T] the series.
        frequency: of its times.
        first: a time after its end.
        back: steps from the first of the `h` steps to `first`.
        h: number of steps.
    """
    times = frequency.grid.advance(np.array([first]), np.arange(-back, h - back))
    place = np.minimum(np.searchsorted(ds, times), len(ds) - 1)
    values = y[place[(ds[place] == times) & np.isfinite(y[place])]]
    if times[0] < ds[0] or len(values) < _LEAST_OBSERVED * h:
        return np.nan
    with np.errstate(over="ignore"):
        return float(values.sum())


def steps_in_a_year(frequency: Frequency, first: Any) -> int | None:
    """Steps from the same date a year before to a time; None for numbered steps and long ones.

    >>> import numpy as np
    >>> steps_in_a_year(Frequency.of("D"), np.datetime64("2011-12-10", "ns"))
    365
    >>> steps_in_a_year(Frequency.of("MS"), np.datetime64("1961-01-01", "ns"))
    12
    """
    if frequency.is_numbered:
        return None
    month = first.astype("M8[M]")
    before = (month - 12).astype("M8[ns]") + (first - month.astype("M8[ns]"))
    return int(frequency.grid.count(np.array([before]), np.array([first]))[0]) or None
