"""Reads wide tables, whose columns are converted together, as the reader of one column does."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gated.table import read_table
from gated.table.cells.kinds import kind_of
from gated.table.cells.numbers import read_numbers
from gated.table.cells.plain import plain_kinds, plain_values
from gated.table.io.source import open_source

CELLS = (
    ("1", "2", "3", "4"),
    ("1.5", "2", "3", "4"),
    ("1.5", ".5", "3", "1e3"),
    ("", "NA", "7", "8"),
    ("", "", "", ""),
    ("-1", " 2", "3 ", "+4"),
    ("0x1F", "2", "3", "4"),
    ("1,5", "2,5", "3", "4"),
    ("inf", "2", "3", "4"),
    ("$1", "$2", "$3", "$4"),
    ("13:45", "14:45", "15:45", "16:45"),
    ("Oslo", "Bergen", "Oslo", "Bergen"),
    ("9007199254740993", "2", "3", "4"),
    ("-999", "2", "3", "4"),
)
COMMAS = (
    ("1", "2", "3", "4"),
    ("1,5", "2", "3", "4"),
    ("1,5", ",5", "3", "1e3"),
    ("1,250", "2,375", "987", "4,120"),
    ("1,250", "2,375", "0,5", "12345"),
    ("1.250", "2.375", "987", "4.120"),
    ("1.234,5", "2.000,25", "3", "4"),
    ("", "NA", "7,5", "8"),
    ("1,2,3", "2", "3", "4"),
    ("13,45", "n/a", "$5", "4"),
)
NUMBERS = (
    pa.array([1.5, None, 3.0, float("nan")]),
    pa.array([1, 2, None, 2**53 + 1]),
    pa.array([1, 2, 3, 255], pa.uint8()),
    pa.array([1.5, float("inf"), 3.0, 4.0], pa.float32()),
    pa.array([None] * 4, pa.float64()),
    pa.array([True, None, False, True]),
    pa.array(["1", "2", "3", "4"]),
)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("wide") / "wide.csv", CELLS, ",")


@pytest.fixture(scope="module")
def commas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("wide") / "commas.csv", COMMAS, ";")


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    columns = {f"s{at}": NUMBERS[at % len(NUMBERS)] for at in range(40 * len(NUMBERS))}
    path = tmp_path_factory.mktemp("wide") / "wide.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def _written(path: Path, cells: Sequence[Sequence[str]], separator: str) -> Path:
    columns = [cells[at % len(cells)] for at in range(20 * len(cells))]
    rows = [["ds", *(f"s{at}" for at in range(len(columns)))]]
    rows += [
        [f"2024-01-0{row + 1}", *(f'"{column[row]}"' for column in columns)] for row in range(4)
    ]
    path.write_text("".join(separator.join(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(("name", "fewest"), [("wide", 4), ("commas", 3), ("parquet", 5)])
def test_kinds_are_those_of_single_columns(
    name: str, fewest: int, request: pytest.FixtureRequest
) -> None:
    source = open_source(request.getfixturevalue(name))
    found = plain_kinds(source)
    assert len(found) >= 20 * fewest
    for name, kind in found.items():
        assert kind == kind_of(source.frame[name]), name


@pytest.mark.parametrize(("name", "fewest"), [("wide", 4), ("commas", 4), ("parquet", 5)])
def test_numbers_are_those_of_single_columns(
    name: str, fewest: int, request: pytest.FixtureRequest
) -> None:
    source = open_source(request.getfixturevalue(name))
    found = plain_values(source, source.frame.columns)
    assert len(found) >= 20 * fewest
    for name, known in found.items():
        alone, together = read_numbers(source, name), read_numbers(source, name, known)
        np.testing.assert_array_equal(together.values, alone.values)
        for field in fields(alone):
            if field.name != "values":
                assert getattr(together, field.name) == getattr(alone, field.name), (name, field)


def test_a_column_for_each_of_5000_series_is_read(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    header = ",".join(["date", *(f"s{at}" for at in range(5000))])
    rows = [
        ",".join([f"2024-01-{day:02}", *(str((7 * at + 3 * day) % 50) for at in range(5000))])
        for day in range(1, 9)
    ]
    path.write_text("\n".join([header, *rows]) + "\n")
    table = read_table(path)
    assert len(table.ids) == 5000
    assert table.y[8:11].tolist() == [10.0, 13.0, 16.0]
