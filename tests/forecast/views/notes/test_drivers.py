"""Tests what drives a forecast: closed days, holidays and covariates of a report."""

import numpy as np
import pandas as pd
import pytest

import gated
from gated.arrays import TimeArray
from gated.forecast.views.forecast_report import forecast_report
from gated.forecast.views.notes.drivers import closed_events
from gated.forecast.views.report_parts import zone_of
from gated.table import Table, read_table

DAYS = pd.date_range("2022-01-01", periods=720, freq="D")  # to 21 December 2023


def daily(closed: "pd.Series[bool] | None" = None) -> pd.DataFrame:
    y = 10.0 + np.arange(720) % 7
    return pd.DataFrame({"ds": DAYS, "y": np.where(closed, 0.0, y) if closed is not None else y})


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(daily())


def times(begin: str, count: int, unit: str = "D") -> TimeArray:
    return (np.datetime64(begin) + np.arange(count).astype(f"m8[{unit}]")).astype("M8[ns]")


def test_single_closed_days_are_listed_by_weekday(table: Table) -> None:
    ds = times("2023-12-22", 28)
    closed = np.isin(pd.DatetimeIndex(ds).day_of_week, [6])
    closed[3:6] = True  # 25 to 27 December, after Sunday 24
    assert closed_events(table, ds, closed) == (
        ("24 to 27 December 2023", "closed"),
        ("Sundays: 31 Dec, 7 Jan and 14 January 2024", "closed"),
    )
    assert closed_events(table, ds, np.zeros(28, dtype=bool)) == ()


def test_many_closed_times_are_counted() -> None:
    hours = pd.date_range("2024-01-01", periods=400, freq="h")
    table = read_table(pd.DataFrame({"ds": hours, "y": np.arange(400.0) % 24}))
    ds = times("2024-01-17T16", 14 * 24, "h")
    events = closed_events(table, ds, np.asarray(pd.DatetimeIndex(ds).hour < 6))
    assert events[0] == ("18 January 2024 00:00 to 18 January 2024 05:00", "closed")
    assert len(events) == 11
    assert events[-1] == ("and 4 more times", "closed")


def test_closed_weekdays_and_holidays_are_drivers() -> None:
    model = gated.Forecaster(h=14, holidays="GB")
    made = model.fit(daily(DAYS.day_of_week == 5)).forecast()
    report = forecast_report(made, {})
    assert any(sentence.startswith("Saturdays are closed") for sentence in report.drivers)
    assert not any(note in report.drivers for note in report.notes)
    assert ("Saturdays: 23 Dec and 30 December 2023", "closed") in report.events
    assert ("Monday 25 December 2023", "Christmas Day") in report.events
    assert ("Monday 1 January 2024", "New Year's Day") in report.events
    [ahead] = report.series[0].forecasts
    assert ahead.closed is not None
    assert np.flatnonzero(ahead.closed).tolist() == [1, 8]


def test_covariates_in_use_are_drivers() -> None:
    frame = daily()
    frame["promo"] = (np.arange(720) % 5 == 0).astype(float)
    frame["y"] += 20 * frame["promo"]
    future = pd.DataFrame({"ds": times("2023-12-22", 7), "promo": np.zeros(7)})
    model = gated.Forecaster(h=7).fit(frame, covariates=["promo"])
    report = forecast_report(model.forecast(X_df=future), {})
    assert any(sentence.startswith("`promo` explains ") for sentence in report.drivers)


def test_the_zone_of_a_report_has_the_changes_of_its_clock() -> None:
    hours = pd.date_range("2024-10-20", periods=150, freq="h", tz="Europe/Berlin")
    table = read_table(pd.DataFrame({"ds": hours, "y": np.arange(150.0)}))
    ahead = table.frequency.future(table.last_ds, 48)
    zone = zone_of(table, ahead)
    assert zone is not None
    assert zone.name == "Europe/Berlin"
    assert zone.offsets.tolist() == [7200, 3600]
    assert (
        zone.since.tolist() == np.array(["2024-10-19T22:00", "2024-10-27T01:00"], "M8[ns]").tolist()
    )


def test_times_without_a_zone_have_none(table: Table) -> None:
    assert zone_of(table) is None
