"""Tests which of several columns of times is taken: measured times, starts, the finest."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table.reader import read_table
from gated.table.table import Table

HOURS = [(day, hour) for day in range(10, 20) for hour in range(24)]


def table_of(folder: Path, text: str) -> Table:
    path = folder / "a.csv"
    path.write_text(text)
    return read_table(path)


def test_the_time_of_writing_a_row_is_not_the_time(tmp_path: Path) -> None:
    rows = [
        f"2024-01-{day}T{hour:02d}:41:07Z,2024-01-{day}T{hour:02d}:00Z,{hour}\n"
        for day, hour in HOURS
    ]
    table = table_of(tmp_path, "last_updated,valid,flow\n" + "".join(rows))
    assert str(table.ds[0]) == "2024-01-10T00:00:00.000000000"
    assert "not used: `last_updated`, the time at which a row was written." in table.notes


def test_times_are_finer_than_their_days(tmp_path: Path) -> None:
    rows = [
        f"2024-01-{day},2024-01-{day} {hour:02d}:00,{hour}\n" for day, hour in HOURS if hour < 23
    ]
    table = table_of(tmp_path, "gas day,reading,kwh\n" + "".join(rows))
    assert table.frequency.alias == "h"
    assert "not used: `gas day` has the day of `reading`." in table.notes


def test_the_end_of_an_interval_of_any_length_is_not_the_time(tmp_path: Path) -> None:
    rows = [
        f"2024-01-{day} {hour:02d}:00,2024-01-{day} {hour:02d}:{5 + hour % 7:02d},{hour}\n"
        for day, hour in HOURS
    ]
    table = table_of(tmp_path, "sessionStart,sessionEnd,count\n" + "".join(rows))
    assert table.frequency.alias == "h"
    assert np.array_equal(table.y[:3], [0, 1, 2])


def test_whole_numbers_are_intervals_too(tmp_path: Path) -> None:
    rows = [
        f"202401{day}{hour:02d}00,202401{day}{hour:02d}30,{hour}\n"
        f"202401{day}{hour:02d}30,202401{day}{hour + 1:02d}00,{hour}\n"
        for day in range(10, 13)
        for hour in range(23)
    ]
    table = table_of(tmp_path, "T_START,T_END,NEE\n" + "".join(rows))
    assert table.frequency.alias == "30min"


def test_two_unlike_columns_of_times_are_asked_about(tmp_path: Path) -> None:
    rows = [f"2024-01-{day},2024-02-{(day * 7) % 27 + 1:02d},{day}\n" for day in range(10, 30)]
    with pytest.raises(DataError, match="several columns could be the time: `ordered`, `paid`"):
        table_of(tmp_path, "ordered,paid,amount\n" + "".join(rows))


def test_dates_are_finer_than_a_column_of_years(tmp_path: Path) -> None:
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
    rows = [
        f"{year},S{number:02d},{year} {name},{number}.5\n"
        for year in (2021, 2022, 2023)
        for number, name in enumerate(names, 1)
    ]
    table = table_of(tmp_path, "Year,Code,Label,Value\n" + "".join(rows))
    assert (table.frequency.alias, table.n_series) == ("MS", 1)
