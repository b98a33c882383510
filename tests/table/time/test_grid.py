"""Tests grids: `advance` gives the times of pandas' date_range, and `count` inverts it."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import UsageError
from gated.table.time.grid import Months, Steps, Ticks, anchor, parse_alias

ALIASES = (
    "s", "100ms", "min", "5min", "15min", "30min", "h", "2h", "D", "2D", "W-SUN", "W-WED",
    "2W-MON", "B", "MS", "ME", "BMS", "BME", "2MS", "QS-OCT", "QS-NOV", "QE-DEC", "BQE-DEC",
    "2QS-OCT", "YS-JAN", "YE-DEC", "YE-JUN", "2YS-JAN",
)  # fmt: skip


@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("start", ["2019-12-29", "2024-02-27"])
def test_advance_gives_the_times_of_pandas(alias: str, start: str) -> None:
    expected = pd.date_range(start, periods=60, freq=alias).to_numpy().astype("M8[ns]")
    grid, count = parse_alias(alias), np.arange(60)
    first = expected[:1]
    np.testing.assert_array_equal(grid.advance(first, count), expected)
    np.testing.assert_array_equal(grid.count(first, expected), count)
    np.testing.assert_array_equal(grid.count(expected[-1:], expected), count - 59)
    assert grid.anchored(expected).all()
    assert grid.alias == alias
    assert parse_alias(grid.alias) == grid


@pytest.mark.parametrize("alias", ["h", "D", "W-SUN", "MS", "ME", "B", "QE-DEC"])
def test_arrays_broadcast(alias: str) -> None:
    starts = pd.date_range("2020-03-01", periods=3, freq=alias).to_numpy().astype("M8[ns]")
    grid = parse_alias(alias)
    together = grid.advance(starts[:, None], np.arange(1, 5)[None, :])
    alone = np.stack([grid.advance(starts[i : i + 1], np.arange(1, 5)) for i in range(3)])
    np.testing.assert_array_equal(together, alone)


def test_a_place_in_the_month_is_kept() -> None:
    fifteenth = np.array(["2021-01-15T06:00"], "M8[ns]")
    ahead = Months(1, "start").advance(fifteenth, np.arange(1, 3))
    assert ahead.astype("M8[h]").astype(str).tolist() == ["2021-02-15T06", "2021-03-15T06"]


def test_month_ends_follow_the_length_of_the_month() -> None:
    ahead = parse_alias("ME").advance(np.array(["2023-12-31"], "M8[ns]"), np.arange(1, 5))
    assert ahead.astype("M8[D]").astype(str).tolist() == [
        "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"
    ]  # fmt: skip


def test_numbered_steps() -> None:
    grid = parse_alias("5")
    assert grid == Steps(5)
    assert grid.advance(np.array([10]), np.array([0, 2])).tolist() == [10, 20]
    assert grid.count(np.array([10]), np.array([10, 19, 20])).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("written", "alias"),
    [
        ("M", "ME"), ("Q", "QE"), ("A", "YE"), ("Y", "YE"), ("H", "h"), ("T", "min"),
        ("15T", "15min"), ("1d", "D"), ("1mo", "MS"), ("1h", "h"), ("24h", "D"), ("7D", "7D"),
        ("60min", "h"), ("3MS", "QS"), ("12MS", "YS"), ("QS-JAN", "QS-OCT"), ("W-sun", "W-SUN"),
    ],
)  # fmt: skip
def test_other_spellings(written: str, alias: str) -> None:
    assert parse_alias(written).alias == alias


@pytest.mark.parametrize(
    "alias", ["", "foo", "0D", "0", "D-MON", "MS-JAN", "W-JAN", "2B", "-1h", "1.5h", "9" * 9 + "W"]
)
def test_unknown_frequencies_are_refused(alias: str) -> None:
    with pytest.raises(UsageError, match="is not a known frequency") as caught:
        parse_alias(alias)
    assert "freq=" in str(caught.value)


def test_a_similar_alias_is_suggested() -> None:
    with pytest.raises(UsageError, match="Did you mean `min`"):
        parse_alias("mins")


def test_missing_anchors_are_taken_from_the_data() -> None:
    wednesday = np.datetime64("2021-03-03", "ns")
    assert anchor(parse_alias("W"), wednesday).alias == "W-WED"
    assert anchor(parse_alias("QS"), wednesday).alias == "QS-DEC"
    assert anchor(parse_alias("YS"), wednesday).alias == "YS-MAR"
    assert anchor(parse_alias("W-SUN"), wednesday).alias == "W-SUN"
    assert anchor(parse_alias("D"), wednesday) == Ticks(86_400_000_000_000)
