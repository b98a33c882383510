"""Writes times as programs and people write them: one or several cells, and the time they mean."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

__all__ = ["FORMS", "PARTS", "DateForm"]

GERMAN = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
          "Oktober", "November", "Dezember")  # fmt: skip
FRENCH = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
          "nov.", "déc.")  # fmt: skip

Write = Callable[[pd.Timestamp], tuple[str, ...]]


@dataclass(frozen=True)
class DateForm:
    """A form of times.

    Attributes:
        name: what tells it apart.
        write: the cells of a time.
        unit: numpy's code of the step to whose start the time is cut: "M" for a month.
        columns: names of the columns; empty for one column with the usual name.
    """

    name: str
    write: Write
    unit: str = "ns"
    columns: tuple[str, ...] = ()

    def is_decidable(self, times: pd.DatetimeIndex) -> bool:
        """Whether the order of day, month and year can be known."""
        if not re.search(r"%[dm][./-]%[dm]|^m/d|^d\.m", self.name):
            return True
        has_points = "." in self.name and "%y" not in self.name
        if self.name.split(" ")[0].endswith("y") and "%Y" not in self.name and "%y" in self.name:
            return times.day.max() > 12 and times.day.nunique() > 3
        if has_points or (times.day == times.month).all():
            return True
        # All on a few days of one month: days of a month, or firsts of several months.
        return bool(times.day.max() > 12 or times.normalize().nunique() > 12)

    @property
    def names_months_of_another_language(self) -> bool:
        """Whether the months have names that no English text has."""
        return re.search("Monat|mois", self.name) is not None

    def meaning(self, times: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """The times that a reader of the cells can know."""
        if self.unit == "ns":
            return times
        if self.unit == "W":
            days = times.day_of_week.to_numpy().astype("m8[D]")
            return pd.DatetimeIndex(times.to_numpy() - days)
        starts = times.to_period(self.unit).to_timestamp()
        return pd.DatetimeIndex(starts)


def _pattern(pattern: str, unit: str = "ns") -> DateForm:
    return DateForm(pattern, lambda time: (time.strftime(pattern),), unit)


def _cell(name: str, write: Callable[[pd.Timestamp], str], unit: str = "ns") -> DateForm:
    return DateForm(name, lambda time: (write(time),), unit)


def _short(time: pd.Timestamp) -> str:
    return f"{time.month}/{time.day}/{time.year}"


DAYS = (
    *map(
        _pattern,
        ("%Y-%m-%d", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%y", "%m/%d/%y",
         "%Y%m%d", "%Y/%m/%d", "%d %b %Y", "%b %d, %Y", "%d-%b-%y", "%a, %d %b %Y", "%A %d/%m/%Y",
         "%Y-%m-%d 00:00:00", "%Y-%m-%dT00:00:00.000Z", "%d.%m.%y"),
    ),
    _cell("m/d/yyyy", _short),
    _cell("d.m.yyyy", lambda time: f"{time.day}.{time.month}.{time.year}"),
    _cell("d. Monat yyyy", lambda time: f"{time.day}. {GERMAN[time.month - 1]} {time.year}"),
    _cell("d mois yyyy", lambda time: f"{time.day} {FRENCH[time.month - 1]} {time.year}"),
)  # fmt: skip
CLOCKS = (
    *map(
        _pattern,
        ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ",
         "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S",
         "%Y%m%d %H:%M", "%Y%m%d%H%M", "%d-%b-%Y %H:%M", "%d.%m.%y %H:%M"),
    ),
    _cell(
        "m/d/yyyy h:mm AM",
        lambda time: f"{_short(time)} {time.strftime('%I:%M %p').lstrip('0')}",
    ),
)  # fmt: skip
MONTHS = (
    _pattern("%Y-%m", "M"),
    _pattern("%m/%Y", "M"),
    _pattern("%Y/%m", "M"),
    _pattern("%b %Y", "M"),
    _pattern("%b-%y", "M"),
    _pattern("%Y%m", "M"),
    _pattern("%YM%m", "M"),
    _pattern("%B %Y", "M"),
    _pattern("%Y %b", "M"),
    _cell("Monat yyyy", lambda time: f"{GERMAN[time.month - 1]} {time.year}", "M"),
    _cell("mois yyyy", lambda time: f"{FRENCH[time.month - 1]} {time.year}", "M"),
    *DAYS,
)
QUARTERS = (
    _cell("2024Q1", lambda time: f"{time.year}Q{time.quarter}", "Q"),
    _cell("2024-Q1", lambda time: f"{time.year}-Q{time.quarter}", "Q"),
    _cell("Q1 2024", lambda time: f"Q{time.quarter} {time.year}", "Q"),
    _cell("1Q24", lambda time: f"{time.quarter}Q{time.year % 100:02}", "Q"),
    _cell("1. Quartal 2024", lambda time: f"{time.quarter}. Quartal {time.year}", "Q"),
    *DAYS,
)
WEEKS = (
    _cell("2024-W01", lambda time: f"{time.strftime('%G-W%V')}", "W"),
    _cell("2024W01", lambda time: f"{time.strftime('%GW%V')}", "W"),
    _cell("KW 01/2024", lambda time: f"KW {time.strftime('%V/%G')}", "W"),
    *DAYS,
)
FORMS: dict[str, tuple[DateForm, ...]] = {
    "15min": CLOCKS,
    "h": CLOCKS,
    "D": DAYS,
    "B": DAYS,
    "W-MON": WEEKS,
    "MS": MONTHS,
    "ME": MONTHS,
    "QS": QUARTERS,
    "YS": (_pattern("%Y", "Y"), _pattern("%Y", "Y"), *DAYS),
}
DAY_AND_CLOCK = tuple(
    DateForm(
        f"{day} | {clock}",
        lambda time, day=day, clock=clock: (time.strftime(day), time.strftime(clock)),  # type: ignore[misc]
        columns=names,
    )
    for day in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")
    for clock in ("%H:%M", "%H:%M:%S")
    for names in (("Date", "Time"), ("Datum", "Uhrzeit"))
)
DAY_AND_HOUR = tuple(
    DateForm(
        f"{day} | hour",
        lambda time, day=day: (time.strftime(day), str(time.hour)),
        "ns",
        names,  # type: ignore[misc]
    )
    for day in ("%Y-%m-%d", "%d.%m.%Y")
    for names in (("Date", "Hour"), ("Datum", "Stunde"))
)
PARTS: dict[str, tuple[DateForm, ...]] = {
    "15min": DAY_AND_CLOCK,
    "h": (*DAY_AND_CLOCK, *DAY_AND_HOUR),
    "D": (
        DateForm(
            "y | m | d",
            lambda time: (str(time.year), str(time.month), str(time.day)),
            columns=("Year", "Month", "Day"),
        ),
    ),
    "MS": (
        DateForm(
            "y | m", lambda time: (str(time.year), str(time.month)), columns=("Year", "Month")
        ),
        DateForm(
            "Jahr | Monat",
            lambda time: (str(time.year), GERMAN[time.month - 1]),
            columns=("Jahr", "Monat"),
        ),
    ),
    "QS": (
        DateForm(
            "y | q",
            lambda time: (str(time.year), str(time.quarter)),
            "Q",
            columns=("Year", "Quarter"),
        ),
    ),
    "W-MON": (
        DateForm(
            "y | w",
            lambda time: (str(time.isocalendar().year), str(time.isocalendar().week)),
            "W",
            columns=("Year", "Week"),
        ),
    ),
}
"""Forms in several columns, by the alias of the step."""
