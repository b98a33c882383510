"""Reads the time column as datetime64[ns] or as integer steps, from any type or format."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, cast

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.table.cells.dates import FIRST_YEAR, LAST_YEAR, SECOND
from gated.table.cells.distinct import distinct_text
from gated.table.cells.kinds import is_period, pandas_zone
from gated.table.cells.numbers import MISSING_SPELLINGS, TEXT_TYPES
from gated.table.cells.regex import matches, replaced
from gated.table.io.source import Source
from gated.table.schema import TimeForm, pandas_dtype
from gated.table.time.calendar_numbers import EPOCH_UNITS
from gated.table.time.number_times import from_numbers, numbers_of, whole_numbers
from gated.table.time.time_request import TimeRequest, Times, refuse_missing, too_far
from gated.table.time.written_times import from_written
from gated.table.time.zones import choose_clock, conform, offset_name, to_wall
from gated.text import counted, option, shown_time

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TimeRequest", "Times", "read_times"]

MOST_MARKED = 10_000  # distinct times; reports with footnotes have fewer
FOOTNOTE = r"([\p{L}\d])\s?(?:\*{1,3}|†|‡)$"  # behind a time of a report


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
    refuse_missing(source, request.column, series.is_null().to_numpy())
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


def _nanoseconds(source: Source, series: nw.Series[Any]) -> NDArray[np.datetime64]:
    """Naive dates or datetimes of any unit as datetime64[ns]; numpy would overflow silently."""
    unit = "us" if series.dtype == nw.Date else cast(nw.Datetime, series.dtype).time_unit
    values = np.asarray(series.cast(nw.Datetime(unit)).to_numpy()).astype(f"M8[{unit}]")
    years = values.astype("M8[Y]").astype(np.int64) + 1970
    far = np.flatnonzero((years < FIRST_YEAR) | (years > LAST_YEAR))
    if len(far):
        raise too_far(source, int(far[0]), series.name, shown_time(values[far[0]]))
    return values.astype("M8[ns]")


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
    try:
        wall = to_wall(utc, zone)
    except (KeyError, ValueError) as problem:  # ZoneInfoNotFoundError is a KeyError
        raise DataError(
            f'{source.prefix}{request.column}: the time zone "{zone}" is not known. Expected a '
            "name such as Europe/Oslo; or write the times in UTC."
        ) from problem
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
        refuse_missing(source, series.name, np.isnan(numbers))
    if request.time_format is not None and request.time_format not in EPOCH_UNITS:
        distinct, codes = np.unique(whole_numbers(source, numbers, request), return_inverse=True)
        parsed = from_written(source, pa.array(distinct.astype(str)), codes, request)
        return Times(parsed.values, TimeForm("digits", series.dtype, pattern=request.time_format))
    return from_numbers(source, numbers, series.dtype, request)


def _from_text(source: Source, series: nw.Series[Any], request: TimeRequest) -> Times:
    """Each distinct text is read once."""
    codes, texts = distinct_text(series)
    texts = pc.utf8_trim_whitespace(texts)
    marked = matches(texts, FOOTNOTE) if len(texts) <= MOST_MARKED else np.zeros(1, np.bool_)
    if marked.any():
        rows = int(marked[codes].sum())
        cut = replaced(texts, FOOTNOTE, r"\1")
        times = from_written(source, cut, codes, request)
        note = f"`{series.name}`: marks of footnotes behind {counted(rows, 'time')} were cut."
        return replace(times, notes=(*times.notes, note))
    missing = pc.is_in(texts, value_set=pa.array(MISSING_SPELLINGS))
    refuse_missing(source, series.name, missing.to_numpy(zero_copy_only=False)[codes])
    is_unit = request.time_format in EPOCH_UNITS
    if request.time_format is None or is_unit:
        numbers = numbers_of(texts, is_exact=is_unit)
        if numbers is not None:
            return from_numbers(source, numbers[codes], None, request)
    if is_unit:
        raise DataError(
            f"{source.prefix}column `{series.name}` has cells that are not numbers. Expected "
            f"a count since 1970 ({option('time_format', request.time_format)}); give the format "
            f"of the times with {option('time_format')}."
        )
    times = from_written(source, texts, codes, request)
    if series.dtype == nw.Object and _is_python_date(series):
        return Times(times.values, TimeForm("date", pandas_dtype=np.dtype(object)))
    return times


def _is_python_date(series: nw.Series[Any]) -> bool:
    import pandas as pd  # the column is one of pandas

    return pd.api.types.infer_dtype(series.to_native(), skipna=True) == "date"
