"""Reads the time column as datetime64[ns] or as integer steps, from any type or format."""

from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.dtypes import DType
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import DataError, UsageError
from gated.table.cells.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    NOT_A_TIME,
    SECOND,
    ParsedDates,
    parse_dates,
)
from gated.table.cells.distinct import distinct_text
from gated.table.cells.kinds import is_period, pandas_zone
from gated.table.cells.numbers import MISSING_SPELLINGS, TEXT_TYPES
from gated.table.io.source import Source
from gated.table.schema import TimeForm, pandas_dtype
from gated.table.time.calendar_numbers import (
    EPOCH_UNITS,
    Meaning,
    epoch_unit,
    is_time_name,
    meaning_named,
    meaning_of,
)
from gated.table.time.zones import choose_clock, conform, offset_name, to_wall
from gated.text import counted, option, shown_time

__all__ = ["TimeRequest", "Times", "read_times"]

MICROSECOND = 1_000  # ns; float64 counts since 1970 are as exact as this
WHOLE_NUMBER = r"^[+-]?(\d{1,18}|1\d{18})(\.0*)?$"  # 1.7e18 ns since 1970
MOST_MARKED = 10_000  # distinct times; reports with footnotes have fewer
FOOTNOTE = r"([\p{L}\d])\s?(?:\*{1,3}|†|‡)$"  # behind a time of a report
ANY_NUMBER = r"^[+-]?(\d{1,18}|1\d{18})([.,]\d*)?([eE]\+?\d{1,2})?$"
MONTH_AND_YEAR = r"^\d{1,2}\.\d{4}$"  # a date, although it is a number too
YEAR_NAMES = frozenset({"year", "years", "yr", "jahr", "année", "año"})
# Names under which whole numbers from 1700 to 2200 are years, as in data of the World Bank.
DATE_NAMES = frozenset({"date", "time", "time_period", "jaar", "år", "ano", "anno", "rok", "vuosi"})


@dataclass(frozen=True)
class Times:
    """A time column, read.

    Attributes:
        values: [R] datetime64[ns] without zone, or int64 steps.
        form: the format of the times.
        notes: what was detected or converted, one sentence each.
    """

    values: NDArray[Any]
    form: TimeForm
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimeRequest:
    """How to read a time column.

    Attributes:
        column: its name.
        time_format: a strptime pattern, or the unit of a count since 1970 ("s", "ms", …).
        years: whether integers are years, because the given frequency is yearly.
        steps: whether integers are steps, because the given frequency is a number.
        like: the time format of the past table, if these are future times.
        by_day: whether times are brought together in steps of days or longer: then days are those
            of the wall clock.
    """

    column: str
    time_format: str | None = None
    years: bool = False
    steps: bool = False
    like: TimeForm | None = None
    by_day: bool = False


def read_times(source: Source, request: TimeRequest) -> Times:
    """Read the time column.

    Aware times keep their wall clock if all rows have one offset or one time of day (daily
    data); otherwise they are converted to UTC, in which all steps have the same length.

    Raises:
        DataError: a cell is missing or not a date, aware and naive times are mixed, or integers
            look like a count of seconds since 1970.
        UsageError: `time_format` does not apply to this column, or is not a pattern.
    """
    series = source.frame[request.column]
    dtype = series.dtype
    _refuse_missing(source, request.column, series.is_null().to_numpy())
    has_periods, has_zone = is_period(series), pandas_zone(series) is not None
    is_typed = dtype.is_temporal() or has_periods or has_zone
    if is_typed and request.time_format is not None and request.like is None:
        raise UsageError(
            f"{option('time_format', request.time_format)} is for times written as text or "
            f"numbers, but column `{request.column}` is of a time type already. Leave it out."
        )
    if has_zone or (isinstance(dtype, nw.Datetime) and dtype.time_zone):
        return _from_aware(source, series, request)
    if dtype in (nw.Datetime, nw.Date):
        return _from_naive(source, series, request)
    if has_periods:
        return _from_periods(cast("pd.Series[Any]", series.to_native()))
    if dtype.is_numeric():
        return _from_numbers(source, series, request)
    if dtype not in TEXT_TYPES:
        raise DataError(
            f"{source.prefix}column `{request.column}` is of type {dtype}. Expected dates, "
            "times, or whole numbers that count steps."
        )
    return _from_text(source, series, request)


def _refuse_missing(source: Source, column: str, missing: BoolArray) -> None:
    rows = np.flatnonzero(missing)
    if len(rows):
        more = f" ({counted(len(rows), 'such row')} in all)" if len(rows) > 1 else ""
        raise DataError(
            f"{source.where(int(rows[0]))}: {column} is empty{more}. Expected a time in every "
            "row; remove the row or fill in its time."
        )


def _nanoseconds(source: Source, series: nw.Series[Any]) -> NDArray[np.datetime64]:
    """Naive dates or datetimes of any unit as datetime64[ns]; numpy would overflow silently."""
    unit = "us" if series.dtype == nw.Date else cast(nw.Datetime, series.dtype).time_unit
    values = np.asarray(series.cast(nw.Datetime(unit)).to_numpy()).astype(f"M8[{unit}]")
    years = values.astype("M8[Y]").astype(np.int64) + 1970
    far = np.flatnonzero((years < FIRST_YEAR) | (years > LAST_YEAR))
    if len(far):
        raise _too_far(source, int(far[0]), series.name, shown_time(values[far[0]]))
    return values.astype("M8[ns]")


