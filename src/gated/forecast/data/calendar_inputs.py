"""The calendar as inputs of the network: which features are learned, and public holidays."""

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
    "holiday_group",
    "learn_holidays",
    "with_holidays",
]

# A calendar feature is learned only where its cycle was observed this often, in a table of at least
# this many values: two Decembers do not make a law, and a network with little to learn from
# memorises dates instead (decision 2).
_CYCLES_NEEDED = 4
_VALUES_NEEDED = 2000


def calendar_features(table: Table) -> tuple[str, ...]:
    """The names of the calendar features that a table is long enough to learn."""
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
    # Series share their days: each distinct time is looked up in the calendar once.
    distinct, position = np.unique(ds, return_inverse=True)
    return np.ascontiguousarray(frequency.features(distinct)[:, keep])[position]


def learn_holidays(place: str, ds: NDArray[Any], table: Table) -> HolidayCalendar:
    """The public holidays of a place that matter at times [R].

    Raises:
        UsageError: a covariate of the table has the name of one of the calendar's columns.
    """
    holidays = HolidayCalendar.from_times(place, ds, table.frequency.grid)
    names = (*table.covariate_names, *table.past_names)
    if taken := [name for name in (*holidays.names, holiday_group(holidays)) if name in names]:
        raise UsageError(
            f"Covariate {listed(taken)} has the name of a column that {option('holidays')} adds. "
            "Rename it, or leave the one or the other out."
        )
    return holidays


def holiday_group(holidays: HolidayCalendar) -> str:
    """What the columns of a place are called together."""
    return f"holidays of {holidays.place}"


def with_holidays(
    covariates: FloatArray, ds: NDArray[Any], holidays: HolidayCalendar | None
) -> FloatArray:
    """Covariates [R, F] at times [R], and behind them the columns of the holidays, if any."""
    if holidays is None:
        return covariates
    return np.concatenate([covariates, holidays.columns(ds)], axis=1)
