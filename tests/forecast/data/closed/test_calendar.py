"""Tests which times the rules of a closed calendar close."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import gated
from gated.forecast.data.closed.calendar import (
    ClosedCalendar,
    ClosedRule,
    OwnSlots,
    days_from_easter,
    distinct_times,
)
from gated.table import Table


def rule(kind, *values, names=()) -> ClosedRule:
    return ClosedRule(kind, values, names, seen=10, closed=10, zeros=10)


def closed_dates(calendar: ClosedCalendar, begin: str, end: str, freq: str = "D") -> list[str]:
    times = pd.date_range(begin, end, freq=freq)
    ds = times.to_numpy().astype("M8[ns]")
    closed = calendar.closed_times(ds, weekly=True) | calendar.closed_times(ds, weekly=False)
    return times[closed].strftime("%m-%d" if freq == "D" else "%a %H").tolist()


@pytest.mark.parametrize(
    ("year", "easter"),
    [(1961, "04-02"), (2000, "04-23"), (2008, "03-23"), (2010, "04-04"), (2011, "04-24"),
     (2024, "03-31"), (2025, "04-20"), (2038, "04-25")],
)  # fmt: skip
def test_easter_sunday(year: int, easter: str) -> None:
    assert days_from_easter(np.array([f"{year}-{easter}"], "M8[ns]")).tolist() == [0]


def test_dates_days_around_easter_and_holidays() -> None:
    dates = ClosedCalendar(1, (rule("date", 1224, 1225, 101),))
    assert closed_dates(dates, "2023-12-20", "2024-01-10") == ["12-24", "12-25", "01-01"]
    easter = ClosedCalendar(1, (rule("easter", -2, 1),))
    assert closed_dates(easter, "2024-01-01", "2025-12-31") == ["03-29", "04-01", "04-18", "04-21"]
    holidays = ClosedCalendar(1, (rule("holiday", names=("May Day",)),), place="GB")
    assert closed_dates(holidays, "2024-04-01", "2025-12-31") == ["05-06", "05-05"]


def test_times_of_day_and_of_the_week() -> None:
    hours = ClosedCalendar(4, (rule("time_of_day", 0), rule("time_of_week", 5 * 4 + 2)))
    assert closed_dates(hours, "2024-03-01", "2024-03-03 18:00", "6h") == [
        "Fri 00", "Sat 00", "Sat 12", "Sun 00",
    ]  # fmt: skip


def table(days: int = 28, weekday: int = 6, value: float = 0.0, **more) -> Table:
    ds = pd.date_range("2024-01-01", periods=days)
    y = np.where(ds.day_of_week == weekday, value, 10.0 + ds.day_of_week)
    return gated.read_table(pd.DataFrame({"ds": ds, "y": y}), **more)


SUNDAYS = ClosedCalendar(1, (rule("weekday", 6),))


def test_a_series_that_was_open_does_not_follow_the_calendar() -> None:
    """A calendar may come from another table, or from years ago."""
    for past, follows in ((table(), True), (table(value=5.0), False)):
        ds = past.frequency.future(past.last_ds, 7)[0]
        closed = SUNDAYS.closed_rows(past, ds, np.zeros(7, dtype=np.int64))
        assert closed.tolist() == [False] * 6 + [follows]


def test_rows_that_are_not_shown_do_not_count() -> None:
    past = table(value=5.0)
    shown = np.zeros(28, dtype=bool)
    assert SUNDAYS.closed_rows(past, past.ds, np.zeros(28, dtype=np.int64), shown).sum() == 4


def test_an_hourly_calendar_does_not_close_days() -> None:
    past = table()
    hourly = ClosedCalendar(24, (rule("weekday", 6),))
    assert not hourly.closed_rows(past, past.ds, np.zeros(28, dtype=np.int64)).any()


def test_series_with_their_own_closed_weekday() -> None:
    frame = pd.DataFrame({"ds": table().ds})
    both = pd.concat(
        [
            frame.assign(unique_id="a", y=np.where(frame.ds.dt.day_of_week == 0, 0.0, 5.0)),
            frame.assign(unique_id="b", y=5.0),
        ]
    )
    past = gated.read_table(both)
    calendar = ClosedCalendar(1, (), (OwnSlots(("a", "unknown"), (0,)),))
    series = np.repeat([0, 1], 28)
    closed = calendar.closed_rows(past, past.ds, series)
    assert closed.tolist() == ((past.y == 0) & (series == 0)).tolist()
    assert calendar.without_series().is_empty


def test_json_and_back() -> None:
    calendar = ClosedCalendar(
        24,
        (rule("time_of_day", 0, 1), rule("holiday", names=("May Day",))),
        (OwnSlots(("a", 3), (5, 6)),),
        "GB",
    )
    assert ClosedCalendar.from_json(json.loads(json.dumps(calendar.to_json()))) == calendar


def test_distinct_times_are_those_of_the_rows() -> None:
    past = table()
    for ds in (past.ds, past.ds[[0, 20]], past.ds + np.arange(28).astype("m8[s]")):
        times, position = distinct_times(past, ds)
        assert (times[position] == ds).all()


def test_closed_hours_are_those_of_the_local_clock() -> None:
    """Times with a changing offset are stored in UTC; a shop opens by its own clock."""
    ds = pd.date_range("2024-03-25", "2024-04-07 23:00", freq="h", tz="Europe/Berlin")
    frame = pd.DataFrame({"ds": ds, "y": np.where((ds.hour >= 9) & (ds.hour < 18), 5.0, 0.0)})
    past = gated.read_table(frame)
    assert past.schema.time.clock == "UTC"
    night = ClosedCalendar(24, (rule("time_of_day", *range(9), *range(18, 24)),))
    series = np.zeros(past.n_rows, dtype=np.int64)
    assert (night.closed_rows(past, past.ds, series) == (past.y == 0)).all()


def test_rules_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SUNDAYS.rules = ()
