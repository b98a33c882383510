"""Reads many columns of plain numbers at once, for wide tables with a column for each series.

A step that takes a millisecond for a column takes minutes for 100,000 of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from gated.arrays import FloatArray
from gated.table.cells.regex import matches
from gated.table.cells.written.flags import contain
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import LOOK_ROWS, Source

__all__ = ["plain_kinds", "plain_values"]

FEWEST = 200  # columns; fewer are read one by one
TOGETHER = 1 << 20  # cells that are converted at once
INTEGER = r"^-?\d+$"
MISSING = pa.array(["", "NA", "NaN", "nan", "NULL", "null", "N/A", "n/a"])


def plain_kinds(source: Source, names: Sequence[str]) -> Mapping[str, Literal["integer", "number"]]:
    """The kinds of the columns of a wide text file whose first cells are all plain numbers.

    The others, and all columns of other tables, are left out.
    """
    kinds: dict[str, Literal["integer", "number"]] = {}
    for group, texts, _ in _plain(source, names, LOOK_ROWS):
        whole = matches(texts, INTEGER).reshape(len(group), -1).sum(axis=1)
        filled = np.asarray(texts.is_valid()).reshape(len(group), -1).sum(axis=1)
        for name, integers, cells in zip(group, whole.tolist(), filled.tolist(), strict=True):
            if cells:
                kinds[name] = "integer" if 2 * integers > cells else "number"
    return kinds


def plain_values(source: Source, names: Sequence[str]) -> Mapping[str, FloatArray]:
    """The values of the columns of a wide text file whose cells are all plain numbers or missing.

    The others, and all columns of other tables, are left out.
    """
    values: dict[str, FloatArray] = {}
    for group, _, numbers in _plain(source, names, len(source.frame)):
        values.update(zip(group, numbers.reshape(len(group), -1), strict=True))
    return values


def _plain(
    source: Source, names: Sequence[str], rows: int
) -> Iterator[tuple[Sequence[str], pa.Array, FloatArray]]:
    """Groups of columns with their cells, null where missing, and their numbers."""
    is_plain = source.is_text and not source.missing and source.decimal is None
    is_plain = is_plain and not source.decimal_comma
    if len(names) < FEWEST or not is_plain or isinstance(source.frame, ParquetColumns):
        return
    table = source.frame.to_native()
    if not isinstance(table, pa.Table):
        return
    texts = [name for name in names if pt.is_string(table.schema.field(name).type)]
    size = max(1, TOGETHER // max(1, min(rows, table.num_rows)))
    for begin in range(0, len(texts), size):
        group = texts[begin : begin + size]
        chunks = [
            chunk for name in group for chunk in table.column(name).slice(0, rows).iterchunks()
        ]
        cells = pc.utf8_trim_whitespace(pa.concat_arrays(chunks))
        yield from _numeric(group, cells)


def _numeric(
    group: Sequence[str], cells: pa.Array
) -> Iterator[tuple[Sequence[str], pa.Array, FloatArray]]:
    """The columns of a group that are all numbers: the whole group, or those of its halves."""
    missing = pc.is_in(cells, value_set=MISSING)
    texts = pc.if_else(missing, pa.scalar(None, pa.string()), cells)
    try:
        numbers = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        if len(group) > 1:
            half = len(group) // 2
            middle = len(cells) // len(group) * half
            yield from _numeric(group[:half], cells.slice(0, middle))
            yield from _numeric(group[half:], cells.slice(middle))
        return
    if not contain(texts, "n"):  # infinity, and spellings of NaN, are left to the other reader
        yield group, texts, np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)
