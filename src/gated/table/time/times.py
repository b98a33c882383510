"""Reads the time column as datetime64[ns] or as integer steps, from any type or format."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.dtypes import DType
from numpy.typing import NDArray

from gated.arrays import BoolArray, IntArray
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
from gated.table.time.zones import choose_clock, conform, offset_name, to_wall
from gated.text import counted, option, shown_time

__all__ = ["TimeRequest", "Times", "read_times"]

EPOCH_UNITS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}  # in ns
EARLY, LATE = 500_000_000, 4_200_000_000  # 1985 and 2103 in seconds since 1970
WHOLE_NUMBER = r"^[+-]?\d{1,18}(\.0*)?$"
YEAR_NAMES = frozenset({"year", "years", "yr", "jahr", "année", "año"})


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
    whole = numbers.astype(np.int64) if numbers.dtype.kind in "iu" else _whole(source, series)
    if request.time_format is not None and request.time_format not in EPOCH_UNITS:
        distinct, codes = np.unique(whole, return_inverse=True)
        parsed = _from_written(source, pa.array(distinct.astype(str)), codes, request)
        return Times(parsed.values, TimeForm("digits", series.dtype, pattern=request.time_format))
    return _from_integers(source, whole, series.dtype, request)


def _whole(source: Source, series: nw.Series[Any]) -> IntArray:
    numbers = np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)
    _refuse_missing(source, series.name, np.isnan(numbers))
    wrong = np.flatnonzero((numbers != np.round(numbers)) | (np.abs(numbers) > 2**53))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{source.where(row)}: {series.name} {numbers[row]:g} is neither a date nor a whole "
            "number. Expected dates, or whole numbers that count steps."
        )
    return numbers.astype(np.int64)


def _from_integers(
    source: Source, whole: IntArray, dtype: DType | None, request: TimeRequest
) -> Times:
    """Whole numbers are years, dates without separators, a count since 1970, or steps."""
    column, low, high = request.column, int(whole.min()), int(whole.max())
    if request.time_format in EPOCH_UNITS:
        if max(abs(low), abs(high)) > 2**63 // EPOCH_UNITS[request.time_format] - 1:
            raise _too_far(source, int(np.argmax(np.abs(whole))), column, str(max(low, high)))
        values = (whole * EPOCH_UNITS[request.time_format]).astype("M8[ns]")
        return Times(values, TimeForm("datetime"))
    like_years = request.like is not None and request.like.pattern == "%Y"
    named_year = column.strip().casefold() in YEAR_NAMES and not request.steps
    if low >= FIRST_YEAR and high <= LAST_YEAR and (like_years or request.years or named_year):
        values = (whole - 1970).astype("M8[Y]").astype("M8[ns]")
        form = TimeForm("digits", dtype or nw.Int64(), pattern="%Y")
        return Times(values, form, (f"`{column}` was read as years.",))
    if low >= FIRST_YEAR * 10_000 and high <= LAST_YEAR * 10_000 + 1231 and not request.steps:
        distinct, codes = np.unique(whole, return_inverse=True)
        parsed = parse_dates(pa.array(distinct.astype(str)), f"{source.prefix}{column}")
        if (parsed.wall != NOT_A_TIME).all():
            form = TimeForm("digits", dtype, pattern="%Y%m%d") if dtype else TimeForm("datetime")
            note = f"`{column}` was read as dates written YYYYMMDD."
            return Times(parsed.wall.astype("M8[ns]")[codes], form, (note,))
    if not request.steps:
        _refuse_epoch(source, column, low, high)
    notes: tuple[str, ...] = ()
    if low >= 1500 and high <= 2200 and not request.steps:
        notes = (
            f"`{column}` was read as numbered steps {low} to {high}; "
            f"if they are years, pass {option('freq', 'YS')}.",
        )
    return Times(whole, TimeForm("integer", dtype or nw.Int64()), notes)


def _refuse_epoch(source: Source, column: str, low: int, high: int) -> None:
    for unit, size in EPOCH_UNITS.items():
        scale = EPOCH_UNITS["s"] // size
        if EARLY * scale <= low and high <= LATE * scale:
            first = np.array(low * size).astype("M8[ns]").astype("M8[s]")
            raise DataError(
                f"{source.prefix}column `{column}` holds large whole numbers that look like "
                f"times counted since 1970 ({low} would be {first}). "
                f"Pass {option('time_format', unit)} to read them as such times, or "
                f"{option('freq', '1')} if they are step numbers."
            )


def _from_text(source: Source, series: nw.Series[Any], request: TimeRequest) -> Times:
    """Each distinct text is read once."""
    codes, texts = distinct_text(series)
    texts = pc.utf8_trim_whitespace(texts)
    missing = pc.is_in(texts, value_set=pa.array(MISSING_SPELLINGS))
    _refuse_missing(source, series.name, missing.to_numpy(zero_copy_only=False)[codes])
    is_pattern = request.time_format is not None and request.time_format not in EPOCH_UNITS
    if not is_pattern and pc.all(pc.match_substring_regex(texts, WHOLE_NUMBER)).as_py():
        whole = pc.cast(pc.replace_substring_regex(texts, r"\.0*$", ""), pa.int64()).to_numpy()
        return _from_integers(source, whole[codes], None, request)
    if request.time_format in EPOCH_UNITS:
        raise DataError(
            f"{source.prefix}column `{series.name}` has cells that are not whole numbers. Expected "
            f"a count since 1970 ({option('time_format', request.time_format)}); give the format "
            f"of the times with {option('time_format')}."
        )
    times = _from_written(source, texts, codes, request)
    if series.dtype == nw.Object and _is_python_date(series):
        return Times(times.values, TimeForm("date", pandas_dtype=np.dtype(object)))
    return times


def _is_python_date(series: nw.Series[Any]) -> bool:
    return pd.api.types.infer_dtype(series.to_native(), skipna=True) == "date"


def _from_written(
    source: Source, distinct: pa.Array, codes: IntArray, request: TimeRequest
) -> Times:
    day_first = request.like.day_first if request.like is not None else None
    parsed = parse_dates(
        distinct, f"{source.prefix}{request.column}", request.time_format, day_first
    )
    bad = np.flatnonzero((parsed.wall == NOT_A_TIME)[codes])
    if len(bad):
        row = int(bad[0])
        cell = distinct[int(codes[row])].as_py()
        if parsed.too_far[codes[row]]:
            raise _too_far(source, row, request.column, cell)
        above = "rows above" if row > 0 else "other rows"
        raise DataError(
            f'{source.where(row)}: {request.column} "{cell}" is not a date. Expected '
            f"{parsed.label} as in the {above}; pass {option('time_format')} if it is written "
            "otherwise."
        )
    _refuse_mixed(source, request.column, codes, parsed.has_offset)
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
    if not parsed.has_offset.any():
        values = conform(wall, None, request.like, request.column)
        return Times(values, TimeForm("datetime", day_first=parsed.day_first), notes)
    utc = (parsed.wall - parsed.offset)[codes].astype("M8[ns]")
    if request.like is not None:
        return Times(conform(wall, utc, request.like, request.column), request.like)
    if len(offsets) == 1:
        zone = offset_name(int(offsets[0]))
        return Times(wall, TimeForm("datetime", day_first=parsed.day_first, zone=zone), notes)
    written = f"{offset_name(int(offsets[0]))} to {offset_name(int(offsets[-1]))} as written"
    clock, converted = choose_clock(wall, None if request.by_day else written)
    if clock == "wall":
        reason = "days are those of the clock" if request.by_day else "the time of day does not"
        dropped = f"Offsets from UTC vary but {reason}; the offsets are left out."
        return Times(wall, TimeForm("datetime", day_first=parsed.day_first), (*notes, dropped))
    form = TimeForm("datetime", day_first=parsed.day_first, zone="UTC", clock="UTC")
    return Times(utc, form, (*notes, *converted))
