"""Tests the totals of a report: headline, periods, past totals, and the total of all series."""

from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gated
from gated.arrays import BoolArray, FloatArray
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.views.forecast_report import expected, forecast_report
from gated.forecast.views.period_text import span_text
from gated.forecast.views.totals.past import past_totals, steps_in_a_year
from gated.forecast.views.totals.periods import StepTotals
from gated.table import read_table
from gated.table.time.calendar import Frequency
from gated.text import between, change, rounded

DAYS = pd.date_range("2022-01-01", periods=800, freq="D")
H = 28


class WithTotals(Forecast):
    """A forecast whose 101 paths are 90 % to 110 % of its expected totals."""

    def total_paths(self, which: BoolArray) -> FloatArray:
        total = expected(self)[which].sum(axis=0)
        return np.asarray(total[:, None] * np.linspace(0.9, 1.1, 101))


def with_totals(forecast: Forecast) -> WithTotals:
    return WithTotals(**{field.name: getattr(forecast, field.name) for field in fields(forecast)})


def sales(levels: dict[str, float], until: int = 800) -> pd.DataFrame:
    week = np.array([1.0, 1, 1, 1, 2, 3, 0.5])[DAYS.day_of_week]
    frames = [
        pd.DataFrame({"unique_id": name, "ds": DAYS[:until], "y": (level * week)[:until]})
        for name, level in levels.items()
    ]
    return pd.concat(frames)


@pytest.fixture(scope="module")
def two() -> Any:
    made = gated.Forecaster(h=H).fit(sales({"a": 100.0, "b": 300.0})).forecast(level=[80, 95])
    return forecast_report(with_totals(made), {}), made


def test_the_title_has_the_dates(two: Any) -> None:
    assert two[0].title == "y: 11 March to 7 April 2024 (28 days)"


def test_the_headline_has_the_total_and_past_ones(two: Any) -> None:
    report, made = two
    total = expected(made).sum()
    headline = report.headline
    assert headline.label == "Total of 2 series, 11 Mar to 7 Apr"
    assert headline.figure == rounded(total)
    assert headline.words == f"between {between(0.92 * total, 1.08 * total)} with 80 % probability"
    weekly = 400 * 9.5
    before, year = headline.compared
    assert before == ("The 28 days before", rounded(4 * weekly), change(total, 4 * weekly))
    assert year[:2] == ("The same dates a year before", rounded(4 * weekly))


def test_totals_by_week_and_month_add_up(two: Any) -> None:
    report, made = two
    by_day = expected(made).sum(axis=0)
    weeks, months = report.totals
    assert weeks.columns == ("week", "total", "80 % interval")
    assert [row[0] for row in weeks.rows] == [
        "11 to 17 Mar",
        "18 to 24 Mar",
        "25 to 31 Mar",
        "1 to 7 Apr",
    ]
    assert [row[0] for row in months.rows] == ["11 to 31 Mar", "1 to 7 Apr"]
    numbers = [float(row[1].replace(",", "")) for row in months.rows]
    np.testing.assert_allclose(numbers, [by_day[:21].sum(), by_day[21:].sum()], atol=5)


def test_the_total_is_a_series_of_its_own(two: Any) -> None:
    report, made = two
    total = report.series[0]
    assert (report.has_total, len(report.series)) == (True, 3)
    assert (total.label, total.point_name) == ("All 2 series", "mean")
    np.testing.assert_allclose(total.y, sales({"a": 400.0})["y"])
    [ahead] = total.forecasts
    np.testing.assert_allclose(ahead.point, expected(made).sum(axis=0))
    np.testing.assert_allclose(ahead.bands[95][0], 0.905 * ahead.point)


def test_the_overview_has_the_last_and_the_next_period(two: Any) -> None:
    report, made = two
    last, following, grown = report.overview
    assert [last.name, following.name, grown.name] == ["last 28 days", "next 28 days", "change"]
    assert report.sort_by == "next 28 days"
    np.testing.assert_allclose(last.values, [4 * 9.5 * 400, 4 * 9.5 * 100, 4 * 9.5 * 300])
    sums = expected(made).sum(axis=1)
    np.testing.assert_allclose(following.values, [sums.sum(), *sums])
    np.testing.assert_allclose(grown.values, following.values / last.values - 1)


def test_the_first_view_has_a_year(two: Any) -> None:
    assert two[0].first_view == 366


def test_values_below_zero_have_a_mean_and_no_total() -> None:
    cold = sales({"a": 1.0}).assign(y=lambda frame: frame["y"] - 2)
    report = forecast_report(with_totals(gated.Forecaster(h=H).fit(cold).forecast()), {})
    assert report.totals == ()
    assert not report.has_total
    assert report.headline is not None
    assert report.headline.label == "Mean 11 Mar to 7 Apr"
    assert report.headline.words == ""
    assert [one.name for one in report.overview] == [
        "mean of the last 28 days",
        "mean of the next 28 days",
        "change",
    ]
    np.testing.assert_allclose(report.overview[0].values, 9.5 / 7 - 2)


