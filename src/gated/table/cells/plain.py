"""Reads many columns of plain numbers at once, for wide tables with a column for each series.

A step that takes a millisecond for a column takes minutes for 100,000 of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.table.cells.regex import matches
from gated.table.cells.written.flags import contain, flags
from gated.table.cells.written.separators import COMMA_OF_THOUSANDS, Sign
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import LOOK_ROWS, Source

__all__ = ["PlainNumbers", "plain_kinds", "plain_values"]

PlainKind = Literal["integer", "number"]
FEWEST = 200  # columns; fewer are read one by one
TOGETHER = 1 << 20  # cells that are converted at once
INTEGER = r"^-?\d+$"
NUMERIC = {
    pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(),
    pa.uint64(), pa.float32(), pa.float64(),
}  # fmt: skip
MISSING = pa.array(["", "NA", "NaN", "nan", "NULL", "null", "N/A", "n/a"])


@dataclass(frozen=True)
class PlainNumbers:
    """The cells of a column of plain numbers.

    Attributes:
        values: [R] float64, NaN where missing.
        missing: how many are missing.
        low, high: the smallest and the largest value; NaN if all are missing.
        decimal: "," if cells have a decimal comma; None if they do not decide the sign.
    """

    values: FloatArray
    missing: int
    low: float
    high: float
    decimal: Sign | None = None


def plain_kinds(source: Source) -> Mapping[str, PlainKind]:
    """The kinds of columns of plain numbers: those of a wide text file, by their first cells.

    And those of a Parquet file, by their types. All other columns are left out. They are looked at
    once.
    """
    return source.fact(_plain_kinds, "")


def _plain_kinds(source: Source, _: str) -> Mapping[str, PlainKind]:
    kinds: dict[str, PlainKind] = {}
    if isinstance(source.frame, ParquetColumns):
        schema = source.frame.arrow_schema
        numeric = [field for field in schema if field.type in NUMERIC]
        return {
            field.name: "integer" if pt.is_integer(field.type) else "number" for field in numeric
        }
    for group in _plain(source, source.frame.columns, LOOK_ROWS):
        whole = group.of_each(matches(group.texts, INTEGER))
        filled = group.of_each(flags(group.texts.is_valid()))
        for name, integers, cells in zip(group.names, whole.tolist(), filled.tolist(), strict=True):
            if cells:
                kinds[name] = "integer" if 2 * integers > cells else "number"
    return kinds


def plain_values(source: Source, names: Sequence[str]) -> Mapping[str, PlainNumbers]:
    """The values of the columns of a wide file whose cells are all plain numbers or missing.

    Args:
        source: the table; of a file of text, or a Parquet file.
        names: the columns that are read; the others, and all columns of other tables, are left out.
    """
    if isinstance(source.frame, ParquetColumns):
        return {} if source.missing else _typed_values(source.frame, names)
    found: dict[str, PlainNumbers] = {}
    for group in _plain(source, names, len(source.frame)):
        numbers = _of_columns(group.names, group.numbers.reshape(len(group.names), -1))
        if source.decimal_comma:
            commas = group.of_each(flags(pc.match_substring(group.texts, ",")))
            thousands = group.of_each(matches(group.texts, COMMA_OF_THOUSANDS))
            for name, comma, grouped in zip(group.names, commas, thousands, strict=True):
                if 0 < comma <= grouped:  # the commas may separate thousands
                    del numbers[name]
                elif comma:
                    numbers[name] = replace(numbers[name], decimal=",")
        found |= numbers
    return found


def _typed_values(frame: ParquetColumns, names: Sequence[str]) -> Mapping[str, PlainNumbers]:
    """The values of the columns of a wide Parquet file that have a type of numbers."""
    kinds = dict(zip(frame.columns, frame.arrow_schema.types, strict=True))
    numeric = [name for name in names if kinds[name] in NUMERIC]
    if len(numeric) < FEWEST:
        return {}
    found: dict[str, PlainNumbers] = {}
    size = max(1, TOGETHER // max(1, len(frame)))
    for begin in range(0, len(numeric), size):
        group = numeric[begin : begin + size]
        table = frame.together(group)
        positions = dict(zip(table.column_names, range(table.num_columns), strict=True))
        values = np.empty((len(group), len(frame)))
        for row, name in enumerate(group):
            # Whole numbers above 2^53 are rounded, as in a text file.
            values[row] = pc.cast(table.column(positions[name]), pa.float64(), safe=False)
        found |= _of_columns(group, values)
    return found


def _of_columns(names: Sequence[str], values: FloatArray) -> dict[str, PlainNumbers]:
    """The columns [K] of values [K, R]."""
    missing = np.isnan(values).sum(axis=1).tolist()
    low = np.fmin.reduce(values, axis=1, initial=np.nan).tolist()
    high = np.fmax.reduce(values, axis=1, initial=np.nan).tolist()
    columns = zip(names, values, missing, low, high, strict=True)
    return {name: PlainNumbers(*numbers) for name, *numbers in columns}


@dataclass(frozen=True)
class _Group:
    """Columns of plain numbers, one after the other.

    Attributes:
        names: [K] of the columns.
        texts: [K · R] their cells, null where missing.
        numbers: [K · R] the cells as numbers.
    """

    names: Sequence[str]
    texts: pa.Array
    numbers: FloatArray

    def of_each(self, found: BoolArray) -> IntArray:
        """[K] how many cells of each column are found."""
        return np.asarray(found.reshape(len(self.names), -1).sum(axis=1))


def _plain(source: Source, names: Sequence[str], rows: int) -> Iterator[_Group]:
    is_plain = source.is_text and not source.missing and source.decimal is None
    is_plain = is_plain and not source.decimals and not source.open_comma
    if len(names) < FEWEST or not is_plain or isinstance(source.frame, ParquetColumns):
        return
    table = source.frame.to_native()
    if not isinstance(table, pa.Table):
        return
    table = table.select(list(names)).slice(0, rows)
    are_texts = map(pa.string().equals, table.schema.types)
    texts = [place for place, is_text in enumerate(are_texts) if is_text]
    size = max(1, TOGETHER // max(1, table.num_rows))
    for begin in range(0, len(texts), size):
        group = texts[begin : begin + size]
        chunks = [chunk for place in group for chunk in table.column(place).iterchunks()]
        cells = pc.utf8_trim_whitespace(pa.concat_arrays(chunks))
        yield from _numeric([names[place] for place in group], cells, source.decimal_comma)


def _numeric(group: Sequence[str], cells: pa.Array, decimal_comma: bool) -> Iterator[_Group]:
    """The columns of a group that are all numbers: the whole group, or those of its halves."""
    missing = pc.is_in(cells, value_set=MISSING)
    texts = pc.if_else(missing, pa.scalar(None, pa.string()), cells)
    written = texts
    if decimal_comma:  # a point is left to the other reader
        written = pc.replace_substring(pc.replace_substring(texts, ".", "!"), ",", ".")
    try:
        numbers = pc.cast(written, pa.float64())
    except pa.ArrowInvalid:
        if len(group) > 1:
            half = len(group) // 2
            middle = len(cells) // len(group) * half
            yield from _numeric(group[:half], cells.slice(0, middle), decimal_comma)
            yield from _numeric(group[half:], cells.slice(middle), decimal_comma)
        return
    if not contain(texts, "n"):  # infinity, and spellings of NaN, are left to the other reader
        values = np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
        yield _Group(group, texts, values)
