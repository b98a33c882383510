"""Tests times of day, and months of a water year, that stand across the columns."""

from pathlib import Path

import numpy as np
import pytest

from gated.table.reader import read_table
from gated.table.table import Table


def table_of(folder: Path, header: list[str], rows: list[list[object]]) -> Table:
    path = folder / "a.csv"
    lines = [",".join(map(str, cells)) for cells in (header, *rows)]
    path.write_text("\n".join(lines) + "\n")
    return read_table(path)


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_each_step_of_the_day(tmp_path: Path, minutes: int) -> None:
    clocks = [f"{at // 60:02d}:{at % 60:02d}" for at in range(0, 24 * 60, minutes)]
    rows = [[f"2024-03-{day:02d}", *range(len(clocks))] for day in range(1, 11)]
    table = table_of(tmp_path, ["Day", *clocks], rows)
    assert table.frequency.alias == {15: "15min", 30: "30min", 60: "h"}[minutes]
    assert str(table.ds[0])[:16] == "2024-03-01T00:00"
    assert np.array_equal(table.y[: len(clocks)], range(len(clocks)))


def test_the_ends_of_quarter_hours(tmp_path: Path) -> None:
    clocks = [f"{at // 60:02d}:{at % 60:02d}" for at in range(15, 24 * 60, 15)] + ["00:00"]
    rows = [[f"2024-03-{day:02d}", *range(96)] for day in range(1, 11)]
    table = table_of(tmp_path, ["Datum", *clocks], rows)
    assert str(table.ds[0])[:16] == "2024-03-01T00:15"
    assert str(table.ds[-1])[:16] == "2024-03-11T00:00"


def test_hours_of_the_morning_and_the_afternoon(tmp_path: Path) -> None:
    names = [f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}" for hour in range(24)]
    rows = [[f"2024-03-{day:02d}", *range(24)] for day in range(1, 11)]
    table = table_of(tmp_path, ["date", *names], rows)
    assert (table.frequency.alias, table.y[13]) == ("h", 13)


def test_hours_beside_year_month_and_day(tmp_path: Path) -> None:
    hours = [f"HR{hour:02d}" for hour in range(1, 25)]
    rows = [["07", 2024, 2, day, *range(24)] for day in range(10, 20)]
    table = table_of(tmp_path, ["state_code", "year", "month", "day", *hours], rows)
    assert (table.frequency.alias, table.n_series) == ("h", 1)
    assert str(table.ds[0])[:16] == "2024-02-10T00:00"


def test_a_water_year_begins_in_the_year_before(tmp_path: Path) -> None:
    months = ["Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep"]
    rows = [[year, *range(12)] for year in (2011, 2012, 2013)]
    table = table_of(tmp_path, ["WY", *months], rows)
    assert str(table.ds[0])[:7] == "2010-10"
    assert table.y[:13].tolist() == [*range(12), 0]
