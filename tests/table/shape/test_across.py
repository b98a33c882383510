"""Times across the columns become rows, with each number at its own time."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gated import read_table
from gated.errors import DataError
from gated.table import Table


def table(tmp_path: Path, text: str, **keywords: Any) -> Table:
    path = tmp_path / "a.csv"
    path.write_text(text)
    return read_table(path, **keywords)


def test_years_across(tmp_path: Path) -> None:
    years = range(1990, 2000)
    header = "Country Name,Country Code,Indicator Name," + ",".join(map(str, years))
    rows = [f"{name},{name[:3]},GDP," + ",".join(str(year + add) for year in years)
            for name, add in (("Aland", 0), ("Bland", 1000))]  # fmt: skip
    found = table(tmp_path, "\n".join((header, *rows)))
    assert (found.ids.tolist(), found.frequency.alias) == (["Aland", "Bland"], "YS-JAN")
    assert found.y.tolist() == [*years, *(year + 1000 for year in years)]
    assert found.ds[0] == np.datetime64("1990-01-01")
    assert any("`1990` to `1999` are times; the table was turned" in one for one in found.notes)


def test_numbered_days_across_and_cells_that_are_missing_at_an_end(tmp_path: Path) -> None:
    header = "id,cat_id,state_id," + ",".join(f"d_{day}" for day in range(1, 11))
    cells = ",".join(str(day) for day in range(1, 11))
    found = table(tmp_path, f"{header}\nA_1,A,CA,{cells}\nA_2,A,CA,,,5,5,5,5,5,5,5,5\n")
    assert found.frequency.is_numbered
    assert found.ids.tolist() == ["A_1", "A_2"]
    assert found.y[:10].tolist() == [*range(1, 11)]


def test_several_columns_name_a_series(tmp_path: Path) -> None:
    header = "Province/State,Country/Region,Lat,Long,2020-01-22,2020-01-23,2020-01-24,2020-01-25"
    rows = ["Hubei,China,30.9,112.2,444,444,549,761", "Beijing,China,40.1,116.4,14,22,36,41",
            ",Japan,36,138,2,2,2,2"]  # fmt: skip
    found = table(tmp_path, "\n".join((header, *rows)))
    assert found.ids.tolist() == ["Hubei/China", "Beijing/China", "Japan"]
    assert found.y[:4].tolist() == [444, 444, 549, 761]
    assert "not used: `Lat`, `Long`." in found.notes


@pytest.mark.parametrize(
    "months",
    [
        "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec",
        "JANUARY,FEBRUARY,MARCH,APRIL,MAY,JUNE,JULY,AUGUST,SEPTEMBER,OCTOBER,NOVEMBER,DECEMBER",
    ],
)
def test_years_by_months(tmp_path: Path, months: str) -> None:
    rows = [f"{y}," + ",".join(str(100 * y + m) for m in range(1, 13)) + ",7" for y in (2001, 2002)]
    found = table(tmp_path, f"Year,{months},Annual\n" + "\n".join(rows))
    assert found.frequency.alias == "MS"
    assert found.y.tolist() == [100 * y + m for y in (2001, 2002) for m in range(1, 13)]
    assert "not used: `Annual`." in found.notes


def test_years_by_quarters_of_several_stations(tmp_path: Path) -> None:
    rows = [f"{s},{y},{y},{y + 1},{y + 2},{y + 3}" for s in "ab" for y in (2001, 2002, 2003)]
    found = table(tmp_path, "station,year,Q1,Q2,Q3,Q4\n" + "\n".join(rows))
    assert (found.ids.tolist(), found.frequency.alias) == (["a", "b"], "QS-OCT")
    assert found.y[:4].tolist() == [2001, 2002, 2003, 2004]


def test_hours_across(tmp_path: Path) -> None:
    header = "Date," + ",".join(f"HE{hour}" for hour in range(1, 25))
    rows = [f"2024-03-0{day}," + ",".join(str(24 * day + h) for h in range(24)) for day in (1, 2)]
    found = table(tmp_path, "\n".join((header, *rows)))
    assert found.frequency.alias == "h"
    assert found.y.tolist() == [*range(24, 72)]
    assert found.ds[0] == np.datetime64("2024-03-01T00")


def test_a_cell_that_is_no_number_is_named_by_its_row_in_the_file(tmp_path: Path) -> None:
    text = "name,2001,2002,2003,2004\na,1,2,3,4\nb,5,six,7,8\n"
    with pytest.raises(DataError, match=r"a\.csv: row 3: value \"six\" is not a number"):
        table(tmp_path, text)


def test_the_same_file_is_read_again_with_the_names_of_the_result(tmp_path: Path) -> None:
    text = "name,2001,2002,2003,2004\na,1,2,3,4\nb,5,6,7,8\n"
    first = table(tmp_path, text)
    names = first.schema
    again = table(
        tmp_path, text, id_col=names.id_col, time_col=names.time_col, target_col=names.target_col
    )
    assert again.y.tolist() == first.y.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "date,101,102,103\n2024-01-01,1,2,3\n2024-01-02,1,2,3\n2024-01-03,1,2,3\n",  # stores
        "date,2001,2002,2003\n2024-01-01,1,2,3\n2024-01-02,1,2,3\n2024-01-03,1,2,3\n",
        "day,x1,x2,x3,x4,x5,x6\n2024-01-01,1,2,3,4,5,6\n2024-01-02,1,2,3,4,5,6\n2024-01-03,1,2,3,4,5,6\n",
    ],
)
def test_columns_beside_dates_stay_series(tmp_path: Path, text: str) -> None:
    found = table(tmp_path, text)
    assert found.schema.wide
    assert len(found.ids) == len(text.splitlines()[0].split(",")) - 1


def test_hours_of_opening_across(tmp_path: Path) -> None:
    header = "Date," + ",".join(f"{hour:02d}:00" for hour in range(9, 18))
    rows = [f"2024-01-{day:02d}," + ",".join(map(str, range(9, 18))) for day in range(1, 15)]
    found = table(tmp_path, "\n".join((header, *rows)))
    assert (len(found.ids), found.frequency.alias) == (1, "h")
    assert found.ds[0] == np.datetime64("2024-01-01T09:00")
    assert found.y[:9].tolist() == list(range(9, 18))


def test_numbers_name_the_rows_below_dates(tmp_path: Path) -> None:
    header = "magasin," + ",".join(f"2024-01-{day:02}" for day in range(1, 9))
    rows = [f"{shop}," + ",".join(str(shop + day) for day in range(8)) for shop in (101, 205)]
    found = table(tmp_path, "\n".join((header, *rows)))
    assert [str(label) for label in found.ids] == ["101", "205"]


def test_numbers_name_a_series_beside_text_that_repeats(tmp_path: Path) -> None:
    rows = ["101,north,1,2,3,6", "101,south,4,5,6,15", "102,north,7,8,9,24"]
    text = "shop,region,2021-01-01,2021-01-02,2021-01-03,Total\n" + "\n".join(rows)
    found = table(tmp_path, text)
    assert found.ids.tolist() == ["101/north", "101/south", "102/north"]
    assert found.y.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    alone = table(tmp_path, text.replace("101,south", "101,east").replace("102,north", "102,west"))
    assert alone.ids.tolist() == ["north", "east", "west"]
    assert "not used: `shop`, `Total`." in alone.notes


def test_months_across_written_with_digits(tmp_path: Path) -> None:
    months = [f"{year}{month:02}" for year in (2023, 2024) for month in range(1, 13)][2:]
    text = "shop;region;" + ";".join(months) + "\n"
    cells = ";".join(f"{month} kWh" for month in range(len(months)))
    found = table(tmp_path, f"Load report\n\n{text}A;x;{cells}\nA;y;{cells}\n")
    assert (found.ids.tolist(), found.frequency.alias) == (["x", "y"], "MS")
    assert found.y[: len(months)].tolist() == [*range(len(months))]
    assert found.ds[0] == np.datetime64("2023-03-01")


def test_months_within_a_year_across_are_asked_about(tmp_path: Path) -> None:
    text = "shop;" + ";".join(f"20230{month}" for month in range(1, 9)) + "\n"
    text += "A;1;2;3;4;5;6;7;8\nB;2;3;4;5;6;7;8;9\n"
    with pytest.raises(
        DataError, match="`202301` to `202308` may be months written YYYYMM"
    ) as asked:
        table(tmp_path, text)
    assert 'Pass time_format="%Y%m" to read months' in str(asked.value)
    found = table(tmp_path, text, time_format="%Y%m")
    assert (found.ids.tolist(), found.frequency.alias) == (["A", "B"], "MS")
    assert found.y[:8].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    weeks = text.replace("20230", "2023-W0")
    assert table(tmp_path, weeks).frequency.alias == "W-MON"


@pytest.mark.parametrize("form", ["{}", "{:02d}", "M{}", "m{:02d}"])
def test_months_named_by_numbers_beside_years(tmp_path: Path, form: str) -> None:
    header = ";".join(["region", "year", *(form.format(month) for month in range(1, 13))])
    rows = [
        f"{region};{year};" + ";".join(str(100 * (year - 2015) + month) for month in range(12))
        for region in ("N", "S")
        for year in range(2015, 2020)
    ]
    found = table(tmp_path, header + "\n" + "\n".join(rows))
    assert (list(found.ids), found.frequency.alias) == (["N", "S"], "MS")
    assert found.y[:13].tolist() == [*range(12), 100]


def test_names_of_columns_as_r_writes_them(tmp_path: Path) -> None:
    header = ",".join(f"V{place}" for place in range(1, 21))
    rows = [",".join([f"Y{row}", *(str(row + step) for step in range(19))]) for row in (1, 2)]
    found = table(tmp_path, "\n".join((header, *rows)))
    assert (list(found.ids), found.lengths.tolist()) == (["Y1", "Y2"], [19, 19])
    assert found.y[:3].tolist() == [1, 2, 3]


def test_quarters_in_roman_numbers(tmp_path: Path) -> None:
    rows = [f"{year};{year};1;2;3" for year in range(2010, 2020)]
    found = table(tmp_path, "Jahr;I;II;III;IV\n" + "\n".join(rows))
    assert (found.n_series, found.frequency.alias[:2], found.y[4]) == (1, "QS", 2011)
