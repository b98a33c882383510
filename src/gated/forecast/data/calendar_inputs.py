"""Computes calendar inputs of the network: calendar features and public holidays."""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.table import Frequency, Table
from gated.table.time.holidays import HolidayCalendar
from gated.text import listed, option

__all__ = [
    "calendar_columns",
    "calendar_features",
    "holiday_calendar",
    "holiday_group",
    "with_holidays",
]

# A calendar feature is used only if the table has at least this many cycles and values: two
# Decembers are too few to estimate an effect, and a network with little data memorises dates
# (decision 2).
_CYCLES_NEEDED = 4
_VALUES_NEEDED = 2000


def calendar_features(table: Table) -> tuple[str, ...]:
    """The names of the calendar features for which a table is long enough."""
    frequency, longest = table.frequency, int(table.lengths.max())
    if int(np.isfinite(table.y).sum()) < _VALUES_NEEDED:
        return ()
    periods = zip(frequency.feature_names, frequency.feature_periods, strict=True)
    return tuple(name for name, period in periods if longest >= _CYCLES_NEEDED * period)


def calendar_columns(
    frequency: Frequency, names: Collection[str], ds: NDArray[Any]
) -> NDArray[np.float32]:
    """[R, C] the values of calendar features at times [R]."""
    if not names:
        return np.zeros((len(ds), 0), dtype=np.float32)
    keep = [frequency.feature_names.index(name) for name in names]
    # Series share their times: the features of each distinct time are computed once.
    distinct, position = np.unique(ds, return_inverse=True)
    return np.ascontiguousarray(frequency.features(distinct)[:, keep])[position]


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
