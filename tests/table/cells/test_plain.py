"""Reads wide tables, whose columns are converted together, as the reader of one column does."""

from pathlib import Path

import numpy as np
import pytest

from gated.table import read_table
from gated.table.cells.kinds import kind_of_column
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
)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    columns = [CELLS[at % len(CELLS)] for at in range(20 * len(CELLS))]
    rows = [["ds", *(f"s{at}" for at in range(len(columns)))]]
    rows += [[f"2024-01-0{row + 1}", *(f'"{cells[row]}"' for cells in columns)] for row in range(4)]
    path = tmp_path_factory.mktemp("wide") / "wide.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    return path


def test_kinds_are_those_of_single_columns(wide: Path) -> None:
    source = open_source(wide)
    found = plain_kinds(source, source.frame.columns)
    assert len(found) >= 20 * 4
    for name, kind in found.items():
        assert kind == kind_of_column(source, name), name


def test_values_are_those_of_single_columns(wide: Path) -> None:
    source = open_source(wide)
    found = plain_values(source, source.frame.columns)
    assert len(found) >= 20 * 4
    for name, values in found.items():
        alone, together = read_numbers(source, name), read_numbers(source, name, values)
        np.testing.assert_array_equal(together.values, alone.values)
        assert (together.missing, together.rounded) == (alone.missing, alone.rounded)


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
