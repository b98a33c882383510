"""`gated forecast --engine`: Parquet files in, a folder of Parquet files out."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from gated.cli.requests.forecasting.engine_options import ENGINES
from gated.scale.forecasting import ENGINES as KNOWN
from tests.scale.conftest import monthly, unusable, write_parts


def test_the_engines_are_those_of_the_library() -> None:
    assert ENGINES == KNOWN


def test_a_pattern_is_forecast_and_continued(gated, tmp_path) -> None:
    table = pa.concat_tables([monthly(6), unusable()])
    write_parts(table, tmp_path / "in", [0, 100, len(table)])
    command = (
        *("forecast", str(tmp_path / "in" / "*.parquet"), "--horizon", "2", "--level", "50"),
        *("--engine", "local", "--workers", "1", "--out", str(tmp_path / "out")),
    )
    first = gated(*command)
    assert first.exit_code == 0, first.stderr
    assert "245 rows, 8 series." in first.stderr
    assert "`empty`: the target is missing in every row." in first.stderr
    assert first.stdout == ""
    made = parquet.read_table(tmp_path / "out" / "part-00000-of-00001.parquet")
    assert len(made) == 6 * 2 + 2
    assert made.column_names[-3:] == ["gated-lo-50", "gated-hi-50", "gated-error"]
    again = gated(*command, "--strict", "--quiet")
    assert (again.exit_code, again.stdout, again.stderr) == (3, "", "")


def test_a_network_is_trained_on_all_series(gated, tmp_path) -> None:
    write_parts(monthly(6), tmp_path / "in", [0, 240])
    result = gated(
        *("forecast", tmp_path / "in", "--horizon", 2, "--engine", "local", "--workers", 1),
        *("--training", "tune", "--max-steps", 4, "--out", tmp_path / "out"),
    )
    assert result.exit_code == 0, result.stderr
    assert "240 rows, 6 series." in result.stderr
    shown = gated("show", tmp_path / "out" / "_gated" / "model.gated")
    assert "tune" in shown.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--engine", "local"), "--out is missing. Expected a folder"),
        (("--engine", "rai", "--out", "o"), "--engine rai"),
        (("--workers", "2"), "--workers has no effect without --engine."),
        (("--work", "pieces"), "--work has no effect without --engine."),
        (
            ("--engine", "local", "--out", "o", "--report", "r.html"),
            "--report needs the table in one piece",
        ),
        (("--engine", "local", "--out", "o", "--json"), "--json needs the table in one piece"),
        (("--engine", "ray", "--out", "o"), "cannot be read as a Parquet file"),
    ],
)
def test_messages(gated, sales, options, said) -> None:
    result = gated("forecast", sales, "--horizon", "2", *options)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
