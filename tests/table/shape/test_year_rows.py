"""Tests of tables that write the year once: above its months, or for two calendar years."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table import Table, read_table
from tests.table.io.kinds.workbooks import xlsx

FRENCH = ["janv.", "févr.", "mars", "avr.", "mai", "juin",
          "juil.", "août", "sept.", "oct.", "nov.", "déc."]  # fmt: skip


def months(table: Table) -> list[str]:
    return [str(time) for time in table.ds[[0, -1]].astype("M8[M]")]


def test_joins_the_year_of_a_row_with_the_months_below_it(tmp_path: Path) -> None:
    path = tmp_path / "adherents.csv"
    lines = ["Mois;Adhérents", "2022;"]
    lines += [f"{name};{value}" for name, value in zip(FRENCH[8:], range(1, 5), strict=True)]
    lines += ["2023;78"] + [
        f"{name};{value}" for name, value in zip(FRENCH, range(5, 17), strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert months(table) == ["2022-09", "2023-12"]
    assert table.y.tolist() == list(range(1, 17))
    assert "The year in 2 rows of `Mois` was joined to the months below it." in table.notes


def test_a_month_twice_below_a_year_is_not_joined(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Month,y\n2022,\nMay,1\nMay,2\nJune,3\n2023,\nMay,4\n")
    with pytest.raises(DataError, match="Month"):
        read_table(path)


@pytest.mark.parametrize("names", [["Q1", "Q2", "Q3", "Q4"], FRENCH])
def test_reads_years_in_merged_cells_above_names_that_repeat(
    tmp_path: Path, names: list[str]
) -> None:
    years = (cell for year in (2022, 2023) for cell in [year, *[None] * (len(names) - 1)])
    rows = [
        ["Branch", *years],
        [None, *names, *names],
        ["Lyon", *range(1, 2 * len(names) + 1)],
        ["Brest", *range(2, 2 * len(names) + 2)],
    ]
    path = tmp_path / "branches.xlsx"
    path.write_bytes(xlsx({"Sheet": rows}))
    table = read_table(path)
    assert table.ids.tolist() == ["Lyon", "Brest"]
    assert table.lengths.tolist() == [2 * len(names)] * 2
    assert months(table) == ["2022-01", "2023-12" if len(names) == 12 else "2023-10"]


def test_months_of_two_years_begin_with_the_first_column(tmp_path: Path) -> None:
    names = ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    path = tmp_path / "season.csv"
    rows = [
        f"{a}/{a + 1 - 2000}," + ",".join(str(12 * i + j) for j in range(12))
        for i, a in enumerate((2018, 2019, 2020))
    ]
    path.write_text("Season," + ",".join(names) + "\n" + "\n".join(rows) + "\n")
    table = read_table(path)
    assert months(table) == ["2018-07", "2021-06"]
    assert table.y.tolist() == list(range(36))


def test_months_of_two_years_in_rows_begin_with_the_first_row_of_a_year(tmp_path: Path) -> None:
    path = tmp_path / "budget.csv"
    lines = ["Year,Month,Spent"]
    for i in range(30):
        month = (9 + i) % 12 + 1  # from October
        year = 2019 + i // 12
        lines.append(f"{year}-{year + 1},{month},{i}")
    path.write_text("\n".join(lines) + "\n")
    table = read_table(path)
    assert months(table) == ["2019-10", "2022-03"]
    assert np.array_equal(table.y, np.arange(30))
