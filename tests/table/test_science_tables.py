"""Tables as weather services, grid operators, statistical offices and R write them."""

import json
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError
from gated.table.reader import read_table
from gated.table.table import Table
from tests.table.io.kinds.workbooks import xlsx

MONTHS = [(year, month) for year in (2022, 2023, 2024) for month in range(1, 13)]


def table_of(folder: Path, text: str, name: str = "a.csv") -> Table:
    path = folder / name
    path.write_text(text)
    return read_table(path)


def first_and_last(table: Table) -> tuple[str, str]:
    return str(table.ds[0])[:16], str(table.ds[table.offsets[1] - 1])[:16]


def test_intervals_are_read_by_their_start(tmp_path: Path) -> None:
    rows = [
        f'"{day:02d}.01.2024 {hour:02d}:00 - {day + (hour == 23):02d}.01.2024 '
        f'{(hour + 1) % 24:02d}:00",{hour}.5\n'
        for day in range(1, 15)
        for hour in range(24)
    ]
    table = table_of(tmp_path, "MTU (CET/CEST),Price [EUR/MWh]\n" + "".join(rows))
    assert table.frequency.alias == "h"
    assert first_and_last(table) == ("2024-01-01T00:00", "2024-01-14T23:00")


def test_the_last_hour_of_a_day_is_24(tmp_path: Path) -> None:
    rows = [
        f"01/{day:02d}/2024 {hour:02d}:00,{hour}\n" for day in (13, 14) for hour in range(1, 25)
    ]
    table = table_of(tmp_path, "Hour Ending,COAST\n" + "".join(rows))
    assert first_and_last(table) == ("2024-01-13T01:00", "2024-01-15T00:00")
    assert not np.isnan(table.y).any()


@pytest.mark.parametrize(
    ("first", "form"), [("20240101:0011", "{}:{:02d}11"), ("20240101T001100", "{}T{:02d}1100")]
)
def test_clocks_without_colons(tmp_path: Path, first: str, form: str) -> None:
    rows = [
        form.format(f"202401{day:02d}", hour) + f",{hour}.0\n"
        for day in (1, 2, 3)
        for hour in range(24)
    ]
    assert rows[0].startswith(first)
    table = table_of(tmp_path, "time,P\n" + "".join(rows))
    assert table.frequency.alias == "h"
    assert first_and_last(table) == ("2024-01-01T00:11", "2024-01-03T23:11")


@pytest.mark.parametrize(
    "header", ["Datum;Uhrzeit von;Uhrzeit bis;kWh", "Date;Heures;Fin;Consommation", "Tag;a;b;kWh"]
)
def test_a_clock_beside_a_date_is_no_series(tmp_path: Path, header: str) -> None:
    rows = [
        f"{day:02d}.01.2024;{hour:02d}:{quarter:02d};{hour:02d}:{quarter + 14:02d};{hour},5\n"
        for day in range(1, 6)
        for hour in range(24)
        for quarter in (0, 15, 30, 45)
    ]
    table = table_of(tmp_path, header + "\n" + "".join(rows))
    assert len(table.ids) == 1
    assert table.frequency.alias == "15min"
    # The days alone may be months: the times of day decide.
    assert first_and_last(table) == ("2024-01-01T00:00", "2024-01-05T23:45")


def test_periods_of_a_year_are_months(tmp_path: Path) -> None:
    rows = [f"CUUR  \t{year}\tM{month:02d}\t  {month}.25\t\n" for year, month in MONTHS]
    text = "series_id\tyear\tperiod\tvalue\tfootnote_codes\n" + "".join(rows)
    table = table_of(tmp_path, text, "cu.txt")
    assert table.frequency.alias == "MS"
    assert list(table.y[:2]) == [1.25, 2.25]


