"""Tests grid inference from gaps; the alias is the one of pandas."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from gated.table.time.grid import BusinessDays, Grid, parse_alias
from gated.table.time.spacing import infer_grid, measure, off_grid, requested_grid


def laid(series: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate(series), np.append(0, np.cumsum([len(times) for times in series]))


def times(start: str, periods: int, freq: str) -> np.ndarray:
    return pd.date_range(start, periods=periods, freq=freq).to_numpy().astype("M8[ns]")


def inferred(*series: np.ndarray) -> Grid | None:
    ds, offsets = laid(series)
    return infer_grid(ds, offsets, measure(ds, offsets))


@pytest.mark.parametrize(
    "alias",
    ["s", "min", "15min", "30min", "h", "4h", "D", "2D", "W-SUN", "W-WED", "2W-MON", "B", "MS",
     "ME", "BMS", "BME", "2MS", "QS-OCT", "QS-NOV", "QE-DEC", "2QS-OCT", "YS-JAN", "YE-DEC",
     "YE-JUN", "2YS-JAN"],
)  # fmt: skip
@pytest.mark.parametrize("length", [12, 40])
def test_complete_series_of_every_frequency(alias: str, length: int) -> None:
    grid = inferred(times("2019-03-07", length, alias))
    assert grid is not None
    assert grid.alias == alias


@pytest.mark.parametrize("alias", ["15min", "h", "D", "W-WED", "B", "MS", "ME", "QS-OCT"])
def test_a_third_of_the_steps_missing(alias: str) -> None:
    whole = times("2019-03-07", 90, alias)
    kept = np.sort(np.random.default_rng(0).choice(90, 60, replace=False))
    grid = inferred(whole[kept])
    assert grid is not None
    assert grid.alias == alias
    assert not off_grid(grid, whole[kept], np.array([0, 60])).any()


def test_two_rows_suffice() -> None:
    for first, second, alias in (
        ("2021-01-01", "2021-02-01", "MS"),
        ("2021-02-01", "2021-03-01", "MS"),
        ("2021-01-31", "2021-02-28", "ME"),
        ("2021-01-01", "2021-01-08", "W-FRI"),
        ("2021-01-04", "2021-01-05", "D"),
        ("2020-02-29", "2021-02-28", "YE-FEB"),
    ):
        grid = inferred(np.array([first, second], "M8[ns]"))
        assert grid is not None
        assert grid.alias == alias


def test_a_fixed_day_of_the_month_is_monthly() -> None:
    fifteenth = times("2021-01-01", 9, "MS") + np.timedelta64(14, "D")
    grid = inferred(fifteenth)
    assert grid == parse_alias("MS")
    assert not off_grid(grid, fifteenth, np.array([0, 9])).any()


def test_days_of_one_working_week_are_daily() -> None:
    assert inferred(times("2021-03-01", 5, "D")) == parse_alias("D")
    assert inferred(times("2021-03-01", 6, "B")) == parse_alias("B")


def test_the_majority_of_series_decides() -> None:
    daily = [times(f"2021-01-{day:02d}", 20 + day, "D") for day in range(1, 6)]
    assert inferred(*daily, times("2021-01-01", 500, "W-SUN")) == parse_alias("D")
    assert inferred(*daily, times("2021-01-01", 500, "h")) == parse_alias("D")
    months = [times("2021-01-01", 9, "MS")] * 2
    assert inferred(times("2021-01-01", 99, "D"), *months) == parse_alias("MS")


def test_series_of_one_row_have_no_vote() -> None:
    one = np.array(["2021-01-01"], "M8[ns]")
    assert inferred(one, times("2021-01-01", 5, "h"), one) == parse_alias("h")
    assert inferred(one, one) is None


def test_numbered_steps() -> None:
    assert inferred(np.arange(5)) == parse_alias("1")
    assert inferred(np.arange(0, 50, 5), np.array([3])) == parse_alias("5")
    assert inferred(np.array([1, 2, 3, 7, 8])) == parse_alias("1")


def test_most_common_and_constant_gaps() -> None:
    ds, offsets = laid([np.array([0, 2, 4, 5, 6]), np.array([9]), np.array([0, 3, 6, 9, 12])])
    spacing = measure(ds, offsets)
    assert spacing.most_common().tolist() == [1, 0, 3]  # of two that tie, the shorter
    assert spacing.constant().tolist() == [0, 0, 3]


def test_off_grid_times_are_flagged() -> None:
    ds = np.array(["2021-01-01T00:00", "2021-01-01T01:07", "2021-01-01T02:00"], "M8[ns]")
    assert off_grid(parse_alias("h"), ds, np.array([0, 3])).tolist() == [False, True, False]


@pytest.mark.parametrize("day", [29, 30])
def test_a_day_that_february_lacks_is_monthly(day: int) -> None:
    ends = times("2021-02-01", 36, "ME")
    firsts = ends.astype("M8[M]").astype("M8[D]") + (day - 1)
    late = np.minimum(firsts, ends.astype("M8[D]")).astype("M8[ns]")
    grid = inferred(late[:35])
    assert grid is not None
    assert grid.alias == f"M-{day}"
    assert parse_alias(grid.alias) == grid
    np.testing.assert_array_equal(grid.advance(late[:1], np.arange(36)), late)
    quarterly = inferred(late[:35:3])
    assert quarterly is not None
    assert quarterly.alias == f"3M-{day}"
    np.testing.assert_array_equal(quarterly.advance(late[:1], np.arange(12)), late[::3])


@pytest.mark.parametrize(
    "days",
    [(1, 3, 5), (0, 2), (4, 5, 6), (0, 1, 2, 3), (0, 1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6),
     (0, 1, 3, 4, 5, 6), (0, 1, 2, 3, 6)],
)  # fmt: skip
def test_the_same_days_of_every_week(days: tuple[int, ...]) -> None:
    daily = times("2023-01-02", 140, "D")
    kept = daily[np.isin(np.arange(140) % 7, days)]
    grid = inferred(kept)
    assert isinstance(grid, BusinessDays)
    assert grid.days == days
    assert parse_alias(grid.alias) == grid
    np.testing.assert_array_equal(grid.advance(kept[:1], np.arange(len(kept))), kept)
    np.testing.assert_array_equal(grid.count(kept[:1], kept), np.arange(len(kept)))
    some = np.delete(kept, [5, 11])
    assert inferred(some) == grid


def test_other_days_are_no_pattern_of_the_week() -> None:
    assert inferred(times("2023-01-02", 30, "2D")) == parse_alias("2D")
    daily = times("2023-01-02", 12, "D")
    assert inferred(np.delete(daily, 3)) == parse_alias("D")
    no_sunday = times("2023-01-02", 28, "D")[np.arange(28) % 7 < 6]
    assert inferred(no_sunday) == parse_alias("D")  # of four weeks, this may be chance
    once_open = times("2023-01-02", 140, "D")[(np.arange(140) % 7 < 6) | (np.arange(140) == 83)]
    assert inferred(once_open) == parse_alias("D")
    assert inferred(times("2023-01-06", 30, "W-FRI")) == parse_alias("W-FRI")


@pytest.mark.parametrize(
    ("alias", "start", "expected"),
    [
        ("M", "MS", "MS"),
        ("M", "ME", "ME"),
        ("m", "MS", "MS"),
        ("m", "5min", "min"),
        ("1mo", "ME", "ME"),
        ("monthly", "MS", "MS"),
        ("Q", "QS", "QS"),
        ("q", "QE", "QE"),
        ("Q-DEC", "QS", "QS"),
        ("Q-DEC", "QE-DEC", "QE-DEC"),
        ("A", "YS", "YS"),
        ("Y", "YE", "YE"),
        ("3M", "QS", "QS"),
        ("M", "BMS", "BMS"),
        ("ms", "ms", "ms"),
        ("me", "ME", "ME"),
        ("MIN", "min", "min"),
        ("H", "h", "h"),
    ],
)
def test_a_month_takes_its_place_from_the_times(alias: str, start: str, expected: str) -> None:
    ds = times("2021-05-01", 9, start)
    assert requested_grid(alias, ds, np.array([0, 9])).alias == expected


def test_a_month_on_a_fixed_day() -> None:
    ds = times("2021-01-01", 9, "MS") + np.timedelta64(14, "D")
    assert requested_grid("M", ds, np.array([0, 9])) == parse_alias("MS")
    assert requested_grid("M", np.arange(9), np.array([0, 9])) == parse_alias("ME")
