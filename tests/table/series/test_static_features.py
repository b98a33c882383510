"""Tests static features: alignment with the series, cold-start series, and errors."""

import numpy as np
import pandas as pd
import pytest

from gated.errors import DataError
from gated.table.reader import read_table
from gated.table.table import Table

DAYS = pd.date_range("2021-01-01", periods=4)
PAST = pd.DataFrame({"unique_id": np.repeat(["b", "a"], 4), "ds": [*DAYS] * 2, "y": np.arange(8.0)})
STATIC = pd.DataFrame(
    {"unique_id": ["a", "new", "b"], "region": ["north", "south", "south"], "size": [1.0, 2.0, 3.0]}
)


def table(static: pd.DataFrame = STATIC, past: pd.DataFrame = PAST) -> Table:
    return read_table(past, static_df=static)


def refusal(static: pd.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        table(static)
    return str(caught.value)


def test_features_are_aligned_with_the_series() -> None:
    static = table().static
    assert static.names == ("region", "size")
    assert static.categories == {"region": ("north", "south")}
    assert static.values.tolist() == [[1, 3], [0, 1]]


def test_dates_are_left_out_and_noted() -> None:
    dated = STATIC.assign(opened="2019-05-01")
    read = table(dated)
    assert read.static.names == ("region", "size")
    assert "not used as static features: `opened`, dates." in read.notes
    assert "there is no feature" in refusal(dated[["unique_id", "opened"]])


def test_a_series_without_a_past_is_a_noted_cold_start_series() -> None:
    read = table()
    assert read.static.cold_start_ids.tolist() == ["new"]
    assert read.static.cold_start_values.tolist() == [[1, 2]]
    assert any("1 series without any past, first `new`" in note for note in read.notes)


def test_a_series_without_observed_values_is_a_cold_start_series() -> None:
    empty = pd.DataFrame({"unique_id": "new", "ds": DAYS, "y": np.nan})
    read = table(past=pd.concat([PAST, empty]))
    assert read.static.cold_start_ids.tolist() == ["new"]
    assert read.rejected == {}
    assert read_table(pd.concat([PAST, empty])).rejected.keys() == {"new"}


def test_a_series_left_out_for_another_reason_is_not_a_cold_start_series() -> None:
    odd = [DAYS[0], DAYS[1] + pd.Timedelta("7min"), DAYS[2], DAYS[3]]
    wrong = pd.DataFrame({"unique_id": "new", "ds": odd, "y": 1.0})
    read = table(past=pd.concat([PAST, wrong]))
    assert len(read.static.cold_start_ids) == 0
    assert read.rejected.keys() == {"new"}


def test_a_series_without_features_is_noted() -> None:
    read = table(STATIC.iloc[:2])
    np.testing.assert_array_equal(read.static.values, [[np.nan, np.nan], [0, 1]])
    assert any("1 series without static features; first `b`" in note for note in read.notes)


def test_invalid_static_tables_are_errors() -> None:
    assert "has no column `unique_id`" in refusal(STATIC.rename(columns={"unique_id": "id"}))
    twice = pd.concat([STATIC, STATIC.iloc[:1]])
    assert "row index 3: series `a` occurs twice" in refusal(twice)
    assert "there is no feature" in refusal(STATIC[["unique_id"]])


def test_a_table_without_static_features() -> None:
    assert read_table(PAST).static.values.shape == (2, 0)
