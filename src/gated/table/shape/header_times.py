"""Reads the names of columns as times: dates, years, months, or numbered steps."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from gated.errors import DataError
from gated.table.cells.dates import NOT_A_TIME, parse_dates
from gated.table.cells.dates.patterns import times_by_pattern
from gated.table.time.calendar_numbers import meaning_of

__all__ = ["header_times", "times_of_format", "unclear_months"]

_FEWEST, _FEWEST_NUMBERED = 3, 6  # columns that must have such names
_YEAR = re.compile(
    r"^(?P<year>(?:1[7-9]|2[0-2])\d{2})(?:\s*\[YR\d{4}\])?$"
)  # World Bank: 1960 [YR1960]
# The same words before each year.
_WORDS_AND_YEAR = re.compile(
    r"^(?P<words>.*[^\W\d][^\d]*)(?P<time>(?:1[7-9]|2[0-2])\d{2}(?!\d{2}).*)$"
)
_PERIOD = re.compile(r"^(?:1[7-9]|2[0-2])\d{3,4}$")  # YYYYMM, YYYYWW or YYYYQ
_NUMBERED = re.compile(r"^(?P<prefix>[A-Za-z]+)[ _.-]?(?P<step>\d+)$")
_LONGEST_NAME = 100  # characters of a name that may be a time; patterns are slow on longer ones
_STEPS = frozenset(
    {"d", "day", "w", "week", "wk", "m", "month", "q", "quarter", "h", "hour", "t", "time", "step",
     "p", "period", "y", "year", "v", "f"}
)  # fmt: skip


def header_times(names: Sequence[str]) -> dict[str, Any]:
    """The time of each column whose name is one; of one kind, in rising or falling order.

    Returns:
        Name to datetime64[ns] or to a whole number of steps; empty if too few names are times.

    Example:
        >>> header_times(["id", "d_1", "d_2", "d_3", "d_4", "d_5", "d_6"])["d_6"]
        6
        >>> header_times(["Country", "2019", "2020", "2021"])["2021"]
        np.datetime64('2021-01-01T00:00:00.000000000')
        >>> header_times(["id", "202311", "202312", "202401", "202402"])["202401"]
        np.datetime64('2024-01-01T00:00:00.000000000')
    """
    names = [name for name in names if len(name) <= _LONGEST_NAME]
    for read in (_years, _dates, _numbered, _after_words, _digits):
        found = read(names)
        times = list(found.values())
        pairs = list(pairwise(times))
        if found and (all(a < b for a, b in pairs) or all(a > b for a, b in pairs)):
            return found
    return {}


def times_of_format(names: Sequence[str], time_format: str) -> dict[str, Any]:
    """The time of each column whose name has a strptime format; empty if too few have it.

    Example:
        >>> times_of_format(["id", "202301", "202302", "202303"], "%Y%m")["202302"]
        np.datetime64('2023-02-01T00:00:00.000000000')

    Raises:
        UsageError: the format is not a strptime pattern.
    """
    seconds, _ = times_by_pattern(pa.array([name.strip() for name in names]), time_format)
    found = {
        name: np.datetime64(int(second), "s").astype("M8[ns]")
        for name, second in zip(names, seconds, strict=True)
        if second != NOT_A_TIME
    }
    return found if len(found) >= _FEWEST else {}


def unclear_months(names: Sequence[str]) -> list[str]:
    """The names if they follow one another within a year, such as 202301, 202302 …; else none.

    They may be months or weeks, or numbers of something else.
    """
    found = [name for name in names if _PERIOD.match(name.strip()) and len(name.strip()) == 6]
    numbers = [int(name) for name in found]
    follow = all(b == a + 1 for a, b in pairwise(numbers))
    return found if len(found) >= _FEWEST_NUMBERED and follow and numbers[-1] % 100 <= 12 else []


def _years(names: Sequence[str]) -> dict[str, Any]:
    found = {name: match["year"] for name in names if (match := _YEAR.match(name.strip()))}
    if len(found) < _FEWEST:
        return {}
    return {name: np.datetime64(year, "Y").astype("M8[ns]") for name, year in found.items()}


def _dates(names: Sequence[str]) -> dict[str, Any]:
    written = [name for name in names if any(sign.isdigit() for sign in name)]
    if len(written) < _FEWEST:
        return {}
    try:
        parsed = parse_dates(pa.array([name.strip() for name in written]), "the header")
    except DataError:  # none of them has the form of a date
        return {}
    found = {
        name: np.datetime64(int(wall), "ns")
        for name, wall in zip(written, parsed.wall, strict=True)
        if wall != NOT_A_TIME
    }
    return found if len(found) >= _FEWEST else {}


def _after_words(names: Sequence[str]) -> dict[str, Any]:
    """Names such as POPESTIMATE2019 or "CPI 2015M01": the same words before each year or date.

    If several words stand before years, they are several variables, and no names are times.
    """
    matches = {name: match for name in names if (match := _WORDS_AND_YEAR.match(name.strip()))}
    words = {match["words"] for match in matches.values()}
    if len(words) != 1 or len(matches) < _FEWEST:
        return {}
    plain = {name: match["time"] for name, match in matches.items()}
    found = _years(list(plain.values())) or _dates(list(plain.values()))
    return {name: found[time] for name, time in plain.items() if time in found}


def _digits(names: Sequence[str]) -> dict[str, Any]:
    """Names such as 202311, 202312, 202401: months or weeks, if they are regular over a new year.

    Within one year they may be anything: numbers of shops, or steps.
    """
    written = [name for name in names if _PERIOD.match(name.strip())]
    if len(written) < _FEWEST:
        return {}
    numbers = np.array([float(name) for name in written])
    meaning = meaning_of(numbers, "")
    if meaning is None:
        return {}
    times = meaning.read(numbers).astype("M8[ns]")
    return dict(zip(written, times, strict=True))


def _numbered(names: Sequence[str]) -> dict[str, Any]:
    """Names such as d_1, d_2 …: one prefix for steps, and numbers without a gap."""
    matches = {name: match for name in names if (match := _NUMBERED.match(name.strip()))}
    prefixes = [match["prefix"] for match in matches.values()]
    for prefix in dict.fromkeys(prefixes):
        if prefix.lower() not in _STEPS or prefixes.count(prefix) < _FEWEST_NUMBERED:
            continue
        found = {n: int(match["step"]) for n, match in matches.items() if match["prefix"] == prefix}
        steps = list(found.values())
        if steps == list(range(steps[0], steps[0] + len(steps))):
            return found
    return {}