@pytest.mark.parametrize("words", ["CPI {}M{:02d}", "Index {}-{:02d}"])
def test_the_same_words_before_each_time_across(tmp_path: Path, words: str) -> None:
    header = ";".join(words.format(year, month) for year, month in MONTHS)
    rows = "".join(f"{name};{';'.join(['1.5'] * 36)}\n" for name in ("Food", "Rent"))
    table = table_of(tmp_path, f"group;{header}\n{rows}")
    assert list(table.ids) == ["Food", "Rent"]
    assert table.frequency.alias == "MS"


def test_two_variables_in_years_across_are_not_mixed(tmp_path: Path) -> None:
    names = [f"{what}{year}" for what in ("BIRTHS", "DEATHS") for year in range(2015, 2020)]
    with pytest.raises(DataError, match="several columns could be the target"):
        table_of(tmp_path, f"NAME,{','.join(names)}\nA,{','.join('1' * 10)}\n")


def test_missing_marks_of_eurostat_in_the_first_row(tmp_path: Path) -> None:
    header = "\t".join(f"{year}-{month:02d} " for year, month in MONTHS)
    rows = "AT\t" + ": \t: c\t" + "\t".join(["1.5 p"] * 34) + "\nBE\t" + "\t".join(["2.5 "] * 36)
    table = table_of(tmp_path, f"geo\\TIME_PERIOD\t{header}\n{rows}\n", "a.tsv")
    assert list(table.ids) == ["AT", "BE"]
    assert int(np.isnan(table.y).sum()) == 2


def test_notes_below_a_few_wide_rows(tmp_path: Path) -> None:
    years = range(1990, 2024)
    rows = "".join(f"{name},{','.join(str(year) for year in years)}\n" for name in "AB")
    text = f"Country Name,{','.join(f'{year} [YR{year}]' for year in years)}\n{rows}"
    table = table_of(tmp_path, f"{text}\n\nData from database: Health\nLast Updated: 06/28/2024\n")
    assert list(table.ids) == ["A", "B"]


def test_semicolons_beside_decimal_commas_with_words_between(tmp_path: Path) -> None:
    rows = [f"61111;Index;JAHR;{year}-{month:02d};{month},5\n" for year, month in MONTHS]
    table = table_of(tmp_path, "Statistik_Code;Label;Art;Zeit;Preis\n" + "".join(rows))
    assert list(table.y[:2]) == [1.5, 2.5]


def test_one_blank_in_the_header_of_wide_blanks(tmp_path: Path) -> None:
    rows = [f"{year} {month:3d}  {month}.50   0.{month:02d}\n" for year, month in MONTHS]
    table = table_of(tmp_path, "YR   MON  TOTAL ANOM\n" + "".join(rows), "a.txt")
    assert list(table.ids) == ["TOTAL", "ANOM"]
    assert table.frequency.alias == "MS"


@pytest.mark.parametrize(
    ("names", "alias"),
    [
        ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "MS"),
        ("Qtr1 Qtr2 Qtr3 Qtr4", "QS-OCT"),
    ],
)
def test_a_time_series_as_r_prints_it(tmp_path: Path, names: str, alias: str) -> None:
    count = len(names.split())
    rows = [f"{year}  " + "  ".join(map(str, range(10, 10 + count))) for year in range(1949, 1961)]
    header = "      " + "  ".join(names.split())
    table = table_of(tmp_path, "\n".join((header, *rows, "")), "a.txt")
    assert table.frequency.alias == alias
    assert list(table.y[:3]) == [10.0, 11.0, 12.0]


def test_units_of_another_width_below_the_header(tmp_path: Path) -> None:
    rows = [f"   {year}  {month:2d}   {month}.5    0.{month}\n" for year, month in MONTHS]
    text = "Oxford\n   yyyy  mm   tmax    tmin\n              degC    degC\n" + "".join(rows)
    table = table_of(tmp_path, text, "a.txt")
    assert list(table.ids) == ["tmax", "tmin"]
    assert any("Row 3 ('degC', …) is no data and was skipped." in note for note in table.notes)


