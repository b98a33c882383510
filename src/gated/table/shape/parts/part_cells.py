"""Reads cells that hold a part of a time as numbers: years, months, weeks, times of day."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.table.cells.dates.forms import without_accents
from gated.table.cells.dates.names import MONTHS
from gated.table.cells.dates.scripts import in_latin
from gated.table.cells.distinct import distinct_text
from gated.table.cells.numbers import MISSING_SPELLINGS, TEXT_TYPES, column_text
from gated.table.cells.regex import all_match, extracted, replaced
from gated.table.io.source import Source
from gated.table.shape.parts.part_names import Part

__all__ = ["clock_seconds", "is_clock", "month_numbers", "part_numbers", "season_years"]

_LOOKED_AT = 20  # rows that show whether a column may hold times of day

_LIMITS: dict[Part, tuple[int, int]] = {
    "year": (1700, 2250),
    "half": (1, 2),
    "quarter": (1, 4),
    "month": (1, 12),
    "week": (1, 53),
    "day": (1, 31),
    "day of year": (1, 366),
    "hour": (0, 24),
    "minute": (0, 59),
    "period": (1, 50),  # half-hours; 46 and 50 on the days when the clock is changed
}
_MONTHS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_MONTHS |= {f"number {number}": number for number in range(1, 13)}
# Months that are numbered in Vietnamese, Chinese, Japanese and Korean: "thang 5", 5月.
_NUMBERED_MONTH = r"^(?:thang *0?(\d{1,2})|0?(\d{1,2}) ?[月월])$"
_LETTER = r"[A-Za-z]|[^\x00-\x7f]"
_LETTERS_OF_MONTHS = "jfmamjjasond"
# Seasons of three months, named by their first letters: DJF is written as January, its middle.
_SEASONS = {
    "".join(_LETTERS_OF_MONTHS[(month + shift) % 12] for shift in (-1, 0, 1)): month + 1
    for month in range(12)
}
_CLOCK = (
    r"^(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?"
    r"\s?(?P<half>[AaPp](?:\.?[Mm]\.?)?)?$"  # Davis writes 12:30a
)
_INTERVAL_END = (
    r"\s*(?:-|–|—|to|bis|til|till|à)\s*\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[AaPp]\.?[Mm]\.?)?$"
)
_HOURS = r"^(?P<hour>\d{1,2}) *[-–] *(?P<end>\d{1,2})$"  # Nord Pool: 00 - 01
_HOUR_OF_DAY = r"^(?P<hour>\d{1,2})\s?(?P<half>[AaPp]\.?[Mm]\.?)$"
_HOUR_WORD = (
    r"^(?P<hour>\d{1,2})\s?"
    r"(?:[hH]|[Uu]hr|hrs?|(?:[时時點点시]|小时)(?:\s?(?P<minute>\d{1,2})[分분]?)?)\.?$"
)
_DIGITS = r"^(?P<hour>\d{1,2})(?P<minute>[0-5]\d)$"  # 30, 100 and 2330 mean 0:30, 1:00 and 23:30
_QUARTER = r"^(?:[QqTtKk]\.?\s?0?)?(?P<n>[1-4])(?:\.?\s?(?:[Qq](?:uartal|tr)?|trimestre)?)$"
_HALF = r"^(?:[HhSs]\.?\s?)?(?P<n>[12])(?:\.?\s?(?:[Hh](?:albjahr)?|[Ss]emestre))?$"
_WEEK = r"^(?:(?:[Ww]|[Kk][Ww]|[Ww]eek)\.?\s?)?(?P<n>\d{1,2})$"
_NUMBER = r"^(?P<n>\d{1,4})(?:\.0*)?$"
_YEAR = r"^(?:[Ff][Yy]\s?)?(?P<n>\d{4})(?:\.0*)?$"
_SEASON = r"^(?:[Ff][Yy]\s?)?(?P<year>\d{4})\s?[-–/]\s?(?P<end>\d{2}|\d{4})$"
_MONTH = r"^(?:[MmPp]\s?)?(?P<n>\d{1,2})(?:\.0*)?$"
_PATTERNS: dict[Part, str] = {
    "half": _HALF,
    "quarter": _QUARTER,
    "week": _WEEK,
    "month": _MONTH,
    "year": _YEAR,
}
# A column of periods holds months or quarters only if its cells say so: M01, Q03.
_LETTERED: dict[Part, str] = {"month": r"^[MmPp]\d{1,2}$", "quarter": r"^[QqTtKk]0?[1-4]$"}
_WRITTEN_CLOCK = (
    r"^(?:\d{1,2}[时時시点](?:\s?\d{1,2}[分분])?|\d{1,2} ?Uhr)$|"
    r"^\d{1,2}(?:[:h]\d{2}(?:[:.]\d{2})?|\.\d{2}\.\d{2}|[ \x{a0}]*[-–][ \x{a0}]*\d{1,2})"
    r"(?:\s?[AaPp](?:\.?[Mm]\.?)?)?$"
)


def part_numbers(source: Source, column: str, part: Part) -> IntArray | None:
    """[R] the numbers of a part; None if a cell is none."""
    codes, texts = _texts(source, column)
    if texts is None:
        return None
    lettered = _LETTERED.get(part) if column.strip().casefold() == "period" else None
    if lettered is not None and not all_match(texts, lettered):
        return None
    pattern = _PATTERNS.get(part, _NUMBER)
    written = pc.struct_field(extracted(texts, pattern), "n")
    if written.null_count and part == "month":
        written = _named_months(texts)
    if written.null_count:
        return None
    numbers = pc.cast(written, pa.int64()).to_numpy(zero_copy_only=False)
    low, high = _LIMITS[part]
    if numbers.min() < low or numbers.max() > high:
        return None
    return np.asarray(numbers[codes], dtype=np.int64)


def season_years(source: Source, column: str) -> IntArray | None:
    """[R] the first of the two years of each cell such as 2019/20; None if a cell is none.

    The second year of all of them follows the first.
    """
    codes, texts = _texts(source, column)
    if texts is None:
        return None
    fields = extracted(texts, _SEASON)
    if fields.null_count:
        return None
    years, ends = _field(fields, "year"), _field(fields, "end")
    if ((years + 1) % 100 != ends % 100).any():
        return None
    return np.asarray(years[codes], dtype=np.int64)


def month_numbers(texts: pa.Array) -> pa.Array:
    """The numbers of months by their names in any of the languages; null for any other text."""
    plain = pc.utf8_trim(without_accents(in_latin(texts)), " .")
    plain = replaced(plain, _NUMBERED_MONTH, r"number \1\2")
    return pa.array([_MONTHS.get(name) for name in plain.to_pylist()], pa.int64())


def _named_months(texts: pa.Array) -> pa.Array:
    """The numbers of months by their names, or by the names of seasons of three months."""
    numbers = month_numbers(texts)
    if numbers.null_count < len(numbers):
        return numbers
    seasons = [_SEASONS.get(text) for text in pc.utf8_lower(texts).to_pylist()]
    return pa.array(seasons, pa.int64())


def clock_seconds(source: Source, column: str) -> IntArray | None:
    """[R] seconds since midnight; None if a cell is no time of day.

    Of an interval such as 09:00-09:30, this is the begin.
    """
    codes, texts = _texts(source, column)
    if texts is None:
        return None
    texts = _begins_of_hours(replaced(texts, _INTERVAL_END, ""))
    for pattern in (_CLOCK, _HOUR_OF_DAY, _HOUR_WORD, _DIGITS):
        fields = extracted(pc.utf8_lpad(texts, 3, "0") if pattern is _DIGITS else texts, pattern)
        if not fields.null_count:
            break
    else:
        return None
    hour = _field(fields, "hour")
    half = _field_text(fields, "half")
    hour = np.where(half != "", hour % 12 + 12 * (half == "p"), hour)
    minute, second = _field(fields, "minute"), _field(fields, "second")
    if hour.max() > 24 or minute.max() > 59 or second.max() > 59:
        return None
    if pattern is _DIGITS and hour.max() == 0:  # 0 to 59: no times of day
        return None
    return np.asarray((hour * 3600 + minute * 60 + second)[codes], dtype=np.int64)


def _begins_of_hours(texts: pa.Array) -> pa.Array:
    """Hours written by their begin and their end, 00 - 01, as 00:00; other texts as they are."""
    texts = pc.replace_substring(texts, "\u00a0", " ")
    fields = extracted(texts, _HOURS)
    if fields.null_count:
        return texts
    hour, end = _field(fields, "hour"), _field(fields, "end")
    if ((hour + 1) % 24 != end % 24).any():
        return texts
    return pc.binary_join_element_wise(pc.struct_field(fields, "hour"), "00", ":")


def is_month_names(source: Source, column: str) -> bool:
    """Whether all cells of a column are names of months, and several of them occur."""
    first = source.fact(_first_texts, column)
    if not all_match(first, _LETTER) or _named_months(pc.unique(first)).null_count:
        return False
    _, texts = _texts(source, column)
    return texts is not None and len(texts) > 2 and not _named_months(texts).null_count


def is_clock(source: Source, column: str) -> bool:
    """Whether all cells of a column are written as times of day, such as 13:45 or 13.45.00."""
    first = source.fact(_first_texts, column)
    are_clocks = all_match(pc.utf8_trim_whitespace(first), _WRITTEN_CLOCK)
    return are_clocks and clock_seconds(source, column) is not None


def _first_texts(source: Source, column: str) -> pa.ChunkedArray:
    """The first cells of a column of text, without the empty ones; none of another column."""
    series = next(source.parts(column))
    if series.dtype not in TEXT_TYPES:
        return pa.chunked_array([], pa.string())
    return column_text(series.head(_LOOKED_AT)).drop_null()


def _texts(source: Source, column: str) -> tuple[IntArray, pa.Array | None]:
    """The distinct cells of a column as text; None if one is missing."""
    series = source.frame[column]
    if series.is_null().any():
        return np.zeros(0, dtype=np.int64), None
    codes, texts = distinct_text(series)
    texts = pc.utf8_trim_whitespace(texts)
    if pc.any(pc.is_in(texts, value_set=pa.array(MISSING_SPELLINGS))).as_py():
        return codes, None
    return codes, texts


def _has_field(fields: pa.StructArray, name: str) -> bool:
    return bool(fields.type.get_field_index(name) >= 0)


def _field(fields: pa.StructArray, name: str) -> IntArray:
    if not _has_field(fields, name):
        return np.zeros(len(fields), dtype=np.int64)
    text = pc.struct_field(fields, name)
    digits = pc.if_else(pc.equal(text, ""), "0", text)
    return np.asarray(pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _field_text(fields: pa.StructArray, name: str) -> NDArray[np.str_]:
    if not _has_field(fields, name):
        return np.full(len(fields), "")
    first = pc.utf8_slice_codeunits(pc.utf8_lower(pc.struct_field(fields, name)), 0, 1)
    return np.asarray(first.to_pylist(), dtype=np.str_)
