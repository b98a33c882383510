"""Reads a column as float64 numbers: missing spellings become NaN, invalid cells raise errors."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import FloatArray
from gated.errors import DataError
from gated.table.io.source import Source
from gated.text import counted

__all__ = ["MISSING_SPELLINGS", "NUMBER", "TEXT_TYPES", "Numbers", "column_text", "read_numbers"]

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
BOOLEANS = {"true": "1", "false": "0"}

Comma = Literal["the decimal sign", "a mark between thousands"]


@dataclass(frozen=True)
class Numbers:
    """A column's numbers and what was repaired in it.

    Attributes:
        values: [R] float64, NaN where there is none.
        missing: number of cells that were empty or had a missing spelling.
        infinite: number of cells that were infinite or too large for float64; they became NaN.
        comma: meaning of the commas; None if there were none.
    """

    values: FloatArray
    missing: int
    infinite: int
    comma: Comma | None = None


def read_numbers(source: Source, column: str) -> Numbers:
    """Read one column as numbers.

    Missing spellings (`MISSING_SPELLINGS`) and infinite values become NaN and are counted; true
    and false become 1 and 0. If commas do not separate the cells, a comma may be the decimal sign
    of a column without points. Otherwise commas may separate thousands, if the column has no
    other commas.

    Raises:
        DataError: a cell is neither a number nor missing; the message names its row.
    """
    series = source.frame[column]
    comma: Comma | None = None
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        values = np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64)
    elif series.dtype in TEXT_TYPES:
        values, comma = _from_text(source, column)
    elif series.is_null().all():  # a column that was never given a type
        values = np.full(len(series), np.nan)
    else:
        raise DataError(
            f"{source.prefix}column `{column}` is of type {series.dtype}. Expected numbers."
        )
    infinite = np.isinf(values)
    if infinite.any():
        values = np.where(infinite, np.nan, values)
    count = int(infinite.sum())
    return Numbers(values, int(np.isnan(values).sum()) - count, count, comma)


def column_text(series: nw.Series[Any]) -> pa.ChunkedArray:
    """A column as text, null where missing."""
    if series.dtype == nw.Object:  # Python objects of several kinds, in a pandas column
        native = cast("pd.Series[Any]", series.to_native())
        cells = zip(native, native.isna(), strict=True)
        written = [None if is_missing else str(cell) for cell, is_missing in cells]
        return pa.chunked_array([pa.array(written, pa.string())])
    text = series.cast(nw.String).to_arrow()
    chunked = text if isinstance(text, pa.ChunkedArray) else pa.chunked_array([text])
    return chunked.cast(pa.string())


def _from_text(source: Source, column: str) -> tuple[FloatArray, Comma | None]:
    text = pc.utf8_trim_whitespace(column_text(source.frame[column]))
    spelled = pc.is_in(text, value_set=pa.array(MISSING_SPELLINGS))
    text = pc.if_else(spelled, pa.scalar(None, pa.string()), text)
    comma: Comma | None = None
    if source.decimal_comma and _has_decimal_comma(text):
        comma, text = "the decimal sign", pc.replace_substring(text, ",", ".")
    elif _has_thousands(text):
        comma, text = "a mark between thousands", pc.replace_substring(text, ",", "")
    try:
        numbers = pc.cast(text, pa.float64())
    except pa.ArrowInvalid:
        numbers = pc.cast(_without_booleans(source, column, text), pa.float64())
    return np.asarray(numbers.to_numpy(), dtype=np.float64), comma


def _has_decimal_comma(text: pa.ChunkedArray) -> bool:
    has_comma = pc.any(pc.match_substring_regex(text, DECIMAL_COMMA)).as_py()
    return bool(has_comma) and not pc.any(pc.match_substring(text, ".")).as_py()


def _has_thousands(text: pa.ChunkedArray) -> bool:
    """Whether there are commas, and all of them separate thousands."""
    with_comma = text.filter(pc.match_substring(text, ","))
    return len(with_comma) > 0 and bool(
        pc.all(pc.match_substring_regex(with_comma, THOUSANDS)).as_py()
    )


def _without_booleans(source: Source, column: str, text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write true and false as 1 and 0; the first cell that is still not a number is an error."""
    lowered = pc.utf8_lower(text)
    for word, digit in BOOLEANS.items():
        text = pc.if_else(pc.equal(lowered, word), digit, text)
    wrong = pc.fill_null(pc.invert(pc.match_substring_regex(text, NUMBER)), False)
    rows = np.flatnonzero(wrong.to_numpy())
    if len(rows) == 0:
        return text
    cell = text[int(rows[0])].as_py()
    more = f" ({counted(len(rows) - 1, 'more cell')} like it)" if len(rows) > 1 else ""
    raise DataError(
        f'{source.where(int(rows[0]))}: {column} "{cell}" is not a number{more}. Expected a '
        "plain number such as 1234.5, without units or currency signs, and commas in a column only "
        "between thousands. Leave a cell empty, or write NA, where the value is missing."
    )