@pytest.mark.parametrize(("number", "unit"), [("{:.8e}", "s"), ("{}000000000", "ns")])
def test_epochs_with_an_exponent_or_in_nanoseconds_ask_for_the_unit(
    tmp_path: Path, number: str, unit: str
) -> None:
    rows = [f"{number.format(1704067200 + 3600 * step)},{step}\n" for step in range(50)]
    with pytest.raises(DataError, match=rf'time_format="{unit}"'):
        table_of(tmp_path, "unix_time,value\n" + "".join(rows))
    table = read_table(tmp_path / "a.csv", time_format=unit)
    assert first_and_last(table) == ("2024-01-01T00:00", "2024-01-03T01:00")


def test_fiscal_years(tmp_path: Path) -> None:
    rows = [f"FY{year},{year}\n" for year in range(2000, 2024)]
    table = table_of(tmp_path, "Fiscal Year,Outlays\n" + "".join(rows))
    assert table.frequency.alias.startswith("YS")


def test_json_stat(tmp_path: Path) -> None:
    codes = [f"{year}M{month:02d}" for year, month in MONTHS]
    document = {
        "class": "dataset",
        "id": ["unit", "geo", "Tid"],
        "size": [1, 2, 36],
        "role": {"time": ["Tid"]},
        "value": {str(at): at for at in range(72) if at != 1},
        "dimension": {
            "unit": {"category": {"index": ["I15"]}},
            "geo": {
                "category": {
                    "index": {"NO": 0, "SE": 1},
                    "label": {"NO": "Norway", "SE": "Sweden"},
                }
            },
            "Tid": {"category": {"index": {code: at for at, code in enumerate(codes)}}},
        },
    }
    table = table_of(tmp_path, json.dumps(document), "a.json")
    assert list(table.ids) == ["Norway", "Sweden"]
    assert first_and_last(table) == ("2022-01-01T00:00", "2024-12-01T00:00")
    assert np.isnan(table.y[1])
    assert [table.y[0], table.y[36]] == [0, 36]


def test_pages_before_the_rows_in_json(tmp_path: Path) -> None:
    rows = [{"date": f"{year}-{month:02d}", "value": month} for year, month in MONTHS]
    table = table_of(tmp_path, json.dumps([{"page": 1, "pages": 1}, rows]), "a.json")
    assert list(table.y[:2]) == [1.0, 2.0]


def test_a_sheet_with_a_title_units_and_a_note(tmp_path: Path) -> None:
    rows = [["Retail sales"], [None, "Food", "Rent"], [None, "2015=100", "2015=100"]]
    rows += [[f"{year}-{month:02d}", month, 2 * month] for year, month in MONTHS]
    rows += [["Total", 1, 2], ["p = provisional"]]
    (tmp_path / "a.xlsx").write_bytes(xlsx({"A": rows}))
    table = read_table(tmp_path / "a.xlsx")
    assert list(table.ids) == ["Food", "Rent"]
    assert first_and_last(table) == ("2022-01-01T00:00", "2024-12-01T00:00")
    assert any("2 rows at the end" in note for note in table.notes)


@pytest.mark.parametrize("names", ["Year;Month;Visitors", ";;Index", "Zeit;Label;Preis"])
def test_names_of_months_beside_years_under_any_name(tmp_path: Path, names: str) -> None:
    words = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
    rows = [f"{year};{words.split()[month - 1]};{month},5\n" for year, month in MONTHS]
    end = "__________\n(C)opyright Amt, 2024\nStand: 12.09.2024 / 10:00:00\n"
    table = table_of(tmp_path, names + "\n" + "".join(rows) + end)
    assert len(table.ids) == 1
    assert first_and_last(table) == ("2022-01-01T00:00", "2024-12-01T00:00")


