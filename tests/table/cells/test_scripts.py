"""Tests of dates in other scripts and calendars, and of digits that are not 0 to 9."""

from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table import Table, read_table


def read(path: Path, header: str, cells: list[str], values: list[str], encoding: str) -> Table:
    rows = "".join(f"{cell};{value}\n" for cell, value in zip(cells, values, strict=True))
    path.write_bytes(f"{header}\n{rows}".encode(encoding))
    return read_table(path)


NUMBERS = ["11", "12", "13", "14", "15", "16"]


@pytest.mark.parametrize(
    "cells",
    [
        ["декабрь 2022", "январь 2023", "февраль 2023", "март 2023", "апрель 2023", "май 2023"],
        ["грудень 2022", "січень 2023", "лютий 2023", "березень 2023", "квітень 2023",
         "травень 2023"],
        ["дек.2022 г.", "янв.2023 г.", "февр.2023 г.", "мар.2023 г.", "апр.2023 г.", "май 2023 г."],
        ["Δεκέμβριος 2022", "Ιανουάριος 2023", "Φεβρουάριος 2023", "Μάρτιος 2023", "Απρίλιος 2023",
         "Μάιος 2023"],
        ["ΔΕΚ 2022", "ΙΑΝ 2023", "ΦΕΒ 2023", "ΜΑΡ 2023", "ΑΠΡ 2023", "Μαΐου 2023"],
        ["كانون الأول 2022", "كانون الثاني 2023", "شباط 2023", "آذار 2023", "نيسان 2023",
         "أيار 2023"],
        ["דצמבר 2022", "ינואר 2023", "פברואר 2023", "מרץ 2023", "אפריל 2023", "מאי 2023"],
        ["ธันวาคม 2565", "มกราคม 2566", "กุมภาพันธ์ 2566", "มีนาคม 2566", "เมษายน 2566",
         "พฤษภาคม 2566"],
        ["ธ.ค. 65", "ม.ค. 66", "ก.พ. 66", "มี.ค. 66", "เม.ย. 66", "พ.ค. 66"],
        ["दिसंबर 2022", "जनवरी 2023", "फ़रवरी 2023", "मार्च 2023", "अप्रैल 2023", "मई 2023"],
        ["12/2565", "01/2566", "02/2566", "03/2566", "04/2566", "05/2566"],
        ["民國111年12月", "民國112年1月", "民國112年2月", "民國112年3月", "民國112年4月",
         "民國112年5月"],
        ["令和4年12月", "令和5年1月", "令和5年2月", "令和5年3月", "令和5年4月", "令和5年5月"],
        ["Tháng 12/2022", "Tháng 1/2023", "Tháng 2/2023", "Tháng 3/2023", "Tháng 4/2023",
         "Tháng 5/2023"],
        ["gruodis 2022", "sausis 2023", "vasaris 2023", "kovas 2023", "balandis 2023",
         "gegužė 2023"],
        ["detsember 2022", "jaanuar 2023", "veebruar 2023", "märts 2023", "aprill 2023",
         "mai 2023"],
        ["Disember 2022", "Januari 2023", "Pebruari 2023", "Maret 2023", "April 2023", "Mei 2023"],
    ],
)  # fmt: skip
def test_reads_months_of_other_languages(tmp_path: Path, cells: list[str]) -> None:
    table = read(tmp_path / "a.csv", "t;y", cells, NUMBERS, "utf-8")
    assert table.frequency.alias == "MS"
    assert table.ds[0] == np.datetime64("2022-12-01")
    assert table.y.tolist() == [11, 12, 13, 14, 15, 16]


def test_reigns_follow_one_another(tmp_path: Path) -> None:
    cells = [
        "昭和63年12月",
        "昭和64年1月",
        "平成元年2月",
        "平成元年3月",
        "平成元年4月",
        "平成元年5月",
    ]
    table = read(tmp_path / "a.csv", "年月;人口", cells, NUMBERS, "cp932")
    assert table.ds[[0, -1]].astype("M8[M]").astype(str).tolist() == ["1988-12", "1989-05"]


def test_says_that_years_are_buddhist(tmp_path: Path) -> None:
    cells = [f"{day}/3/2567" for day in range(10, 16)]
    table = read(tmp_path / "a.csv", "d;y", cells, NUMBERS, "utf-8")
    assert table.ds[0] == np.datetime64("2024-03-10")
    assert "Buddhist years: 2567 as 2024." in table.notes


def test_one_year_that_may_be_buddhist_among_others_is_no_year(tmp_path: Path) -> None:
    cells = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2567-01-06"]
    with pytest.raises(ValueError, match="2567"):
        read(tmp_path / "a.csv", "d;y", cells, NUMBERS, "utf-8")


