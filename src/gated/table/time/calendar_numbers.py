"""Finds out which times the numbers of a column are: 201901, 2019.0833, 1704067200, …

A meaning needs numbers that are all valid, and evidence: the column's name, or regular times.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.table.cells.dates.names import words
from gated.table.cells.dates.regular import is_regular
from gated.table.cells.dates.spans import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
    NOT_A_TIME,
    SECOND,
    iso_mondays,
)

__all__ = ["EPOCH_UNITS", "Meaning", "epoch_unit", "is_time_name", "meaning_named", "meaning_of"]

EPOCH_UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}  # in ns
EARLY, LATE = 500_000_000, 4_200_000_000  # 1985 and 2103 in seconds since 1970
LARGEST = 1e15  # above, float64 has no digits for the seconds of YYYYMMDDHHMMSS
HOUR = 3_600 * SECOND
# Decimal years are often rounded to two digits: 1949.08 for 1949 + 1/12. A month then begins at
# most 0.07 months after the number.
ROUNDED_MONTH = 0.07
MONTH_NAMES = words(
    "month months yearmonth yyyymm ym monthid monthyear period date ds datum data fecha "
    "time mois monat monate mes anomes mese maand maned manad miesiac mesic kuukausi "
    "yrmo yymm yymo jjmm aamm reportmonth datetime timestamp dt tid zeit periode periodo"
)
SHORT_NAMES = words("yrmo yymm yymo jjmm aamm month yearmonth monat mois mes maand period periode")
DAY_NAMES = words("date ds datum data fecha dato dt day yymmdd ddmmyy jjmmtt aammjj tid")
WEEK_NAMES = words(
    "week weeks yearweek yyyyww yw yrwk isoweek isoyearweek weekid woche kalenderwoche "
    "kw jahrwoche semaine semana settimana uke uge vecka tydzien tyden calendarweek"
)
QUARTER_NAMES = words(
    "quarter quarters yearquarter yyyyq yq quartal trimestre kvartal kwartaal qtr"
)
TIME_NAMES = MONTH_NAMES | WEEK_NAMES | QUARTER_NAMES
TIME_NAMES |= words("year day hour epoch ts unix unixtime unixtimestamp epochtime t")

# Columns of dates; "day" and "time" may count steps.
SERIAL_NAMES = MONTH_NAMES - words("month months time mois monat monate mes mese maand") | words(
    "dato dateandtime datum_uhrzeit fechahora exceldate serialdate dateserial dateexcel "
    "orderdate saledate invoicedate transactiondate postingdate"
)
DATENUM_NAMES = words("datenum matlabdatenum matlabtime matlab dnum mtime")
DAY_OF_YEAR_NAMES = MONTH_NAMES | words(
    "julian juliandate juliandday yyyyddd yearday yeardoy ydoy yday jday jdate doy ordinaldate"
)
TIME_NAMES |= SERIAL_NAMES | DATENUM_NAMES | DAY_OF_YEAR_NAMES
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # days since 1899-12-30: 1954 to 2119
FIRST_DATENUM, LAST_DATENUM = 693_962, 800_000  # days since the year 0: 1900 to 2190
SERIAL_BEGIN, DATENUM_BEGIN = -25_569, -719_529  # days since 1970
_SIX_DIGITS = 100_000
FEW_SECONDS = 5  # by which a rounded fraction of a day may differ from a whole minute

Evidence = Literal["valid", "named", "named or regular"]


@dataclass(frozen=True)
class Meaning:
    """How numbers are times.

    Attributes:
        label: as a person would write the form.
        pattern: strptime pattern with which a forecast is written again; "" for datetimes.
        note: the sentence that says how the numbers were read, after "`column` was read as".
        read: [K] distinct numbers to ns since 1970, `NOT_A_TIME` where invalid.
        names: plain names of columns that hold such numbers.
        evidence: whether valid numbers suffice, or the name or regular times must agree.
    """

    label: str
    pattern: str
    note: str
    read: Callable[[FloatArray], IntArray]
    names: frozenset[str] = TIME_NAMES
    evidence: Evidence = "named or regular"

    def fits(self, numbers: FloatArray, name: str) -> bool:
        """Whether distinct numbers have this meaning in a column of this name."""
        times = self.read(numbers)
        if (times == NOT_A_TIME).any() or len(np.unique(times)) < len(times):
            return False
        if self.evidence == "valid" or _plain(name) in self.names:
            return True
        return self.evidence == "named or regular" and is_regular(times) and _jumps(numbers)


def meaning_of(numbers: FloatArray, name: str) -> Meaning | None:
    """The meaning of the distinct numbers of a column; None if they are no times.

    >>> meaning_of(np.array([201911.0, 201912, 202001]), "x").label
    'YYYYMM'
    >>> meaning_of(np.array([201910.0, 201911, 201912]), "x") is None  # may be steps
    True
    """
    numbers = np.unique(numbers)
    low, high = float(numbers[0]), float(numbers[-1])
    if not (np.isfinite(numbers).all() and low >= FIRST_YEAR and high < LARGEST):
        return None if low >= 13 or low < 1 else _first_fit((MONTH_DOT_YEAR,), numbers, name)
    whole = bool((numbers == np.round(numbers)).all())
    if not whole:
        fractions = (EXCEL_DAYS, MATLAB_DAYS)
        if high < LAST_YEAR + 1:
            fractions = (YEAR_DOT_MONTH, DECIMAL_MONTHS)
        return _first_fit(fractions, numbers, name)
    return _first_fit(WHOLE, numbers, name)


def meaning_named(pattern: str) -> Meaning | None:
    """The meaning of a past table's numbers, by its pattern or label."""
    known = (*WHOLE, EXCEL_DAYS, MATLAB_DAYS, YEAR_DOT_MONTH, MONTH_DOT_YEAR, DECIMAL_MONTHS)
    return next((one for one in known if pattern and pattern in (one.pattern, one.label)), None)


