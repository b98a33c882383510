"""Finds the offsets of a time zone from UTC: of UTC times, and of wall clock times.

The offset changes on a few days a year. On the others, one look-up serves all times of the day.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray

__all__ = ["offsets_from_utc", "to_utc"]

_DAY = 86_400  # seconds
_SECOND = 1_000_000_000  # ns
_EPOCH = datetime(1970, 1, 1)
_FIXED = re.compile(r"^(?:UTC)?([+-])(\d{2}):?(\d{2})$")


def offsets_from_utc(utc: NDArray[np.datetime64], zone: str) -> NDArray[np.timedelta64]:
    """The offsets of a zone at UTC times [R], east of UTC, as timedelta64[ns].

    Raises:
        KeyError, ValueError: the zone is not known.

    >>> utc = np.array(["2024-03-31T00:59:59", "2024-03-31T01"], "M8[ns]")
    >>> offsets_from_utc(utc, "Europe/Oslo").astype("m8[h]").astype(int).tolist()
    [1, 2]
    """
    known = _zone(zone)

    def offset(second: int) -> int:
        moment = (_EPOCH + timedelta(seconds=second)).replace(tzinfo=UTC)
        return _seconds(moment.astimezone(known).utcoffset())

    return _by_day(utc, offset, offset)


def to_utc(wall: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    """Convert wall clock times [R] of a zone to UTC (both datetime64[ns]).

    A time that summer time skips becomes the first time after the gap; of a time that occurs
    twice, the first is taken.

    >>> to_utc(np.array(["2024-03-31T02:30", "2024-10-27T02:30"], "M8[ns]"), "Europe/Oslo").tolist()
    [1711846800000000000, 1729989000000000000]
    """
    known = _zone(zone)

    def offset(second: int) -> int:
        return _seconds((_EPOCH + timedelta(seconds=second)).replace(tzinfo=known).utcoffset())

    def exact(second: int) -> int:
        later = (_EPOCH + timedelta(seconds=second)).replace(tzinfo=known, fold=1)
        return max(offset(second), _seconds(later.utcoffset()))

    shifted = wall - _by_day(wall, offset, exact)
    # In a gap, the larger offset (after it) gives a time before it: the gap begins a little later.
    back = shifted + offsets_from_utc(shifted, zone)
    in_gap = np.flatnonzero(~np.isnat(wall) & (back != wall))
    for row in in_gap.tolist():
        shifted[row] = _end_of_gap(shifted[row], known)
    return shifted


def _end_of_gap(before: np.datetime64, zone: tzinfo) -> np.datetime64:
    """The UTC time at which the offset next changes, within a day."""
    begin = int(before.astype("M8[s]").astype(np.int64))

    def offset(second: int) -> int:
        moment = (_EPOCH + timedelta(seconds=second)).replace(tzinfo=UTC)
        return _seconds(moment.astimezone(zone).utcoffset())

    low, high, start = begin, begin + 2 * _DAY, offset(begin)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == start else (low, middle)
    return np.datetime64(high * _SECOND, "ns")


def _by_day(
    times: NDArray[np.datetime64], offset: Callable[[int], int], exact: Callable[[int], int]
) -> NDArray[np.timedelta64]:
    """The offsets of times; `exact` is used on days at whose ends `offset` differs."""
    there = ~np.isnat(times)
    seconds = times[there].astype("M8[s]").astype(np.int64)
    found = np.zeros(len(seconds), dtype=np.int64)
    if len(seconds):
        found = _offsets(seconds, offset, exact)
    whole = np.zeros(len(times), dtype=np.int64)
    whole[there] = found * _SECOND
    return whole.astype("m8[ns]")


def _offsets(
    seconds: IntArray, offset: Callable[[int], int], exact: Callable[[int], int]
) -> IntArray:
    day = seconds // _DAY
    first = int(day.min())
    days = np.flatnonzero(np.bincount(day - first)) + first
    ends = {one: offset(one * _DAY) for one in {*days.tolist(), *(days + 1).tolist()}}
    at_begin = np.zeros(int(days[-1]) - first + 1, dtype=np.int64)
    at_begin[days - first] = [ends[one] for one in days.tolist()]
    found: IntArray = at_begin[day - first]
    changing = np.array(
        [one for one in days.tolist() if ends[one] != ends[one + 1]], dtype=np.int64
    )
    rows = np.flatnonzero(np.isin(day, changing)) if len(changing) else changing
    if len(rows):
        distinct, place = np.unique(seconds[rows], return_inverse=True)
        found[rows] = np.array([exact(one) for one in distinct.tolist()], dtype=np.int64)[place]
    return found


def _zone(name: str) -> tzinfo:
    fixed = _FIXED.match(name)
    if fixed is not None:
        offset = timedelta(hours=int(fixed[2]), minutes=int(fixed[3]))
        return timezone(-offset if fixed[1] == "-" else offset)
    return UTC if name.upper() == "UTC" else ZoneInfo(name)


def _seconds(offset: timedelta | None) -> int:
    assert offset is not None  # every zone here has one
    return round(offset.total_seconds())