def _too_far(source: Source, row: int, column: str, cell: str) -> DataError:
    return DataError(
        f'{source.where(row)}: {column} "{cell}" is out of range. Expected a time between the '
        f"years {FIRST_YEAR} and {LAST_YEAR}."
    )


def _from_naive(source: Source, series: nw.Series[Any], request: TimeRequest) -> Times:
    kind: Literal["date", "datetime"] = "date" if series.dtype == nw.Date else "datetime"
    values = conform(_nanoseconds(source, series), None, request.like, series.name)
    return Times(values, TimeForm(kind, series.dtype, pandas_dtype(series)))


def _from_aware(source: Source, series: nw.Series[Any], request: TimeRequest) -> Times:
    native_zone = pandas_zone(series)
    if native_zone is not None:
        native = cast("pd.Series[Any]", series.to_native())
        naive = nw.from_native(native.dt.tz_convert("UTC").dt.tz_localize(None), series_only=True)
        fixed = native_zone.utcoffset(None)
        zone = (
            str(native_zone)
            if fixed is None
            else offset_name(round(fixed.total_seconds()) * SECOND)
        )
    else:
        naive = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        zone, fixed = str(cast(nw.Datetime, series.dtype).time_zone), None
    utc = _nanoseconds(source, naive.alias(series.name))
    wall = to_wall(utc, zone)
    if request.like is not None:
        return Times(conform(wall, utc, request.like, series.name), request.like)
    is_fixed = fixed is not None or zone == "UTC" or zone.startswith(("+", "-"))
    clock, notes = choose_clock(wall, None if is_fixed or request.by_day else zone)
    form = TimeForm("datetime", naive.dtype, pandas_dtype(series), zone=zone, clock=clock)
    return Times(wall if clock == "wall" else utc, form, notes)


def _from_periods(native: "pd.Series[Any]") -> Times:
    starts = native.dt.to_timestamp(how="start").to_numpy().astype("M8[ns]")
    return Times(starts, TimeForm("period", pandas_dtype=native.dtype))


def _from_numbers(source: Source, series: nw.Series[Any], request: TimeRequest) -> Times:
    numbers = series.to_numpy()
    if numbers.dtype.kind not in "iu":
        numbers = np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)
        _refuse_missing(source, series.name, np.isnan(numbers))
    if request.time_format is not None and request.time_format not in EPOCH_UNITS:
        distinct, codes = np.unique(_whole(source, numbers, request), return_inverse=True)
        parsed = _from_written(source, pa.array(distinct.astype(str)), codes, request)
        return Times(parsed.values, TimeForm("digits", series.dtype, pattern=request.time_format))
    return _from_any_numbers(source, numbers, series.dtype, request)


def _whole(source: Source, numbers: NDArray[Any], request: TimeRequest) -> IntArray:
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


