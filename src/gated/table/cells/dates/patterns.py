"""Reads dates with a strptime pattern, and finds the pattern that fits a cell."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from gated.arrays import IntArray
from gated.errors import UsageError
from gated.text import option

__all__ = ["fitting_pattern", "times_by_pattern"]

CLOCK = re.compile(
    r"(?P<before>T|,?\s+)\d{1,2}:\d{2}(?P<second>:\d{2})?(?P<fraction>[.,]\d{1,6})?"
    r"(?P<space>\s?)(?P<half>[AaPp][Mm])?(?P<gap>\s*)(?P<offset>Z|[+-]\d{2}:?\d{2})?$"
)


def fitting_pattern(cell: str, order: str) -> str:
    """The strptime pattern of a cell of numbers.

    Args:
        cell: a date with or without a time of day.
        order: the meaning of its numbers, "d", "m" and "y", from left to right.

    >>> fitting_pattern("01-02-2019", "dmy"), fitting_pattern("1/2/24 0:00", "mdy")
    ('%d-%m-%Y', '%m/%d/%y %H:%M')
    """
    clock = CLOCK.search(cell)
    date, after = (cell[: clock.start()], _clock_pattern(clock)) if clock else (cell, "")
    meanings = iter(order)

    def code(number: re.Match[str]) -> str:
        meaning = next(meanings, "")
        return "%Y" if meaning == "y" and len(number[0]) == 4 else f"%{meaning}"

    return re.sub(r"\d+", code, date.replace("%", "%%")) + after


def _clock_pattern(clock: re.Match[str]) -> str:
    seconds = ":%S" if clock["second"] else ""
    fraction = f"{clock['fraction'][0]}%f" if clock["fraction"] else ""
    half = f"{clock['space']}%p" if clock["half"] else ""
    offset = f"{clock['gap']}%z" if clock["offset"] else ""
    hour = "%I" if clock["half"] else "%H"
    return f"{clock['before']}{hour}:%M{seconds}{fraction}{half}{offset}"


def times_by_pattern(texts: pa.Array, pattern: str) -> tuple[IntArray, IntArray]:
    """Read texts with a strptime pattern.

    Returns:
        [K] whole seconds since 1970 (the minimum of int64 where unreadable), and the nanoseconds
        within the second: dates of any year fit.

    Raises:
        UsageError: `pattern` is empty or not a strptime pattern.
    """
    if not pattern.strip():
        raise UsageError(
            f"{option('time_format')} is empty. Expected strptime codes such as "
            '"%d/%m/%Y %H:%M", or no format, to detect it from the dates.'
        )
    try:
        times = pd.to_datetime(
            pd.Series(texts.to_pylist(), dtype=object),
            format=pattern,
            errors="coerce",
            utc="%z" in pattern,
        )
    except ValueError as problem:
        raise UsageError(
            f"{option('time_format', pattern)} is not a pattern for dates ({problem}). "
            'Expected strptime codes such as "%d/%m/%Y %H:%M".'
        ) from problem
    naive = times.dt.tz_localize(None).to_numpy()
    seconds = naive.astype("M8[s]")
    rest = (naive - seconds).astype("m8[ns]").astype(np.int64)
    return seconds.astype(np.int64), np.where(np.isnat(naive), 0, rest)