def epoch_unit(low: float, high: float) -> str | None:
    """The unit in which numbers count since 1970, if all are between 1985 and 2103.

    >>> epoch_unit(1704067200, 1704070800), epoch_unit(1.7e12, 1.8e12), epoch_unit(1, 100)
    ('s', 'ms', None)
    """
    for unit, size in EPOCH_UNITS.items():
        scale = EPOCH_UNITS["s"] // size
        if EARLY * scale <= low and high <= LATE * scale:
            return unit
    return None


def is_time_name(name: str) -> bool:
    """Whether a column of this name may hold times as numbers."""
    return _plain(name) in TIME_NAMES


def _first_fit(meanings: Sequence[Meaning], numbers: FloatArray, name: str) -> Meaning | None:
    return next((one for one in meanings if one.fits(numbers, name)), None)


def _plain(name: str) -> str:
    """A name in small letters without accents, digits and signs: "Year_Week" is "yearweek"."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z]", "", letters)


def _jumps(numbers: FloatArray) -> bool:
    """Whether numbers are not evenly spaced by 1, as numbered steps are."""
    return bool((np.diff(np.sort(numbers)) != 1).any())


def _split(numbers: NDArray[Any], *sizes: int) -> list[IntArray]:
    """Whole numbers as groups of decimal digits, the first of the remaining digits."""
    rest = np.round(numbers).astype(np.int64)
    groups: list[IntArray] = []
    for size in reversed(sizes):
        groups.insert(0, rest % 10**size)
        rest = rest // 10**size
    return [rest, *groups]


def _date(year: IntArray, month: IntArray, day: IntArray) -> IntArray:
    valid = (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    count = np.where(valid, (year - 1970) * 12 + month - 1, 0)
    first = count.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (count + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    valid &= day <= following - first
    return np.where(valid, (first + day - 1) * DAY, NOT_A_TIME)


def _days(numbers: NDArray[Any]) -> IntArray:
    return _date(*_split(numbers, 2, 2))


def _with_clock(days: NDArray[Any], *clock: IntArray) -> IntArray:
    date = _days(days)
    limits, sizes = (24, 60, 60), (HOUR, 60 * SECOND, SECOND)
    valid = date != NOT_A_TIME
    since = np.zeros(len(date), dtype=np.int64)
    for value, limit, size in zip(clock, limits, sizes, strict=False):
        valid &= value < limit
        since += value * size
    return np.where(valid, np.where(valid, date, 0) + since, NOT_A_TIME)


def _hours(numbers: FloatArray) -> IntArray:
    day, hour = _split(numbers, 2)
    return _with_clock(day, hour)


def _minutes(numbers: FloatArray) -> IntArray:
    day, hour, minute = _split(numbers, 2, 2)
    return _with_clock(day, hour, minute)


def _seconds(numbers: FloatArray) -> IntArray:
    day, hour, minute, second = _split(numbers, 2, 2, 2)
    return _with_clock(day, hour, minute, second)


def _months(numbers: FloatArray) -> IntArray:
    year, month = _split(numbers, 2)
    return _date(year, month, np.ones_like(year))


def _months_without_zero(numbers: FloatArray) -> IntArray:
    """Months such as 20191 and 201910; both lengths must exist, as 20191 alone may be a quarter."""
    long = numbers >= _SIX_DIGITS
    if long.all() or not long.any():
        return np.full(len(numbers), NOT_A_TIME)
    year, month = (
        np.where(long, two, one)
        for two, one in zip(_split(numbers, 2), _split(numbers, 1), strict=True)
    )
    month = np.where(long & (month < 10), 0, month)  # it would be written with one digit
    return _date(year, month, np.ones_like(year))


def _short_days(numbers: FloatArray) -> IntArray:
    return _of_short_dates(*_split(numbers, 2, 2))


def _days_short(numbers: FloatArray) -> IntArray:
    day, month, year = _split(numbers, 2, 2)
    return _of_short_dates(year, month, day)


def _of_short_dates(year: IntArray, month: IntArray, day: IntArray) -> IntArray:
    """Dates with years of two digits, if their times are regular: either order may exist."""
    if year.max() > 99:
        return np.full(len(year), NOT_A_TIME)
    times = _date(year + 2000, month, day)
    is_date = (times != NOT_A_TIME).all() and is_regular(times)
    return times if is_date else np.full(len(year), NOT_A_TIME)


def _short_months(numbers: FloatArray) -> IntArray:
    year, month = _split(numbers, 2)
    if year.max() > 99:
        return np.full(len(numbers), NOT_A_TIME)
    return _date(year + 2000, month, np.ones_like(year))


def _months_before_years(numbers: FloatArray) -> IntArray:
    month, year = _split(numbers, 4)
    return _date(year, month, np.ones_like(year))


def _days_before_years(numbers: FloatArray) -> IntArray:
    day, month, year = _split(numbers, 2, 4)
    return _date(year, month, day)


def _quarters(numbers: FloatArray) -> IntArray:
    year, quarter = _split(numbers, 1)
    month = np.where((quarter >= 1) & (quarter <= 4), quarter * 3 - 2, 0)
    return _date(year, month, np.ones_like(year))


def _weeks(numbers: FloatArray) -> IntArray:
    year, week = _split(numbers, 2)
    fits = (year >= FIRST_YEAR) & (year < LAST_YEAR)
    days, exists = iso_mondays(np.where(fits, year, 1970), week)
    return np.where(fits & exists, days * DAY, NOT_A_TIME)


def _year_dot_month(numbers: FloatArray) -> IntArray:
    year = np.floor(numbers)
    hundredths = (numbers - year) * 100
    month = np.where(np.abs(hundredths - np.round(hundredths)) < 1e-4, np.round(hundredths), 0)
    return _date(year.astype(np.int64), month.astype(np.int64), np.ones(len(year), np.int64))


def _month_dot_year(numbers: FloatArray) -> IntArray:
    month = np.floor(numbers)
    if len(np.unique(month)) < 2:  # an exchange rate from 1.1950 to 1.2050 has one "month"
        return np.full(len(numbers), NOT_A_TIME)
    year = (numbers - month) * 10_000
    year = np.where(np.abs(year - np.round(year)) < 1e-4, np.round(year), 0)
    return _date(year.astype(np.int64), month.astype(np.int64), np.ones(len(year), np.int64))


def _days_of_year(numbers: FloatArray) -> IntArray:
    year, day = _split(numbers, 3)
    first = _date(year, np.ones_like(year), np.ones_like(year))
    following = _date(year + 1, np.ones_like(year), np.ones_like(year))
    exists = (first != NOT_A_TIME) & (following != NOT_A_TIME) & (day >= 1)
    times = np.where(exists, first, 0) + (day - 1) * DAY
    return np.where(exists & (times < following), times, NOT_A_TIME)


def _serial_days(numbers: FloatArray) -> IntArray:
    return _since(numbers, FIRST_SERIAL, LAST_SERIAL, SERIAL_BEGIN)


def _matlab_days(numbers: FloatArray) -> IntArray:
    return _since(numbers, FIRST_DATENUM, LAST_DATENUM, DATENUM_BEGIN)


def _since(numbers: FloatArray, first: int, last: int, begin: int) -> IntArray:
    """Days and their fractions since a day, to the second, or to the minute if all are near one."""
    if ((numbers < first) | (numbers > last)).any():
        return np.full(len(numbers), NOT_A_TIME)
    seconds = np.round((numbers + begin) * 86_400)
    minutes = np.round(seconds / 60) * 60
    near = bool((np.abs(seconds - minutes) <= FEW_SECONDS).all())
    return np.asarray((minutes if near else seconds).astype(np.int64) * SECOND)


def _decimal_months(numbers: FloatArray) -> IntArray:
    months = np.floor(numbers * 12 + ROUNDED_MONTH).astype(np.int64)
    return _date(months // 12, months % 12 + 1, np.ones_like(months))


EXCEL_DAYS = Meaning(
    "Excel's serial days",
    "",
    "days since 1899-12-30, as spreadsheets count them",
    _serial_days,
    SERIAL_NAMES,
    evidence="named",
)
MATLAB_DAYS = Meaning(
    "MATLAB's serial days",
    "",
    "days since the year 0, as MATLAB counts them",
    _matlab_days,
    DATENUM_NAMES,
    evidence="named",
)
WHOLE = (
    Meaning("YYYYMMDD", "%Y%m%d", "dates written YYYYMMDD", _days, evidence="valid"),
    Meaning(
        "YYYYMMDDHHMMSS",
        "%Y%m%d%H%M%S",
        "times written YYYYMMDDHHMMSS",
        _seconds,
        evidence="valid",
    ),
    Meaning("YYYYMMDDHHMM", "%Y%m%d%H%M", "times written YYYYMMDDHHMM", _minutes, evidence="valid"),
    Meaning("YYYYMMDDHH", "%Y%m%d%H", "hours written YYYYMMDDHH", _hours, frozenset()),
    Meaning(
        "YYYYWW",
        "%G%V",
        "ISO weeks written YYYYWW; each one stands for its Monday",
        _weeks,
        WEEK_NAMES,
        evidence="named",
    ),
    Meaning("YYYYMM", "%Y%m", "months written YYYYMM", _months, MONTH_NAMES),
    Meaning(
        "YYYYWW",
        "%G%V",
        "ISO weeks written YYYYWW; each one stands for its Monday",
        _weeks,
        frozenset(),
    ),
    Meaning("YYYYM", "", "months written YYYYM and YYYYMM", _months_without_zero, MONTH_NAMES),
    Meaning("YYMMDD", "", "dates written YYMMDD", _short_days, DAY_NAMES, evidence="named"),
    Meaning("DDMMYY", "", "dates written DDMMYY", _days_short, DAY_NAMES, evidence="named"),
    Meaning("YYMM", "", "months written YYMM", _short_months, SHORT_NAMES, evidence="named"),
    Meaning("MMYYYY", "", "months written MMYYYY", _months_before_years, MONTH_NAMES),
    Meaning("DDMMYYYY", "", "dates written DDMMYYYY", _days_before_years, MONTH_NAMES),
    Meaning(
        "YYYYDDD",
        "%Y%j",
        "days of the year written YYYYDDD",
        _days_of_year,
        DAY_OF_YEAR_NAMES,
    ),
    EXCEL_DAYS,
    MATLAB_DAYS,
    Meaning("YYYYQ", "", "quarters written YYYYQ", _quarters, QUARTER_NAMES, evidence="named"),
)
YEAR_DOT_MONTH = Meaning("YYYY.MM", "", "months written YYYY.MM", _year_dot_month, frozenset())
MONTH_DOT_YEAR = Meaning("MM.YYYY", "", "months written MM.YYYY", _month_dot_year, frozenset())
DECIMAL_MONTHS = Meaning(
    "decimal years",
    "",
    "decimal years; each one stands for its month",
    _decimal_months,
    frozenset(),
)