def _from_any_numbers(
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
        steps = _whole(source, numbers, request)
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
    whole = _whole(source, numbers, request)
    notes: tuple[str, ...] = ()
    if low >= 1500 and high <= 2200:
        notes = (
            f"`{column}` was read as numbered steps {low:.0f} to {high:.0f}; "
            f"if they are years, pass {option('freq', 'YS')}.",
        )
    return Times(whole, TimeForm("integer", dtype or nw.Int64()), notes)


def _since_1970(
    source: Source, numbers: NDArray[Any], request: TimeRequest
) -> NDArray[np.datetime64]:
    size = EPOCH_UNITS[str(request.time_format)]
    size_of = np.abs(numbers.astype(np.float64))
    if size_of.max() > 2**63 // size - 1:
        row = int(np.argmax(size_of))
        raise _too_far(source, row, request.column, f"{numbers[row]}")
    if numbers.dtype.kind == "f" and size >= MICROSECOND and (numbers % 1).any():
        counts = np.round(numbers * (size // MICROSECOND)).astype(np.int64) * MICROSECOND
        return counts.astype("M8[ns]")
    return (_whole(source, numbers, request) * size).astype("M8[ns]")


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


def _from_text(source: Source, series: nw.Series[Any], request: TimeRequest) -> Times:
    """Each distinct text is read once."""
    codes, texts = distinct_text(series)
    texts = pc.utf8_trim_whitespace(texts)
    is_short = len(texts) <= MOST_MARKED
    marked = pc.match_substring_regex(texts if is_short else texts[:0], FOOTNOTE)
    if pc.any(marked).as_py():
        rows = int(np.asarray(marked.to_numpy(zero_copy_only=False), dtype=np.bool_)[codes].sum())
        cut = pc.replace_substring_regex(texts, FOOTNOTE, r"\1")
        times = _from_written(source, cut, codes, request)
        note = f"`{series.name}`: marks of footnotes behind {counted(rows, 'time')} were cut."
        return replace(times, notes=(*times.notes, note))
    missing = pc.is_in(texts, value_set=pa.array(MISSING_SPELLINGS))
    _refuse_missing(source, series.name, missing.to_numpy(zero_copy_only=False)[codes])
    is_unit = request.time_format in EPOCH_UNITS
    if request.time_format is None or is_unit:
        numbers = _numbers_of(texts, is_exact=is_unit)
        if numbers is not None:
            return _from_any_numbers(source, numbers[codes], None, request)
    if is_unit:
        raise DataError(
            f"{source.prefix}column `{series.name}` has cells that are not numbers. Expected "
            f"a count since 1970 ({option('time_format', request.time_format)}); give the format "
            f"of the times with {option('time_format')}."
        )
    times = _from_written(source, texts, codes, request)
    if series.dtype == nw.Object and _is_python_date(series):
        return Times(times.values, TimeForm("date", pandas_dtype=np.dtype(object)))
    return times


def _numbers_of(texts: pa.Array, *, is_exact: bool) -> NDArray[Any] | None:
    """Texts as numbers, if all are; None for dates such as 01.2019, unless `is_exact`."""
    if not pc.match_substring_regex(texts[:1], ANY_NUMBER)[0].as_py():
        return None
    if pc.all(pc.match_substring_regex(texts, WHOLE_NUMBER)).as_py():
        whole = pc.replace_substring_regex(texts, r"\.0*$", "")
        return np.asarray(pc.cast(whole, pa.int64()).to_numpy())
    if not pc.all(pc.match_substring_regex(texts, ANY_NUMBER)).as_py():
        return None
    numbers = pc.cast(pc.replace_substring(texts, ",", "."), pa.float64()).to_numpy()
    if is_exact or not pc.all(pc.match_substring_regex(texts, MONTH_AND_YEAR)).as_py():
        return np.asarray(numbers)
    return None


def _is_python_date(series: nw.Series[Any]) -> bool:
    return pd.api.types.infer_dtype(series.to_native(), skipna=True) == "date"


def _from_written(
    source: Source, distinct: pa.Array, codes: IntArray, request: TimeRequest
) -> Times:
    like, column = request.like or TimeForm("datetime"), request.column
    parsed = parse_dates(
        distinct,
        f"{source.prefix}{column}",
        request.time_format,
        like.day_first,
        "" if like.kind == "digits" else like.pattern,
    )
    bad = np.flatnonzero((parsed.wall == NOT_A_TIME)[codes])
    if len(bad):
        row = int(bad[0])
        cell = distinct[int(codes[row])].as_py()
        if parsed.too_far[codes[row]]:
            raise _too_far(source, row, column, cell)
        if request.time_format is not None and len(bad) == len(codes):
            raise DataError(
                f'{source.where(row)}: {column} "{cell}" does not fit '
                f"{option('time_format', request.time_format)}, and no other cell does. Correct "
                "the pattern, or leave it out to detect the form of the dates."
            )
        above = "rows above" if row > 0 else "other rows"
        raise DataError(
            f'{source.where(row)}: {column} "{cell}" is not a date. Expected '
            f"{parsed.label} as in the {above}; pass {option('time_format')} if it is written "
            "otherwise."
        )
    _refuse_mixed(source, column, codes, parsed.has_offset)
    return _with_offsets(parsed, codes, request)


def _refuse_mixed(source: Source, column: str, codes: IntArray, has_offset: BoolArray) -> None:
    if has_offset.all() or not has_offset.any():
        return
    aware = has_offset[codes]
    with_zone, without = int(np.argmax(aware)), int(np.argmin(aware))
    raise DataError(
        f"{source.where(with_zone)}: {column} has an offset from UTC, but {column} in "
        f"{source.where(without).removeprefix(source.prefix)} has none. Expected an offset in "
        "every row or in none."
    )


def _with_offsets(parsed: ParsedDates, codes: IntArray, request: TimeRequest) -> Times:
    wall = parsed.wall[codes].astype("M8[ns]")
    notes = (f"Dates are written {parsed.label}.", *parsed.notes)
    offsets = np.unique(parsed.offset)
    form = TimeForm("datetime", day_first=parsed.day_first, pattern=parsed.form)
    if not parsed.has_offset.any():
        values = conform(wall, None, request.like, request.column)
        return Times(values, form, notes)
    utc = (parsed.wall - parsed.offset)[codes].astype("M8[ns]")
    if request.like is not None:
        return Times(conform(wall, utc, request.like, request.column), request.like)
    if len(offsets) == 1:
        return Times(wall, replace(form, zone=offset_name(int(offsets[0]))), notes)
    written = f"{offset_name(int(offsets[0]))} to {offset_name(int(offsets[-1]))} as written"
    clock, converted = choose_clock(wall, None if request.by_day else written)
    if clock == "wall":
        reason = "days are those of the clock" if request.by_day else "the time of day does not"
        dropped = f"Offsets from UTC vary but {reason}; the offsets are left out."
        return Times(wall, form, (*notes, dropped))
    return Times(utc, replace(form, zone="UTC", clock="UTC"), (*notes, *converted))
