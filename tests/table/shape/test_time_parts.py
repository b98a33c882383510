"""Parts of a time in several columns are joined, and the numbers are those of the right times."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gated import read_table
from gated.errors import DataError
from gated.table import Table
from tests.table.example_tables import frame


def table(tmp_path: Path, header: str, rows: Sequence[str], **keywords: Any) -> Table:
    path = tmp_path / "a.csv"
    path.write_text("\n".join((header, *rows)))
    return read_table(path, **keywords)


DAYS = pd.date_range("2024-01-30", periods=4).strftime("%Y-%m-%d")


@pytest.mark.parametrize(
    ("name", "clocks"),
    [
        ("Time", [f"{hour:02d}:00:00" for hour in range(24)]),
        ("time", [f"{hour}:00" for hour in range(24)]),
        ("Uhrzeit", [f"{hour:02d}:00" for hour in range(24)]),
        (
            "Hora",
            [f"{(hour - 1) % 12 + 1}:00 {'PM' if hour >= 12 else 'AM'}" for hour in range(24)],
        ),
        ("hour", [str(hour) for hour in range(24)]),
        ("HR", [str(hour) for hour in range(24)]),
        ("Stunde", [f"{hour:02d}" for hour in range(24)]),
        ("HHMM", [str(100 * hour) for hour in range(24)]),
    ],
)
def test_a_date_and_the_time_of_day(tmp_path: Path, name: str, clocks: list[str]) -> None:
    rows = [f"{day},{clock},{hour}" for day in DAYS for hour, clock in enumerate(clocks)]
    found = table(tmp_path, f"Date,{name},load", rows)
    assert (len(found.ids), found.frequency.alias) == (1, "h")
    assert found.ds[0] == np.datetime64("2024-01-30T00")
    assert found.ds[-1] == np.datetime64("2024-02-02T23")
    assert found.y.tolist() == [*range(24)] * 4
    assert f"time: the columns `Date`, `{name}` were joined to one time." in found.notes


def test_the_last_hour_of_a_day_may_be_24(tmp_path: Path) -> None:
    rows = [f"{day},{hour},{hour}" for day in DAYS for hour in range(1, 25)]
    found = table(tmp_path, "date,HE,mw", rows)
    assert found.ds[0] == np.datetime64("2024-01-30T01")
    assert found.ds[23] == np.datetime64("2024-01-31T00")


def test_half_hours_are_numbered_from_1(tmp_path: Path) -> None:
    rows = [f"{day},{half},{half}" for day in DAYS for half in range(1, 49)]
    found = table(tmp_path, "SETTLEMENT_DATE,SETTLEMENT_PERIOD,ND", rows)
    assert found.frequency.alias == "30min"
    assert found.ds[1] == np.datetime64("2024-01-30T00:30")


@pytest.mark.parametrize(
    ("header", "rows", "first", "last", "alias"),
    [
        (
            "Year,Month",
            [f"{year},{month}" for year in (2019, 2020) for month in range(1, 13)],
            *("2019-01-01", "2020-12-01", "MS"),
        ),
        (
            "year,mon",
            [f"{y},{m}" for y in (2019, 2020) for m in ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]],
            *("2019-01-01", "2020-06-01", "MS"),
        ),
        (
            "YEAR,QTR",
            [f"{year},Q{quarter}" for year in range(2015, 2020) for quarter in range(1, 5)],
            *("2015-01-01", "2019-10-01", "QS-OCT"),
        ),
        (
            "Jahr,KW",
            [f"{year},{week}" for year in (2021, 2022) for week in range(1, 53)],
            *("2021-01-04", "2022-12-26", "W-MON"),
        ),
        (
            "year,month,day",
            [f"2024,{month},{day}" for month in (1, 2) for day in range(1, 30)],
            *("2024-01-01", "2024-02-29", "D"),
        ),
        (
            "year,doy",
            [f"{year},{day}" for year in (2023, 2024) for day in range(1, 366)],
            *("2023-01-01", "2024-12-30", "D"),
        ),
        (
            "Year,Month,Day,Hour",
            [f"2024,2,{day},{hour}" for day in (28, 29) for hour in range(24)],
            *("2024-02-28T00", "2024-02-29T23", "h"),
        ),
    ],
)
def test_a_year_and_its_parts(
    tmp_path: Path, header: str, rows: list[str], first: str, last: str, alias: str
) -> None:
    cells = [f"{row},{index}" for index, row in enumerate(rows)]
    found = table(tmp_path, f"{header},y", cells)
    assert found.frequency.alias == alias
    assert (found.ds[0], found.ds[-1]) == (np.datetime64(first), np.datetime64(last))
    assert found.y[np.isfinite(found.y)].tolist() == [*range(len(rows))]


def test_each_series_keeps_its_own_times(tmp_path: Path) -> None:
    rows = [f"{s},2024,{m},{m}" for s in ("north", "south") for m in range(1, 13)]
    found = table(tmp_path, "region,year,month,sales", rows)
    assert (found.ids.tolist(), found.lengths.tolist()) == (["north", "south"], [12, 12])


def test_frames_of_any_library() -> None:
    days = pd.date_range("2024-01-01", periods=3).repeat(24)
    frame = pd.DataFrame({"day": days, "hour": [*range(24)] * 3, "y": range(72)})
    for native in (frame, pl.from_pandas(frame)):
        assert read_table(native).frequency.alias == "h"


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("date,hour,y", [f"{day},8,{n}" for n, day in enumerate(DAYS)]),  # dates do not repeat
        ("date,month,day,y", [f"{day},1,{n + 1},{n}" for n, day in enumerate(DAYS)]),
        ("year,month_rate,y", [f"{2000 + n},3,{n}" for n in range(9)]),
    ],
)
def test_columns_that_only_repeat_a_part_of_the_time_are_left(
    tmp_path: Path, header: str, rows: list[str]
) -> None:
    found = table(tmp_path, header, rows, target_col="y")
    assert found.lengths.tolist() == [len(rows)]
    assert not any("were joined" in note for note in found.notes)


def test_parts_that_make_no_date_are_refused(tmp_path: Path) -> None:
    rows = ["2023,2,28,1", "2023,2,29,2", "2023,3,1,3"]
    with pytest.raises(DataError) as caught:
        table(tmp_path, "year,month,day,y", rows)
    assert str(caught.value) == (
        "a.csv: row 3: `year`, `month`, `day` are 2023, 2, 29, which is no date. Expected parts "
        "that make a date in every row."
    )


@pytest.mark.parametrize(
    ("header", "clock", "last"),
    [
        ("Datum,Intervall,Anrufe", "{h:02d}:00 - {h:02d}:30", "{h:02d}:30 - {e:02d}:00"),
        ("Date,Interval,Calls", "{h:02d}:00-{h:02d}:30", "{h:02d}:30-{e:02d}:00"),
        ("Date,Start Time,End Time,Calls", "{h}:00 AM,{h}:30 AM", "{h}:30 AM,{e}:00 AM"),
        ("Datum,Von,Bis,Anrufe", "{h}:00,{h}:30", "{h}:30,{e}:00"),
    ],
)
def test_intervals_of_the_day_are_joined_by_their_begin(
    tmp_path: Path, header: str, clock: str, last: str
) -> None:
    rows = [
        f"{day},{form.format(h=hour, e=hour + 1)},{hour}"
        for day in DAYS
        for hour in (8, 9, 10)
        for form in (clock, last)
    ]
    found = table(tmp_path, header, rows)
    assert found.frequency.alias == "30min"
    assert str(found.ds[0]).endswith("T08:00:00.000000000")
    assert found.y[:6].tolist() == [8, 8, 9, 9, 10, 10]
    assert any("were joined" in note for note in found.notes)
    if "," in clock:
        assert any("the end of each interval, is not used" in note for note in found.notes)


def test_joins_the_parts_of_a_date_that_is_named_before_them(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    rows = [f"2023,October,{day},{day}" for day in range(1, 15)]
    path.write_text("visit_date_year,visit_date_month,visit_date_day,guests\n" + "\n".join(rows))
    table = read_table(path, target_col="guests")
    assert table.frequency.alias == "D"
    assert str(table.ds[0].astype("M8[D]")) == "2023-10-01"


@pytest.mark.parametrize("clock", ["{}时", "{}時0分", "{}시", "{} Uhr", "{}h", "{} hrs"])
def test_hours_with_a_word(clock: str) -> None:
    times = pd.date_range("2024-01-01", periods=72, freq="h")
    clocks = [clock.format(time.hour) for time in times]
    rows = frame(日期=times.strftime("%Y/%m/%d"), 时间=clocks, kWh=np.arange(72.0))
    table = read_table(rows)
    assert table.frequency.alias == "h"
    assert table.y.tolist() == list(range(72))


@pytest.mark.parametrize("names", [("rok", "tydzien"), ("Annee", "Semaine"), ("ÅR", "Uke")])
def test_names_of_parts_without_their_accents(names: tuple[str, str]) -> None:
    weeks = pd.date_range("2021-01-04", periods=60, freq="W-MON").isocalendar()
    rows = frame(
        **{names[0]: weeks.year.to_numpy(), names[1]: weeks.week.to_numpy()}, y=np.ones(60)
    )
    assert read_table(rows).frequency.alias == "W-MON"


def test_short_dates_with_points_are_no_times_of_day(tmp_path: Path) -> None:
    times = pd.date_range("2024-01-01", periods=24 * 9, freq="h")
    path = tmp_path / "a.csv"
    rows = "".join(f"{t:%d.%m.%y};{t:%H.%M};{t.hour}\n" for t in times)
    path.write_text("DATUM;UHRZEIT;WERT\n" + rows)
    table = read_table(path)
    np.testing.assert_array_equal(table.ds, times.to_numpy().astype("M8[ns]"))


def test_fiscal_months() -> None:
    rows = frame(fiscal_year=[2020] * 12 + [2021] * 12, fiscal_month=[*range(1, 13)] * 2)
    table = read_table(rows.assign(rev=np.arange(24.0)))
    assert (table.frequency.alias, table.schema.target_col) == ("MS", "rev")


def test_half_years() -> None:
    rows = frame(Jahr=np.repeat(range(2005, 2020), 2), Halbjahr=[1, 2] * 15, y=np.arange(30.0))
    table = read_table(rows)
    assert [str(day)[:7] for day in table.ds[:3]] == ["2005-01", "2005-07", "2006-01"]


def test_hours_with_the_name_of_an_id() -> None:
    times = pd.date_range("2024-01-01", periods=72, freq="h")
    rows = frame(DAY_ID=times.strftime("%Y%m%d").astype(int), HOUR_ID=times.hour, VAL=times.hour)
    assert read_table(rows).frequency.alias == "h"
