"""Tests series, arrays, dicts and lists as tables."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.source import open_source

DAYS = pd.date_range("2024-01-01", periods=4)
VALUES = [1.0, 2.0, 4.0, 3.0]


def columns(source: object) -> dict[str, list[Any]]:
    return open_source(source).frame.to_dict(as_series=False)


@pytest.mark.parametrize(
    "series",
    [
        pd.Series(VALUES),
        pl.Series(VALUES),
        pa.array(VALUES),
        pa.chunked_array([VALUES]),
        np.array(VALUES),
        VALUES,
        tuple(VALUES),
        {"y": VALUES},
        {"y": np.array(VALUES)},
        [{"y": value} for value in VALUES],
    ],
)
def test_a_single_series_has_numbered_steps(series: object) -> None:
    assert columns(series) == {"y": VALUES}
    table = read_table(series)
    assert list(table.y) == VALUES
    assert list(table.ds) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (DAYS, ["ds", "sales"]),
        (DAYS.rename("day"), ["day", "sales"]),
        (pd.period_range("2024-01", periods=4, freq="M"), ["ds", "sales"]),
        (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"], ["ds", "sales"]),
        ([2001, 2002, 2003, 2004], ["ds", "sales"]),
        (range(4), ["sales"]),
    ],
)
def test_the_index_of_a_series_is_its_times(index: Any, names: list[str]) -> None:
    series = pd.Series(VALUES, index=index, name="sales")
    table = read_table(series)
    assert open_source(series).frame.columns == names
    assert list(table.y) == VALUES
    assert len(table.ids) == 1


def test_an_index_of_ids_and_times() -> None:
    index = pd.MultiIndex.from_product([["a", "b"], DAYS])
    table = read_table(pd.Series(range(8), index=index))
    assert list(table.ids) == ["a", "b"]
    assert list(table.lengths) == [4, 4]
    named = pd.Series(range(8), index=index.set_names(["shop", "day"]), name="sales")
    assert open_source(named).frame.columns == ["shop", "day", "sales"]


def test_texts_that_are_dates_in_the_index_of_a_frame() -> None:
    frame = pd.DataFrame({"y": VALUES}, index=[str(day.date()) for day in DAYS])
    assert read_table(frame).frequency.alias == "D"
    assert columns(pd.DataFrame({"y": VALUES}, index=list("abcd"))) == {"y": VALUES}


def test_none_in_a_list_is_missing() -> None:
    assert np.isnan(read_table([1.0, None, 3.0, 2.0]).y[1])


def test_polars_stays_polars() -> None:
    source = open_source(pl.Series("sales", VALUES))
    assert (source.backend, source.frame.columns) == ("polars", ["sales"])


def test_a_dict_of_times_and_values() -> None:
    table = read_table({str(day.date()): value for day, value in zip(DAYS, VALUES, strict=True)})
    assert table.frequency.alias == "D"
    assert list(table.y) == VALUES


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (np.zeros((3, 2)), r"shape \(3, 2\), and its columns have no names. Expected one"),
        (np.zeros(()), r"shape \(\)"),
        (["a", 5.0], "The list or array holds `str`. Expected numbers"),
        ([1.0, None, object()], "holds `float`, `NoneType`, `object`"),
        (np.array([1j, 2]), "holds `complex`"),
        ([[1, 2], [3]], "neither numbers nor dicts"),
        ({"ds": [1, 2], "y": [1]}, r"equal length \(`ds`: 2, `y`: 1\)"),
    ],
)
def test_refuses_what_has_no_columns(thing: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_source(thing)


def test_levels_of_column_names_become_one() -> None:
    names = [("Close", "ABC"), ("Volume", "ABC")]
    index = DAYS.rename("Date")
    frame = pd.DataFrame(
        [[1, 2]] * 4, index, pd.MultiIndex.from_tuples(names, names=["Price", "Ticker"])
    )
    source = open_source(frame)
    assert source.frame.columns == ["Date", "Close", "Volume"]
    assert "a level that is always `ABC` was left out" in source.notes[0]
    assert open_source(frame.reset_index()).frame.columns == ["Date", "Close", "Volume"]


def test_levels_that_change_are_joined() -> None:
    names = [("Close", "ABC"), ("Close", "XYZ")]
    frame = pd.DataFrame([[1, 2]] * 4, DAYS, pd.MultiIndex.from_tuples(names))
    assert open_source(frame).frame.columns == ["ds", "ABC", "XYZ"]
    both = pd.MultiIndex.from_tuples([("Close", "ABC"), ("Open", "XYZ")])
    assert open_source(frame.set_axis(both, axis=1)).frame.columns == [
        "ds",
        "Close_ABC",
        "Open_XYZ",
    ]
    same = pd.MultiIndex.from_tuples([("a", "b"), ("a", "b")])
    with pytest.raises(DataError, match="2 levels of names, and joined they are not different"):
        open_source(frame.set_axis(same, axis=1))
