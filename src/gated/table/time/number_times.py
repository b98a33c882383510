"""Reads numbers as times: written with digits, counted since 1970, years, or steps."""

from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.dtypes import DType
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.errors import DataError
from gated.table.cells.dates import FIRST_YEAR, LAST_YEAR, NOT_A_TIME
from gated.table.cells.regex import all_match, replaced
from gated.table.io.source import Source
from gated.table.schema import TimeForm
from gated.table.time.calendar_numbers import (
    EPOCH_UNITS,
    Meaning,
    epoch_unit,
    is_time_name,
    meaning_named,
    meaning_of,
)
from gated.table.time.time_request import TimeRequest, Times, persian, too_far
from gated.text import option

__all__ = ["from_numbers", "is_date_name", "numbers_of", "refuse_days_and_months", "whole_numbers"]

MICROSECOND = 1_000  # ns; float64 counts since 1970 are as exact as this
WHOLE_NUMBER = r"^[+-]?(\d{1,18}|1\d{18})(\.0*)?$"  # 1.7e18 ns since 1970
ANY_NUMBER = r"^[+-]?(\d{1,18}|1\d{18})([.,]\d*)?([eE]\+?\d{1,2})?$"
MONTH_AND_YEAR = r"^\d{1,2}\.\d{4}$"  # a date, although it is a number too
_FEWEST_DAYS = 5
_FEWEST_STEPS = 14  # of decimal years in steps shorter than a month
_UNEVEN = 0.3  # of a step; decimal years are rounded
_DATE_ENDINGS = ("date", "datum", "dato", "fecha", "tarih", "дата", "تاریخ", "tarikh")
YEAR_NAMES = frozenset({"year", "years", "yr", "jahr", "année", "año"})
# Names under which whole numbers from 1700 to 2200 are years, as in data of the World Bank.
DATE_NAMES = frozenset(
    {"date", "time", "time_period", "jaar", "år", "ano", "anno", "rok", "vuosi", "datum", "fecha",
     "dato", "zeit", "zeitraum", "periode", "annee", "ans", "jahre", "год", "年"}
)  # fmt: skip


def from_numbers(
    source: Source, numbers: NDArray[Any], dtype: DType | None, request: TimeRequest
) -> Times:
    """Numbers are times written with digits, a count since 1970, years, or steps.

    Args:
        source: the table, for messages.
        numbers: [R] whole numbers or float64.
        dtype: type of the column; None for text.
        request: how to read the column.
    """
    column, low, high = request.column, numbers.min(), numbers.max()
    if request.time_format in EPOCH_UNITS:
        return Times(_since_1970(source, numbers, request), TimeForm("datetime"))
    if request.steps:
        steps = whole_numbers(source, numbers, request)
        return Times(steps, TimeForm("integer", dtype or nw.Int64()))
    like = request.like.pattern if request.like is not None else ""
    name = column.strip().casefold()
    named_year = name in YEAR_NAMES or (
        (name in DATE_NAMES or "period" in name) and low >= 1700 and high <= 2200
    )
    is_whole = numbers.dtype.kind in "iu" or bool((numbers == np.round(numbers)).all())
    in_years = is_whole and low >= FIRST_YEAR and high <= LAST_YEAR
    if in_years and (like == "%Y" or request.years or named_year):
        values = (numbers.astype(np.int64) - 1970).astype("M8[Y]").astype("M8[ns]")
        form = TimeForm("digits", dtype or nw.Int64(), pattern="%Y")
        return Times(values, form, (f"`{column}` was read as years.",))
    distinct, codes = np.unique(numbers.astype(np.float64), return_inverse=True)
    meaning = meaning_named(like) or meaning_of(distinct, column)
    if meaning is not None:
        return _with_meaning(source, distinct, codes, meaning, dtype, column)
    _refuse_epoch(source, column, low, high)
    _refuse_unclear_months(source, distinct, column)
    refuse_days_and_months(source, distinct, column)
    if not is_whole and (per_year := _steps_per_year(distinct)) > 0:
        steps = np.round((distinct - distinct[0]) * per_year).astype(np.int64)
        note = f"`{column}` was read as years of {per_year} steps each: numbered steps from 0."
        return Times(steps[codes], TimeForm("integer", nw.Int64()), (note,))
    whole = whole_numbers(source, numbers, request)
    notes: tuple[str, ...] = ()
    if low >= 1500 and high <= 2200:
        notes = (
            f"`{column}` was read as numbered steps {low:.0f} to {high:.0f}; "
            f"if they are years, pass {option('freq', 'YS')}.",
        )
    return Times(whole, TimeForm("integer", dtype or nw.Int64()), notes)


