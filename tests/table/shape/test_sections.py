"""Tests of profit and loss tables: accounts down, months across, sections and totals between."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table import Table, read_table

MONTHS = np.datetime64("2023-01") + np.arange(12)
NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SALES = [9000.5 + 111 * month for month in range(12)]
RENT = [1500.0 - 3000 * (month == 5) for month in range(12)]


def cells(name: str, values: list[float], *, quoted: bool) -> str:
    def cell(value: float) -> str:
        text = f"{abs(value):,.2f}" if quoted else f"{abs(value):.2f}"
        text = f"({text})" if value < 0 and quoted else "-" * (value < 0) + text
        return f'"{text}"' if "," in text else text

    return ",".join([name, *map(cell, [*values, sum(values)])])


def read(path: Path, lines: list[str]) -> Table:
    path.write_text("\n".join(lines) + "\n")
    return read_table(path)


def values_of(table: Table) -> dict[str, list[float]]:
    pairs = zip(table.ids, np.split(table.y, table.offsets[1:-1]), strict=True)
    return {str(label): values.tolist() for label, values in pairs}


def test_a_report_of_quickbooks(tmp_path: Path) -> None:
    empty = "," * 13
    lines = [
        "Acme Ltd" + empty,
        "Profit and Loss" + empty,
        "January - December 2023" + empty,
        empty,
        "," + ",".join(f"{name} 2023" for name in NAMES) + ",Total",
        "Income" + empty,
        cells("   Sales", SALES, quoted=True),
        cells("Total Income", SALES, quoted=True),
        "Expenses" + empty,
        cells("   Rent", RENT, quoted=True),
        cells("Total Expenses", RENT, quoted=True),
        cells("Net Income", SALES, quoted=True),
        empty,
        '"Wednesday, Jan 03, 2024 10:12:33 AM GMT-8 - Accrual Basis"' + empty,
    ]
    table = read(tmp_path / "a.csv", lines)
    assert values_of(table) == {
        "Sales": SALES,
        "Total Income": SALES,
        "Rent": RENT,
        "Total Expenses": RENT,
        "Net Income": SALES,
    }
    np.testing.assert_array_equal(table.ds[:12], MONTHS)
    assert "2 rows have only a name and were left out: `Income`, `Expenses`." in table.notes
    assert "not used: `Total`." in table.notes


def test_a_report_of_xero_has_the_last_month_first(tmp_path: Path) -> None:
    lines = [
        "Profit and Loss",
        "Demo Company",
        "For the 12 months ended 31 December 2023",
        "",
        "Account," + ",".join(f"{name} 2023" for name in reversed(NAMES)) + ",Total",
        "",
        "Turnover",
        cells("Sales", SALES[::-1], quoted=False),
        cells("Total Turnover", SALES[::-1], quoted=False),
        "",
        "Costs",
        cells("Rent", RENT[::-1], quoted=False),
        cells("Total Costs", RENT[::-1], quoted=False),
        "",
        cells("Net Profit", SALES[::-1], quoted=False),
    ]
    table = read(tmp_path / "a.csv", lines)
    np.testing.assert_array_equal(table.ds[:12], MONTHS)
    found = values_of(table)
    assert found["Sales"] == SALES
    assert found["Rent"] == RENT
    assert list(found) == ["Sales", "Total Turnover", "Rent", "Total Costs", "Net Profit"]


def test_accounts_of_one_name_are_told_apart_by_their_section(tmp_path: Path) -> None:
    header = "," + ",".join(f"{name} 2023" for name in NAMES) + ",Total"
    lines = [
        header,
        "Income" + "," * 13,
        cells("Other", SALES, quoted=True),
        "Expenses" + "," * 13,
        cells("Other", RENT, quoted=True),
        cells("Rent", RENT, quoted=True),
    ]
    table = read(tmp_path / "a.csv", lines)
    assert values_of(table) == {"Income/Other": SALES, "Expenses/Other": RENT, "Rent": RENT}


def test_a_row_that_is_cut_short_is_no_section(tmp_path: Path) -> None:
    rows = [f"x{row},{row},{row}" for row in range(20)]
    with pytest.raises(DataError, match=r"row 12 has 1 cell: 'Oslo'. Expected 3"):
        read(tmp_path / "a.csv", ["name,a,b", *rows[:10], "Oslo", *rows[10:]])


def test_years_across_in_falling_order(tmp_path: Path) -> None:
    table = read(tmp_path / "a.csv", ["Item,2023,2022,2021", "Revenue,5,4,3", "Cost,4,3,2"])
    assert values_of(table) == {"Revenue": [3, 4, 5], "Cost": [2, 3, 4]}
    assert table.ds[0] == np.datetime64("2021-01-01")
