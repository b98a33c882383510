"""Tests the century of years of two digits."""

import pyarrow as pa
import pytest

from gated.errors import DataError
from gated.table.cells.dates import parse_dates


def test_years_of_two_digits_that_go_on_from_68_to_69_are_a_question() -> None:
    dates = [f"01-Jan-{year}" for year in range(25, 80)]
    for cells in (dates, dates[::-1], [*dates[:43], *dates[45:]], dates[1::2] + dates[::2]):
        with pytest.raises(DataError, match=r"go on from \d+ to \d+: of the last century, or of"):
            parse_dates(pa.array(cells), "sales.csv: ds")
    both = [f"01-Jan-{year % 100:02}" for year in range(1969, 2025)]
    notes = parse_dates(pa.array(both), "ds").notes
    assert notes[-1] == "Years of two digits: 69 as 1969 and 24 as 2024."


@pytest.mark.parametrize("time_format", [None, "%d-%b-%y"])
def test_years_of_two_digits_run_over_their_century(time_format: str | None) -> None:
    cells = [f"01-Jan-{year % 100:02}" for year in range(1955, 2005)]
    with pytest.raises(DataError, match='"01-Jan-68" and "01-Jan-69" have years of two digits'):
        parse_dates(pa.array(cells), "sales.csv: ds", time_format)
    cells = [f"01-Jan-{year % 100:02}" for year in range(1960, 1975)]
    parsed = parse_dates(pa.array(cells), "sales.csv: ds", time_format)
    years = parsed.wall.astype("M8[ns]").astype("M8[Y]").astype(int) + 1970
    assert years.tolist() == [*range(1960, 1975)]


def test_a_pattern_reads_the_century_as_the_known_forms_do() -> None:
    cells = ["31-Jan-49", "29-Feb-56", "soon"]
    parsed = parse_dates(pa.array(cells), "x", "%d-%b-%y")
    days = [str(day)[:10] for day in parsed.wall.astype("M8[ns]")]
    assert days == ["1949-01-31", "1956-02-29", "NaT"]
    assert parsed.notes == ("Years of two digits: 49 as 1949 and 56 as 1956.",)
    recent = parse_dates(pa.array(["31-Jan-99", "29-Feb-24"]), "x", "%d-%b-%y")
    assert recent.notes == ("Years of two digits: 99 as 1999 and 24 as 2024.",)
    assert parse_dates(pa.array(["2024-01-05"]), "x", "%Y-%m-%d").notes == ()
    date = parse_dates(pa.array(["01/31/49"]), "x", "%x").wall.astype("M8[ns]")[0]
    assert str(date)[:19] == "1949-01-31T00:00:00"
    assert parse_dates(pa.array(["2024-01-05 %y"]), "x", "%Y-%m-%d %%y").notes == ()


def test_a_year_of_two_digits_is_said() -> None:
    assert parse_dates(pa.array(["Jan-49", "Feb-49"]), "x").notes == (
        "Years of two digits: 49 as 1949.",
    )
