"""Tests columns of the time since a begin: the rows are steps."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table.reader import read_table


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Elapsed", [f"{row // 60:02d}:{row % 60:02d}:00" for row in range(100)]),
        ("run", [f"PT{row}M" for row in range(100)]),
        ("Time (s)", [f"{row * 0.25}" for row in range(100)]),
        ("millis", [f"{5000 + row * 250}" for row in range(100)]),
        ("X_Value", [f"{row * 0.001:.6f}" for row in range(100)]),
    ],
)
def test_the_rows_are_steps(tmp_path: Path, name: str, cells: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        f"{name},bar\n" + "".join(f"{cell},{n % 9}.5\n" for n, cell in enumerate(cells))
    )
    table = read_table(path)
    assert (table.n_series, len(table.y)) == (1, 100)
    assert np.array_equal(table.y[:2], [0.5, 1.5])
    assert any(f"left out: `{name}` is the time since the begin" in note for note in table.notes)


def test_seconds_without_a_name(tmp_path: Path) -> None:
    path = tmp_path / "volts.lvm"
    path.write_text("".join(f"{row * 0.5:.6f}\t{row % 7}.5\n" for row in range(50)))
    assert read_table(path).n_series == 1


def test_uneven_values_are_no_elapsed_time(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("seconds,bar\n" + "".join(f"{row * row},{row}.5\n" for row in range(50)))
    with pytest.raises(DataError, match="could be the target: `seconds`, `bar`"):
        read_table(path)


def test_a_log_of_labview(tmp_path: Path) -> None:
    path = tmp_path / "a.lvm"
    top = "LabVIEW Measurement\t\nSeparator\tTab\n***End_of_Header***\t\n\n"
    rows = [f"{row * 0.5:.6f}\t{row % 7}.5\n" for row in range(50)]
    path.write_text(top + "X_Value\tVoltage\tComment\n" + "".join(rows))
    assert read_table(path).schema.target_col == "Voltage"


def test_dates_come_before_an_index(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{row},2024-01-{row:02d},{row}.5\n" for row in range(1, 29)]
    path.write_text("Index,Logged at (local),Level\n" + "".join(rows))
    assert read_table(path, target_col="Level").frequency.alias == "D"


def test_decimal_years_without_a_name_are_months(tmp_path: Path) -> None:
    path = tmp_path / "tide.txt"
    rows = [
        f" {1990 + month / 12 + 0.0417:.4f};  {7000 + month % 9}; 0;000\n" for month in range(60)
    ]
    path.write_text("".join(rows))
    assert read_table(path).frequency.alias == "MS"
