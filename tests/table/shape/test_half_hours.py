"""Tests the half-hours of days on which the clock changes, and hours written as ranges."""

from pathlib import Path

import numpy as np

from gated.table.reader import read_table


def test_the_day_of_46_half_hours_leaves_out_an_hour(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = {"2023-03-25": 48, "2023-03-26": 46, "2023-03-27": 48}
    rows = [f"{day},{sp},{sp}\n" for day, last in days.items() for sp in range(1, last + 1)]
    path.write_text("SettlementDate,SettlementPeriod,MW\n" + "".join(rows))
    table = read_table(path)
    last = table.y[table.ds == np.datetime64("2023-03-26T23:30")]
    assert last.tolist() == [46.0]
    assert np.isnan(table.y[table.ds == np.datetime64("2023-03-26T01:30")]).all()
    assert any("2023-03-26" in note for note in table.notes)


def test_the_day_of_50_half_hours_has_an_hour_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = {"2022-10-29": 48, "2022-10-30": 50, "2022-10-31": 48}
    rows = [f"{day},{sp},{sp}\n" for day, last in days.items() for sp in range(1, last + 1)]
    path.write_text("Date,SP,MW\n" + "".join(rows))
    table = read_table(path)
    assert table.y[table.ds == np.datetime64("2022-10-30T01:00")].tolist() == [4.0]
    assert table.y[table.ds == np.datetime64("2022-10-31T00:00")].tolist() == [1.0]


def test_an_incomplete_last_day_is_not_a_change_of_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = {"2023-03-18": 48, "2023-03-19": 46}
    rows = [f"{day},{sp},{sp}\n" for day, last in days.items() for sp in range(1, last + 1)]
    path.write_text("Date,SP,MW\n" + "".join(rows))
    assert str(read_table(path).ds[-1])[:16] == "2023-03-19T22:30"


def test_hours_from_and_to(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        f"{day}.02.2024;{hour:02d}\u00a0-\u00a0{(hour + 1) % 24:02d};{hour},5\n"
        for day in range(13, 16)
        for hour in range(24)
    ]
    path.write_text("Dato;Time;Pris\n" + "".join(rows))
    table = read_table(path)
    assert (table.frequency.alias, table.n_series) == ("h", 1)
    assert str(table.ds[-1])[:16] == "2024-02-15T23:00"


def test_24_00_beside_a_date_of_either_order(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        f"01/0{day}/2024,{hour:02d}:00,{hour}\n" for day in range(1, 5) for hour in range(1, 25)
    ]
    path.write_text("Delivery Date,Hour Ending,Price\n" + "".join(rows))
    table = read_table(path)
    assert (len(table.y), str(table.ds[-1])[:16]) == (96, "2024-01-05T00:00")
    assert np.array_equal(table.y[:25], [*range(1, 25), 1])


def test_seasons_of_three_months(tmp_path: Path) -> None:
    path = tmp_path / "oni.txt"
    names = ["DJF", "JFM", "FMA", "MAM", "AMJ", "MJJ", "JJA", "JAS", "ASO", "SON", "OND", "NDJ"]
    rows = [
        f"  {year}  {name}  {index}.25\n"
        for year in (2001, 2002)
        for index, name in enumerate(names)
    ]
    path.write_text("  YEAR  SEASON  INDEX\n" + "".join(rows))
    table = read_table(path)
    assert (table.frequency.alias, str(table.ds[-1])[:7]) == ("MS", "2002-12")
