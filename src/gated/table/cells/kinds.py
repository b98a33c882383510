"""Detects the kind of a column (date, number, text, …) from its type or a sample of its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import IntArray
from gated.table.cells.dates import looks_like_dates
from gated.table.cells.dates.clock import PLAIN_DATE
from gated.table.cells.numbers import (
    DECIMAL_COMMA,
    MISSING_SPELLINGS,
    NUMBER,
    TEXT_TYPES,
    THOUSANDS,
    column_text,
)
from gated.table.cells.plain import plain_kinds
from gated.table.cells.regex import matches
from gated.table.cells.written.flags import flags
from gated.table.cells.written.marks import are_marks
from gated.table.cells.written.parts import split_cells
from gated.table.cells.written.reading import number_share
from gated.table.io.source import LOOK_ROWS, Source

__all__ = ["Kind", "is_period", "kind_of", "kind_of_column", "nearness_to_numbers", "pandas_zone"]

Kind = Literal["date", "integer", "number", "boolean", "text", "empty", "other"]

INTEGER = r"^[+-]?\d+$"
LETTERS = r"^\p{L}"
MOST = 0.5  # share of the sample that decides


def is_period(series: nw.Series[Any]) -> bool:
    """Whether a pandas column holds periods, a type that narwhals does not support."""
    return str(getattr(series.to_native(), "dtype", "")).startswith("period[")


def pandas_zone(series: nw.Series[Any]) -> tzinfo | None:
    """The zone of an aware pandas column; narwhals does not support all zone types."""
    dtype: Any = getattr(series.to_native(), "dtype", None)
    pandas = nw.dependencies.get_pandas()  # None where it was not imported: no column is its own
    return dtype.tz if pandas is not None and isinstance(dtype, pandas.DatetimeTZDtype) else None


def kind_of_column(source: Source, name: str) -> Kind:
    """The kind of a column of a source, from as few of its rows as needed."""
    return source.fact(_kind_of_column, name)


def _kind_of_column(source: Source, name: str) -> Kind:
    if (plain := plain_kinds(source).get(name)) is not None:
        return plain
    kinds = (kind_of(part, source.missing) for part in source.parts(name))
    return next((kind for kind in kinds if kind != "empty"), "empty")


def kind_of(series: nw.Series[Any], missing: Sequence[str] = ()) -> Kind:
    """The kind of a column; for a text column, the kind of most cells of a sample.

    A few invalid cells do not change the kind: they raise an error when the column is read.

    Args:
        series: the column.
        missing: further marks that stand for a missing value.
    """
    dtype = series.dtype
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == nw.Boolean:
        return "boolean"
    if dtype in (nw.Date, nw.Datetime) or is_period(series) or pandas_zone(series) is not None:
        return "date"
    if dtype in TEXT_TYPES:
        sample = _written(series.head(LOOK_ROWS), missing)
        kind = _kind_of_text(sample)
        is_open = kind in ("text", "empty") and are_marks(sample.texts).all()
        return _kind_of_text(_written(series, missing)) if is_open else kind
    return "empty" if series.is_null().all() else "other"


def nearness_to_numbers(series: nw.Series[Any]) -> float:
    """How near a text column's first cells are to numbers, from 0 to 1; marks are left out.

    A number after a word or letters counts half, because it may be a label such as A12.
    """
    texts = _written(series.head(LOOK_ROWS), ()).texts
    candidates = texts.filter(pa.array(~are_marks(texts)))
    if len(candidates) == 0:
        return 0.0
    parts = split_cells(candidates)
    labels = parts.readable & matches(parts.prefix, LETTERS)
    return float(parts.readable.mean() - labels.mean() / 2)


@dataclass(frozen=True)
class _Sample:
    """Cells that are not missing: [K] distinct texts, and how often each occurs."""

    texts: pa.Array
    counts: IntArray

    def share(self, pattern: str) -> float:
        """The share of the cells that match a pattern."""
        return float(self.counts[matches(self.texts, pattern)].sum() / self.counts.sum())


def _written(series: nw.Series[Any], missing: Sequence[str]) -> _Sample:
    counted = pc.utf8_trim_whitespace(column_text(series).drop_null()).value_counts()
    spelled = flags(
        pc.is_in(counted.field("values"), value_set=pa.array([*MISSING_SPELLINGS, *missing]))
    )
    counted = counted.filter(pa.array(~spelled))
    counts = np.asarray(counted.field("counts").to_numpy(), dtype=np.int64)
    return _Sample(counted.field("values"), counts)


def _kind_of_text(sample: _Sample) -> Kind:
    if len(sample.texts) == 0:
        return "empty"
    if sample.share(PLAIN_DATE) > MOST:  # no number, and no other form of a date need be tried
        return "date"
    if sample.share(INTEGER) > MOST:
        return "integer"
    if sample.share("|".join((NUMBER, DECIMAL_COMMA, THOUSANDS))) > MOST:
        return "number"
    if sample.share(r"^(?i:true|false)$") > MOST:
        return "boolean"
    numbers, has_known_unit = number_share(sample.texts, sample.counts)
    if numbers > MOST and has_known_unit:  # before dates: "USD 2024" may be "Mon YYYY"
        return "number"
    if looks_like_dates(sample.texts, sample.counts):
        return "date"
    return "number" if numbers > MOST else "text"
