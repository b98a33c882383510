"""Further rows of a table: plain ones at once, all others as tables are read, with one result."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from gated import read_table
from gated.errors import DataError
from gated.table import read_new_rows
from gated.table.plain_rows import plain_rows

DAYS = pd.date_range("2024-01-01", periods=30)
SALES = pd.DataFrame({"shop": "a", "day": DAYS, "sold": np.arange(30.0)})


def _schema(frame: pd.DataFrame = SALES, **options: object):
    return read_table(frame, **options).schema


@pytest.mark.parametrize(
    "when", ["2024-02-01", date(2024, 2, 1), datetime(2024, 2, 1), pd.Timestamp("2024-02-01")]
)
@pytest.mark.parametrize("sold", [7, 7.0, "7", np.float64(7)])
def test_plain_rows_are_those_of_a_frame(when, sold):
    schema = _schema()
    row = {"shop": "b", "day": when, "sold": sold}
    for rows in (row, [row], {name: [cell] for name, cell in row.items()}, pd.DataFrame([row])):
        found = read_new_rows(rows, schema, numbered=False)
        assert found.labels.tolist() == ["b"]
        assert found.codes.tolist() == [0]
        assert found.ds.astype("M8[D]").tolist() == [date(2024, 2, 1)]
        assert found.y.tolist() == [7.0]


@pytest.mark.parametrize(
    "row",
    [
        {"shop": "a", "day": "1 February 2024", "sold": 1},
        {"shop": "a", "day": "2024-02-01", "sold": "1,5"},
        {"shop": "a", "day": "2024-02-01T10:00+02:00", "sold": 1},
        {"shop": "a", "day": "2024-02-01", "sold": True},
        {"shop": "", "day": "2024-02-01", "sold": 1},
        {"shop": None, "day": "2024-02-01", "sold": 1},
        {"shop": "a", "sold": 1},
    ],
)
def test_other_cells_are_not_plain(row):
    assert plain_rows([row], _schema(), numbered=False) is None


def test_missing_values_are_nan():
    rows = [
        {"shop": "a", "day": "2024-02-01", "sold": None},
        {"shop": "a", "day": "2024-02-02", "sold": float("inf")},
    ]
    for given in (rows, pd.DataFrame(rows)):
        assert np.isnan(read_new_rows(given, _schema(), numbered=False).y).all()


def test_numbered_steps():
    frame = pd.DataFrame({"step": np.arange(30), "value": np.arange(30.0)})
    table = read_table(frame)
    found = read_new_rows({"step": 30, "value": 2}, table.schema, numbered=True, only_label="value")
    assert (found.ds.tolist(), found.labels.tolist()) == ([30], ["value"])


def test_times_with_a_zone_become_those_of_the_table():
    hours = pd.date_range("2024-01-01", periods=50, freq="h", tz="Europe/Oslo")
    schema = _schema(pd.DataFrame({"ds": hours, "y": np.arange(50.0)}))
    more = pd.DataFrame({"ds": [pd.Timestamp("2024-01-03 02:00", tz="Europe/Oslo")], "y": [1.0]})
    found = read_new_rows(more, schema, numbered=False, only_label="y")
    whole = read_table(pd.concat([pd.DataFrame({"ds": hours, "y": np.arange(50.0)}), more]))
    assert found.ds[0] == whole.ds[-1]


def test_a_missing_column_and_a_wrong_cell_are_named():
    with pytest.raises(DataError, match=r"no column `sold`. Did you mean `sols`"):
        read_new_rows([{"shop": "a", "day": "2024-02-01", "sols": 1}], _schema(), numbered=False)
    rows = [{"shop": "a", "day": "2024-02-01", "sold": cell} for cell in (1, "many")]
    with pytest.raises(DataError, match="row index 1"):
        read_new_rows(rows, _schema(), numbered=False)
