"""The benchmark of many series in many files, with few and short series."""

import json
from dataclasses import replace

import pytest
from pyarrow import parquet

from benchmarks.scale.frames import forecast_as_frame
from benchmarks.scale.request import ScaleRequest
from benchmarks.scale.tables import write_table
from gated.errors import UsageError


@pytest.fixture
def request_of(data):
    """A request of some options; the others are small."""
    small = ScaleRequest("workers", "months", 9, 2, False, "local", (1,), 200, 1, 3, 0, data)
    return lambda **changes: replace(small, **changes)


def rows_of(output: str) -> list[dict]:
    found = json.loads(output)
    return next(value for value in found.values() if isinstance(value, list) and value)


def test_a_table_has_all_series_in_parts_from_its_seed(request_of, tmp_path) -> None:
    for folder, changes in (("a", {}), ("b", {"unsorted": True}), ("c", {"seed": 1})):
        write_table(request_of(**changes), tmp_path / folder)
    plain, mixed, other = (parquet.read_table(tmp_path / name) for name in "abc")
    assert len(list((tmp_path / "a").iterdir())) == 2
    assert len(set(plain["unique_id"].to_pylist())) == 9
    assert len(plain) == 9 * 60
    keys = [("unique_id", "ascending"), ("ds", "ascending")]
    assert not mixed.equals(plain)
    assert mixed.sort_by(keys).equals(plain.sort_by(keys))
    assert not other["y"].equals(plain["y"])


def test_sales_are_whole_numbers_of_1_900_days(request_of, tmp_path) -> None:
    write_table(request_of(table="m5", series=2, parts=1), tmp_path / "in")
    sales = parquet.read_table(tmp_path / "in")
    assert len(sales) == 2 * 1_900
    y = sales["y"].to_numpy()
    assert (y >= 0).all()
    assert (y == y.round()).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"part": "speed"}, "--part is speed. Expected one of workers"),
        ({"engine": "flink"}, "--engine is flink. Expected one of local, ray, spark, dask"),
        ({"part": "kills", "engine": "ray"}, "--part kills needs --engine local"),
        ({"part": "training", "engine": "ray"}, "--part training needs --engine local"),
        ({"part": "overhead", "engine": "spark"}, "--engine spark has the part workers only"),
    ],
)
def test_options_are_checked(request_of, changes, message) -> None:
    with pytest.raises(UsageError, match=message):
        request_of(**changes)


SMALL = ("scale", "--series", "9", "--parts", "2", "--rows-per-bucket", "200", "--json")


def test_workers_write_the_same_bytes(call) -> None:
    code, output, _ = call(*SMALL, "--workers", "1,2", "--unsorted")
    assert code == 0
    one, two = rows_of(output)
    assert (one["workers"], two["workers"]) == (1, 2)
    assert (one["speedup"], one["same"], two["same"]) == (1.0, "yes", "yes")
    assert one["series"] > 0
    assert one["forecast"] > 0


def test_overhead_is_relative_to_predict(call) -> None:
    code, output, _ = call(*SMALL, "--part", "overhead")
    assert code == 0
    alone, job = rows_of(output)
    assert alone["ratio"] == 1.0
    assert job["ratio"] > 0


def test_killed_workers_lose_and_double_nothing(call) -> None:
    code, output, _ = call(*SMALL, "--part", "kills", "--kills", "2", "--workers", "2")
    assert code == 0
    (row,) = rows_of(output)
    assert row["killed"] == 2
    assert (row["lost"], row["doubled"], row["changed"]) == (0, 0, 0)


def test_a_training_is_compared_with_none(call) -> None:
    code, output, _ = call(*SMALL, "--part", "training", "--max-steps", "3", "--workers", "2")
    assert code == 0
    (row,) = rows_of(output)
    assert (row["workers"], row["speedup"]) == (2, 1.0)
    assert 0 < row["trained"] < row["seconds"]
    assert row["peak"] > 100
    assert 0.5 < row["error"] < 2


def test_a_frame_of_dask(request_of, tmp_path) -> None:
    pytest.importorskip("dask.dataframe", reason='pip install "gated[dask]"')
    request = request_of(engine="dask")
    write_table(request, tmp_path / "in")
    seconds, made = forecast_as_frame(request, tmp_path / "in", tmp_path / "out", 1)
    assert seconds > 0
    assert len(made) == 9 * 12
