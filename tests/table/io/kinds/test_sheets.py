"""Tests spreadsheets: exact cells, the choice of a sheet, the place of the table in it."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from gated import read_table
from gated.errors import DataError, UsageError
from gated.table.io.source import open_source
from tests.table.io.kinds.workbooks import Currency, Failed, Percent, ods, xlsx, zipped

DAYS = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(20)]
HOURS = [datetime(2024, 1, 1) + timedelta(hours=hour) for hour in range(50)]
SALES = [["Date", "Sales"], *([day, 10 + at / 8] for at, day in enumerate(DAYS))]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("make", [xlsx, ods])
def test_dates_and_numbers_are_exact(tmp_path: Path, make) -> None:
    rows = [["ds", "y"], *([hour, 0.1 * at] for at, hour in enumerate(HOURS))]
    path = write(tmp_path / f"a.{make.__name__}", make({"Load": rows}))
    table = read_table(path)
    assert table.frequency.alias == "h"
    assert table.ds[-1] == pd.Timestamp(HOURS[-1])
    assert list(table.y) == [0.1 * at for at in range(50)]


def test_the_format_of_a_number_does_not_change_it(tmp_path: Path) -> None:
    rows = [["Date", "rate", "price"], [DAYS[0], Percent(0.055), Currency(1234.5)], [DAYS[1], 1, 2]]
    source = open_source(write(tmp_path / "a.xlsx", xlsx({"A": rows})))
    assert list(source.frame["rate"]) == [0.055, 1.0]
    assert list(source.frame["price"]) == [1234.5, 2.0]


def test_whole_numbers_have_no_fraction_and_ids_stay(tmp_path: Path) -> None:
    rows = [["id", "code", "y"], [17, "007", 2**53 - 1], [18, 8, 1]]
    source = open_source(write(tmp_path / "a.xlsx", xlsx({"A": rows})))
    assert list(source.frame["id"]) == [17, 18]
    assert list(source.frame["code"]) == ["007", "8"]
    assert list(source.frame["y"]) == [2**53 - 1, 1]


def test_an_error_of_a_formula_is_a_missing_value(tmp_path: Path) -> None:
    rows = [row.copy() for row in SALES]
    rows[5][1] = Failed("#N/A")
    table = read_table(write(tmp_path / "a.xlsx", xlsx({"A": rows})))
    assert pd.isna(table.y[4])
    assert any("1 missing value taken as not observed" in note for note in table.notes)


def test_a_date_in_a_cell_of_text_is_read(tmp_path: Path) -> None:
    rows = [["Day", "Sales"], *([f"2024-01-{at:02d}", at] for at in range(1, 20))]
    table = read_table(write(tmp_path / "a.xlsx", xlsx({"A": rows})))
    assert table.frequency.alias == "D"


def test_lines_above_and_empty_columns_on_the_left(tmp_path: Path) -> None:
    rows = [["Report of January"], [], *([None, None, *row] for row in SALES)]
    source = open_source(write(tmp_path / "a.xlsx", xlsx({"A": rows})))
    assert source.frame.columns == ["Date", "Sales"]
    assert source.where(0) == "a.xlsx: row 4"
    assert any("2 lines above the header were skipped" in note for note in source.notes)


def test_a_remark_below_the_table_is_left_out(tmp_path: Path) -> None:
    rows = [*SALES, [], ["Source: the cash desk"]]
    source = open_source(write(tmp_path / "a.xlsx", xlsx({"A": rows})))
    assert len(source.frame) == 20
    assert any("'Source: the cash desk'" in note for note in source.notes)


def test_merged_cells_have_the_value_of_their_range(tmp_path: Path) -> None:
    rows = [["Store", "Date", "Sales"]]
    for store in ("North", "South"):
        rows += [[store if at == 0 else None, DAYS[at], at] for at in range(10)]
    path = write(tmp_path / "a.xlsx", xlsx({"A": rows}, merged=["A2:A11", "A12:A21"]))
    table = read_table(path)
    assert list(table.ids) == ["North", "South"]
    assert list(table.lengths) == [10, 10]
    assert any("18 cells of merged ranges got the value" in note for note in table.notes)


def test_a_sheet_without_a_header(tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "a.xlsx", xlsx({"A": SALES[1:]})))
    assert source.frame.columns == ["column_1", "column_2"]
    assert len(source.frame) == 20


def test_the_only_sheet_with_a_table_is_found(tmp_path: Path) -> None:
    book = xlsx({"Read me": [["Sales of the shop"], ["by day"]], "Data": SALES, "Empty": []})
    table = read_table(write(tmp_path / "a.xlsx", book))
    assert list(table.y[:2]) == [10, 10.125]
    assert "sheet: `Data`, the only one of 3 sheets that holds a table." in table.notes


def test_a_hidden_sheet_is_read_only_by_name(tmp_path: Path) -> None:
    other = [row.copy() for row in SALES]
    other[1][1] = -5
    path = write(tmp_path / "a.xlsx", xlsx({"Old": other, "Data": SALES}, hidden=["Old"]))
    table = read_table(path)
    assert table.y[0] == 10
    assert any("Hidden sheets were not read: `Old`" in note for note in table.notes)
    assert read_table(path, sheet="Old").y[0] == -5


def test_several_sheets_are_a_question(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", xlsx({"North": SALES, "South": SALES}))
    with pytest.raises(DataError, match=r"several sheets hold a table: `North`, `South`. Name one"):
        read_table(path)
    assert len(read_table(path, sheet="South").y) == 20
    assert open_source(path, sheet="South").where(0) == "a.xlsx, sheet South: row 2"
    with pytest.raises(UsageError, match=r"no sheet `Suoth`.* Did you mean `South`"):
        read_table(path, sheet="Suoth")


def test_sheet_does_not_apply_to_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"ds,y\n2024-01-01,1\n")
    with pytest.raises(UsageError, match=r'sheet="A" names a sheet .* a.csv is none of these'):
        read_table(path, sheet="A")
    with pytest.raises(UsageError, match='sheet="A" is of a file'):
        read_table(pd.DataFrame({"y": [1.0]}), sheet="A")


def test_a_name_used_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", xlsx({"A": [["ds", "y", "y"], [DAYS[0], 1, 2]]}))
    assert open_source(path).frame.columns == ["ds", "y_1", "y_2"]


def test_a_cell_that_is_no_number_is_named(tmp_path: Path) -> None:
    rows = [row.copy() for row in SALES]
    rows[7][1] = "many"
    with pytest.raises(DataError, match=r'a.xlsx: row 8: Sales "many" is not a number'):
        read_table(write(tmp_path / "a.xlsx", xlsx({"A": rows})), target_col="Sales")


def test_an_empty_workbook(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the sheet `A` is empty"):
        open_source(write(tmp_path / "a.xlsx", xlsx({"A": []})))


def test_a_cell_far_away_is_refused_before_memory_ends(tmp_path: Path) -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
    )
    book = zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(DataError, match="1,048,576 rows and 16,384 columns up to its last cell"):
        open_source(write(tmp_path / "a.xlsx", book))
