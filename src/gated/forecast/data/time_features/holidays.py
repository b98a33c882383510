"""Computes holiday features of a country or region: the day, its eve, the day after, each holiday.

The `holidays` library has the dates (https://github.com/vacanza/holidays).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.table import Table
from gated.table.time.grid import DAY, Grid, Months, Steps, Ticks
from gated.text import did_you_mean, listed, option

__all__ = [
    "HolidayCalendar",
    "holiday_calendar",
    "holiday_group",
    "holiday_names",
    "with_holidays",
]


_OBSERVED = " (observed)"
_DAY = np.timedelta64(1, "D")
_AROUND = ("public holiday", "eve of a public holiday", "day after a public holiday")
# A holiday gets a column of its own if it occurs at least this often.
_TIMES_NEEDED = 3


@dataclass(frozen=True)
class HolidayCalendar:
    """The holidays of a place.

    Attributes:
        place: a country's code, with or without a region: "GB", "DE-BY", "US-CA".
        own_columns: names of the holidays that have a column of their own.
    """

    place: str
    own_columns: tuple[str, ...] = ()

    @classmethod
    def from_times(cls, place: str, ds: NDArray[Any], grid: Grid) -> "HolidayCalendar":
        """Build the calendar, with a column for each holiday that occurs often in the times.

        Args:
            place: see above.
            ds: [R] times.
            grid: the grid of the times.

        Raises:
            UsageError: the place is unknown, or the steps are numbered or longer than a day.
        """
        if isinstance(grid, Steps):
            raise UsageError(
                f"{option('holidays', place)} needs dates, but the times are numbered steps. "
                f"Leave it out, or give a column of dates with {option('time_col')}."
            )
        if isinstance(grid, Months) or (isinstance(grid, Ticks) and grid.size > DAY):
            raise UsageError(
                f"{option('holidays', place)} needs steps of a day or less, but the steps are "
                f"longer ({grid.alias}). Leave it out, or give the number of holidays in each step "
                "as a covariate."
            )
        days = np.unique(ds.astype("M8[D]"))
        named = _named_days(place, days)
        count = Counter(name for day in days for name in named.get(day, ()))
        frequent = sorted(name for name, times in count.items() if times >= _TIMES_NEEDED)
        return cls(place, tuple(frequent))

    @property
    def names(self) -> tuple[str, ...]:
        """[K] names of the columns."""
        return (*_AROUND, *self.own_columns)

    def columns(self, ds: NDArray[Any]) -> FloatArray:
        """[R, K] 0 or 1 for times [R].

        >>> days = np.array(["2024-12-24", "2024-12-25", "2024-12-27"], "M8[ns]")
        >>> HolidayCalendar("DE").columns(days).tolist()
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
        """
        days, position = np.unique(ds.astype("M8[D]"), return_inverse=True)
        around = np.concatenate([days - _DAY, days, days + _DAY])
        named = _named_days(self.place, np.unique(around))
        before, today, after = (
            np.array([day in named for day in days + shift * _DAY]) for shift in (-1, 0, 1)
        )
        table = np.zeros((len(days), len(self.names)))
        table[:, 0], table[:, 1], table[:, 2] = today, after & ~today, before & ~today
        for column, name in enumerate(self.own_columns, start=len(_AROUND)):
            table[:, column] = [name in named.get(day, ()) for day in days]
        return table[position]


def _named_days(place: str, days: NDArray[Any]) -> dict[np.datetime64, tuple[str, ...]]:
    """The holidays from the first to the last of some days: day to names."""
    import holidays

    country, _, region = place.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise UsageError(
            f"{option('holidays', place)}: `{country}` is not a supported country code."
            f"{did_you_mean(country, known)} Expected a country code such as GB, or one with a "
            "region, such as DE-BY."
        )
    if region and region not in known[country]:
        raise UsageError(
            f"{option('holidays', place)}: `{region}` is not a region of {country}."
            f"{did_you_mean(region, known[country])} Expected one of: "
            f"{', '.join(known[country]) or '–'}."
        )
    years = np.unique(days.astype("M8[Y]").astype(int) + 1970)
    # The next year is needed too: the eve of its first holiday is in this year.
    calendar = holidays.country_holidays(
        country,
        subdiv=region or None,
        years=[*years.tolist(), int(years[-1]) + 1],
        language="en_US",
    )
    named: dict[np.datetime64, tuple[str, ...]] = {}
    for day in calendar:
        names = [name.removesuffix(_OBSERVED) for name in calendar.get_list(day)]
        named[np.datetime64(day, "D")] = tuple(names)
    return named


def holiday_names(place: str, days: NDArray[np.datetime64]) -> list[tuple[str, ...]]:
    """The names of the holidays on each of some days [D], ascending; mostly none.

    Args:
        place: a code as in `HolidayCalendar`.
        days: datetime64[D].

    Raises:
        UsageError: the place is unknown.

    >>> holiday_names("GB", np.array(["2024-12-24", "2024-12-25"], "M8[D]"))
    [(), ('Christmas Day',)]
    """
    named = _named_days(place, days) if len(days) else {}
    return [named.get(day, ()) for day in days]


def holiday_calendar(place: str, ds: NDArray[Any], table: Table) -> HolidayCalendar:
    """The calendar of a place, with a column for each holiday that is frequent in times [R].

    Raises:
        UsageError: a covariate of the table has the name of one of the calendar's columns.
    """
    holidays = HolidayCalendar.from_times(place, ds, table.frequency.grid)
    names = (*table.covariate_names, *table.past_names)
    if taken := [name for name in (*holidays.names, holiday_group(holidays)) if name in names]:
        raise UsageError(
            f"Covariate {listed(taken)} has the name of a column that {option('holidays')} adds. "
            "Rename it, or leave out one of the two."
        )
    return holidays


def holiday_group(holidays: HolidayCalendar) -> str:
    """The common name of the holiday columns of a place."""
    return f"holidays of {holidays.place}"


def with_holidays(
    covariates: FloatArray, ds: NDArray[Any], holidays: HolidayCalendar | None
) -> FloatArray:
    """Append the holiday columns of times [R], if any, to the covariates [R, F]."""
    if holidays is None:
        return covariates
    return np.concatenate([covariates, holidays.columns(ds)], axis=1)
