"""The frequency of a cut, for other libraries."""

import pandas as pd
import pytest

from benchmarks.peers.frequency import calendar, frequency
from gated.errors import DataError
from tests.benchmarks.peers.examples import two_series


def test_the_frequency_is_pandas_name_or_1_for_numbered_steps():
    days = pd.date_range("2024-01-01", periods=10, freq="D").to_numpy()
    assert frequency(two_series(days)) == calendar(two_series(days)) == "D"
    numbered = two_series()
    assert frequency(numbered) == 1
    assert calendar(numbered) == "Q"  # a season of four steps


@pytest.mark.parametrize(
    ("alias", "period"), [("MS", "M"), ("QS-OCT", "Q"), ("YS-JAN", "Y"), ("W-SUN", "W-SUN")]
)
def test_a_calendar_is_the_name_of_a_period(alias, period):
    dates = pd.date_range("2024-01-01", periods=10, freq=alias).to_numpy()
    assert calendar(two_series(dates)) == period
    assert pd.Period(dates[0], freq=period).start_time <= dates[0]


def test_dates_without_a_frequency_are_refused():
    days = pd.to_datetime([f"2024-01-{n:02d}" for n in (1, 2, 4, 8, 9, 11, 12, 19, 20, 21)])
    with pytest.raises(DataError, match="finds no frequency"):
        frequency(two_series(days.to_numpy()))
