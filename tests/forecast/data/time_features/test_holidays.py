"""Tests public holidays: movable holidays, eves, regions, and steps shorter than a day."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import UsageError
from gated.forecast.data.time_features.holidays import HolidayCalendar
from gated.table.time.grid import parse_alias

DAILY = parse_alias("D")
NEW_YEAR = np.array(["2024-01-01"], "M8[ns]")


def on(calendar: HolidayCalendar, *days: str) -> list[list[float]]:
    return calendar.columns(np.array(days, "M8[ns]")).tolist()


def test_movable_holidays_are_found_every_year() -> None:
    days = pd.date_range("2021-01-01", "2024-12-31").to_numpy()
    calendar = HolidayCalendar.from_times("DE", days, DAILY)
    assert {"Good Friday", "Easter Monday"} <= {*calendar.own_columns}
    column = calendar.names.index("Easter Monday")
    rows = calendar.columns(np.array(["2022-04-18", "2024-04-01", "2024-04-02"], "M8[ns]"))
    assert rows[:, column].tolist() == [1, 1, 0]
    assert rows[:, 0].tolist() == [1, 1, 0]


def test_a_rare_holiday_has_no_column_of_its_own() -> None:
    days = pd.date_range("2023-01-01", "2024-12-31").to_numpy()
    assert HolidayCalendar.from_times("DE", days, DAILY).own_columns == ()


def test_eves_and_days_after_cross_the_new_year() -> None:
    calendar = HolidayCalendar("DE")
    eve = on(calendar, "2023-12-31", "2024-01-02", "2024-12-25")
    assert eve == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_all_hours_of_a_holiday_have_the_value_one() -> None:
    assert on(HolidayCalendar("GB"), "2024-12-25T00:00", "2024-12-25T23:30") == [[1, 0, 0]] * 2


def test_regions_have_holidays_of_their_own() -> None:
    assert on(HolidayCalendar("DE-BY"), "2024-11-01")[0][0] == 1  # Allerheiligen
    assert on(HolidayCalendar("DE"), "2024-11-01")[0][0] == 0


def test_unknown_places_and_numbered_steps_are_refused() -> None:
    with pytest.raises(UsageError, match=r"`UK` is not a supported country code.*such as GB"):
        HolidayCalendar.from_times("UK", NEW_YEAR, DAILY)
    with pytest.raises(UsageError, match=r"`XY` is not a region of DE.*Expected one of: .*BY"):
        HolidayCalendar.from_times("DE-XY", NEW_YEAR, DAILY)
    with pytest.raises(UsageError, match="needs dates, but the times are numbered"):
        HolidayCalendar.from_times("DE", np.arange(5), parse_alias("1"))
    with pytest.raises(
        UsageError, match=r"steps of a day or less, but the steps are longer \(MS\)"
    ):
        HolidayCalendar.from_times("DE", NEW_YEAR, parse_alias("MS"))
    with pytest.raises(UsageError, match="steps are longer"):
        HolidayCalendar.from_times("DE", NEW_YEAR, parse_alias("W-SUN"))
