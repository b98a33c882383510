"""Converts the named parts of dates to days since 1970."""

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.table.cells.dates.names import MONTHS
from gated.table.cells.written.flags import flags

__all__ = [
    "DAY",
    "FIRST_YEAR",
    "LAST_YEAR",
    "NOT_A_TIME",
    "SECOND",
    "are_buddhist",
    "days_of",
    "full_year",
    "iso_mondays",
    "part",
]

NOT_A_TIME = np.iinfo(np.int64).min  # how numpy stores NaT
SECOND = 1_000_000_000  # ns
DAY = 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 1678, 2261  # the whole years that int64 nanoseconds can count
# A table of past values whose years are all far ahead, such as 49 to 55, is of the century before.
YEARS_AHEAD = 10
PIVOT = 69  # of two digits, as in POSIX: 69 to 99 are 1969 to 1999, the others of this century
BUDDHIST = 543  # years before the common era in which the Buddhist one begins
BUDDHIST_YEARS = (2400, 2643)  # 1857 to 2100; no other calendar of a table has these years
MONTH_OF_NAME = {name: index for index, names in enumerate(MONTHS, 1) for name in names}
MONTHS_IN = {"q": 3, "t": 4, "h": 6}  # in a quarter, a third and a half of a year


def part(parts: pa.StructArray, name: str, missing: int) -> IntArray:
    """One named part as integers, `missing` where the text has none."""
    if name not in _names(parts):
        return np.full(len(parts), missing, dtype=np.int64)
    text = pc.struct_field(parts, name)
    if not text.null_count:
        try:
            return np.asarray(pc.cast(text, pa.int64()).to_numpy(), dtype=np.int64)
        except pa.ArrowInvalid:  # some texts do not have the part
            pass
    text = pc.if_else(pc.fill_null(pc.not_equal(text, ""), False), text, str(missing))
    return np.asarray(pc.cast(text, pa.int64()).to_numpy(), dtype=np.int64)


def days_of(parts: pa.StructArray) -> tuple[IntArray, BoolArray]:
    """Days since 1970-01-01 of dates in parts.

    Args:
        parts: [K] strings by name: y year, b name of the month, m month, q quarter, t third or h
            half of the year, w ISO week and i its weekday, d day, j day of the year. Null where
            the text has another form.

    Returns:
        [K] days, `NOT_A_TIME` for a date that does not exist; and which dates are too far.
    """
    names = _names(parts)
    year = full_year(parts)
    too_far = (year > 0) & ((year < FIRST_YEAR) | (year > LAST_YEAR))
    usable = (year > 0) & ~too_far
    if "w" in names:
        mondays, exists = iso_mondays(np.where(usable, year, 1970), part(parts, "w", 0))
        days = mondays + part(parts, "i", 1) - 1
    elif "j" in names:
        first, following = _year_bounds(year, usable)
        days = first + part(parts, "j", 0) - 1
        exists = (days >= first) & (days < following)
    else:
        month, day = _month(parts, names), part(parts, "d", 1)
        written = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
        too_far &= written
        days, exists = _month_days(year, month, day, usable & written)
    return np.where(usable & exists, days, NOT_A_TIME), too_far


def iso_mondays(years: IntArray, weeks: IntArray) -> tuple[IntArray, BoolArray]:
    """The Mondays of ISO weeks: week 1 of a year has its January 4.

    Args:
        years, weeks: [K] years from `FIRST_YEAR` to `LAST_YEAR`, and any numbers of weeks.

    Returns:
        [K] days since 1970, and whether the year has such a week.

    >>> days, exist = iso_mondays(np.array([2020, 2021, 2021]), np.array([53, 1, 53]))
    >>> days.astype("M8[D]").astype(str).tolist(), exist.tolist()
    (['2020-12-28', '2021-01-04', '2022-01-03'], [True, True, False])
    """
    days = _first_monday(years) + 7 * (weeks - 1)
    return days, (weeks >= 1) & (days < _first_monday(years + 1))


def full_year(parts: pa.StructArray) -> IntArray:
    """[K] years of four digits; 0 where the text has another form."""
    year = part(parts, "y", 0)
    if "y" not in _names(parts):
        return year
    if (year >= 100).all():
        return year - BUDDHIST if are_buddhist(year) else year
    short = flags(pc.equal(pc.utf8_length(pc.struct_field(parts, "y")), 2))
    year = np.where(short, year + np.where(year >= PIVOT, 1900, 2000), year)
    recent = short & (year >= 2000)
    if recent.any() and year[recent].min() > datetime.now(UTC).year + YEARS_AHEAD:
        year = np.where(recent, year - 100, year)
    return np.where(year > 0, year - BUDDHIST, year) if are_buddhist(year) else year


def are_buddhist(years: IntArray) -> bool:
    """Whether all written years are of the Buddhist calendar, as in Thailand; 0 is none.

    >>> are_buddhist(np.array([2565, 0, 2566])), are_buddhist(np.array([2565, 2023]))
    (True, False)
    """
    written = years[years > 0]
    first, last = BUDDHIST_YEARS
    return bool(len(written) and ((written >= first) & (written <= last)).all())


def _names(parts: pa.StructArray) -> list[str]:
    return [field.name for field in parts.type]


def _month(parts: pa.StructArray, names: Iterable[str]) -> IntArray:
    if "b" in names:
        known = pa.array(list(MONTH_OF_NAME))
        index = pc.index_in(pc.struct_field(parts, "b"), value_set=known)
        number = np.array([0, *MONTH_OF_NAME.values()])
        return np.asarray(number[pc.fill_null(index, -1).to_numpy() + 1])
    for name, months in MONTHS_IN.items():
        if name in names:
            return part(parts, name, 0) * months - (months - 1)
    return part(parts, "m", 0 if "m" in names else 1)


def _month_days(
    year: IntArray, month: IntArray, day: IntArray, usable: BoolArray
) -> tuple[IntArray, BoolArray]:
    count = np.where(usable, (year - 1970) * 12 + month - 1, 0)
    first = count.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (count + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return first + day - 1, usable & (day <= following - first)


def _year_bounds(year: IntArray, usable: BoolArray) -> tuple[IntArray, IntArray]:
    count = np.where(usable, year - 1970, 0)
    first = count.astype("M8[Y]").astype("M8[D]").astype(np.int64)
    return first, (count + 1).astype("M8[Y]").astype("M8[D]").astype(np.int64)


def _first_monday(years: IntArray) -> IntArray:
    fourth = (years - 1970).astype("M8[Y]").astype("M8[D]").astype(np.int64) + 3
    return fourth - (fourth + 3) % 7  # 1970 began on a Thursday
