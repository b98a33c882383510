"""Tests days as numbers: of spreadsheets, of MATLAB, and days of the year."""

from pathlib import Path

import numpy as np
import pytest

from gated.table.reader import read_table
from gated.table.table import Table


def table_of(folder: Path, name: str, cells: list[str]) -> Table:
    path = folder / "a.csv"
    rows = [f"{cell},{index % 7}.5\n" for index, cell in enumerate(cells)]
    path.write_text(f"{name},level\n" + "".join(rows))
    return read_table(path)


@pytest.mark.parametrize(
    ("name", "cells", "first", "alias"),
    [
        ("Date", [str(day) for day in range(44927, 44957)], "2023-01-01T00:00", "D"),
        ("Datum", [f"{44927 + hour / 24:.4f}" for hour in range(60)], "2023-01-01T00:00", "h"),
        ("datenum", [f"{738887 + hour / 24:.6f}" for hour in range(60)], "2023-01-01T00:00", "h"),
        ("matlab time", [str(day) for day in range(738887, 738920)], "2023-01-01T00:00", "D"),
        ("date", [f"2023{day:03d}" for day in range(340, 366)], "2023-12-06T00:00", "D"),
        ("x", ["2023364", "2023365", "2024001", "2024002", "2024003"], "2023-12-30T00:00", "D"),
        ("Period", [str(year) for year in range(1990, 2020)], "1990-01-01T00:00", "YS-JAN"),
    ],
)
def test_numbers_are_days(
    tmp_path: Path, name: str, cells: list[str], first: str, alias: str
) -> None:
    table = table_of(tmp_path, name, cells)
    assert (str(table.ds[0])[:16], table.frequency.alias) == (first, alias)
    assert any(note.startswith(f"`{name}` was read as ") for note in table.notes)


@pytest.mark.parametrize("name", ["t", "step", "time"])
def test_steps_stay_steps(tmp_path: Path, name: str) -> None:
    table = table_of(tmp_path, name, [str(step) for step in range(45000, 45030)])
    assert table.ds.dtype == np.int64