def _steps_per_year(distinct: FloatArray) -> int:
    """How many even steps of a year decimal years have, more than 12; 0 if they are not even.

    >>> _steps_per_year(np.round(2015 + np.arange(90) / 52, 3))
    52
    """
    if len(distinct) < _FEWEST_STEPS or distinct[0] < FIRST_YEAR or distinct[-1] > LAST_YEAR:
        return 0
    per_year = round((len(distinct) - 1) / (distinct[-1] - distinct[0]))
    even = distinct[0] + np.arange(len(distinct)) / max(per_year, 1)
    is_even = np.abs(distinct - even).max() <= _UNEVEN / max(per_year, 1)
    return int(per_year) if per_year > 12 and is_even else 0


def _since_1970(
    source: Source, numbers: NDArray[Any], request: TimeRequest
) -> NDArray[np.datetime64]:
    size = EPOCH_UNITS[str(request.time_format)]
    size_of = np.abs(numbers.astype(np.float64))
    if size_of.max() > 2**63 // size - 1:
        row = int(np.argmax(size_of))
        raise too_far(source, row, request.column, f"{numbers[row]}")
    if numbers.dtype.kind == "f" and size >= MICROSECOND and (numbers % 1).any():
        counts = np.round(numbers * (size // MICROSECOND)).astype(np.int64) * MICROSECOND
        return counts.astype("M8[ns]")
    return (whole_numbers(source, numbers, request) * size).astype("M8[ns]")


def _with_meaning(
    source: Source,
    distinct: FloatArray,
    codes: IntArray,
    meaning: Meaning,
    dtype: DType | None,
    column: str,
) -> Times:
    """Numbers as times; a forecast is written in the same digits, if there is a pattern."""
    times = meaning.read(distinct)
    wrong = np.flatnonzero((times == NOT_A_TIME)[codes])
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{source.where(row)}: {column} {distinct[codes[row]]:.10g} is not a time written "
            f"{meaning.label}, as in the past table."
        )
    # Text of eight digits becomes a datetime, as other dates in text do.
    has_digits = meaning.pattern and (dtype is not None or meaning.pattern != "%Y%m%d")
    form = TimeForm("datetime", pattern=meaning.label)
    if has_digits:
        form = TimeForm("digits", dtype or nw.Int64(), pattern=meaning.pattern)
    return Times(times.astype("M8[ns]")[codes], form, (f"`{column}` was read as {meaning.note}.",))


def _refuse_epoch(source: Source, column: str, low: float, high: float) -> None:
    unit = epoch_unit(low, high)
    if unit is None:
        return
    first = np.array(int(low * EPOCH_UNITS[unit])).astype("M8[ns]").astype("M8[s]")
    raise DataError(
        f"{source.prefix}column `{column}` holds large numbers that look like "
        f"times counted since 1970 ({low:.10g} would be {first}). "
        f"Pass {option('time_format', unit)} to read them as such times, or "
        f"{option('freq', '1')} if they are step numbers."
    )


def _refuse_unclear_months(source: Source, distinct: FloatArray, column: str) -> None:
    """Ask about whole numbers that may be months as well as steps, or that are nearly months."""
    if distinct[0] < FIRST_YEAR * 100 or distinct[-1] > LAST_YEAR * 100 + 99:
        return
    parts = distinct % 100
    wrong = (parts < 1) | (parts > 12)
    if wrong.any() and not is_time_name(column):
        return
    example = distinct[int(np.argmax(wrong))]
    problem = f"{example:.0f} may be a month written YYYYMM, or a step number"
    if wrong.any():
        problem = f"{example:.0f} is not a month written YYYYMM, as the column's name suggests"
    advice = f"Pass {option('time_format', '%Y%m')} to read months, or"
    if wrong.any():
        advice = "Write dates such as 2021-04-30 or weeks such as 2021-W17; pass"
    raise DataError(
        f"{source.prefix}column `{column}`: {problem}. {advice} {option('freq', '1')} if the "
        "numbers are step numbers."
    )


def is_date_name(name: str) -> bool:
    """Whether a name ends as that of a column of dates does.

    >>> is_date_name("Belegdatum"), is_date_name("Posting Date"), is_date_name("dated items")
    (True, True, False)
    """
    plain = name.strip().casefold()
    return plain == "ds" or plain.endswith(_DATE_ENDINGS)


def refuse_days_and_months(source: Source, distinct: FloatArray, column: str) -> None:
    """Refuse days and months without a year, such as 3101 for January 31, under a name of dates.

    Raises:
        DataError: all numbers are days and months in one order, or dates of the Persian calendar.
    """
    if len(distinct) < _FEWEST_DAYS or not is_date_name(column):
        return
    if _are_persian(distinct):
        raise persian(f"{source.prefix}column `{column}`: {distinct[0]:.0f}")
    high, low = distinct // 100, distinct % 100
    if distinct[0] < 101 or (distinct != np.round(distinct)).any() or high.max() > 31:
        return
    is_day, is_month = (
        [bool(part.min() >= 1 and part.max() <= most) for part in (high, low)] for most in (31, 12)
    )
    if not (is_day[0] and is_month[1]) and not (is_month[0] and is_day[1]):
        return
    raise DataError(
        f"{source.prefix}column `{column}` has numbers such as {distinct[0]:.0f} and "
        f"{distinct[-1]:.0f}, which seem to be days and months without a year. Write the year in "
        "every cell, as in 2021-04-30."
    )


def _are_persian(distinct: FloatArray) -> bool:
    """Whether numbers in rising order are dates such as 14020131."""
    if distinct[0] < 13_000_101 or distinct[-1] > 14_991_231:
        return False
    month, day = distinct // 100 % 100, distinct % 100
    return bool(month.min() >= 1 and month.max() <= 12 and day.min() >= 1 and day.max() <= 31)


def whole_numbers(source: Source, numbers: NDArray[Any], request: TimeRequest) -> IntArray:
    """Numbers as int64.

    Raises:
        DataError: a number has a fraction, or is too large to be exact.
    """
    if numbers.dtype.kind in "iu":
        return numbers.astype(np.int64)
    wrong = np.flatnonzero((numbers != np.round(numbers)) | (np.abs(numbers) > 2**53))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{source.where(row)}: {request.column} {numbers[row]:g} is neither a date nor a whole "
            "number. Expected dates, or whole numbers that count steps."
        )
    return numbers.astype(np.int64)


def numbers_of(texts: pa.Array, *, is_exact: bool) -> NDArray[Any] | None:
    """Texts as numbers, if all are; None for dates such as 01.2019, unless `is_exact`."""
    if not all_match(texts[:1], ANY_NUMBER):
        return None
    if all_match(texts, WHOLE_NUMBER):
        whole = replaced(texts, r"\.0*$", "")
        return np.asarray(pc.cast(whole, pa.int64()).to_numpy())
    if not all_match(texts, ANY_NUMBER):
        return None
    numbers = pc.cast(pc.replace_substring(texts, ",", "."), pa.float64()).to_numpy()
    if is_exact or not all_match(texts, MONTH_AND_YEAR):
        return np.asarray(numbers)
    return None
