"""Tests what programs write around a table: drawn lines, footers, numbered days, footnotes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gated.table import Table, read_table

DAYS = pd.date_range("2024-02-01", periods=30)


def of(folder: Path, text: str, encoding: str = "utf-8", **options: object) -> Table:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return read_table(path, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "start", "second"),
    [
        ("Nth day", "# Start date: 20240131", "2024-02-01"),
        ("Nth week", "# Start date: 20240131", "2024-02-07"),
        ("Nth month", "# 20240101-20260630", "2024-02-01"),
        ("Week Index", "# 20240101-20240630", "2024-01-08"),
        ("Hour Index", "# 20240101-20240102", "2024-01-01"),
    ],
)
def test_numbers_of_days_after_a_start_above(
    tmp_path: Path, name: str, start: str, second: str
) -> None:
    lines = ["# -----", "# Traffic acquisition", start, "# -----", "", f"{name},Sessions,Users"]
    lines += [f"{number:06d},{number * 3},{number}" for number in range(30)]
    table = of(tmp_path, "\n".join(lines), target_col="Sessions")
    assert str(table.ds[1])[:10] == second
    assert any(f"`{name}` counts from" in note for note in table.notes)


def test_numbers_of_days_without_a_start_stay_numbers(tmp_path: Path) -> None:
    lines = ["# All users", "#", "Nth day,Users", *(f"{n:04d},{n}" for n in range(30))]
    assert of(tmp_path, "\n".join(lines), target_col="Users").ds.dtype.kind == "i"


def test_lines_drawn_around_a_list(tmp_path: Path) -> None:
    line = "-" * 24
    rows = [f"|{day:%d.%m.%Y}|{number + 0.5:>10}|" for number, day in enumerate(DAYS)]
    text = "\n".join([line, "|Date      |    Amount|", line, *rows, line])
    table = of(tmp_path, text)
    np.testing.assert_array_equal(table.y, np.arange(30) + 0.5)


def test_words_below_the_header_of_a_central_bank(tmp_path: Path) -> None:
    lines = ['"";X.M.1;X.M.1_FLAGS', '"";Rate;', "Unit;Percent;", "As of;2024-03-01 16:01:02;"]
    lines += [f"{day:%Y-%m-%d};{number};" for number, day in enumerate(DAYS)]
    assert of(tmp_path, "\n".join(lines)).y.sum() == 435


def test_a_header_and_a_footer_marked_with_a_hash(tmp_path: Path) -> None:
    lines = ["Bank;", "#Period:;", "01.02.2024;01.03.2024;", "", "#Date;#Text;#Amount;#Balance;"]
    lines += [f"{day:%d.%m.%Y};buy;{n},5;{n},0;" for n, day in enumerate(DAYS)]
    lines += ["", ";;#Balance:;29,0;"]
    table = of(tmp_path, "\n".join(lines), target_col="Amount")
    assert table.schema.time_col == "Date"
    assert len(table.y) == 30


def test_a_short_footer_that_begins_with_a_count(tmp_path: Path) -> None:
    lines = ["Order,Buyer,Sold,Total"]
    lines += [f"{n + 7},b{n},{day:%b-%d-%y},{n}" for n, day in enumerate(DAYS)]
    lines += ["", "30,record(s) found", "Seller ID : shop"]
    assert of(tmp_path, "\n".join(lines), target_col="Total").y.sum() == 435


def test_footnotes_behind_months(tmp_path: Path) -> None:
    months = pd.date_range("2022-01-01", periods=20, freq="MS")
    lines = ["Month,Visitors"]
    lines += [f"{m:%b %Y}{'*' if n > 17 else ''},{n}" for n, m in enumerate(months)]
    table = of(tmp_path, "\n".join([*lines, "* provisional"]))
    assert table.frequency.alias == "MS"
    assert "`Month`: marks of footnotes behind 2 times were cut." in table.notes


def test_a_split_among_prices_is_left_out(tmp_path: Path) -> None:
    lines = ["Date,Open,High,Low,Close"]
    for number, day in enumerate(pd.bdate_range("2024-01-01", periods=25)):
        lines.append(f"{day:%Y-%m-%d},1,2,0,{number}")
        if number == 9:
            lines.append(f"{day:%Y-%m-%d},2:1 Stock split,,,")
    table = of(tmp_path, "\n".join(lines), target_col="Close")
    np.testing.assert_array_equal(table.y, np.arange(25))
    assert any("1 row without a value" in note for note in table.notes)


def test_weeks_with_two_digits_of_the_year(tmp_path: Path) -> None:
    weeks = pd.date_range("2022-01-03", periods=70, freq="7D")
    lines = [f"KW {week.isocalendar().week}/{week:%y},{n}" for n, week in enumerate(weeks)]
    table = of(tmp_path, "\n".join(["Woche,Absatz", *lines]))
    assert table.frequency.alias == "W-MON"
    assert str(table.ds[0])[:10] == "2022-01-03"


def test_turkish_letters(tmp_path: Path) -> None:
    months = [
        "Ocak",
        "Şubat",
        "Mart",
        "Nisan",
        "Mayıs",
        "Haziran",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kasım",
        "Aralık",
    ]
    lines = [f"{name} {year};{n},5" for year in (2022, 2023) for n, name in enumerate(months)]
    table = of(tmp_path, "\n".join(["Ay;Satış", *lines]), "cp1254")
    assert table.schema.target_col == "Satış"
    assert table.frequency.alias == "MS"
    iceland = "Dagur;Sala í þús.\n" + "".join(f"{day:%d.%m.%Y};{n}\n" for n, day in enumerate(DAYS))
    assert of(tmp_path, iceland, "cp1252").schema.target_col == "Sala í þús."


def test_weekdays_in_brackets(tmp_path: Path) -> None:
    signs = "月火水木金土日"
    lines = [f"{day:%Y/%m/%d}({signs[day.day_of_week]}),{n}" for n, day in enumerate(DAYS)]
    table = of(tmp_path, "\n".join(["営業日,売上", *lines]), "cp932")
    assert table.frequency.alias == "D"
    assert table.y.sum() == 435


def test_names_of_rows_that_r_writes_in_quotes(tmp_path: Path) -> None:
    lines = ['"day" "city" "sold"']
    lines += [f'"{n + 1}" "{day:%Y-%m-%d}" "New York" {n}' for n, day in enumerate(DAYS)]
    table = of(tmp_path, "\n".join(lines))
    assert table.schema.time_col == "day"
    assert table.schema.target_col == "sold"
    assert len(table.ids) == 1