@pytest.mark.parametrize(
    "cells",
    [
        ["III kw. 2022", "IV kw. 2022", "I kw. 2023", "II kw. 2023", "III kw. 2023", "IV kw. 2023"],
        ["III квартал 2022", "IV квартал 2022", "I квартал 2023", "II квартал 2023",
         "III квартал 2023", "IV квартал 2023"],
        ["2022 III kv.", "2022 IV kv.", "2023 I kv.", "2023 II kv.", "2023 III kv.", "2023 IV kv."],
        ["Trimestre III 2022", "Trimestre IV 2022", "Trimestre I 2023", "Trimestre II 2023",
         "Trimestre III 2023", "Trimestre IV 2023"],
    ],
)  # fmt: skip
def test_reads_quarters_in_roman_numerals(tmp_path: Path, cells: list[str]) -> None:
    table = read(tmp_path / "a.csv", "t;y", cells, NUMBERS, "utf-8")
    assert table.frequency.alias.startswith("QS")
    assert table.ds[0] == np.datetime64("2022-07-01")


def test_reads_digits_of_other_scripts_and_says_so(tmp_path: Path) -> None:
    cells = ["۲۰۲۴-۰۱-۰۱", "۲۰۲۴-۰۱-۰۲", "۲۰۲۴-۰۱-۰۳", "۲۰۲۴-۰۱-۰۴", "۲۰۲۴-۰۱-۰۵", "۲۰۲۴-۰۱-۰۶"]
    table = read(tmp_path / "a.csv", "day;y", cells, ["۱٫۵", "۲", "۳", "۴", "۵", "۱٬۲۰۰"], "utf-8")
    assert table.y.tolist() == [1.5, 2, 3, 4, 5, 1200]
    assert "Digits of another script in `day`, `y` were read as 0 to 9." in table.notes


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("дата;мощность, МВт·ч", "cp1251"),
        ("Місяць;Кількість відвідувачів", "cp1251"),
        ("Дата;Количество посетителей", "koi8_r"),
        ("תאריך;מספר מבקרים", "cp1255"),
        ("Date;Œufs vendus à la ferme", "cp1252"),
    ],
)
def test_names_of_columns_keep_their_letters(tmp_path: Path, header: str, encoding: str) -> None:
    cells = [f"2024-01-0{day}" for day in range(1, 7)]
    table = read(tmp_path / "a.csv", header, cells, NUMBERS, encoding)
    assert table.schema.target_col == header.split(";")[1]


def test_two_digits_of_years_far_ahead_are_of_the_century_before(tmp_path: Path) -> None:
    cells = ["OCT57", "NOV57", "DEC57", "JAN58", "FEB58", "MAR58"]
    table = read(tmp_path / "a.csv", "month;y", cells, NUMBERS, "utf-8")
    assert table.ds[0] == np.datetime64("1957-10-01")
    assert any("57 as 1957" in note for note in table.notes)


def test_two_digits_of_recent_years_are_of_this_century(tmp_path: Path) -> None:
    cells = ["OCT19", "NOV19", "DEC19", "JAN20", "FEB20", "MAR20"]
    table = read(tmp_path / "a.csv", "month;y", cells, NUMBERS, "utf-8")
    assert table.ds[0] == np.datetime64("2019-10-01")


MONTHS = [
    ["Oct 2022", "Nov 2022", "Dec 2022"],
    ["2022-10", "2022-11", "2022-12"],
    ["Oktober 2022", "November 2022", "Dezember 2022"],
    ["1 juil. 2022", "1 août 2022", "1 sept. 2022"],
]


@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("values", [["2.103", "1.988", "3.017"], ["2.103 €", "1.988 €", "3.017 €"]])
def test_points_before_three_digits_are_asked_about(
    tmp_path: Path, months: list[str], values: list[str]
) -> None:
    with pytest.raises(DataError, match=r'"2\.103.*" may be 2103.* or 2\.103.*decimal="\."'):
        read(tmp_path / "a.csv", "t;y", months, values, "utf-8")


@pytest.mark.parametrize("months", MONTHS)
def test_other_cells_decide_about_points_before_three_digits(
    tmp_path: Path, months: list[str]
) -> None:
    for values, first in ((["2.103", "1.98", "3.017"], 2.103), (["2.103", "988,5", "3.017"], 2103)):
        table = read(tmp_path / "a.csv", "t;y", months, values, "utf-8")
        assert table.y[0] == first


def test_between_tabs_points_are_asked_about_beside_months_of_languages_with_commas(
    tmp_path: Path,
) -> None:
    for months in MONTHS:
        rows = zip(["t", *months], ["y", "2.103", "1.988", "3.017"], strict=True)
        (tmp_path / "a.tsv").write_text("\n".join("\t".join(row) for row in rows))
        if months in MONTHS[:2]:
            table = read_table(tmp_path / "a.tsv")
            assert table.y[0] == 2.103
            assert any("the point was read as the decimal sign" in note for note in table.notes)
        else:
            with pytest.raises(DataError, match=r'"2\.103" may be 2103 or 2\.103'):
                read_table(tmp_path / "a.tsv")
