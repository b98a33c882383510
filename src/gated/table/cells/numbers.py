"""Reads a column as float64 numbers: missing spellings become NaN, invalid cells raise errors.

Plain numbers are converted at once. If a cell is not plain, all distinct cells are read as people
write them (`gated.table.cells.written`): with signs, units, separators and marks.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import narwhals as nw
import numpy as np

if TYPE_CHECKING:
    import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import FloatArray
from gated.errors import DataError
from gated.table.cells.codes import ALL, Code, find_codes
from gated.table.cells.dates.forms import without_accents
from gated.table.cells.dates.names import are_months_of_another_language
from gated.table.cells.plain import PlainNumbers, plain_kinds
from gated.table.cells.regex import all_match, any_matches, replaced
from gated.table.cells.written.flags import contain
from gated.table.cells.written.reading import read_written, separator_text
from gated.table.cells.written.separators import (
    Sign,
    has_only_points_of_thousands,
    may_be_thousands,
    separate_thousands,
)
from gated.table.cells.written.unreadable import open_sign, unreadable
from gated.table.io.source import Source
from gated.text import option

__all__ = [
    "KEEP_CODES",
    "LARGEST_EXACT",
    "MISSING_SPELLINGS",
    "NUMBER",
    "TEXT_TYPES",
    "Numbers",
    "column_text",
    "read_numbers",
    "without_missing",
]

TEXT_TYPES = (nw.String, nw.Object, nw.Categorical, nw.Enum)
# The spellings that pandas.read_csv reads as a missing value, and the empty cell.
MISSING_SPELLINGS = (
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf(inity)?))$"
DECIMAL_COMMA = r"^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?$"
# Thousands separators as in English; "0,123" and "1,23" can only be decimals.
THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
FOOTNOTE = r"(\d) ?\[[\w ]{1,6}\]$"  # behind a number of a page: 266,691[4]
LARGEST_EXACT = 2**53  # float64 represents all whole numbers up to it
LOOK_NAMES = 100  # first rows of a column, in which names of months are looked for
KEEP_CODES = "none"  # the value of the option `missing` that masks no code


@dataclass(frozen=True)
class Numbers:
    """A column's numbers and what was repaired in it.

    Attributes:
        values: [R] float64, NaN where there is none.
        missing: number of cells that were empty or had a missing spelling.
        infinite: number of cells that were infinite or too large for float64; they became NaN.
        repairs: what was cut or interpreted, as parts of a sentence.
        marks: number of cells of each mark that was taken as missing.
        named: number of cells of each mark that the option `missing` names.
        codes: numbers that probably stand for missing values; the certain ones became NaN.
        known_codes: those of an earlier table, which became NaN, too.
        rounded: the first whole number that float64 cannot represent, or None.
        decimal: the decimal sign, if the cells decide it.
    """

    values: FloatArray
    missing: int
    infinite: int
    repairs: tuple[str, ...] = ()
    marks: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, int] = field(default_factory=dict)
    codes: tuple[Code, ...] = ()
    known_codes: tuple[float, ...] = ()
    rounded: int | None = None
    decimal: Sign | None = None

    @property
    def masked(self) -> tuple[float, ...]:
        """The codes that became NaN."""
        certain = (code.value for code in self.codes if code.is_certain)
        return tuple(sorted({*self.known_codes, *certain}))


@dataclass
class _Text:
    """What was found in a column of text."""

    values: FloatArray
    repairs: tuple[str, ...] = ()
    marks: Mapping[str, int] = field(default_factory=dict)
    decimal: Sign | None = None


def read_numbers(source: Source, column: str, known: PlainNumbers | None = None) -> Numbers:
    """Read one column as numbers.

    `known` are its plain numbers, if many columns were converted at once.

    Missing spellings (`MISSING_SPELLINGS`), other marks beside numbers, the marks of
    `source.missing` and infinite values become NaN and are counted; true and false become 1 and 0.
    If commas do not separate the cells, a comma may be the decimal sign of a column. Otherwise
    commas may separate thousands, or the cells decide. A well-known code such as -999 becomes NaN
    if it is far from all other values, unless `source.missing` contains "none"; those of
    `source.missing_codes` always do.

    Raises:
        DataError: a cell is neither a number nor missing; the message names its row.
    """
    named: Counter[str] = Counter()
    repairs: tuple[str, ...] = ()
    marks: Mapping[str, int] = {}
    decimal: Sign | None = None
    if known is not None:
        values, decimal = known.values, known.decimal
        repairs = separator_text(decimal, ()) if decimal else ()
        if _is_usual(known) and column not in source.missing_codes:
            return Numbers(values, known.missing, 0, repairs, decimal=decimal)
    elif (series := source.frame[column]).dtype.is_numeric() or series.dtype == nw.Boolean:
        values = _as_float(series)
    elif series.dtype in TEXT_TYPES:
        text, named = without_missing(source, column)
        found = _from_text(source, column, text)
        values, repairs, marks, decimal = found.values, found.repairs, found.marks, found.decimal
    elif series.is_null().all():  # a column that was never given a type
        values = np.full(len(series), np.nan)
    else:
        raise DataError(
            f"{source.prefix}column `{column}` is of type {series.dtype}. Expected numbers."
        )
    known_codes = tuple(source.missing_codes.get(column, ()))
    wanted = [(mark, _as_number(mark)) for mark in source.missing]
    for mark, code in (*wanted, *((f"{code:.15g}", code) for code in known_codes)):
        if code is not None and (here := values == code).any():
            values, named[mark] = np.where(here, np.nan, values), named[mark] + int(here.sum())
    codes = find_codes(values)
    certain = [code.value for code in codes if code.is_certain and not _keeps_codes(source)]
    if certain:
        values = np.where(np.isin(values, certain), np.nan, values)
    infinite = np.isinf(values)
    if infinite.any():
        values = np.where(infinite, np.nan, values)
    count = int(infinite.sum())
    missing = int(np.isnan(values).sum()) - count
    rounded = _first_rounded(source, column, values)
    if _keeps_codes(source):
        codes = ()
    return Numbers(
        values, missing, count, repairs, marks, named, codes, known_codes, rounded, decimal
    )


def _is_usual(known: PlainNumbers) -> bool:
    """Whether a column has no infinite value, no code for a missing one, none that is rounded."""
    ends = known.low, known.high
    return all(abs(end) < LARGEST_EXACT and end not in ALL for end in ends)


def column_text(series: nw.Series[Any]) -> pa.ChunkedArray:
    """A column as text, null where missing."""
    if series.dtype == nw.Object:  # Python objects of several kinds, in a pandas column
        native = cast("pd.Series[Any]", series.to_native())
        cells = zip(native, native.isna(), strict=True)
        written = [None if is_missing else str(cell) for cell, is_missing in cells]
        return pa.chunked_array([pa.array(written, pa.string())])
    native = series.to_native()
    if isinstance(native, pa.ChunkedArray) and native.type == pa.string():
        return native
    text = series.cast(nw.String).to_arrow()
    chunked = text if isinstance(text, pa.ChunkedArray) else pa.chunked_array([text])
    return chunked.cast(pa.string())


def without_missing(source: Source, column: str) -> tuple[pa.ChunkedArray, Counter[str]]:
    """Trim the text of a column, and leave out missing cells.

    Returns:
        [R] text, null where the cell is missing, has a missing spelling or is a mark of
        `source.missing`; and how often each of these marks occurs.
    """
    text = pc.utf8_trim_whitespace(column_text(source.frame[column]))
    spelled = pc.is_in(text, value_set=pa.array(MISSING_SPELLINGS))
    text = pc.if_else(spelled, pa.scalar(None, pa.string()), text)
    named: Counter[str] = Counter()
    for mark in source.missing:
        here = pc.fill_null(pc.equal(text, mark), False)
        if count := pc.sum(here).as_py():
            named[mark] += count
            text = pc.if_else(here, pa.scalar(None, pa.string()), text)
    return text, named


def _as_float(series: nw.Series[Any]) -> FloatArray:
    if series.dtype.is_integer():  # whole numbers above 2^53 are rounded, as in a text file
        native = series.to_arrow()
        chunked = native if isinstance(native, pa.ChunkedArray) else pa.chunked_array([native])
        return np.asarray(pc.cast(chunked, pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    return np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)


def _keeps_codes(source: Source) -> bool:
    return KEEP_CODES in source.missing


def _as_number(mark: str) -> float | None:
    try:
        return float(mark)
    except ValueError:
        return None


def _from_text(source: Source, column: str, text: pa.ChunkedArray) -> _Text:
    repairs: tuple[str, ...] = ()
    decimal: Sign | None = None
    plain = text
    known = source.decimal or source.decimals.get(column)
    if known is not None and any_matches(text, "[.,]"):
        return _as_written(source, column, text, known)
    if source.decimal_comma and _has_decimal_comma(text) and not separate_thousands(text, ","):
        if _is_asked(source, ",", column) and may_be_thousands(text):
            raise open_sign(text, column, ",", source.where)
        decimal = ","
        repairs, plain = separator_text(",", ()), pc.replace_substring(text, ",", ".")
    elif _has_thousands(text):
        if _is_asked(source, ",", column) and may_be_thousands(text):
            raise open_sign(text, column, ",", source.where)
        decimal = "."
        repairs, plain = separator_text(None, (",",)), pc.replace_substring(text, ",", "")
    elif separate_thousands(text, ".", is_likely=source.decimal_comma):
        decimal = ","
        repairs, plain = separator_text(None, (".",)), pc.replace_substring(text, ".", "")
    elif source.decimal_comma and may_be_thousands(text, ".") and _is_asked(source, ".", column):
        raise open_sign(text, column, ".", source.where)
    try:
        numbers = pc.cast(plain, pa.float64())
    except pa.ArrowInvalid:
        return _as_written(source, column, text)
    if source.decimal_comma and not repairs and has_only_points_of_thousands(text):
        repairs = ("the point was read as the decimal sign",)
    values = np.asarray(numbers.to_numpy(), dtype=np.float64)
    return _Text(values, repairs, decimal=decimal)


def _is_asked(source: Source, sign: Sign, column: str) -> bool:
    """Whether a sign before three digits in every cell is a question in this file."""
    if sign == ",":
        return source.open_comma or (not source.decimal_comma and _names_months(source, column))
    return source.decimal_comma and (not source.open_comma or _names_months(source, column))


def _names_months(source: Source, column: str) -> bool:
    """Whether another column names months in a language that has decimal commas, not points."""
    return bool(source.fact(_columns_of_months, "") - {column})


def _columns_of_months(source: Source, _: str) -> frozenset[str]:
    """The columns that name months in such a language."""
    found: set[str] = set()
    plain = plain_kinds(source)
    for name in source.frame.columns:
        series = source.frame[name].head(LOOK_NAMES)
        if name not in plain and series.dtype in TEXT_TYPES:
            texts = without_accents(pc.unique(column_text(series).drop_null()))
            if are_months_of_another_language(texts.to_pylist()):
                found.add(name)
    return frozenset(found)


def _as_written(
    source: Source, column: str, text: pa.ChunkedArray, known: Sign | None = None
) -> _Text:
    """Read the distinct cells of a column as people write numbers.

    Args:
        source: the table, for messages.
        column: its name.
        text: its cells.
        known: the decimal sign that the caller gave, or that of an earlier table.
    """
    whole = pa.concat_arrays(text.chunks) if text.num_chunks != 1 else text.chunk(0)
    encoded = whole.dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1).to_numpy(), dtype=np.int64)
    texts = encoded.dictionary
    counts = np.bincount(codes[codes >= 0], minlength=len(texts)).astype(np.int64)
    has_notes = any_matches(texts, FOOTNOTE)
    if has_notes:
        texts = replaced(texts, FOOTNOTE, r"\1")
    found = read_written(texts, counts, decimal_comma=source.decimal_comma, known=known)
    if found.wrong.any() or found.contradiction is not None:
        raise unreadable(found, texts, codes, column, source.where)
    if found.open is not None and _is_asked(source, found.open, column):
        raise open_sign(text, column, found.open, source.where)
    if source.decimal is not None and found.decimal not in (None, source.decimal):
        raise DataError(
            f"{source.prefix}column `{column}`: its cells have the other decimal sign than "
            f"{option('decimal', source.decimal)}. Leave the option out."
        )
    marks = {
        texts[int(index)].as_py(): int(counts[index]) for index in np.flatnonzero(found.is_mark)
    }
    values = np.where(codes >= 0, found.values[codes], np.nan)
    cut = ("marks of footnotes, such as [4], were cut",) if has_notes else ()
    return _Text(values, (*found.repairs, *cut), marks, source.decimal or found.decimal)


def _has_decimal_comma(text: pa.ChunkedArray) -> bool:
    return any_matches(text, DECIMAL_COMMA) and not contain(text, ".")


def _has_thousands(text: pa.ChunkedArray) -> bool:
    """Whether there are commas, and all of them separate thousands."""
    return all_match(text.filter(pc.match_substring(text, ",")), THOUSANDS)


def _first_rounded(source: Source, column: str, values: FloatArray) -> int | None:
    """The first whole number that float64 does not represent exactly."""
    large = np.flatnonzero(np.abs(values) >= LARGEST_EXACT)
    if len(large) == 0:
        return None
    series = source.frame[column]
    if not (series.dtype.is_integer() or series.dtype in TEXT_TYPES):
        return None
    for row in large.tolist():
        cell = str(series[row]).strip()
        if cell.lstrip("+-").isdecimal() and int(cell) != int(values[row]):
            return int(cell)
    return None