def test_a_year_written_in_its_first_row_only(tmp_path: Path) -> None:
    rows = [f"{year if month == 1 else ''},{month},{month}.5\n" for year, month in MONTHS]
    table = table_of(tmp_path, "Year,Month,Visitors\n" + "".join(rows))
    assert first_and_last(table) == ("2022-01-01T00:00", "2024-12-01T00:00")
    assert any("repeat the year above" in note for note in table.notes)


def test_the_start_of_intervals_is_the_time(tmp_path: Path) -> None:
    rows = [
        f"{day}.01.2024 {hour}:00;{day + (hour == 23)}.01.2024 {(hour + 1) % 24}:00;{hour},5\n"
        for day in range(10, 20)
        for hour in range(24)
    ]
    table = table_of(tmp_path, "Fra;Til;KWH\n" + "".join(rows))
    assert first_and_last(table)[0] == "2024-01-10T00:00"
    assert any("`Til` is the end of the interval" in note for note in table.notes)


def test_of_two_clocks_of_one_moment_that_in_utc_is_taken(tmp_path: Path) -> None:
    rows = [
        f"2024-01-{day} {hour:02d}:00,2024-01-{day} {hour + 5:02d}:00,{hour}\n"
        for day in range(10, 20)
        for hour in range(18)
    ]
    table = table_of(tmp_path, "begin_local,begin_utc,mw\n" + "".join(rows))
    assert first_and_last(table) == ("2024-01-10T05:00", "2024-01-19T22:00")
    said = "not used: `begin_local` has the time of `begin_utc` in another zone."
    assert said in table.notes
    with pytest.raises(DataError, match="several columns could be the time"):
        table_of(tmp_path, "begin_ept,begin_cet,mw\n" + "".join(rows))


def test_a_time_that_never_changes_is_not_the_time(tmp_path: Path) -> None:
    rows = [f"01/03/24 11:00:00,{year}-{month:02d},{month}.5\n" for year, month in MONTHS]
    table = table_of(tmp_path, "LAST UPDATE,TIME_PERIOD,OBS_VALUE\n" + "".join(rows))
    assert table.frequency.alias == "MS"


def test_hours_written_with_the_letter_h(tmp_path: Path) -> None:
    top = "Demand\n10:00:00 GMT\nSeries Key,ELEC\n"
    rows = [f"01/{day}/2024 {hour:02d}H,{hour}\n" for day in (13, 14) for hour in range(24)]
    table = table_of(tmp_path, f'{top}Period,"Demand, MWh"\n' + "".join(rows))
    assert table.frequency.alias == "h"
    assert first_and_last(table) == ("2024-01-13T00:00", "2024-01-14T23:00")


@pytest.mark.parametrize(
    ("cells", "alias"),
    [
        ([f"{day:02d}MAR2021:{hour:02d}:30:00" for day in (1, 2) for hour in range(24)], "h"),
        ([f"{year}MM{month:02d}" for year, month in MONTHS], "MS"),
    ],
)
def test_times_of_sas_and_of_the_dutch_office(tmp_path: Path, cells: list[str], alias: str) -> None:
    rows = [f"{cell},{index}.5\n" for index, cell in enumerate(cells)]
    assert table_of(tmp_path, "Perioden,CPI\n" + "".join(rows)).frequency.alias == alias


def test_the_description_of_the_fields_is_not_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    records = [{"Date": f"2024-01-{day:02d}", "Visits": str(day)} for day in range(1, 29)]
    fields = [{"id": "Date", "type": "text"}, {"id": "Visits", "type": "numeric"}]
    path.write_text(json.dumps({"result": {"fields": fields, "records": records}}))
    assert read_table(path).y[0] == 1


def test_a_second_table_below_the_data_is_left_out(tmp_path: Path) -> None:
    rows = [f"{place},{year},{year - 1900},1\n" for place in "AB" for year in range(1990, 2020)]
    below = "footnoteID,Text\n1,Provisional.\n"
    table = table_of(tmp_path, "Area,Year,Value,Notes\n" + "".join(rows) + below)
    assert (table.n_series, table.frequency.alias) == (2, "YS-JAN")
