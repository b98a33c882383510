"""Tests future covariates: alignment by series and time, missing values and steps."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.table.reader import read_future, read_table
from gated.table.table import Table

PAST = pd.DataFrame(
    {
        "unique_id": ["b"] * 4 + ["a"] * 3,
        "ds": [*pd.date_range("2021-01-01", periods=4), *pd.date_range("2021-01-02", periods=3)],
        "y": np.arange(7.0),
        "open": [1, 0, 1, 1, 0, 1, 1],
        "price": np.linspace(1, 2, 7),
    }
)
FUTURE = pd.DataFrame(
    {
        "unique_id": ["a"] * 3 + ["b"] * 3,
        "ds": list(pd.date_range("2021-01-05", periods=3)) * 2,
        "open": [1, 2, 3, 4, 5, 6],
        "price": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    }
)
FIRST = pd.date_range("2021-01-01", periods=6)
EXPECTED = np.array([[[4, 0.4], [5, 0.5], [6, 0.6]], [[1, 0.1], [2, 0.2], [3, 0.3]]])


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(PAST, covariates=["open", "price"])


def refusal(table: Table, future: Any, h: int = 3) -> str:
    with pytest.raises(GatedError) as caught:
        read_future(future, table, h)
    return str(caught.value)


def test_rows_go_to_their_series_and_step(table: Table) -> None:
    for future in (FUTURE, FUTURE.sample(frac=1, random_state=0), pl.from_pandas(FUTURE)):
        np.testing.assert_array_equal(read_future(future, table, 3)[0], EXPECTED)
    np.testing.assert_array_equal(read_future(FUTURE, table, 2)[0], EXPECTED[:, :2])


def test_a_file_is_read(table: Table, tmp_path: Path) -> None:
    FUTURE.to_csv(tmp_path / "next.csv", index=False)
    np.testing.assert_array_equal(read_future(tmp_path / "next.csv", table, 3)[0], EXPECTED)


def test_past_rows_and_other_series_are_ignored(table: Table) -> None:
    other = FUTURE.assign(unique_id="z")
    both = pd.concat([PAST, FUTURE, other])
    np.testing.assert_array_equal(read_future(both, table, 3)[0], EXPECTED)


def test_a_single_series_needs_no_id(tmp_path: Path) -> None:
    past = PAST[PAST["unique_id"] == "b"].drop(columns="unique_id")
    table = read_table(past, covariates="open")  # type: ignore[arg-type]
    future = FUTURE[FUTURE["unique_id"] == "b"].drop(columns="unique_id")
    np.testing.assert_array_equal(read_future(future, table, 3)[0], EXPECTED[:1, :, :1])


def test_rows_without_times_are_the_next_steps() -> None:
    past = pd.DataFrame({"load": [1.0, 2, 3], "heat": [5, 6, 7]})
    table = read_table(past, target_col="load", covariates=["heat"])
    future = pd.DataFrame({"heat": [8, 9]})
    np.testing.assert_array_equal(read_future(future, table, 2)[0], [[[8], [9]]])
    assert "the future of series `load` lacks 5: 2 of 3 steps given" in refusal(table, future)


def test_ids_that_are_numbers_match_a_file(tmp_path: Path) -> None:
    past = PAST.assign(unique_id=PAST["unique_id"].map({"b": 7, "a": 3}))
    table = read_table(past, covariates=["open", "price"])
    path = tmp_path / "next.csv"
    FUTURE.assign(unique_id=FUTURE["unique_id"].map({"b": 7, "a": 3})).to_csv(path, index=False)
    np.testing.assert_array_equal(read_future(path, table, 3)[0], EXPECTED)


@pytest.mark.parametrize("zone", ["Europe/London", "UTC"])
def test_time_zones_are_aligned(zone: str) -> None:
    hours = pd.date_range("2021-03-27 20:00", periods=8, freq="h", tz=zone)
    frame = pd.DataFrame({"ds": hours, "y": 1.0, "x": np.arange(8)})
    table = read_table(frame.iloc[:5], covariates=["x"])
    expected = [[[5], [6], [7]]]
    np.testing.assert_array_equal(read_future(frame, table, 3)[0], expected)
    elsewhere = frame.assign(ds=frame["ds"].dt.tz_convert("Asia/Tokyo"))
    np.testing.assert_array_equal(read_future(elsewhere, table, 3)[0], expected)
    written = frame.assign(ds=[time.isoformat() for time in hours])
    np.testing.assert_array_equal(read_future(written, table, 3)[0], expected)


def test_naive_days_get_the_zone_of_a_past_in_wall_clock_time() -> None:
    days = pd.date_range("2021-03-26", periods=6, tz="Europe/London")
    past = pd.DataFrame({"ds": days, "y": 1.0, "x": np.arange(6)})
    table = read_table(past.iloc[:4], covariates=["x"])
    assert table.schema.time_zone == "Europe/London"
    naive = past.assign(ds=days.tz_localize(None))
    np.testing.assert_array_equal(read_future(naive, table, 2)[0], [[[4], [5]]])


def test_naive_times_after_a_past_in_utc_are_refused() -> None:
    hours = pd.date_range("2021-03-27 20:00", periods=8, freq="h", tz="Europe/London")
    table = read_table(pd.DataFrame({"ds": hours, "y": 1.0, "x": 2}), covariates=["x"])
    naive = pd.DataFrame({"ds": hours.tz_localize(None), "x": 2})
    assert "have no time zone, but those of the past have" in refusal(table, naive)


def test_refuses_missing_columns(table: Table) -> None:
    message = refusal(table, FUTURE.rename(columns={"price": "prize"}))
    assert "no column `price`. Did you mean `prize`?" in message
    assert "Expected the columns `unique_id`, `ds`, `open`, `price`" in message
    assert "no column `ds`" in refusal(table, FUTURE.drop(columns="ds"))


def test_refuses_missing_series(table: Table) -> None:
    message = refusal(table, FUTURE[FUTURE["unique_id"] == "a"])
    assert "no rows for the series `b`. Expected the next 3 steps of every series" in message


def test_refuses_too_few_rows_and_holes(table: Table) -> None:
    message = refusal(table, FUTURE, h=5)
    assert "the future of series `b` lacks 2021-01-08: 3 of 5 steps given" in message
    assert "Expected every step from 2021-01-05 on, in steps of daily (D)" in message
    assert "(4 steps missing in all)" in message
    assert "series `a` lacks 2021-01-06" in refusal(table, FUTURE.drop(index=1))


def test_missing_values_are_noted(table: Table) -> None:
    ahead, notes = read_future(FUTURE.assign(price=[0.1, None, 0.3, None, 0.5, 0.6]), table, 3)
    np.testing.assert_array_equal(np.isnan(ahead[..., 1]), [[1, 0, 0], [0, 1, 0]])
    assert notes == (
        "2 future values of `price` missing (first: 2021-01-05 of `b`); the forecast uses "
        "the average value instead.",
    )


def test_unknown_categories_are_noted() -> None:
    past = pd.DataFrame({"ds": FIRST[:4], "y": 1.0, "sky": ["rain", "clear", "rain", "clear"]})
    table = read_table(past, covariates=["sky"])
    ahead = pd.DataFrame({"ds": FIRST[4:], "sky": ["hail", "rain"]})
    values, notes = read_future(ahead, table, 2)
    assert values[0, :, 0].tolist() == [-1, 1]
    assert "`sky`: `hail` not in the past table; used as a category without" in notes[0]


def test_refuses_text_in_a_numeric_covariate(table: Table) -> None:
    assert 'open "yes" is not a number' in refusal(table, FUTURE.assign(open="yes"))


def test_refuses_repeated_times_and_times_off_the_grid(table: Table) -> None:
    twice = pd.concat([FUTURE, FUTURE.iloc[[1]]])
    assert "row index 6: series `a` has 2021-01-06 more than once" in refusal(table, twice)
    odd = FUTURE.assign(ds=FUTURE["ds"] + pd.Timedelta("7min"))
    message = refusal(table, odd)
    assert "row index 0: this ds is not on the grid of the past (daily (D))" in message
    assert "such as 2021-01-05" in message


def test_refuses_numbered_steps_after_dates(table: Table) -> None:
    message = refusal(table, FUTURE.assign(ds=[5, 6, 7] * 2))
    assert "of another kind than in the past. Expected dates" in message


def test_refuses_invalid_arguments(table: Table) -> None:
    with pytest.raises(UsageError, match="horizon is 0"):
        read_future(FUTURE, table, 0)
    with pytest.raises(UsageError, match="without covariates"):
        read_future(FUTURE, read_table(PAST, target_col="y"), 3)
    with pytest.raises(DataError, match="no such file"):
        read_future("nowhere.csv", table, 3)


def test_future_dates_have_the_format_of_the_past() -> None:
    days = pd.date_range("2021-04-28", periods=8)
    frame = pd.DataFrame({"ds": days.strftime("%m/%d/%Y"), "y": 1.0, "x": np.arange(8)})
    table = read_table(frame.iloc[:5], covariates=["x"])
    np.testing.assert_array_equal(read_future(frame.iloc[5:], table, 3)[0], [[[5], [6], [7]]])
    given = read_table(frame.iloc[:5], covariates=["x"], time_format="%m/%d/%Y")
    np.testing.assert_array_equal(read_future(frame.iloc[5:], given, 3)[0], [[[5], [6], [7]]])
    typed = frame.assign(ds=days).iloc[5:]
    np.testing.assert_array_equal(read_future(typed, given, 3)[0], [[[5], [6], [7]]])