def test_series_that_ended_are_not_in_the_total() -> None:
    table = pd.concat(
        [sales({"a": 100.0, "b": 300.0}), sales({"ended": 900.0}, until=700), sales({"c": 7.0})]
    )
    made = with_totals(gated.Forecaster(h=H).fit(table).forecast())
    report = forecast_report(made, {})
    assert report.title == "y: 11 March to 7 April 2024 (28 days)"
    assert report.headline is not None
    assert report.headline.label == "Total of 3 of 4 series, 11 Mar to 7 Apr"
    assert report.headline.figure == rounded(expected(made)[[0, 1, 3]].sum())
    # The totals of the past are those of all series of the time.
    assert report.headline.compared[0][1] == rounded(4 * 9.5 * 407)
    assert report.headline.compared[1][1] == rounded(4 * 9.5 * 1307)
    assert report.series[0].label == "3 of 4 series"
    assert report.notes[-1].startswith("1 series ends earlier than the others.")


def test_series_that_end_at_many_times_have_no_total() -> None:
    parts = [sales({name: 100.0}, until=800 - 50 * k) for k, name in enumerate("abc")]
    made = with_totals(gated.Forecaster(h=H).fit(pd.concat(parts)).forecast())
    report = forecast_report(made, {})
    assert report.title == (
        "y: 28 days after the end of each series, 2 December 2023 to 7 April 2024"
    )
    assert (report.headline, report.totals, report.has_total) == (None, (), False)


def test_past_totals_need_half_of_their_steps() -> None:
    frame = sales({"a": 1.0, "b": 2.0}, until=30)
    frame.loc[(frame["unique_id"] == "b") & (frame["ds"].dt.day > 20), "y"] = np.nan
    frame = frame[(frame["unique_id"] == "a") | (frame["ds"].dt.day > 3)]
    frame.loc[frame["ds"] == DAYS[29], "y"] = 7.0
    table = read_table(frame)
    assert table.lengths.tolist() == [30, 27]
    whole, short = past_totals(table, 10, 10)
    assert whole == pytest.approx(table.y[20:30].sum())
    assert np.isnan(short)
    assert np.isnan(past_totals(table, 28, 28)[1])
    mean = past_totals(table, 10, 20, adds_up=False)
    assert mean[0] == pytest.approx(table.y[10:20].mean())


@pytest.mark.parametrize(
    ("alias", "first", "steps"),
    [("D", "2024-03-01", 366), ("h", "2023-03-01", 8760), ("W-SUN", "2023-01-01", 52)],
)
def test_a_year_before_is_at_the_same_date(alias: str, first: str, steps: int) -> None:
    assert steps_in_a_year(Frequency.of(alias), np.datetime64(first, "ns")) == steps


def test_numbered_steps_have_no_year() -> None:
    assert steps_in_a_year(Frequency.of("1"), np.int64(7)) is None
    assert steps_in_a_year(Frequency.of("2YS"), np.datetime64("2023-01-01", "ns")) is None


def test_intervals_of_a_period_are_those_of_its_sum() -> None:
    rng = np.random.default_rng(0)
    paths = rng.normal(100, 10, (4, 4001))
    ds = np.arange("2024-01-01", "2024-01-05", dtype="M8[D]").astype("M8[ns]")
    totals = StepTotals(ds, np.full(4, 100.0), paths, (80.0,))
    whole = totals.whole()
    assert whole.mean.tolist() == [400.0]
    low, high = whole.bands[80.0]
    # Independent steps: the width grows with the root of their number.
    np.testing.assert_allclose([low[0], high[0]], [400 - 25.6, 400 + 25.6], atol=1.5)
    halves = totals.by_period(np.array([0, 0, 1, 1]))
    assert halves.first.tolist() == ds[[0, 2]].tolist()
    assert halves.last.tolist() == ds[[1, 3]].tolist()


@pytest.mark.parametrize(
    ("alias", "begin", "end", "text"),
    [
        (
            "h",
            "2024-10-26T13:00",
            "2024-10-28T11:00",
            "26 October 2024 13:00 to 28 October 2024 11:00",
        ),
        ("D", "2024-10-26", "2024-10-26", "26 October 2024"),
        ("D", "2024-02-03", "2024-03-01", "3 February to 1 March 2024"),
        ("QS", "1990-01", "1991-10", "January 1990 to October 1991"),
        ("YS", "1990", "1995", "1990 to 1995"),
    ],
)
def test_spans_are_written_as_in_a_letter(alias: str, begin: str, end: str, text: str) -> None:
    times = np.array([begin, end], "M8[ns]")
    assert span_text(times, Frequency.of(alias)) == text
