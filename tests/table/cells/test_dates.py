"""Tests the parsing of dates: every format, every error."""

import numpy as np
import pyarrow as pa
import pytest

from gated.errors import DataError, UsageError
from gated.table.cells.dates import NOT_A_TIME, looks_like_dates, parse_dates


def wall(*texts: str, time_format: str | None = None) -> list[str]:
    parsed = parse_dates(pa.array(texts), "a.csv: ds", time_format)
    return [str(time)[:19] for time in parsed.wall.astype("M8[ns]")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-04-30", "2021-04-30T00:00:00"),
        ("2021-4-3", "2021-04-03T00:00:00"),
        ("2021/04/30", "2021-04-30T00:00:00"),
        ("2021.04.30", "2021-04-30T00:00:00"),
        ("20210430", "2021-04-30T00:00:00"),
        ("1949-01", "1949-01-01T00:00:00"),
        ("2021Q3", "2021-07-01T00:00:00"),
        ("2021-Q4", "2021-10-01T00:00:00"),
        ("Q1 2021", "2021-01-01T00:00:00"),
        ("04/30/2021", "2021-04-30T00:00:00"),
        ("30.4.2021", "2021-04-30T00:00:00"),
        ("04/2021", "2021-04-01T00:00:00"),
        ("30 Apr 2021", "2021-04-30T00:00:00"),
        ("30-April-2021", "2021-04-30T00:00:00"),
        ("Apr 30, 2021", "2021-04-30T00:00:00"),
        ("September 2021", "2021-09-01T00:00:00"),
        ("Sept 2021", "2021-09-01T00:00:00"),
        ("2021 Jan", "2021-01-01T00:00:00"),
        ("2021-04-30T16:05", "2021-04-30T16:05:00"),
        ("2021-04-30 16:05:09", "2021-04-30T16:05:09"),
        ("2021-04-30 16:05:09.25", "2021-04-30T16:05:09"),
        ("4/30/2021 4:05 PM", "2021-04-30T16:05:00"),
        ("4/30/2021, 12:05:00 am", "2021-04-30T00:05:00"),
        ("2021-04-30T16:05:09Z", "2021-04-30T16:05:09"),
        ("2020-02-29", "2020-02-29T00:00:00"),
    ],
)
def test_formats(text: str, expected: str) -> None:
    assert wall(text) == [expected]
    assert looks_like_dates(pa.array([text]))


@pytest.mark.parametrize(
    "text",
    ["2021-13-04", "2021-02-29", "2021-00-10", "2021-01-32", "2021-01-01 24:00", "hello", "now",
     "2021-01-01 10:60", "2021-01-01 13:00 PM", "2021", "2021-1-1-1", "31 Foo 2021"],
)  # fmt: skip
def test_texts_that_are_not_dates_are_marked(text: str) -> None:
    parsed = parse_dates(pa.array(["2021-04-30", "2021-05-01", text]), "a.csv: ds")
    assert (parsed.wall == NOT_A_TIME).tolist() == [False, False, True]
    assert parsed.label == "YYYY-MM-DD"


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "1677-01-01", "2262-01-01"])
def test_years_outside_the_range_of_nanoseconds_are_flagged(text: str) -> None:
    parsed = parse_dates(pa.array(["2021-04-30", text]), "a.csv: ds")
    assert parsed.too_far.tolist() == [False, True]
    assert parsed.wall[1] == NOT_A_TIME


def test_fractions_of_a_second_are_kept() -> None:
    parsed = parse_dates(pa.array(["2021-04-30 16:05:09.25"]), "a.csv: ds")
    assert parsed.wall[0] % 1_000_000_000 == 250_000_000


def test_offsets_from_utc() -> None:
    texts = ["2021-01-01T00:00+1100", "2021-01-01T00:00-03:30", "2021-01-01T00:00Z", "2021-01-01"]
    parsed = parse_dates(pa.array(texts), "a.csv: ds")
    assert (parsed.offset / 3.6e12).tolist() == [11, -3.5, 0, 0]
    assert parsed.has_offset.tolist() == [True, True, True, False]


def test_day_or_month_first_is_decided_by_the_values() -> None:
    assert wall("02/08/1991", "04/30/2021")[0] == "1991-02-08T00:00:00"
    assert wall("02/08/1991", "30/04/2021")[0] == "1991-08-02T00:00:00"
    parsed = parse_dates(pa.array(["02/8/1991", "04/30/2021"]), "a.csv: ds")
    assert parsed.label == "MM/DD/YYYY"
    assert parsed.notes == ("Dates begin with the month: 04/30/2021 allows no other order.",)


def test_ambiguous_order_of_day_and_month_is_an_error() -> None:
    with pytest.raises(DataError) as caught:
        parse_dates(pa.array(["01/02/2021", "03/04/2021"]), "a.csv: ds")
    message = str(caught.value)
    assert 'a.csv: ds "01/02/2021" may begin with the day or with the month' in message
    assert 'time_format="%d/%m/%Y"' in message
    assert wall("01/02/2021", time_format="%d/%m/%Y") == ["2021-02-01T00:00:00"]


def test_years_of_two_digits_are_an_error() -> None:
    with pytest.raises(DataError, match=r"year of two digits.*time_format="):
        parse_dates(pa.array(["30.04.21"]), "a.csv: ds")
    assert wall("30.04.21", time_format="%d.%m.%y") == ["2021-04-30T00:00:00"]


def test_a_given_format_is_used() -> None:
    parsed = parse_dates(pa.array(["30.04.2021", "2021-04-30"]), "a.csv: ds", "%d.%m.%Y")
    assert (parsed.wall == NOT_A_TIME).tolist() == [False, True]
    aware = parse_dates(pa.array(["30.04.2021 10:00 +0200"]), "x", "%d.%m.%Y %H:%M %z")
    assert str(aware.wall.astype("M8[ns]")[0])[:16] == "2021-04-30T08:00"
    assert aware.has_offset.all()
    with pytest.raises(UsageError, match="is not a pattern for dates"):
        parse_dates(pa.array(["30.04.2021"]), "x", "%q")


def test_columns_of_dates_are_detected() -> None:
    assert looks_like_dates(pa.array(["2021-01-01", "2021-01-02", "?"]))
    assert looks_like_dates(pa.array(["01.02.21"]))
    assert not looks_like_dates(pa.array(["10:00", "12", "clear"]))
    assert not looks_like_dates(pa.array([], pa.string()))


def test_every_day_of_four_centuries() -> None:
    days = np.arange("1850-01-01", "2250-01-01", dtype="M8[D]")
    parsed = parse_dates(pa.array(days.astype(str)), "x")
    np.testing.assert_array_equal(parsed.wall.astype("M8[ns]"), days.astype("M8[ns]"))
