"""Tests output frames: same library, types and time zone as the input frame."""

import datetime as dt
import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from gated.table.reader import read_table
from gated.table.schema import Schema, to_frame
from gated.table.time.calendar import Frequency

DAYS = pd.date_range("2021-03-26", periods=4)


def ahead(frame: Any, **options: Any) -> Any:
    """The next two steps of each series, as a frame of the same kind as the input."""
    table = read_table(frame, **options)
    frequency = Frequency.from_json(json.loads(json.dumps(table.frequency.to_json())))
    future = frequency.future(table.last_ds, 2)
    return to_frame(
        Schema.from_json(json.loads(json.dumps(table.schema.to_json()))),  # by way of a file
        {
            table.schema.id_col: np.repeat(table.ids, 2),
            table.schema.time_col: future.ravel(),
            "cutoff": np.repeat(table.last_ds, 2),
            "gated": np.arange(future.size, dtype=np.float64),
        },
    )


@pytest.mark.parametrize(
    "times",
    [
        DAYS,
        DAYS.astype("M8[s]"),
        DAYS.tz_localize("Europe/London"),
        DAYS.tz_localize("UTC"),
        pd.date_range("2021-03-27 22:00", periods=6, freq="h", tz="Europe/London"),
        pd.date_range("2021-03-27", periods=6, freq="h", tz=dt.timezone(dt.timedelta(hours=11))),
        pd.array(DAYS, dtype="timestamp[us][pyarrow]"),
        pd.array([day.date() for day in DAYS], dtype="date32[pyarrow]"),
        pd.period_range("2021-01", periods=4, freq="M"),
        pd.period_range("2021-01", periods=4, freq="Q"),
        np.arange(4),
        np.arange(4, dtype="int32"),
        np.arange(4.0),
        [2018, 2019, 2020, 2021],
    ],
)
def test_pandas_times_keep_their_type(times: Any) -> None:
    frame = pd.DataFrame({"ds": times, "y": np.arange(len(times))})
    got = ahead(frame)
    assert isinstance(got, pd.DataFrame)
    assert got["ds"].dtype == frame["ds"].dtype
    assert got["cutoff"].dtype == frame["ds"].dtype
    assert (got["cutoff"] == frame["ds"].iloc[-1]).all()
    step = frame["ds"].iloc[1] - frame["ds"].iloc[0]
    assert (got["ds"] == [frame["ds"].iloc[-1] + step, frame["ds"].iloc[-1] + 2 * step]).all()


def test_python_dates_stay_python_dates() -> None:
    got = ahead(pd.DataFrame({"ds": [day.date() for day in DAYS], "y": 1.0}))
    assert got["ds"].tolist() == [dt.date(2021, 3, 30), dt.date(2021, 3, 31)]


def test_digits_stay_digits() -> None:
    got = ahead(pd.DataFrame({"ds": [20210330, 20210331], "y": 1.0}))
    assert got["ds"].tolist() == [20210401, 20210402]
    years = ahead(pd.DataFrame({"year": [2020, 2021], "y": 1.0}))
    assert years["year"].tolist() == [2022, 2023]


def test_text_becomes_datetimes() -> None:
    got = ahead(pd.DataFrame({"Month": ["1949-01", "1949-02"], "y": 1.0}))
    assert got["Month"].dtype == np.dtype("M8[ns]")
    hours = ["2021-01-01T00:00+1100", "2021-01-01T01:00+1100"]
    aware = ahead(pd.DataFrame({"ds": hours, "y": 1.0}))
    assert aware["ds"].iloc[0].isoformat() == "2021-01-01T02:00:00+11:00"
    assert ahead(pl.DataFrame({"ds": hours, "y": 1.0}))["ds"].dtype == pl.Datetime("ns", "UTC")


def test_a_midnight_that_summer_time_skips_becomes_the_next_valid_time() -> None:
    days = pd.date_range("2018-11-01", periods=3, tz="America/Sao_Paulo")  # the 4th has no 00:00
    got = ahead(pd.DataFrame({"ds": days, "y": 1.0}))
    assert got["ds"].iloc[0].isoformat() == "2018-11-04T01:00:00-02:00"


@pytest.mark.parametrize(
    ("times", "dtype"),
    [
        (pl.Series([day.date() for day in DAYS]), pl.Date),
        (pl.Series([day.to_pydatetime() for day in DAYS]), pl.Datetime("us")),
        (pl.Series(["2021-01-01", "2021-01-02"]), pl.Datetime("ns")),
        (pl.Series([1, 2], dtype=pl.Int16), pl.Int16),
        (
            pl.Series([day.to_pydatetime() for day in DAYS]).dt.replace_time_zone("Europe/London"),
            pl.Datetime("us", "Europe/London"),
        ),
    ],
)
def test_polars_times_keep_their_type(times: pl.Series, dtype: Any) -> None:
    for frame in (pl.DataFrame({"ds": times, "y": 1.0}), pl.LazyFrame({"ds": times, "y": 1.0})):
        got = ahead(frame)
        assert isinstance(got, pl.DataFrame)
        assert got.schema == {"unique_id": pl.String, "ds": dtype, "cutoff": dtype,
                              "gated": pl.Float64}  # fmt: skip


def test_arrow_input_gives_arrow_output() -> None:
    for times in ([day.date() for day in DAYS], DAYS.tz_localize("Europe/London"), [3, 4, 5, 6]):
        frame = pa.table({"ds": pa.array(times), "y": pa.array([1.0] * 4)})
        got = ahead(frame)
        assert isinstance(got, pa.Table)
        assert got.schema.field("ds").type == frame.schema.field("ds").type


@pytest.mark.parametrize("ids", [["b", "b", "a", "a"], [7, 7, 3, 3], [2.5, 2.5, 1.0, 1.0]])
def test_ids_keep_their_type_and_order(ids: list[Any]) -> None:
    columns = {"item": ids, "ds": [1, 2, 1, 2], "y": [1.0, 2, 3, 4]}
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)):
        got = pa.table(ahead(frame, id_col="item"))
        assert got["item"].to_pylist() == [ids[0], ids[0], ids[2], ids[2]]


def test_categories_stay_categories() -> None:
    columns = {"ds": [1, 2, 1, 2], "y": [1.0, 2, 3, 4]}
    ids = ["b", "b", "a", "a"]
    frame = ahead(pd.DataFrame({"item": pd.Categorical(ids), **columns}))
    assert isinstance(frame["item"].dtype, pd.CategoricalDtype)
    for dtype in (pl.Categorical(), pl.Enum(["a", "b"])):
        got = ahead(pl.DataFrame({"item": pl.Series(ids, dtype=dtype), **columns}))
        assert got["item"].dtype == dtype
        assert got["item"].to_list() == ids


def test_mixed_ids_are_unchanged() -> None:
    frame = pd.DataFrame({"id": [1, 1, "a", "a"], "ds": [1, 2, 1, 2], "y": 1.0})
    assert ahead(frame)["id"].tolist() == [1, 1, "a", "a"]
