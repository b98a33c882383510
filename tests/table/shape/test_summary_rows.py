"""Rows that sum up others are left out, and said; a row that only has such a name is not."""

from pathlib import Path

import pytest

from gated import read_table
from gated.table import Table


def table(tmp_path: Path, text: str) -> Table:
    path = tmp_path / "a.csv"
    path.write_text(text)
    return read_table(path)


def test_the_sum_of_all_rows_is_no_series(tmp_path: Path) -> None:
    rows = "Region,2019,2020,2021,2022\nnorth,1,2,3,4\nsouth,10,20,30,40\nTotal,11,22,33,44\n"
    found = table(tmp_path, rows)
    assert found.ids.tolist() == ["north", "south"]
    assert found.notes[0] == "Row 4 is the sum of the rows above and was left out."
    other = table(tmp_path, rows.replace("11,22,33,44", "12,22,33,44"))
    assert other.ids.tolist() == ["north", "south", "Total"]


def test_whole_years_among_months_are_left_out(tmp_path: Path) -> None:
    rows = [f"A,{y},M{m:02d},{100 * y + m}" for y in (2021, 2022) for m in range(1, 14)]
    found = table(tmp_path, "series,year,period,value\n" + "\n".join(rows))
    assert (found.ids.tolist(), found.frequency.alias) == (["A"], "MS")
    assert found.y.tolist() == [100 * y + m for y in (2021, 2022) for m in range(1, 13)]
    assert '`period`: 2 rows of "M13" are whole years and were left out.' in found.notes


@pytest.mark.parametrize("label", ["TOTAL", "Annual", "13", "Insgesamt"])
def test_the_total_of_a_year_below_its_months_is_left_out(tmp_path: Path, label: str) -> None:
    path = tmp_path / "a.csv"
    rows = [
        f"{year},{month},{month if month != label else 78}\n"
        for year in (2021, 2022, 2023)
        for month in (*range(1, 13), label)
    ]
    path.write_text("Year,Month,Passengers\n" + "".join(rows))
    table = read_table(path)
    assert table.frequency.alias == "MS"
    assert table.y.max() == 12
    assert any(f'3 rows of "{label}" sum up the months' in note for note in table.notes)
