"""Tests the layout of text files: lines above the header, its rows, footers, blanks, encodings."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table.reader import read_table
from gated.table.table import Table

DAYS = [(date(2024, 1, 1) + timedelta(day)).isoformat() for day in range(20)]
ONE = "".join(f"{day},{row}\n" for row, day in enumerate(DAYS))
TWO = "".join(f"{day},{row},{row + 1}\n" for row, day in enumerate(DAYS))
WIDE = "".join(f"{day},{row},{row},{row}\n" for row, day in enumerate(DAYS * 3))
BLANK = "".join(f"{day} 00:00:00 {row}\n" for row, day in enumerate(DAYS))


def read(folder: Path, content: str | bytes, target: str | None = None) -> Table:
    path = folder / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, target_col=target)


def refusal(folder: Path, content: str) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "target", "note"),
    [
        ("Category: All\n\nDay,Users\n" + ONE, None, "2 lines above the header were skipped"),
        ("# a, b, c\n# d\nDay,Users\n" + ONE, None, "2 lines above the header were skipped"),
        ("lat,lon,zone\n59.9,10.7,GMT\n\ntime,temp\n" + ONE, None, "3 lines above the header"),
        ("Station,Oslo\nUnit,mm\nDate,Rain\n" + ONE, "Rain", "the first: 'Station Oslo'"),
        ("Report,,\n,,\nDate,A,B\n" + TWO, "A", "2 lines above the header"),
        ("Date,Temp,Rain\n,degC,mm\n" + TWO, "Temp", "row 2 ('degC', …) belongs to it"),
        ("Price,Close,Low\nTicker,X,X\nDate,,\n" + TWO, "Close", "rows 2 to 3"),
        (",Sales,\nDay,N,S\n" + TWO, "N", "1 line above the header was skipped"),
        ("date,y\n" + ONE + "Total,190\n", None, "Row 22 at the end is no data"),
        ("date,y\n" + ONE + "\nSource: internal, 2024\n", None, "'Source: internal 2024'"),
        ("date,y,z\n" + TWO + "Sum,1,2\n(c) 2024\n", "y", "2 rows at the end, from row 22 on"),
        ("date value\n" + BLANK, None, "separated by a blank"),
        ("date   mean temp\n" + ONE.replace(",", "   "), None, "separated by a run of blanks"),
        ("日期,销量\n".encode("gb18030") + ONE.encode(), None, "read as GB18030 (Chinese)"),
        ("Datum,Umsätze\n".encode("cp1252") + ONE.encode(), None, "read as cp1252"),
        ("Дата,Продажи\n".encode("cp1251") + ONE.encode(), None, "read as cp1251 (Cyrillic)"),
        (("date,y\n" + ONE).encode("utf-16-le"), None, "read as utf-16-le"),
        ("date,y\n" + ONE.replace("\n", ",\n"), None, "without a name and without cells left out"),
    ],
)
def test_the_layout_is_found_and_noted(
    tmp_path: Path, content: str | bytes, target: str | None, note: str
) -> None:
    table = read(tmp_path, content, target)
    assert table.y.tolist() == list(range(20))
    assert any(note in written for written in table.notes), table.notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("date,y\n" + ONE + "2024-13-01,5\n", 'row 22: date "2024-13-01" is not a date'),
        ("date,y\n" + ONE + "204-01-05,5\n", 'row 22: date "204-01-05" is not a date'),
        ("date,y\n" + TWO, "If the comma is the decimal sign too"),
        ("date,z\n" + ONE + "\nday,a,b,c\n" + WIDE, "another table"),
        ("date:y\n" + ONE.replace(",", ":"), "no separator was found"),
    ],
)
def test_what_is_not_sure_is_an_error(tmp_path: Path, content: str, words: str) -> None:
    assert words in refusal(tmp_path, content)


def test_blanks_around_ids_are_cut_and_noted(tmp_path: Path) -> None:
    rows = "".join(f"{day} , Oslo{' ' * (row % 2)} , {row}\n" for row, day in enumerate(DAYS))
    table = read(tmp_path, "date , store , sales\n" + rows)
    assert table.ids.tolist() == ["Oslo"]
    assert any("differ only by blanks" in note for note in table.notes)


def test_cells_that_excel_leaves_out_at_the_end_are_empty(tmp_path: Path) -> None:
    rows = [f"{day},{row}" + ("," if row < 15 else "") for row, day in enumerate(DAYS)]
    table = read(tmp_path, "\n".join(["date,sales,note", *rows]))
    assert table.y.tolist() == list(range(20))


def test_a_total_without_a_name_is_left_out_and_said(tmp_path: Path) -> None:
    table = read(tmp_path, "Day Index,Users\n" + ONE + ',"1,190"\n')
    assert table.y.tolist() == list(range(20))
    assert "Row 22 at the end is no data and was left out: '1,190'." in table.notes


def test_a_row_without_time_among_the_data_is_an_error(tmp_path: Path) -> None:
    assert "row 22: date is empty" in refusal(tmp_path, "date,y\n" + ONE + ",5\n2024-01-21,6\n")


def test_the_sign_of_pounds_is_no_polish_letter(tmp_path: Path) -> None:
    rows = "".join(f"{day},£{row}.50\n" for row, day in enumerate(DAYS))
    table = read(tmp_path, ("Date,Paid out (£)\n" + rows).encode("cp1252"))
    assert table.y.tolist() == [row + 0.5 for row in range(20)]
    polish = read(tmp_path, ("Dzień,Łódź\n" + ONE).encode("cp1250"))
    assert polish.ids.tolist() == ["Łódź"]


@pytest.mark.parametrize("above", ["Sales report\n", "Sales report\n\n", "# by the portal\n"])
def test_below_a_title_the_first_row_of_a_table_without_a_header_is_data(
    tmp_path: Path, above: str
) -> None:
    assert len(read(tmp_path, above + ONE).y) == len(DAYS)


def test_a_line_on_the_separator_is_no_header(tmp_path: Path) -> None:
    assert len(read(tmp_path, "sep=;\n" + ONE.replace(",", ";")).y) == len(DAYS)


def test_without_a_header_a_label_that_stands_again_shows_that_its_row_is_data(
    tmp_path: Path,
) -> None:
    rows = "".join(f"{shop},{year},{year % 7}\n" for shop in "ab" for year in range(2001, 2011))
    path = tmp_path / "a.csv"
    path.write_text(rows)
    table = read_table(path, id_col="column_1", time_col="column_2", target_col="column_3")
    assert np.diff(table.offsets).tolist() == [10, 10]


def test_days_and_hours_without_signs_are_dates(tmp_path: Path) -> None:
    rows = "".join(f"20240513 {hour:02}:00,{hour}\n" for hour in range(20))
    assert len(read(tmp_path, rows).y) == 20
    assert len(read(tmp_path, "time,y\n" + rows + "Total,190\n").y) == 20


def test_months_such_as_2024m01_are_dates(tmp_path: Path) -> None:
    rows = "".join(f"2024M{month:02};{month}\n" for month in range(1, 13))
    assert len(read(tmp_path, "Sales report\n" + rows).y) == 12


def test_a_semicolon_separates_dates_in_parts_from_decimal_commas(tmp_path: Path) -> None:
    months = ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August")
    rows = "".join(f"2024;{month};{row},72\n" for row, month in enumerate(months))
    table = read(tmp_path, "Export\nby the portal\n\nJahr;Monat;y\n" + rows)
    assert table.y.tolist() == [float(f"{row}.72") for row in range(8)]


def test_a_bar_or_semicolon_separates_dates_with_commas(tmp_path: Path) -> None:
    rows = "".join(f"May {day}, 2021;Bern;north;{day}\n" for day in range(1, 13))
    for text in (rows, rows.replace(";", "|")):
        name = "date;store;region;value\n".replace(";", text[12 if text[5] == "," else 11])
        table = read(tmp_path, "Sales report\n" + name + text)
        assert table.y.tolist() == [*range(1, 13)]


def test_blanks_separate_cells_with_decimal_commas(tmp_path: Path) -> None:
    rows = "".join(
        f"{year} {quarter} {quarter},57\n" for year in (2023, 2024) for quarter in range(1, 5)
    )
    table = read(tmp_path, "Year Quarter load\n" + rows)
    assert table.y.tolist() == [1.57, 2.57, 3.57, 4.57] * 2
    assert read(tmp_path, "Year Quarter load\r" + rows.replace("\n", "\r")).y[0] == 1.57
    rows = rows.replace(",57", "\u202f810\u202f891,5")
    table = read(tmp_path, "Year Quarter load\n" + rows)
    assert table.y.tolist() == [quarter * 1e6 + 810891.5 for quarter in range(1, 5)] * 2
    rows = "".join(f"2024-01-{day:02} $8,261.5{day} ${day},753.25\n" for day in range(1, 10))
    for names in ("Bern Genf", "101 102"):
        assert read(tmp_path, f"Datum {names}\n{rows}").y[:2].tolist() == [8261.51, 8261.52]


def test_a_comma_separates_dates_with_a_blank_from_numbers(tmp_path: Path) -> None:
    rows = "".join(f"2024-01-01 {hour:02}:00,{hour}\n" for hour in range(10))
    assert read(tmp_path, "Load report\ntime,y\n" + rows).y.tolist() == [*range(10)]
    rows = "".join(f"{day}, {day}\n" for day in range(1, 10))
    assert read(tmp_path, "Load report\nday, y\n" + rows).y.tolist() == [*range(1, 10)]


def test_a_missing_value_of_german_offices_is_no_name_of_a_column(tmp_path: Path) -> None:
    rows = "A;north;k. A.;2;3;4\nA;south;5;k. A.;7;8\nB;north;9;10;n/v;12\n"
    table = read(tmp_path, "store;region;2020-Q1;2020-Q2;2020-Q3;2020-Q4\n" + rows)
    assert np.nansum(table.y) == sum((2, 3, 4, 5, 7, 8, 9, 10, 12))
