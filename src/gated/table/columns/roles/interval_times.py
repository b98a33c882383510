"""Of several columns of times, finds the one that can be meant: the start of intervals."""

import re
from collections.abc import Sequence

import numpy as np

from gated.arrays import TimeArray
from gated.errors import DataError
from gated.table.io.source import Source
from gated.table.time.times import TimeRequest, read_times

__all__ = ["likely_times"]

MOST = 0.95  # share of the intervals that fit; those at a change of the clock do not
LEAST_LENGTH = 0.8  # of the step: a week from Monday to Sunday is 6 days, and the step is 7
QUARTER_HOUR, DAY = (np.timedelta64(length, "m") for length in (15, 24 * 60))
SUMMER_TIME = np.timedelta64(1, "h")
MOST_ZONES = np.timedelta64(14, "h")  # no zone is further from UTC
# Columns with the time at which a row was written, and not the one at which it was measured.
KEPT_RECORDS = re.compile(
    r"publish|updat|modif|retriev|download|creation|insert|ingest|process|as_?of", re.I
)
UTC = re.compile(r"(?:^|[^a-z])(?:utc|gmt)(?![a-z]|\s*[+-])|utc$", re.I)
START = re.compile(r"start|begin|from|von$|begin|début|debut|inicio", re.I)
END = re.compile(r"end|stop|until|to$|bis$|finish|fin$", re.I)


def likely_times(source: Source, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns that can be the time, and notes on the others.

    A column with the same time in all rows is none, nor is one with the times at which the rows
    were written. Of a day and its times the times are taken, of the same time in two zones the one
    in UTC, or the first; of the start and the end of an interval, the start.
    """
    varied = [name for name in names if source.frame[name].n_unique() > 1]
    same = [name for name in names if name not in varied]
    notes = [f"not used: `{name}` has the same time in every row." for name in same if varied]
    varied = varied or list(names)
    if len(varied) < 2:
        return varied, notes
    written = [name for name in varied if KEPT_RECORDS.search(name)]
    if 0 < len(written) < len(varied):
        notes += [f"not used: `{name}`, the time at which a row was written." for name in written]
        varied = [name for name in varied if name not in written]
    times = {name: read for name in varied if (read := _times(source, name)) is not None}
    if len(times) < len(varied):
        return varied, notes
    for name in varied:
        others = [other for other in varied if other in times and other != name]
        reason = next((why for other in others if (why := _why_not(name, other, times))), None)
        if reason is not None:
            notes.append(f"not used: `{name}` {reason}.")
            del times[name]
    return list(times), notes


def _times(source: Source, name: str) -> TimeArray | None:
    try:
        values = read_times(source, TimeRequest(name)).values
    except DataError:  # the column that is taken is read again, and names the cell
        return None
    return values if values.dtype.kind == "M" else None


def _why_not(name: str, other: str, times: dict[str, TimeArray]) -> str | None:
    """Why another column is the time rather than this one; None if it is not sure."""
    mine, theirs = times[name], times[other]
    if _are_days_of(mine, theirs):
        return f"has the day of `{other}`"
    is_end = f"is the end of the interval that begins at `{other}`"
    if START.search(other) and END.search(name) and not START.search(name):
        return is_end if ((mine - theirs).astype(np.int64) >= 0).mean() >= MOST else None
    in_utc = UTC.search(other) is not None
    if in_utc != (UTC.search(name) is not None):
        is_same = in_utc and _differ_by_zone(mine, theirs)
        return f"has the time of `{other}` in another zone" if is_same else None
    if (mine == theirs).all():
        is_first = list(times).index(name) < list(times).index(other)
        return None if is_first else f"has the time of `{other}`"
    return is_end if _are_intervals(theirs, mine) else None


def _are_days_of(days: TimeArray, times: TimeArray) -> bool:
    """Whether one column has the days of the other's times, which may be in another zone."""
    if (days != days.astype("M8[D]")).any() or (times == times.astype("M8[D]")).all():
        return False
    since = times - days
    is_near = (since >= -MOST_ZONES) & (since < DAY + MOST_ZONES)
    return bool(is_near.all() and since.max() - since.min() < DAY + SUMMER_TIME)


def _differ_by_zone(mine: TimeArray, theirs: TimeArray) -> bool:
    """Whether two columns are the same instants: apart by one offset, or by two of summer time."""
    apart = np.unique(mine - theirs)
    is_zone = (apart % QUARTER_HOUR).astype(np.int64) == 0
    return bool(len(apart) <= 2 and is_zone.all() and (np.abs(apart) <= MOST_ZONES).all())


def _are_intervals(begins: TimeArray, ends: TimeArray) -> bool:
    steps = np.diff(np.unique(begins)).astype(np.int64)
    if not len(steps):
        return False
    lengths = (ends - begins).astype(np.int64)
    low, high = LEAST_LENGTH * steps.min(), np.median(steps) * (2 - LEAST_LENGTH)
    return bool(((lengths >= low) & (lengths <= high)).mean() >= MOST)
