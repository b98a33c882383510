"""Reads further rows of a table that was read before: labels of series, times and values.

The rows have the columns of that table, and its clock and marks of missing values. They are not
sorted and not placed on the grid; `gated.forecast.live` does that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray, IntArray, ObjectArray
from gated.errors import DataError
from gated.table.cells.numbers import read_numbers
from gated.table.columns.content import labels_of
from gated.table.io.source import Source, open_source
from gated.table.plain_rows import plain_rows
from gated.table.schema import Schema
from gated.table.shape.reshape import reshaped_as_before
from gated.table.time.grid import Instants
from gated.table.time.times import TimeRequest, read_times
from gated.text import did_you_mean, listed

__all__ = ["NewRows", "read_new_rows"]


@dataclass(frozen=True)
class NewRows:
    """Rows in the order in which they came.

    Attributes:
        labels: [K] object, the distinct labels of series.
        codes: [R] int64, the label of each row.
        ds: [R] datetime64[ns] or int64; None if the table has no times, but numbers its rows.
        y: [R] float64, NaN where missing.
        place: names the file and the row of one of them, for the beginning of a message.
    """

    labels: ObjectArray
    codes: IntArray
    ds: Instants | None
    y: FloatArray
    place: Callable[[int], str]


def read_new_rows(
    rows: object, schema: Schema, *, numbered: bool, only_label: object = None
) -> NewRows:
    """Read rows that continue a table.

    Args:
        rows: a frame, a dict of columns, a list of dicts, one dict of one row, or a path.
        schema: that of the table.
        numbered: whether its times are numbered steps.
        only_label: the label of its only series, if it has no id column.

    Raises:
        DataError: a column is missing, or a cell cannot be read; the message names its row.
    """
    rows = _as_rows(rows, schema)
    plain = plain_rows(rows, schema, numbered=numbered, only_label=only_label)
    if plain is not None:
        return NewRows(*plain, lambda row: f"row index {row}")
    opened = open_source(rows, schema.missing, like=schema)
    opened, schema = reshaped_as_before(opened, schema)
    targets = _targets(opened, schema)
    count = len(opened.frame)
    if schema.wide:
        labels = np.array(targets, dtype=object)
        codes = np.repeat(np.arange(len(targets)), count)
    elif schema.has_id_col:
        codes, labels = labels_of(opened, schema.id_col)
    else:
        labels = np.array([only_label], dtype=object)
        codes = np.zeros(count, dtype=np.int64)
    ds = None
    if schema.has_time_col:
        request = TimeRequest(
            schema.time_col,
            time_format=schema.time_format,
            years=schema.time.kind == "digits" and schema.time.pattern == "%Y",
            steps=numbered,
            like=schema.time,
        )
        ds = np.tile(read_times(opened, request).values, len(targets))
    y = np.concatenate([read_numbers(opened, name).values for name in targets])
    return NewRows(labels, codes, ds, y, lambda row: opened.where(row % count))


def _as_rows(rows: object, schema: Schema) -> object:
    """One dict of a single row as a list of rows; everything else as it is."""
    if isinstance(rows, Mapping) and schema.target_col in rows:
        is_row = all(np.isscalar(cell) or cell is None for cell in _named(rows, schema))
        return [dict(rows)] if is_row else rows
    return rows


def _named(rows: Mapping[str, object], schema: Schema) -> list[object]:
    """The cells of the target and of the id; a time may be an object of another library."""
    return [rows[name] for name in (schema.target_col, schema.id_col) if name in rows]


def _targets(source: Source, schema: Schema) -> list[str]:
    """The columns of values.

    Raises:
        DataError: a column of the table is missing.
    """
    columns = list(source.frame.columns)
    needed = [schema.id_col] if schema.has_id_col else []
    needed += [schema.time_col] if schema.has_time_col else []
    needed += [] if schema.wide else [schema.target_col]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise DataError(
            f"{source.prefix}the rows have no column {listed(missing)}."
            f"{did_you_mean(missing[0], columns)} Expected the columns of the table: "
            f"{listed(needed)}; found {listed(columns)}."
        )
    return [name for name in columns if name != schema.time_col] if schema.wide else needed[-1:]
