"""Tests frequencies: season lengths, future times, calendar features."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import UsageError
from gated.table.time.calendar import Frequency


def times(start: str, periods: int, freq: str) -> np.ndarray:
    return pd.date_range(start, periods=periods, freq=freq).to_numpy().astype("M8[ns]")


@pytest.mark.parametrize(
    ("alias", "season", "long_season"),
    [
        ("D", 7, 364), ("h", 24, 168), ("30min", 48, 336), ("15min", 96, 672), ("min", 60, 1440),
        ("s", 60, None), ("W-SUN", 52, None), ("2W-SUN", 26, None), ("MS", 12, None),
        ("ME", 12, None), ("QS-OCT", 4, None), ("B", 5, 260), ("YS-JAN", 1, None),
        ("2h", 12, 84), ("6h", 4, 28), ("5min", 288, 2016), ("2MS", 6, None), ("1", 1, None),
        ("7h", 1, None), ("2D", 1, None), ("5MS", 1, None), ("ms", 1, None), ("2YS-JAN", 1, None),
    ],
)  # fmt: skip
def test_seasons(alias: str, season: int, long_season: int | None) -> None:
    frequency = Frequency.of(alias)
    assert (frequency.alias, frequency.season_length) == (alias, season)
    assert frequency.long_season == long_season


def test_a_given_season_length_keeps_the_longer_season() -> None:
    assert Frequency.of("h", 12) == Frequency("h", 12, 168)
    assert Frequency.of("h", 168) == Frequency("h", 168, None)
    with pytest.raises(UsageError, match="season_length= is 0"):
        Frequency.of("D", 0)


@pytest.mark.parametrize("alias", ["30min", "h", "D", "B", "W-SUN", "MS", "ME", "QE-DEC", "YS-JAN"])
def test_future_continues_each_series(alias: str) -> None:
    line = times("2019-12-28", 40, alias)
    last = line[[3, 20, 3, 10]]
    expected = np.stack([line[4:12], line[21:29], line[4:12], line[11:19]])
    np.testing.assert_array_equal(Frequency.of(alias).future(last, 8), expected)


def test_future_of_numbered_steps() -> None:
    ahead = Frequency.of("1").future(np.array([9, 4]), 3)
    assert ahead.tolist() == [[10, 11, 12], [5, 6, 7]]
    assert ahead.dtype == np.int64


def test_future_of_no_series_is_empty() -> None:
    assert Frequency.of("D").future(np.array([], "M8[ns]"), 3).shape == (0, 3)


@pytest.mark.parametrize(("h", "words"), [(0, "horizon is 0"), (10**6, "after the year 2261")])
def test_future_refuses_invalid_horizons(h: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Frequency.of("D").future(np.array(["2021-01-01"], "M8[ns]"), h)


@pytest.mark.parametrize(
    ("alias", "cycles"),
    [
        ("30min", ("minute_of_hour", "hour_of_day", "day_of_week", "day_of_year")),
        ("h", ("hour_of_day", "day_of_week", "day_of_year")),
        ("D", ("day_of_week", "day_of_month", "day_of_year")),
        ("B", ("day_of_week", "day_of_month", "day_of_year")),
        ("W-SUN", ("day_of_month", "day_of_year")),
        ("MS", ("month_of_year",)),
        ("QE-DEC", ("month_of_year",)),
        ("YS-JAN", ()),
        ("1", ()),
    ],
)
def test_features_are_the_cycles_longer_than_a_step(alias: str, cycles: tuple[str, ...]) -> None:
    frequency = Frequency.of(alias)
    names = tuple(f"{cycle}_{wave}" for cycle in cycles for wave in ("sin", "cos"))
    assert frequency.feature_names == names
    ds = np.arange(50) if alias == "1" else times("2019-12-28", 50, alias)
    features = frequency.features(ds)
    assert features.shape == (50, len(names))
    assert features.dtype == np.float32
    assert np.abs(features).max(initial=0) <= 1
    pairs = features.reshape(50, -1, 2)
    np.testing.assert_allclose((pairs**2).sum(-1), 1, atol=1e-6)  # float32 sine and cosine


def turns(frequency: Frequency, name: str, ds: list[str]) -> np.ndarray:
    """The phase of each time in a cycle, computed from the features."""
    features = frequency.features(np.array(ds, "M8[ns]")).astype(np.float64)
    column = frequency.feature_names.index(f"{name}_sin")
    return np.arctan2(features[:, column], features[:, column + 1]) / (2 * np.pi) % 1


def test_features_match_the_calendar() -> None:
    daily, hourly, monthly = Frequency.of("D"), Frequency.of("h"), Frequency.of("ME")
    near = {"atol": 1e-6}  # float32 features
    monday, thursday = "2021-03-01", "2021-03-04"
    np.testing.assert_allclose(turns(daily, "day_of_week", [monday, thursday]), [0, 3 / 7], **near)
    np.testing.assert_allclose(
        turns(daily, "day_of_month", ["2021-02-15", "2021-02-28", "2021-01-31"]),
        [14 / 28, 27 / 28, 30 / 31],
        **near,
    )
    np.testing.assert_allclose(
        turns(daily, "day_of_year", ["2020-12-31", "2021-12-31"]), [365 / 366, 364 / 365], **near
    )
    np.testing.assert_allclose(turns(hourly, "hour_of_day", ["2021-03-01T18:00"]), [0.75], **near)
    np.testing.assert_allclose(
        turns(monthly, "month_of_year", ["2021-01-31", "2021-12-31"]), [0, 11 / 12], **near
    )


def test_feature_periods_are_counted_in_steps() -> None:
    assert Frequency.of("h").feature_periods == (24, 24, 168, 168, 8766, 8766)
    assert Frequency.of("1").feature_periods == ()


def test_features_take_any_shape() -> None:
    ds = times("2021-01-01", 6, "D").reshape(2, 3)
    assert Frequency.of("D").features(ds).shape == (2, 3, 6)


def test_description() -> None:
    assert Frequency.of("W-SUN").description == "weekly (W-SUN)"
    assert Frequency.of("7h").description == "7h"
