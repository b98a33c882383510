"""Tests tables without a header whose first columns are the parts of a time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.errors import DataError
from gated.table.reader import read_table


def test_year_month_and_value_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "index.txt"
    rows = [
        f" {year}  {month:2d}  {month / 100:.5E}\n"
        for year in (1998, 1999)
        for month in range(1, 13)
    ]
    path.write_text("".join(rows))
    table = read_table(path)
    assert (table.frequency.alias, str(table.ds[0])[:10]) == ("MS", "1998-01-01")
    assert np.allclose(table.y[:2], [0.01, 0.02])


def test_day_of_the_year_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("".join(f"2023,{day},{day % 9}.5\n" for day in range(200, 366)))
    table = read_table(path)
    assert (table.frequency.alias, str(table.ds[-1])[:10]) == ("D", "2023-12-31")


def test_hours_in_fixed_columns(tmp_path: Path) -> None:
    path = tmp_path / "040180-2023"
    rows = [
        f"2023 02 {day:02d} {hour:02d} {hour - 20:5d} {10100 + hour:5d} {hour * 3:5d}\n"
        for day in range(1, 15)
        for hour in range(24)
    ]
    path.write_text("".join(rows))
    with pytest.raises(DataError, match="could be the target: `column_5`, `column_6`"):
        read_table(path)
    table = read_table(path, target_col="column_6")
    assert (table.frequency.alias, table.y[0]) == ("h", 10100)


def test_numbers_that_are_no_dates_are_not_joined(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("".join(f"{2000 + row},{(row * 5) % 12 + 1},{row}.5\n" for row in range(24)))
    assert read_table(path, freq="YS", target_col="column_3").frequency.alias.startswith("YS")


@pytest.mark.parametrize("day", ["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d"])
@pytest.mark.parametrize("begin", [0, 7])
def test_hours_beside_days_without_a_header(tmp_path: Path, day: str, begin: int) -> None:
    path = tmp_path / "a.csv"
    times = pd.date_range("2024-01-01", periods=24 * 6, freq="h")[begin:-3]
    path.write_text("".join(f"{t.strftime(day)};{t.hour};{t.day + t.hour / 100}\n" for t in times))
    table = read_table(path)
    np.testing.assert_array_equal(table.ds, times.to_numpy().astype("M8[ns]"))
    np.testing.assert_allclose(table.y, times.day + times.hour / 100)


def test_numbers_from_1_to_24_beside_days_are_hours_or_series(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    times = pd.date_range("2024-01-01", periods=24 * 6, freq="h")
    path.write_text("".join(f"{t.date()},{t.hour + 1},{t.day}.5\n" for t in times))
    with pytest.raises(DataError, match=r"`column_2` has the numbers 1 to 24 on each day.*id_col="):
        read_table(path)
    table = read_table(path, id_col="column_2")
    assert (table.n_series, table.frequency.alias) == (24, "D")
    table = read_table(path, target_col="column_3", aggregate="sum", freq="D")
    assert table.y.tolist() == [24 * (day + 0.5) for day in range(1, 7)]


def test_other_numbers_beside_days_are_no_hours(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = pd.date_range("2024-01-01", periods=9)
    path.write_text("".join(f"{d.date()},{shop},{shop}.5\n" for d in days for shop in range(5)))
    table = read_table(path)
    assert (list(table.ids), table.frequency.alias) == (["0", "1", "2", "3", "4"], "D")
