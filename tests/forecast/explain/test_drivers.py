"""Each past value belongs to the driver that a reader expects."""

import numpy as np
import pytest

from gated.forecast.explain.drivers import PastDrivers
from gated.table.time.calendar import Frequency

DAYS = PastDrivers.of(Frequency.of("D"), 365.25)


@pytest.mark.parametrize(
    ("ahead", "back", "driver"),
    [
        (1, 1, "the last day"),
        (1, 2, "the last week, other days"),
        (1, 7, "same weekday, last 4 weeks"),
        (1, 28, "same weekday, last 4 weeks"),
        (1, 35, "same weekday, earlier weeks"),
        (1, 20, "other days before"),
        (7, 7, "same weekday, last 4 weeks"),  # the last day is of the same weekday
        (8, 14, "same weekday, last 4 weeks"),
        (8, 35, "same weekday, last 4 weeks"),  # the fourth newest
        (8, 42, "same weekday, earlier weeks"),
        (1, 364, "same time last year"),
        (1, 365, "same time last year"),
        (1, 368, "same time last year"),
        (1, 370, "other days before"),
        (1, 731, "same time in earlier years"),
    ],
)
def test_days(ahead: int, back: int, driver: str) -> None:
    past = 800
    places = DAYS.places(ahead, past)
    assert DAYS.names[places[ahead - 1, past + ahead - 1 - back]] == driver


@pytest.mark.parametrize(
    ("alias", "long", "names"),
    [
        ("h", 168.0, ("same hour, last 4 days", "same hour last week", "the last hour")),
        ("30min", 336.0, ("same time of day, last 4 days", "same time last week")),
        ("5min", 2016.0, ("same time of day, last 4 days", "same time last week")),
        ("MS", 0.0, ("same month, last 4 years", "the last year, other months")),
        ("QS", 0.0, ("same quarter, last 4 years", "the last quarter")),
        ("W-SUN", 52.18, ("same time last year", "the last week")),
        ("YS", 0.0, ("the last year", "the last 4 years")),
        ("1", 0.0, ("the last step", "other steps before")),
    ],
)
def test_names_have_the_nouns_of_the_frequency(
    alias: str, long: float, names: tuple[str, ...]
) -> None:
    drivers = PastDrivers.of(Frequency.of(alias), long)
    assert set(names) <= set(drivers.names)


def test_totals_are_the_sums_of_all_parts() -> None:
    parts = np.random.default_rng(0).normal(size=(14, 400))
    totals = DAYS.totals(parts)
    np.testing.assert_allclose(sum(totals.values()), parts.sum(axis=1))
    assert "same time in earlier years" not in totals  # there is no such past


def test_yearly_data_have_no_season() -> None:
    drivers = PastDrivers.of(Frequency.of("YS"), 0.0)
    assert set(drivers.totals(np.ones((3, 30)))) == {
        "the last year",
        "the last 4 years",
        "other years before",
    }
