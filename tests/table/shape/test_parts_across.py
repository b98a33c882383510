"""Tests tables whose columns are weekdays, days, years or times of day beside other parts."""

import numpy as np
import pandas as pd
import pytest

from gated.table import Table, read_table
from tests.table.example_tables import frame


def days_of(table: Table) -> list[str]:
    return [str(day) for day in table.ds.astype("M8[D]")]


def values(rows: int, columns: int) -> np.ndarray:
    return np.arange(rows * columns, dtype=float).reshape(rows, columns)


@pytest.mark.parametrize(
    ("names", "begin", "label", "first"),
    [
        ("lun. mar. mer. jeu. ven. sam. dim.", "2024-01-01", "semaine du", "2024-01-01"),
        ("Sunday Monday Tuesday Wednesday Thursday Friday Saturday", "2024-01-07", "Week", None),
        ("Mon Tue Wed Thu Fri Sat Sun", "2024-01-07", "Week ending", "2024-01-01"),
        ("mån tis ons tor fre lör sön", "2024-01-01", "vecka från", "2024-01-01"),
    ],
)
def test_weekdays_beside_weeks(names: str, begin: str, label: str, first: str | None) -> None:
    cells = values(12, 7)
    rows = {label: pd.date_range(begin, periods=12, freq="7D").astype(str)}
    rows |= dict(zip(names.split(), cells.T, strict=True))
    table = read_table(frame(**rows, Total=cells.sum(1)))
    assert table.frequency.alias == "D"
    assert days_of(table)[0] == (first or begin)
    np.testing.assert_array_equal(table.y, cells.ravel())
    assert any("not used: `Total`" in note for note in table.notes)


def test_weekdays_beside_year_and_week_of_a_shop_closed_on_sunday() -> None:
    cells = values(20, 6)
    names = ["Mo", "Di", "Mi", "Do", "Fr", "Sa"]
    rows = {"Jahr": [2024] * 20, "KW": range(1, 21), **dict(zip(names, cells.T, strict=True))}
    table = read_table(frame(**rows))
    assert table.frequency.alias == "MON+TUE+WED+THU+FRI+SAT"
    assert days_of(table)[:7][-1] == "2024-01-08"
    assert not any("not used" in note for note in table.notes)


def test_a_week_with_another_first_weekday_is_not_turned() -> None:
    cells = values(12, 7)
    begin = pd.date_range("2024-01-03", periods=12, freq="7D").astype(str)  # Wednesdays
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    table = read_table(frame(week=begin, **dict(zip(names, cells.T, strict=True))))
    assert len(table.ids) == 7


def test_days_beside_months() -> None:
    months = pd.date_range("2023-01-01", periods=4, freq="MS")
    rows: dict[str, object] = {"Monat": months.strftime("%Y-%m")}
    for day in range(1, 32):
        rows[f"{day:02d}"] = [day if day <= month.days_in_month else None for month in months]
    table = read_table(frame(**rows))
    assert table.frequency.alias == "D"
    assert len(table.ds) == 120
    assert days_of(table)[58:60] == ["2023-02-28", "2023-03-01"]
    assert table.y[59] == 1
    rows["30"] = [1, 1, 1, 1]  # February 30 has a value
    assert len(read_table(frame(**rows)).ids) == 31


def test_years_beside_months_quarters_and_weeks() -> None:
    months = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    names = [*months.split(), "diciembre"]
    cells = values(12, 3)
    table = read_table(frame(Mes=names, **{"2021": cells[:, 0], "2022": cells[:, 1]}))
    assert table.frequency.alias == "MS"
    np.testing.assert_array_equal(table.y, cells[:, :2].T.ravel())
    quarters = read_table(
        frame(Quarter=["Q1", "Q2", "Q3", "Q4"], **{str(y): np.ones(4) * y for y in (2019, 2020)})
    )
    assert quarters.frequency.alias.startswith("QS")
    assert list(quarters.y[3:5]) == [2019, 2020]
    weeks = frame(week=range(1, 54), **{"2020": np.ones(53), "2021": [*np.full(52, 2.0), None]})
    table = read_table(weeks)
    assert table.frequency.alias == "W-MON"
    assert (days_of(table)[0], days_of(table)[53]) == ("2019-12-30", "2021-01-04")


def test_totals_below_the_months_are_left_out() -> None:
    names = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]
    cells = values(12, 2)
    rows: dict[str, object] = {"Monat": [*names, "Summe", "Durchschnitt"]}
    rows["2022"] = [*map(str, cells[:, 0]), "132", "11"]
    rows["2023"] = [*map(str, cells[:9, 1]), "", "", "", "1", "2"]
    table = read_table(frame(**rows))
    assert (table.frequency.alias, table.n_series) == ("MS", 1)
    np.testing.assert_array_equal(table.y[:21], cells.T.ravel()[:21])
    assert '`Monat`: 2 rows of "Summe" and "Durchschnitt" sum up the months and were left out.' in (
        table.notes
    )


def test_years_beside_months_of_several_shops() -> None:
    rows = frame(
        Shop=["a"] * 12 + ["b"] * 12,
        Month=[*range(1, 13)] * 2,
        **{"2022": np.arange(24.0), "2023": np.arange(24.0) + 100},
    )
    table = read_table(rows)
    assert list(table.ids) == ["a", "b"]
    assert table.y[12] == 100


def test_countries_beside_years_stay_yearly() -> None:
    table = read_table(
        frame(Country=["NO", "SE"], **{str(y): [1.0, 2.0] for y in range(2015, 2021)})
    )
    assert table.frequency.alias.startswith("YS")


@pytest.mark.parametrize("form", ["{:%H:%M}", "{:%H:%M}-{:%H:%M}"])
def test_half_hours_beside_dates(form: str) -> None:
    slots = pd.date_range("2024-01-01 07:30", periods=10, freq="30min")
    cells = values(15, 10)
    names = [form.format(slot, slot + pd.Timedelta("30min")) for slot in slots]
    days = pd.date_range("2024-02-05", periods=15).astype(str)
    table = read_table(frame(Day=days, **dict(zip(names, cells.T, strict=True))))
    assert table.frequency.alias == "30min"
    assert str(table.ds[0]).startswith("2024-02-05T07:30")
    assert np.nansum(table.y) == cells.sum()


@pytest.mark.parametrize("label", ["YTD", "Total", "Jan-Dec", "Full year"])
def test_any_row_below_twelve_months_is_left_out(label: str) -> None:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    rows = {str(year): [*range(12), 999] for year in (2020, 2021, 2022)}
    table = read_table(frame(Month=[*names, label], **rows))
    assert (table.frequency.alias, table.y.tolist()) == ("MS", [*range(12)] * 3)
