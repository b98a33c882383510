"""Reads and writes the times of rows: ISO 8601, with or without a time zone, or whole numbers.

A time is int64: microseconds since 1970 (clock "local" without a time zone, "utc" with one), or
the number itself (clock "integer").
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.text import printable

__all__ = ["CLOCKS", "Clock", "as_datetimes", "read_times", "written_times"]

Clock = Literal["local", "utc", "integer"]
CLOCKS: dict[str, Clock] = {"local": "local", "utc": "utc", "integer": "integer"}
"""The clocks by the word of the store."""
_DATE = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_DATES = re.compile(f"{_DATE}(?:\n{_DATE})*")
_DAY = 86_400_000_000
_SECOND = 1_000_000
_LARGEST = 2**53  # whole numbers up to here are the same in every JSON reader
_SHOWN = 40


def read_times(given: Sequence[str | int]) -> tuple[Clock, NDArray[np.int64]]:
    """Read the times of rows.

    Args:
        given: texts of ISO 8601, all with a time zone or all without; or whole numbers.

    Returns:
        The clock and the times [n] int64.

    Raises:
        UsageError: a time cannot be read, or they are of different kinds.

    >>> read_times(["2024-01-01", "2024-01-02"])[0], read_times([3, 4])[1].tolist()
    ('local', [3, 4])
    """
    if all(isinstance(time, int) for time in given):
        return "integer", _numbers(given)
    if (days := _days(given)) is not None:
        return "local", days
    times = [_parsed(time) for time in given]
    with_zone = {time.tzinfo is not None for time in times}
    if len(with_zone) > 1:
        raise UsageError(
            "Some times have a time zone and others none. Expected one form, such as "
            "2024-01-31T12:00:00Z everywhere."
        )
    if with_zone == {True}:
        shifted = [_in_utc(time) for time in times]
        return "utc", np.array(shifted, dtype="datetime64[us]").astype(np.int64)
    return "local", np.array(times, dtype="datetime64[us]").astype(np.int64)


def as_datetimes(clock: str, times: NDArray[np.int64]) -> NDArray[Any]:
    """The times as a column of a frame: datetime64[us], or the numbers."""
    return times if clock == "integer" else times.astype("datetime64[us]")


def written_times(clock: str, times: NDArray[Any]) -> list[Any]:
    """Write times [n] (int64 or datetime64) in the form in which they are read.

    >>> written_times("local", np.array(["2024-01-01"], dtype="datetime64[ns]"))
    ['2024-01-01']
    >>> written_times("utc", np.array([3_600_000_000]))
    ['1970-01-01T01:00:00Z']
    """
    if clock == "integer":
        return [int(time) for time in times.tolist()]
    stamps = times.astype("datetime64[us]")
    numbers = stamps.astype(np.int64)
    zone = "Z" if clock == "utc" else ""
    if not zone and not (numbers % _DAY).any():
        return [str(text) for text in np.datetime_as_string(stamps, unit="D")]
    unit: Literal["us", "s"] = "us" if (numbers % _SECOND).any() else "s"
    return [f"{text}{zone}" for text in np.datetime_as_string(stamps, unit=unit)]


def _numbers(given: Sequence[Any]) -> NDArray[np.int64]:
    for number in given:
        if abs(number) > _LARGEST:
            raise UsageError(f"A number of ds is too large. Expected at most {_LARGEST:,}.")
    return np.array(given, dtype=np.int64)


def _days(given: Sequence[Any]) -> NDArray[np.int64] | None:
    """Texts such as 2024-01-31, the usual form, all at once; None if one has another form."""
    try:
        if not _DATES.fullmatch("\n".join(given)):
            return None
        return np.array(given, dtype="datetime64[us]").astype(np.int64)
    except (
        TypeError,
        ValueError,
    ):  # a number, or no day of the calendar; the message is written below
        return None


def _parsed(given: str | int) -> datetime:
    if not isinstance(given, str):
        raise UsageError(
            f"ds {given} is a number, but other times are texts. Expected one form everywhere."
        )
    try:
        return datetime.fromisoformat(given)
    except ValueError:
        raise UsageError(
            f"ds {printable(given[:_SHOWN])!r} is not a time. Expected ISO 8601, such as "
            "2024-01-31 or 2024-01-31T12:00:00Z, or a whole number."
        ) from None


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise UsageError(f"ds {time.isoformat()} is beyond the calendar.") from None
