"""Cells of files are those that pandas writes."""

import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gated.cli.output.columns import Columns
from gated.cli.output.encoding import as_csv, records
from gated.cli.output.parquet import as_parquet

DAYS = pd.Series(pd.to_datetime(["2024-03-30", "2024-03-31", "2024-04-01"]))
TIMES = {
    "days": DAYS,
    "hours": DAYS + pd.Timedelta(hours=5),
    "milliseconds": DAYS + pd.Timedelta(milliseconds=250),
    "microseconds": DAYS + pd.Timedelta(microseconds=7) * np.arange(3),
    "nanoseconds": DAYS.astype("datetime64[ns]") + pd.Timedelta(nanoseconds=7) * np.arange(3),
    "a zone": DAYS.dt.tz_localize("UTC").dt.tz_convert("Europe/Oslo"),
    "midnight of a zone": DAYS.dt.tz_localize("Europe/Oslo"),
    "an offset": DAYS.dt.tz_localize("-03:30") + pd.Timedelta(microseconds=1) * np.arange(3),
    "an old offset": pd.Series(pd.to_datetime(["1890-01-01"] * 3)).dt.tz_localize("Europe/Oslo"),
}


@pytest.mark.parametrize("name", list(TIMES))
def test_times(name: str) -> None:
    frame = pd.DataFrame({"ds": TIMES[name], "y": [0.5, 1e16, np.nan]})
    assert as_csv(frame, {}).decode() == frame.to_csv(index=False, lineterminator="\n")
    texts = [time.isoformat() for time in frame["ds"]]
    if all(text.endswith("T00:00:00") for text in texts):
        texts = [text.removesuffix("T00:00:00") for text in texts]
    assert [row["ds"] for row in records(frame)] == texts


def test_text_whole_numbers_and_truth_values() -> None:
    frame = pd.DataFrame(
        {"a": ['x, "y"', "line\nfeed", None], "n": [1, 2, 3], "b": [True, False, True]}
    )
    assert as_csv(frame, {}).decode() == frame.to_csv(index=False, lineterminator="\n")
    assert json.dumps(records(frame)) == (
        '[{"a": "x, \\"y\\"", "n": 1, "b": true}, {"a": "line\\nfeed", "n": 2, "b": false}, '
        '{"a": null, "n": 3, "b": true}]'
    )


def test_parquet() -> None:
    frame = pd.DataFrame({"a": pd.Categorical(["x", "y"]), "ds": DAYS[:2], "y": [1.5, np.nan]})
    expected = io.BytesIO()
    frame.to_parquet(expected, index=False)
    found = pq.read_table(io.BytesIO(as_parquet(frame)))
    of_pandas = pq.read_table(expected)
    assert found.schema.field("a").type.index_type == of_pandas.schema.field("a").type.index_type
    assert found.schema.field("ds").type == of_pandas.schema.field("ds").type
    assert found.to_pydict() == of_pandas.to_pydict()
    assert found["y"].null_count == 1


def test_rows_above_others_of_another_type() -> None:
    each = Columns.of({"id": np.array([7, 12]), "y": np.array([1.0, 2.0])})
    both = each.above(Columns.of({"id": np.array(["all"], dtype=object), "y": np.array([3.0])}))
    assert both.cells["id"] == [7, 12, "all"]
    assert as_csv(both, {}) == b"id,y\n7,1.0\n12,2.0\nall,3.0\n"
    assert pq.read_table(io.BytesIO(as_parquet(both)))["id"].to_pylist() == ["7", "12", "all"]
    assert both.tail(1).cells["id"] == ["all"]
    assert both.without("id").names == ["y"]
    assert isinstance(both.cells["y"], pa.ChunkedArray)
