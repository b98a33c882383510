"""Reads a few rows of plain Python values at once, without a frame: a thousandth of a second less.

Rows are plain if times are dates of Python or of ISO 8601 without a zone, or whole numbers, and
values are numbers, as text too. All others go the general way, see `new_rows`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.table.schema import Schema
from gated.table.time.grid import Instants

__all__ = ["PlainRows", "plain_rows"]

PlainRows = tuple[ObjectArray, IntArray, Instants, FloatArray]
"""The distinct labels [K], the label of each row [R], the times [R] and the values [R]."""

_ISO = re.compile(r"[12]\d{3}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")


def plain_rows(
    rows: object, schema: Schema, *, numbered: bool, only_label: object = None
) -> PlainRows | None:
    """Read a list of dicts, or a dict of lists; None if they are not plain.

    Args:
        rows: the rows.
        schema: that of the table.
        numbered: whether its times are numbered steps.
        only_label: the label of its only series, if it has no id column.
    """
    if not _is_plain(schema, numbered=numbered):
        return None
    names = [schema.time_col, schema.target_col, *([schema.id_col] if schema.has_id_col else [])]
    columns = _columns(rows, names)
    if columns is None:
        return None
    ds, y = _times(columns[0], numbered=numbered), _values(columns[1])
    if ds is None or y is None:
        return None
    given = columns[2] if schema.has_id_col else [only_label] * len(y)
    if not all(isinstance(label, str | int) and label != "" for label in given):
        return None
    index: dict[Any, int] = {}
    codes = np.array([index.setdefault(label, len(index)) for label in given], dtype=np.int64)
    labels = np.empty(len(index), dtype=object)
    labels[:] = list(index)
    return labels, codes, ds, y


def _is_plain(schema: Schema, *, numbered: bool) -> bool:
    """Whether rows of a table with this schema may be plain."""
    is_simple = schema.has_time_col and not schema.wide and not schema.missing
    has_dates = schema.time.kind in ("datetime", "date") and schema.time.zone is None
    is_number = numbered and schema.time.kind == "integer"
    has_point = schema.decimals.get(schema.target_col, ".") == "."
    return is_simple and schema.time_format is None and (has_dates or is_number) and has_point


def _columns(rows: object, names: Sequence[str]) -> list[list[Any]] | None:
    """The cells of the named columns; None if they are not lists of one length."""
    try:
        if isinstance(rows, list) and rows and all(isinstance(row, Mapping) for row in rows):
            return [[row[name] for row in rows] for name in names]
        if isinstance(rows, Mapping):
            columns = [rows[name] for name in names]
            if all(isinstance(column, list) for column in columns):
                return columns if len({len(column) for column in columns}) == 1 else None
    except KeyError:
        return None
    return None


def _times(cells: list[Any], *, numbered: bool) -> Instants | None:
    if numbered:
        are_whole = all(isinstance(cell, int) and not isinstance(cell, bool) for cell in cells)
        return np.array(cells, dtype=np.int64) if are_whole else None
    if all(isinstance(cell, str) and _ISO.fullmatch(cell) for cell in cells):
        try:
            return np.array(cells, dtype="M8[ns]")
        except ValueError:  # 2024-13-01: the general way has the message
            return None
    if all(isinstance(cell, date) and not getattr(cell, "tzinfo", None) for cell in cells):
        return np.array([_instant(cell) for cell in cells], dtype="M8[ns]")
    return None


def _instant(cell: date) -> np.datetime64:
    """A date of Python; those of pandas have nanoseconds."""
    exact = getattr(cell, "to_datetime64", None)
    if exact is not None:
        return np.datetime64(exact(), "ns")
    return np.datetime64(cell if isinstance(cell, datetime) else cell.isoformat(), "ns")


def _values(cells: list[Any]) -> FloatArray | None:
    values = []
    for cell in cells:
        if cell is None:
            values.append(math.nan)
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            values.append(float(cell) if math.isfinite(cell) else math.nan)
        elif isinstance(cell, str) and _NUMBER.fullmatch(cell):
            values.append(float(cell))
        else:
            return None
    return np.array(values, dtype=np.float64)
