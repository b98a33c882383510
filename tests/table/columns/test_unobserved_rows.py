"""Tests rows without a value that are notes and events among the readings of a logger."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table.reader import read_table


def test_rows_without_time_and_value_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "glucose.csv"
    rows = [
        f"{at},2024-03-01 {at // 12:02d}:{at % 12 * 5:02d},EGV,,{100 + at}\n" for at in range(60)
    ]
    top = "Index,Time,Event,Info,Glucose\n1,,FirstName,Ann,\n2,,Device,G7,\n"
    path.write_text(top + "".join(rows))
    table = read_table(path, target_col="Glucose")
    assert (table.frequency.alias, len(table.y)) == ("5min", 60)
    assert "2 rows without a time and a value left out." in table.notes


def test_a_value_without_a_time_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"2024-03-{day:02d},{day}\n" for day in range(1, 20)]
    path.write_text("date,y\n" + "".join(rows) + ",7\n" + "2024-03-20,8\n")
    with pytest.raises(DataError, match="row 21: date is empty"):
        read_table(path)


def test_events_between_the_readings_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    rows = [
        f"2024-03-{day:02d} {hour:02d}:53,METAR,{hour}.5\n"
        + (f"2024-03-{day:02d} 23:59,summary,\n" if hour == 23 else "")
        for day in range(1, 8)
        for hour in range(24)
    ]
    path.write_text("valid,kind,temp\n" + "".join(rows))
    table = read_table(path, target_col="temp")
    assert (table.frequency.alias, len(table.y)) == ("h", 7 * 24)
    assert not np.isnan(table.y).any()
    assert "7 rows without a value at times between the steps left out." in table.notes


def test_a_gap_on_the_grid_stays_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"2024-03-{day:02d},{'' if day == 9 else day}\n" for day in range(1, 20)]
    path.write_text("date,y\n" + "".join(rows))
    assert np.isnan(read_table(path).y).sum() == 1
