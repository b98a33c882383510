"""The benchmark of a large table, on a small one. No figure is asserted."""

import json

import pytest

from benchmarks.speed import large_table
from benchmarks.speed.large_table import LargeTableRequest
from gated.errors import GatedError


def test_each_use_and_its_memory_are_reported():
    request = LargeTableRequest(120, 2, "csv", horizon=7, threads=1, steps=(1, 2))
    report = json.loads(large_table.run(request).to_json())
    uses = [stage["stage"].split()[0] for stage in report["stages"]]
    assert uses == ["import", "read", "gated", "train", "train"]
    assert all(stage["peak"] > 0 for stage in report["stages"])
    assert report["memory"][0]["mb"] == pytest.approx(120 * 16 / 1e6, rel=0.1)


def test_a_command_that_fails_is_an_error_with_its_message(tmp_path):
    request = LargeTableRequest(4, 2, "csv", horizon=7, threads=1)
    with pytest.raises(GatedError, match=r"exit code 2. Expected 0(.|\n)*missing\.csv"):
        large_table._forecast(request, tmp_path / "missing.csv", tmp_path / "missing.gated")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--format", "xlsx"), "--format is xlsx. Expected one of parquet, csv."),
        (("--rows", "10", "--series", "9"), "--rows 10 is too few for --series 9."),
    ],
)
def test_an_impossible_table_is_refused(call, arguments, expected):
    code, _, errors = call("large_table", *arguments)
    assert (code, expected in errors) == (2, True)
