"""Parses dates written as text into nanoseconds; each date format is one pattern.

The format that matches most of the texts is used for all of them. The values decide whether
04/05/2021 begins with the day or the month; if they do not, the error requests a format.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError, UsageError
from gated.text import option

__all__ = ["NOT_A_TIME", "ParsedDates", "looks_like_dates", "parse_dates"]

NOT_A_TIME = np.iinfo(np.int64).min  # how numpy stores NaT
SECOND = 1_000_000_000  # ns
DAY = 86_400 * SECOND
FIRST_YEAR, LAST_YEAR = 1678, 2261  # the whole years that int64 nanoseconds can count
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# y, m, d: numbers; q: quarter; b: name of the month; p, s: day and month, order not known yet.
SHAPES = {
    r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})$": "YYYY-MM-DD",
    r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})$": "YYYY-MM",
    r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$": "YYYYMMDD",
    r"^(?P<y>\d{4})[-/ ]?[Qq](?P<q>[1-4])$": "YYYYQn",
    r"^[Qq](?P<q>[1-4])[-/ ]?(?P<y>\d{4})$": "Qn YYYY",
    r"^(?P<p>\d{1,2})[-/.](?P<s>\d{1,2})[-/.](?P<y>\d{4})$": "DD/MM/YYYY or MM/DD/YYYY",
    r"^(?P<m>\d{1,2})[-/.](?P<y>\d{4})$": "MM/YYYY",
    r"^(?P<d>\d{1,2})[-/ .]+(?P<b>[A-Za-z]{3,9})[-/ .,]+(?P<y>\d{4})$": "DD Mon YYYY",
    r"^(?P<b>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})$": "Mon DD, YYYY",
    r"^(?P<b>[A-Za-z]{3,9})[-/ .]+(?P<y>\d{4})$": "Mon YYYY",
    r"^(?P<y>\d{4})[-/ .]+(?P<b>[A-Za-z]{3,9})$": "YYYY Mon",
}
TWO_DIGIT_YEAR = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}$"
DATE_AND_TIME = (
    r"^(?P<date>.*?)"
    r"(?:(?:T|,?\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<part>\d{1,9}))?)?"
    r"\s?(?P<half>[AaPp][Mm])?\s*(?P<offset>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$"
)


@dataclass(frozen=True)
class ParsedDates:
    """Texts as times.

    Attributes:
        wall: [K] int64 ns, the wall clock time as written; `NOT_A_TIME` where unreadable.
        offset: [K] int64 ns east of UTC; 0 where none is written.
        has_offset: [K] bool, whether an offset is written.
        too_far: [K] bool, a date, but outside the years that nanoseconds can represent.
        label: the format of the dates, as a person would write it.
        day_first: for formats such as 04/05/2021: whether the day is first.
        notes: how the order of day and month was decided.
    """

    wall: IntArray
    offset: IntArray
    has_offset: BoolArray
    too_far: BoolArray
    label: str
    day_first: bool | None = None
    notes: tuple[str, ...] = ()


def looks_like_dates(texts: pa.Array) -> bool:
    """Whether at least half of the texts have the format of a date."""
    dates = pc.struct_field(pc.extract_regex(texts, DATE_AND_TIME), "date")
    shaped = np.zeros(len(texts), dtype=bool)
    for pattern in (*SHAPES, TWO_DIGIT_YEAR):
        shaped |= _flags(pc.match_substring_regex(dates, pattern))
    return bool(len(texts)) and float(shaped.mean()) >= 0.5


def parse_dates(
    texts: pa.Array,
    where: str,
    time_format: str | None = None,
    day_first: bool | None = None,
) -> ParsedDates:
    """Read distinct texts (no nulls) as dates with or without times and offsets.

    Args:
        texts: [K] strings.
        where: file and column, for the beginning of a message ("sales.csv: ds").
        time_format: a strptime pattern to use in place of the known formats.
        day_first: whether the day is first; None to infer it from the texts.

    Raises:
        DataError: the values do not decide between day first and month first, have years of two
            digits, or match no known format.
        UsageError: `time_format` is not a strptime pattern.
    """
    if time_format is not None:
        return _parse_with_format(texts, time_format)
    pieces = pc.extract_regex(texts, DATE_AND_TIME)
    date_text = pc.struct_field(pieces, "date")
    matched = {shape: _flags(pc.match_substring_regex(date_text, shape)) for shape in SHAPES}
    shape = max(matched, key=lambda pattern: int(matched[pattern].sum()))
    if not matched[shape].any():
        raise _no_shape(texts, where)
    parts = pc.extract_regex(date_text, shape)
    label = SHAPES[shape]
    notes: tuple[str, ...] = ()
    if "?P<p>" in shape:
        if day_first is None:
            day_first, notes = _day_or_month_first(parts, texts, where)
        label = "DD/MM/YYYY" if day_first else "MM/DD/YYYY"
        names = ["d", "m", "y"] if day_first else ["m", "d", "y"]
        parts = pa.StructArray.from_arrays(parts.flatten(), names=names)
    days, too_far = _days(parts)
    clock, clock_ok = _clock(pieces)
    readable = matched[shape] & clock_ok & (days != NOT_A_TIME)
    wall = np.where(readable, np.where(readable, days, 0) * DAY + clock, NOT_A_TIME)
    offset_text = pc.struct_field(pieces, "offset")
    has_offset = _flags(pc.not_equal(offset_text, ""))
    offset = _offset(offset_text)
    example = date_text[int(np.argmax(matched[shape]))].as_py()
    label = _with_clock(_with_separator(label, example), pieces)
    return ParsedDates(wall, offset, has_offset, too_far, label, day_first, notes)


def _flags(flags: pa.Array) -> BoolArray:
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _part(parts: pa.StructArray, name: str, missing: int) -> IntArray:
    """One named part as integers, `missing` where the text has none."""
    names = [field.name for field in parts.type]
    if name not in names:
        return np.full(len(parts), missing, dtype=np.int64)
    text = pc.struct_field(parts, name)
    text = pc.if_else(pc.fill_null(pc.not_equal(text, ""), False), text, str(missing))
    return np.asarray(pc.cast(text, pa.int64()).to_numpy(), dtype=np.int64)


def _days(parts: pa.StructArray) -> tuple[IntArray, BoolArray]:
    """Days since 1970-01-01, `NOT_A_TIME` for an invalid date; and which dates are too far."""
    year = _part(parts, "y", 0)
    if "b" in [field.name for field in parts.type]:
        names = pc.utf8_slice_codeunits(pc.utf8_lower(pc.struct_field(parts, "b")), 0, 3)
        index = pc.index_in(names, value_set=pa.array(MONTHS))
        month = np.asarray(pc.fill_null(index, -1).to_numpy(), dtype=np.int64) + 1
    elif "q" in [field.name for field in parts.type]:
        month = _part(parts, "q", 0) * 3 - 2
    else:
        month = _part(parts, "m", 0)
    day = _part(parts, "d", 1)
    in_range = (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    written = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    usable = in_range & written
    count = np.where(usable, (year - 1970) * 12 + month - 1, 0)
    first = count.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (count + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    usable &= day <= following - first
    return np.where(usable, first + day - 1, NOT_A_TIME), written & ~in_range


def _clock(pieces: pa.StructArray) -> tuple[IntArray, BoolArray]:
    """Nanoseconds since midnight, and whether the time of day is valid."""
    hour, minute = _part(pieces, "hour", 0), _part(pieces, "minute", 0)
    second = _part(pieces, "second", 0)
    part = pc.utf8_rpad(pc.fill_null(pc.struct_field(pieces, "part"), ""), 9, padding="0")
    nanosecond = np.asarray(pc.cast(part, pa.int64()).to_numpy(), dtype=np.int64)
    half = pc.utf8_lower(pc.struct_field(pieces, "half"))
    is_half = _flags(pc.not_equal(half, ""))
    possible = np.where(is_half, (hour >= 1) & (hour <= 12), hour <= 23)
    possible &= (minute <= 59) & (second <= 59)
    hour = np.where(is_half, hour % 12 + 12 * _flags(pc.equal(half, "pm")), hour)
    return ((hour * 60 + minute) * 60 + second) * SECOND + nanosecond, possible


def _offset(offset_text: pa.Array) -> IntArray:
    """Nanoseconds east of UTC."""
    fields = pc.extract_regex(offset_text, r"^(?P<sign>[+-])(?P<hour>\d{2}):?(?P<minute>\d{2})?$")
    seconds = (_part(fields, "hour", 0) * 60 + _part(fields, "minute", 0)) * 60
    negative = _flags(pc.equal(pc.struct_field(fields, "sign"), "-"))
    return np.where(negative, -seconds, seconds) * SECOND


def _with_separator(label: str, example: str) -> str:
    """The label of a format of numbers with the separator of an example.

    >>> _with_separator("DD/MM/YYYY", "01.07.2024"), _with_separator("Mon DD, YYYY", "Jul 1, 2024")
    ('DD.MM.YYYY', 'Mon DD, YYYY')
    """
    separator = re.fullmatch(r"\d+([-/.])[-/.\d]+", example)
    return re.sub("[-/]", separator[1], label) if separator else label


def _with_clock(label: str, pieces: pa.StructArray) -> str:
    has_clock = _flags(pc.not_equal(pc.struct_field(pieces, "hour"), "")).mean() > 0.5
    has_second = _flags(pc.not_equal(pc.struct_field(pieces, "second"), "")).mean() > 0.5
    return label + (" HH:MM" if has_clock else "") + (":SS" if has_second else "")


def _day_or_month_first(
    parts: pa.StructArray, texts: pa.Array, where: str
) -> tuple[bool, tuple[str, ...]]:
    """Infer from numbers above 12 which of the first two parts is the day."""
    first, second = _part(parts, "p", 0), _part(parts, "s", 0)
    first_is_day, second_is_day = int((first > 12).sum()), int((second > 12).sum())
    if not first_is_day and not second_is_day:
        example = texts[int(np.flatnonzero(first)[0])].as_py()
        raise DataError(
            f'{where} "{example}" may begin with the day or with the month, and no other date '
            f"decides it. Give the order with {option('time_format', '%d/%m/%Y')} or "
            f"{option('time_format', '%m/%d/%Y')}."
        )
    day_first = first_is_day >= second_is_day
    witness = texts[int(np.flatnonzero((first if day_first else second) > 12)[0])].as_py()
    order = "day" if day_first else "month"
    return day_first, (f"Dates begin with the {order}: {witness} allows no other order.",)


def _no_shape(texts: pa.Array, where: str) -> DataError:
    example = texts[0].as_py()
    if _flags(pc.match_substring_regex(texts, TWO_DIGIT_YEAR)).any():
        problem = f'"{example}" has a year of two digits, so the order of its parts is ambiguous'
    else:
        problem = f'"{example}" is not a date'
    return DataError(
        f"{where} {problem}. Expected a form such as 2021-04-30, 2021-04 or 2021-04-30 16:00; "
        f"or give the format with {option('time_format', '%d.%m.%y')}."
    )


def _parse_with_format(texts: pa.Array, time_format: str) -> ParsedDates:
    if not time_format.strip():
        raise UsageError(
            f"{option('time_format')} is empty. Expected strptime codes such as "
            '"%d/%m/%Y %H:%M", or no format, to detect it from the dates.'
        )
    try:
        times = pd.to_datetime(
            pd.Series(texts.to_pylist(), dtype=object),
            format=time_format,
            errors="coerce",
            utc="%z" in time_format,
        )
    except ValueError as problem:
        raise UsageError(
            f"{option('time_format', time_format)} is not a pattern for dates ({problem}). "
            'Expected strptime codes such as "%d/%m/%Y %H:%M".'
        ) from problem
    aware = np.full(len(texts), "%z" in time_format)
    naive = times.dt.tz_localize(None).to_numpy()
    years = naive.astype("M8[Y]").astype(np.int64) + 1970
    too_far = ~np.isnat(naive) & ((years < FIRST_YEAR) | (years > LAST_YEAR))
    naive = np.where(too_far, np.datetime64("NaT"), naive)
    wall = naive.astype("M8[ns]").astype(np.int64)
    return ParsedDates(wall, np.zeros_like(wall), aware, too_far, time_format)
