"""Defines regular time grids: `count` steps between times, `advance` times by steps.

A grid maps times to integers and back, for whole arrays at once. Checks for times off the grid,
missing steps and future times all use these two functions.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, IntArray
from gated.errors import UsageError
from gated.text import did_you_mean, option

__all__ = ["BusinessDays", "Grid", "Months", "Steps", "Ticks", "parse_alias"]

Instants: TypeAlias = NDArray[Any]  # datetime64[ns], or int64 for numbered steps

SECOND = 1_000_000_000  # ns
DAY = 86_400 * SECOND
WEEK = 7 * DAY
TICKS = {
    "W": WEEK, "D": DAY, "h": 3_600 * SECOND, "min": 60 * SECOND, "s": SECOND,
    "ms": 1_000_000, "us": 1_000, "ns": 1,
}  # fmt: skip
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTH_UNITS = {"M": 1, "Q": 3, "Y": 12}
PLACEMENTS: dict[str, "Placement"] = {
    "S": "start", "E": "end", "BS": "business start", "BE": "business end",
}  # fmt: skip
# Spellings of older pandas versions and of polars, and words.
SYNONYMS = {
    "H": "h", "T": "min", "m": "min", "S": "s", "L": "ms", "U": "us", "N": "ns", "d": "D",
    "w": "W", "mo": "MS", "q": "QS", "y": "YS", "M": "ME", "Q": "QE", "A": "YE", "Y": "YE",
    "AS": "YS", "BM": "BME", "BQ": "BQE", "BA": "BYE", "BY": "BYE", "BAS": "BYS", "t": "min",
    "b": "B", "a": "YE", "MIN": "min", "hour": "h", "hourly": "h", "day": "D", "daily": "D",
    "week": "W", "weekly": "W", "month": "ME", "monthly": "ME", "quarter": "QE",
    "quarterly": "QE", "year": "YE", "yearly": "YE",
}  # fmt: skip
# Units that say nothing of the place in the month; the times decide. In months.
UNPLACED = {
    "M": 1, "mo": 1, "month": 1, "monthly": 1, "Q": 3, "q": 3, "quarter": 3, "quarterly": 3,
    "A": 12, "a": 12, "Y": 12, "y": 12, "year": 12, "yearly": 12,
}  # fmt: skip
UPPER = frozenset({"MS", "ME", "QS", "QE", "YS", "YE", "BMS", "BME", "BQS", "BQE", "BYS", "BYE"})
ALIAS = re.compile(r"([0-9]{0,9})\s*([A-Za-z]+)(?:-([A-Za-z]{3}|29|30))?")

Placement = Literal["start", "end", "business start", "business end", "day 29", "day 30"]
LATE_DAYS: dict[Placement, int] = {"day 29": 29, "day 30": 30}  # which February may not have
WORKING_WEEK = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Steps:
    """Numbered steps, `size` apart."""

    size: int = 1

    @property
    def alias(self) -> str:
        return str(self.size)

    def advance(self, start: Instants, count: IntArray) -> Instants:
        """The times `count` steps after `start` (arrays that broadcast)."""
        return np.asarray(start + count * self.size)

    def count(self, start: Instants, times: Instants) -> IntArray:
        """Whole steps from `start` to `times`, rounded down."""
        return np.asarray((times - start) // self.size)

    def anchored(self, times: Instants) -> BoolArray:
        """Whether the times fall where the alias says ("W-SUN": on Sundays)."""
        return np.ones(times.shape, dtype=np.bool_)


@dataclass(frozen=True)
class Ticks:
    """Steps of one length, `size` ns; a whole number of weeks may be anchored to a weekday."""

    size: int
    weekday: int | None = None  # 0 is Monday

    @property
    def alias(self) -> str:
        unit = next(name for name, size in TICKS.items() if self.size % size == 0)
        if unit == "W" and self.weekday is None:
            unit = "D"
        count = self.size // TICKS[unit]
        anchor = f"-{WEEKDAYS[self.weekday]}" if unit == "W" and self.weekday is not None else ""
        return f"{count if count > 1 else ''}{unit}{anchor}"

    def advance(self, start: Instants, count: IntArray) -> Instants:
        return np.asarray(start + (count * self.size).astype("m8[ns]"))

    def count(self, start: Instants, times: Instants) -> IntArray:
        return np.asarray((times - start).astype(np.int64) // self.size)

    def anchored(self, times: Instants) -> BoolArray:
        if self.weekday is None:
            return np.ones(times.shape, dtype=np.bool_)
        return np.asarray(weekday_of(times) == self.weekday)


@dataclass(frozen=True)
class Months:
    """Steps of whole months; all times have the same place in their month.

    With placement "start", the place is the distance of the first time from the beginning of its
    month, so that the 15th of every month is a grid too. "day 30" is the 30th, and the last day
    of February. `month` (1 to 12) anchors quarters and years.
    """

    size: int
    placement: Placement
    month: int | None = None

    @property
    def alias(self) -> str:
        if self.placement in LATE_DAYS:
            return f"{self.size if self.size > 1 else ''}M-{LATE_DAYS[self.placement]}"
        count = self.size // MONTH_UNITS[self._unit]
        place = next(short for short, long in PLACEMENTS.items() if long == self.placement)
        business = "B" if place.startswith("B") else ""
        anchor = ""
        if self.month is not None and self._unit != "M":
            # A quarter has three possible anchor months; pandas writes the last of the year.
            last = self.month if self._unit == "Y" else 10 + (self.month - 1) % 3
            anchor = f"-{MONTHS[last - 1]}"
        return f"{count if count > 1 else ''}{business}{self._unit}{place[-1]}{anchor}"

    @property
    def _unit(self) -> str:
        return next(name for name in ("Y", "Q", "M") if self.size % MONTH_UNITS[name] == 0)

    def advance(self, start: Instants, count: IntArray) -> Instants:
        first = start.astype("M8[M]")
        place = in_month(first + (count * self.size).astype("m8[M]"), self.placement)
        if self.placement == "start":
            return np.asarray(place + (start - first.astype("M8[ns]")))
        return np.asarray(place + (start - start.astype("M8[D]").astype("M8[ns]")))

    def count(self, start: Instants, times: Instants) -> IntArray:
        months = (times.astype("M8[M]") - start.astype("M8[M]")).astype(np.int64)
        return np.asarray(months // self.size)

    def anchored(self, times: Instants) -> BoolArray:
        if self.month is None:
            return np.ones(times.shape, dtype=np.bool_)
        return np.asarray((month_of(times) - self.month) % MONTH_UNITS[self._unit] == 0)


@dataclass(frozen=True)
class BusinessDays:
    """Steps over the same days of every week, all at one time of day.

    Attributes:
        days: the days in order, 0 is Monday; by default those from Monday to Friday.
    """

    days: tuple[int, ...] = WORKING_WEEK

    @property
    def alias(self) -> str:
        if self.days == WORKING_WEEK:
            return "B"
        return "+".join(WEEKDAYS[day] for day in self.days)

    @property
    def _mask(self) -> list[bool]:
        return [day in self.days for day in range(7)]

    def advance(self, start: Instants, count: IntArray) -> Instants:
        days = start.astype("M8[D]")
        clock = start - days.astype("M8[ns]")
        ahead = np.busday_offset(days, count, roll="forward", weekmask=self._mask)
        return np.asarray(ahead.astype("M8[ns]") + clock)

    def count(self, start: Instants, times: Instants) -> IntArray:
        first, last = start.astype("M8[D]"), times.astype("M8[D]")
        return np.asarray(np.busday_count(first, last, weekmask=self._mask))

    def anchored(self, times: Instants) -> BoolArray:
        return np.isin(weekday_of(times), self.days)


Grid: TypeAlias = Steps | Ticks | Months | BusinessDays


def weekday_of(times: Instants) -> IntArray:
    """Days since Monday, 0 to 6."""
    return np.asarray((times.astype("M8[D]").astype(np.int64) + 3) % 7)  # 1970 began on Thursday


def month_of(times: Instants) -> IntArray:
    """Month of the year, 1 to 12."""
    return np.asarray(times.astype("M8[M]").astype(np.int64) % 12 + 1)


def in_month(months: Instants, placement: Placement) -> Instants:
    """The day of a placement in months (M8[M]), such as the first or the last, as M8[ns]."""
    if placement == "start":
        return np.asarray(months.astype("M8[ns]"))
    if placement == "end":
        return np.asarray(((months + 1).astype("M8[D]") - 1).astype("M8[ns]"))
    if placement in LATE_DAYS:
        late = months.astype("M8[D]") + (LATE_DAYS[placement] - 1)
        last = (months + 1).astype("M8[D]") - 1
        return np.asarray(np.minimum(late, last).astype("M8[ns]"))
    if placement == "business start":
        return np.asarray(np.busday_offset(months.astype("M8[D]"), 0, roll="forward")).astype(
            "M8[ns]"
        )
    return np.asarray(np.busday_offset((months + 1).astype("M8[D]"), -1, roll="forward")).astype(
        "M8[ns]"
    )


def month_place(times: Instants, placement: Placement) -> IntArray:
    """Nanoseconds from a place in each time's own month to the time."""
    place = in_month(times.astype("M8[M]"), placement)
    return np.asarray((times - place).astype(np.int64))


