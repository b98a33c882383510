"""Tables that once ended in a fault of the program: each is a refusal now."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from gated.errors import DataError
from gated.table import read_table

DAYS = pa.array(pd.date_range("2024-01-01", periods=20))
VALUES = pa.array(np.arange(20.0) % 7)


def _refusal(path: object) -> str:
    with pytest.raises(DataError) as caught:
        read_table(path)
    return str(caught.value)


def test_a_time_zone_that_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    zoned = DAYS.cast(pa.timestamp("us", "Mars/Olympus"))
    pq.write_table(pa.table({"ds": zoned, "y": VALUES}), path)
    assert 'the time zone "Mars/Olympus" is not known' in _refusal(path)


def test_a_user_who_does_not_exist() -> None:
    assert "there is no such file" in _refusal("~no_such_user/sales.csv")


@pytest.mark.parametrize("label", [np.inf, np.nan])
def test_series_named_by_no_finite_number(tmp_path: Path, label: float) -> None:
    path = tmp_path / "a.parquet"
    ids = pa.array([label] * 20)
    pq.write_table(pa.table({"unique_id": ids, "ds": DAYS, "y": VALUES}), path)
    assert "a.parquet: row index 0: unique_id is no finite number" in _refusal(path)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"ds": DAYS, "sales": VALUES}), path)
    path.write_bytes(path.read_bytes().replace(b"sales", b"\xf5ales"))
    assert "a.parquet: the file is damaged" in _refusal(path)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_number_of_thousands_of_digits(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = ['{"ds": "2024-01-01", "y": 1}', '{"ds": "2024-01-02", "y": ' + "7" * 5000 + "}"]
    path.write_text("\n".join(rows) if name == "a.jsonl" else "[" + ", ".join(rows) + "]")
    assert "a number has too many digits" in _refusal(path)


def test_times_after_the_last_year_of_a_date(tmp_path: Path) -> None:
    path = tmp_path / "a.feather"
    days = pa.array([10**14 + day for day in range(20)]).cast(pa.timestamp("s"))
    pa.feather.write_feather(pa.table({"ds": days, "y": VALUES}), path)
    assert "is out of range. Expected a time between the years 1678 and 2261" in _refusal(path)
