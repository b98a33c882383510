"""Tests the parsing of dates: every format, every error."""

import random
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from gated.errors import DataError, UsageError
from gated.table.cells.dates import NOT_A_TIME, looks_like_dates, parse_dates
from gated.table.cells.dates.clock import COMPACT_CLOCKS, DATE_AND_TIME, PLAIN_DATE, pieces_of
from gated.table.cells.dates.forms import COMPLETE, FORMS, Form
from gated.table.cells.regex import all_match, any_matches
from gated.table.cells.written.reading import number_share


def wall(*texts: str, time_format: str | None = None) -> list[str]:
    parsed = parse_dates(pa.array(texts), "a.csv: ds", time_format)
    return [str(time)[:19] for time in parsed.wall.astype("M8[ns]")]


def _look_like_dates(texts: pa.Array) -> bool:
    return looks_like_dates(texts, np.ones(len(texts), dtype=np.int64))


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
    assert _look_like_dates(pa.array([text]))


@pytest.mark.parametrize(
    "text",
    ["2021-13-04", "2021-02-29", "2021-00-10", "2021-01-32", "2021-01-01 24:30", "hello", "now",
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


def test_an_undecided_year_of_two_digits_is_an_error() -> None:
    with pytest.raises(DataError, match=r'day or with the year.*time_format="%d.%m.%y"'):
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
    assert _look_like_dates(pa.array(["2021-01-01", "2021-01-02", "?"]))
    assert _look_like_dates(pa.array(["01.02.21"]))
    assert not _look_like_dates(pa.array(["10:00", "12", "clear"]))
    assert not _look_like_dates(pa.array([], pa.string()))


def test_every_day_of_four_centuries() -> None:
    days = np.arange("1850-01-01", "2250-01-01", dtype="M8[D]")
    parsed = parse_dates(pa.array(days.astype(str)), "x")
    np.testing.assert_array_equal(parsed.wall.astype("M8[ns]"), days.astype("M8[ns]"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1-Oct-13", "13-Oct-13"), ("2013-10-01", "2013-10-13")),
        (("Oct 1, 2013",), ("2013-10-01",)),
        (("1. Oktober 2013",), ("2013-10-01",)),
        (("mars 2021", "avr. 2021", "août 2021"), ("2021-03-01", "2021-04-01", "2021-08-01")),
        (("2021-jan", "2021-feb"), ("2021-01-01", "2021-02-01")),
        (("Januar 2020", "März 2020"), ("2020-01-01", "2020-03-01")),
        (("1 de enero de 2020", "15 de dic. de 2020"), ("2020-01-01", "2020-12-15")),
        (("luty 2020", "października 2020"), ("2020-02-01", "2020-10-01")),
        (("des. 2020", "MAI 2021"), ("2020-12-01", "2021-05-01")),
        (("Mon, 1 Jan 2024", "Tuesday, 2 January 2024"), ("2024-01-01", "2024-01-02")),
        (("mar. 2 janv. 2024",), ("2024-01-02",)),  # a Tuesday
        (("Mar 1, 2024",), ("2024-03-01",)),
        (("01JAN2019", "JAN2019"), ("2019-01-01", "NaT")),
        (("1st January 2020", "22nd March 2020"), ("2020-01-01", "2020-03-22")),
        (("2019 JAN", "2019 FEB"), ("2019-01-01", "2019-02-01")),
        (("Jan-19", "Feb-19", "Jan-20"), ("2019-01-01", "2019-02-01", "2020-01-01")),
        (("2022-W01", "2022-W52"), ("2022-01-03", "2022-12-26")),
        (("2020U53", "2021U01"), ("2020-12-28", "2021-01-04")),
        (("2021W53", "2021W52"), ("NaT", "2021-12-27")),  # 2021 had 52 weeks
        (("Week 1 2022", "Week 2, 2022"), ("2022-01-03", "2022-01-10")),
        (("KW 1/2022", "KW 2/2022"), ("2022-01-03", "2022-01-10")),
        (("2022-W01-3",), ("2022-01-05",)),
        (("1Q12", "2Q12"), ("2012-01-01", "2012-04-01")),
        (("Q1-12", "Q2-12"), ("2012-01-01", "2012-04-01")),
        (("1. Quartal 2012", "4. Quartal 2012"), ("2012-01-01", "2012-10-01")),
        (("1er trimestre 2012",), ("2012-01-01",)),
        (("2019K1", "2019K4"), ("2019-01-01", "2019-10-01")),
        (("2012 T1", "2012 T4"), ("2012-01-01", "2012-10-01")),
        (("2012T1", "2012T3", "2013T2"), ("2012-01-01", "2012-09-01", "2013-05-01")),
        (("2012H1", "2012H2"), ("2012-01-01", "2012-07-01")),
        (("2012-S1", "2012-S2"), ("2012-01-01", "2012-07-01")),
        (("2012-S1", "2012-S10"), ("2012-01-02", "2012-03-05")),  # semaine
        (("2019M01", "2019M12"), ("2019-01-01", "2019-12-01")),
        (("M01 2019",), ("2019-01-01",)),
        (("2000/01", "2001/02"), ("2000-01-01", "2001-01-01")),
        (("1998/99", "1999/00"), ("1998-01-01", "1999-01-01")),
        (("2000-01", "2000-02"), ("2000-01-01", "2000-02-01")),
        (("2024年1月1日", "2024年12月31日"), ("2024-01-01", "2024-12-31")),
        (("2024년 1월", "2024년 12월"), ("2024-01-01", "2024-12-01")),
        (("2024-060",), ("2024-02-29",)),
        (("1/1/24", "1/15/24"), ("2024-01-01", "2024-01-15")),
        (("15.01.24", "16.01.24", "17.01.24"), ("2024-01-15", "2024-01-16", "2024-01-17")),
        (("24-01-15", "24-01-16", "24-01-17"), ("2024-01-15", "2024-01-16", "2024-01-17")),
        (("13/1/69", "13/1/68"), ("1969-01-13", "1968-01-13")),
        (("2024-01-01 10:00:00 UTC",), ("2024-01-01",)),
        (("1/13/2024 12:00:00 a. m.",), ("2024-01-13",)),
    ],
)
def test_forms_of_other_programs(texts: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert tuple(time[:10] for time in wall(*texts)) == expected
    assert _look_like_dates(pa.array(texts))


@pytest.mark.parametrize("texts", [("Jan", "Feb"), ("V1.20", "V2.20"), ("Model 2021", "S1-20")])
def test_labels_are_no_dates(texts: tuple[str, ...]) -> None:
    assert not _look_like_dates(pa.array(texts))


def months(pattern: str) -> list[str]:
    return [month.strftime(pattern) for month in pd.date_range("2019-01-01", periods=24, freq="MS")]


@pytest.mark.parametrize("separator", ["/", "-", "."])
def test_the_regular_order_is_taken_and_said(separator: str) -> None:
    day_first = parse_dates(pa.array(months(f"%d{separator}%m{separator}%Y")), "x")
    assert day_first.label == f"DD{separator}MM{separator}YYYY"
    assert day_first.notes == ("Dates begin with the day: only so the times are regular.",)
    assert str(day_first.wall.astype("M8[ns]")[1])[:10] == "2019-02-01"
    month_first = parse_dates(pa.array(months(f"%m{separator}%d{separator}%Y")), "x")
    assert month_first.day_first is False
    np.testing.assert_array_equal(day_first.wall, month_first.wall)


def test_hours_decide_the_order() -> None:
    hours = pd.date_range("2024-02-01", periods=60, freq="h")
    parsed = parse_dates(pa.array(hours.strftime("%d/%m/%Y %H:%M")), "x")
    np.testing.assert_array_equal(parsed.wall.astype("M8[ns]"), hours.to_numpy())
    assert parsed.day_first


@pytest.mark.parametrize(
    ("texts", "pattern"),
    [
        (("01-02-2019", "02-02-2019"), "%d-%m-%Y"),
        (("1/2/24", "2/2/24"), "%m/%d/%y"),
        (("01/02/24 00:00", "02/02/24 00:00"), "%d/%m/%y %H:%M"),
        (("1/2/2019 1:00:05 PM", "2/2/2019 1:00:05 PM"), "%d/%m/%Y %I:%M:%S %p"),
        (("Jan-01", "Jan-02", "Jan-03"), "%b-%y"),
        (("19-Jan", "20-Jan"), "%y-%b"),
    ],
)
def test_an_offered_pattern_fits_and_works(texts: tuple[str, ...], pattern: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_dates(pa.array(texts), "a.csv: ds")
    assert f'time_format="{pattern}"' in str(caught.value)
    assert "NaT" not in wall(*texts, time_format=pattern)


def test_months_of_one_year_may_be_days_too() -> None:
    texts = months("%d/%m/%Y")[:12]  # 12 months, or January 1 to 12
    with pytest.raises(DataError, match="may begin with the day or with the month"):
        parse_dates(pa.array(texts), "x")


def test_days_and_months_swapped_by_a_spreadsheet_are_swapped_back() -> None:
    days = pd.date_range("2024-01-01", periods=45)
    swapped = [day.strftime("%Y-%d-%m" if day.day <= 12 else "%Y-%m-%d") for day in days]
    parsed = parse_dates(pa.array(swapped), "x")
    np.testing.assert_array_equal(parsed.wall.astype("M8[ns]"), days.to_numpy())
    assert "swapped" in parsed.notes[0]
    mixed = [day.strftime("%Y-%d-%m" if day.day <= 12 else "%d/%m/%Y") for day in days]
    parsed = parse_dates(pa.array(mixed), "x")
    np.testing.assert_array_equal(parsed.wall.astype("M8[ns]"), days.to_numpy())


def test_dates_that_are_regular_are_not_swapped() -> None:
    backwards = months("%Y-%m-%d")[::-1]
    assert [time[:10] for time in wall(*backwards)] == backwards


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("FY2022", "FY2023"), ("2022-01-01", "2023-01-01")),
        (("FY 22", "FY 23"), ("2022-01-01", "2023-01-01")),
        (("Q1 FY22", "Q2 FY22"), ("2022-01-01", "2022-04-01")),
        (("FY2022-Q1", "FY2022-Q4"), ("2022-01-01", "2022-10-01")),
        (("GJ 2021", "GJ 2022"), ("2021-01-01", "2022-01-01")),
    ],
)
def test_fiscal_years_and_their_quarters(texts: tuple[str, ...], expected: tuple[str, ...]) -> None:
    parsed = parse_dates(pa.array(texts), "a.csv: ds")
    assert tuple(str(day)[:10] for day in parsed.wall.astype("M8[ns]")) == expected
    assert any("Fiscal years" in note for note in parsed.notes)


@pytest.mark.parametrize("pattern", ["{week:02d}/{year}", "{week}.{year}", "{year}-{week:02d}"])
def test_weeks_without_a_letter_are_weeks_if_most_are_no_months(pattern: str) -> None:
    weeks = [pattern.format(week=week, year=year) for year in (2021, 2022) for week in range(1, 53)]
    parsed = parse_dates(pa.array(weeks), "a.csv: week")
    assert (np.diff(parsed.wall) == 7 * 86_400 * 10**9).all()
    assert any("ISO weeks" in note for note in parsed.notes)


def test_one_wrong_month_makes_no_weeks() -> None:
    parsed = parse_dates(pa.array([f"{n}/2021" for n in range(1, 14)]), "a.csv: month")
    assert parsed.label == "MM/YYYY"
    assert parsed.wall[-1] == NOT_A_TIME


def test_names_of_zones_are_cut_and_said() -> None:
    texts = ["Jan 1, 2024 12:05:01 AM PST", "Jul 1, 2024 1:00:00 PM PDT"]
    parsed = parse_dates(pa.array(texts), "a.csv: date/time")
    assert parsed.wall.astype("M8[ns]").astype("M8[s]").astype(str).tolist() == [
        "2024-01-01T00:05:01",
        "2024-07-01T13:00:00",
    ]
    assert any("name of the zone (PDT and PST) was cut" in note for note in parsed.notes)


def test_dates_that_mean_the_same_in_both_orders_are_no_question() -> None:
    parsed = parse_dates(pa.array([f"01/01/{year}" for year in range(2011, 2019)]), "a.csv: ds")
    assert parsed.wall.astype("M8[ns]").astype("M8[D]")[1] == np.datetime64("2012-01-01")
    assert parsed.day_first is None


@pytest.mark.parametrize("year", ["2024", "24"])
def test_dates_with_points_begin_with_the_day(year: str) -> None:
    parsed = parse_dates(pa.array([f"0{day}.01.{year}" for day in range(1, 9)]), "a.csv: ds")
    assert parsed.wall.astype("M8[ns]").astype("M8[D]")[1] == np.datetime64("2024-01-02")
    assert parsed.notes[0] == "Dates begin with the day, as dates with points do."


def test_new_years_days_and_the_days_of_one_january_are_a_question() -> None:
    with pytest.raises(DataError, match="or with the year"):
        parse_dates(pa.array([f"01/01/{year}" for year in range(24, 32)]), "a.csv: ds")


@pytest.mark.parametrize("form", COMPLETE, ids=lambda form: form.label)
def test_complete_dates_have_no_other_form(form: Form) -> None:
    numbers = ["1", "01", "12", "31", "99", "2024", "1999", "0005"]
    gaps = ["-", "/", ".", " ", ". ", "--", " / "]
    draw = random.Random(0)
    texts = [
        "".join(draw.choice(numbers) + draw.choice(gaps) for _ in range(2)) + draw.choice(numbers)
        for _ in range(5000)
    ]
    written = sorted({*texts, *(f"{text}." for text in texts)})
    dates = pa.array([text for text in written if re.search(form.shape, text)])
    assert len(dates) > 50
    assert [other for other in FORMS if any_matches(dates, other.shape)] == [form]


@pytest.mark.parametrize("clock", ["", " 10:00", "T1:05:09"])
def test_plain_dates_are_in_no_other_way_written(clock: str) -> None:
    draw = random.Random(1)
    days = [
        sign.join(draw.sample([f"{draw.randrange(1, 13)}", f"{draw.randrange(1, 32):02}"], 2))
        for sign in "-/." * 50
    ]
    years = [f"2024{day[1:2] if day[1] in '-/.' else day[2]}{day}" for day in days]
    for written in (years, [f"{day}{year[4]}2024" for day, year in zip(days, years, strict=True)]):
        texts = pa.array([day + clock for day in written])
        assert all_match(texts, PLAIN_DATE)
        assert not any(any_matches(texts, pattern) for pattern, _ in COMPACT_CLOCKS)
        assert number_share(texts, np.ones(len(texts), dtype=np.int64))[0] == 0
        expected = pc.extract_regex(texts, DATE_AND_TIME)
        assert pieces_of(texts).equals(expected)
        assert looks_like_dates(texts, np.ones(len(texts), dtype=np.int64))


@pytest.mark.parametrize(
    "text",
    [
        "31.01.2024 13:30 Uhr",
        "31.01.2024 um 13:30 Uhr",
        "31.01.2024 13:30h",
        "31.01.2024 kl. 13:30",
        "31.01.2024 klo 13.30",
        "31.01.2024 13.30",
        "31/01/2024 13.30.00",
        "31/01/2024 13h30",
        "2024-01-31 13:30 hrs",
    ],
)
def test_words_beside_the_time_of_day(text: str) -> None:
    assert wall(text)[0][:16] == "2024-01-31T13:30"