def anchor(grid: Grid, first: Instants) -> Grid:
    """Set a weekday or month that the alias does not give from the first time of the data."""
    if isinstance(grid, Ticks) and grid.size % WEEK == 0 and grid.weekday is None:
        return replace(grid, weekday=int(weekday_of(first)))
    is_late = isinstance(grid, Months) and grid.placement in LATE_DAYS
    if isinstance(grid, Months) and grid.size % 3 == 0 and grid.month is None and not is_late:
        return replace(grid, month=int(month_of(first)))
    return grid


@lru_cache(maxsize=256)
def parse_alias(alias: str) -> Grid:
    """The grid of a pandas offset alias ("D", "30min", "W-SUN", "2MS", …) or a step number.

    Raises:
        UsageError: the alias is unknown or not supported.

    >>> parse_alias("W-SUN")
    Ticks(size=604800000000000, weekday=6)
    >>> parse_alias("M").alias
    'ME'
    """
    written = alias.strip()
    if re.fullmatch(r"[0-9]{1,18}", written) and int(written) > 0:
        return Steps(int(written))
    days = [day.upper() for day in written.split("+")]
    if len(days) > 1 and all(day in WEEKDAYS for day in days):
        return BusinessDays(tuple(sorted({WEEKDAYS.index(day) for day in days})))
    parts = ALIAS.fullmatch(written)
    if parts is None:
        raise _unknown(alias)
    count, unit = int(parts[1] or 1), SYNONYMS.get(parts[2], parts[2])
    if unit not in TICKS and unit.upper() in UPPER:
        unit = unit.upper()
    name = (parts[3] or "").upper()
    late = next((place for place, day in LATE_DAYS.items() if str(day) == name), None)
    if late is not None and parts[2] == "M" and 0 < count <= 1200:
        return Months(count, late)
    if unit == "B" and count == 1 and not name:
        return BusinessDays()
    if unit in TICKS and 0 < count * TICKS[unit] < 2**62:
        weekday = WEEKDAYS.index(name) if unit == "W" and name in WEEKDAYS else None
        if (weekday is not None) == bool(name):
            return Ticks(count * TICKS[unit], weekday)
    monthly = re.fullmatch(r"(B?)([MQY])([SE])", unit)
    if monthly is not None and 0 < count <= 1200:
        month = MONTHS.index(name) + 1 if monthly[2] != "M" and name in MONTHS else None
        if (month is not None) == bool(name):
            placement = PLACEMENTS[monthly[1] + monthly[3]]
            return Months(count * MONTH_UNITS[monthly[2]], placement, month)
    raise _unknown(alias)


def unplaced_months(alias: str) -> int | None:
    """The months in a step of an alias such as "M" or "Q-DEC"; None for other aliases.

    Such an alias does not say whether the times are at the start or the end of the month.

    >>> unplaced_months("Q"), unplaced_months("2M"), unplaced_months("MS")
    (3, 2, None)
    """
    parts = ALIAS.fullmatch(alias.strip())
    if parts is None or parts[2] not in UNPLACED or (parts[3] or "").isdigit():
        return None
    return int(parts[1] or 1) * UNPLACED[parts[2]]


def _unknown(alias: str) -> UsageError:
    known = [*SYNONYMS, *TICKS, "B", "MS", "ME", "QS", "QE", "YS", "YE"]
    return UsageError(
        f"{option('freq', alias)} is not a known frequency.{did_you_mean(alias, known)} "
        "Expected a pandas alias: s, min, 15min, 30min, h, D, B (business days), W (or W-SUN), "
        "MS or ME (month starts or ends), QS, QE, YS, YE, or a number for numbered steps."
    )
