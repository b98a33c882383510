"""Finds the step between the times of a job, as `gated.read_table` does, faster where it is clear.

Jobs of one step are computed together, so the step must be known before.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gated.forecast.config import default_horizon
from gated.serve.forecasting.job import Series
from gated.serve.forecasting.times import as_datetimes
from gated.table import read_table
from gated.table.time.calendar import Frequency

__all__ = ["clear_step", "usual_horizon"]

_MINUTE = 60_000_000
_HOUR, _DAY = 60 * _MINUTE, 24 * 60 * _MINUTE
_ALIASES = {_MINUTE: "min", 15 * _MINUTE: "15min", 30 * _MINUTE: "30min", _HOUR: "h", _DAY: "D"}
_FEWEST = 3  # times, from which a step is clear
_WEEKDAYS = ("THU", "FRI", "SAT", "SUN", "MON", "TUE", "WED")  # of 1970-01-01 and the days after


def clear_step(clock: str, series: Sequence[Series]) -> str | None:
    """The pandas alias of the step, if all times of all series are that step apart; else None.

    >>> days = np.arange(5) * 86_400_000_000
    >>> clear_step("local", [Series("a", days, np.zeros(5))])
    'D'
    """
    found = {_step(clock, one.ds) for one in series}
    return found.pop() if len(found) == 1 else None


def usual_horizon(clock: str, series: Series, freq: str | None = None) -> int:
    """The usual number of steps ahead: as of `gated forecast`, at most a third of the past.

    Args:
        clock: what the times count.
        series: the past.
        freq: pandas alias of the step; None: found in the times.

    Raises:
        DataError: no step is found.

    >>> days = np.arange(100) * 86_400_000_000
    >>> usual_horizon("local", Series("a", days, np.zeros(100)))
    28
    """
    step = freq or clear_step(clock, [series])
    if step is None:
        frame = pd.DataFrame({"ds": as_datetimes(clock, series.ds), "y": series.y})
        frequency = read_table(frame, time_col="ds", target_col="y").frequency
    else:
        frequency = Frequency.of(step)
    return max(1, min(default_horizon(frequency.season_length), len(series.ds) // 3))


def _step(clock: str, ds: NDArray[np.int64]) -> str | None:
    if len(ds) < _FEWEST:
        return None
    steps = np.diff(ds)
    first = int(steps[0])
    if (steps == first).all():
        if clock == "integer":
            return str(first)
        if first == 7 * _DAY and not (ds[0] % _DAY):
            return f"W-{_WEEKDAYS[int(ds[0] // _DAY) % 7]}"
        has_clear_phase = not ds[0] % first
        return _ALIASES.get(first) if has_clear_phase else None
    return _months(ds) if clock != "integer" else None


def _months(ds: NDArray[np.int64]) -> str | None:
    """`MS` for the first days of months that follow each other."""
    stamps = ds.astype("datetime64[us]")
    months = stamps.astype("datetime64[M]")
    are_first = bool((months.astype("datetime64[us]") == stamps).all())
    follow = bool((np.diff(months.astype(np.int64)) == 1).all())
    return "MS" if are_first and follow else None
