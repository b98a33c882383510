"""Tests that row numbers, places, constants and decimal years are no values to forecast."""

from pathlib import Path

from gated.table.reader import read_table
from gated.table.table import Table

DAYS = [f"2024-01-{day:02d}" for day in range(1, 29)]


def table_of(folder: Path, header: str, rows: list[str]) -> Table:
    path = folder / "a.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return read_table(path)


def test_record_numbers_are_no_series(tmp_path: Path) -> None:
    rows = [f"{day},{40 + index},{index % 5}.25" for index, day in enumerate(DAYS)]
    table = table_of(tmp_path, "TIMESTAMP,RECORD,Depth", rows)
    assert table.n_series == 1
    assert "left out: `RECORD` numbers the rows." in table.notes


def test_a_place_is_no_series(tmp_path: Path) -> None:
    rows = [f"{day},{index}.5,59.9,10.7" for index, day in enumerate(DAYS)]
    table = table_of(tmp_path, "date,visits per hour,geo.lat,geo.lon", rows)
    assert table.n_series == 1


def test_decimal_years_are_no_values(tmp_path: Path) -> None:
    rows = [
        f"{year},{month},{year + (month - 0.5) / 12:.3f},{300 + month}.5"
        for year in range(2001, 2006)
        for month in range(1, 13)
    ]
    table = table_of(tmp_path, "year,month,decimal,ch4", rows)
    assert (table.n_series, table.frequency.alias) == (1, "MS")
    assert table.y[0] == 301.5


def test_the_only_column_that_changes_is_the_target(tmp_path: Path) -> None:
    rows = [f"{day},AB,{index}.5,6,2" for index, day in enumerate(DAYS)]
    table = table_of(tmp_path, "TIME_PERIOD,REF_AREA,index,UNIT_MULT,DECIMALS", rows)
    assert table.schema.target_col == "index"


def test_a_constant_series_of_a_wide_table_stays(tmp_path: Path) -> None:
    rows = [f"{day},{index}.5,3" for index, day in enumerate(DAYS)]
    assert table_of(tmp_path, "date,north,south", rows).n_series == 2


def test_a_text_with_the_name_of_a_target_is_none(tmp_path: Path) -> None:
    rows = [f"{day},{index}.5,Number" for index, day in enumerate(DAYS)]
    assert table_of(tmp_path, "Period,Filled,UNITS", rows).schema.target_col == "Filled"
