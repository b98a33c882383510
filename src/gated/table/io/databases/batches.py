"""Makes a table of the rows of a query, which come in batches, up to a limit of memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.types as pt

from gated.errors import DataError
from gated.table.io.kinds.packed import MOST_BYTES
from gated.table.io.kinds.typed import spelled, typed_column

__all__ = ["BATCH_ROWS", "of_batches", "of_rows"]

BATCH_ROWS = 10_000  # rows that are fetched at once


def of_rows(
    name: str,
    columns: Sequence[str],
    batches: Iterable[Sequence[Sequence[Any]]],
    zone: str = "UTC",
) -> pa.Table:
    """The table of rows of Python values; a column of several types is text.

    Args:
        name: of the result, for messages.
        columns: the names of its columns.
        batches: the rows, a batch at a time.
        zone: the time zone of instants with an offset only.

    Raises:
        DataError: it needs more memory than `MOST_BYTES`.

    >>> of_rows("a.db", ["day", "y"], [[("2024-01-01", 1)], [("2024-01-02", 2.5)]]).to_pylist()[1]
    {'day': '2024-01-02', 'y': 2.5}
    """
    parts: list[list[pa.Array]] = [[] for _ in columns]
    size = 0
    for batch in batches:
        for part, cells in zip(parts, zip(*batch, strict=True), strict=False):
            part.append(_column(cells, zone))
            size += part[-1].nbytes
        _check_size(name, size)
    arrays = [_united(part) for part in parts]
    return pa.Table.from_arrays(arrays, names=list(columns))


def of_batches(name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """The table of Arrow's batches; types that no table file has become text or numbers.

    Raises:
        DataError: it needs more memory than `MOST_BYTES`.
    """
    kept: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        kept.append(batch)
        size += batch.nbytes
        _check_size(name, size)
    table = pa.Table.from_batches(kept, schema=schema)
    columns = [_usual(column) for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def _check_size(name: str, size: int) -> None:
    if size > MOST_BYTES:
        raise DataError(
            f"{name}: the result has more than {MOST_BYTES:,} bytes, the most that is kept in "
            "memory. Select fewer columns or rows, or bring the rows of one step together in the "
            "query (GROUP BY)."
        )


def _column(cells: Sequence[Any], zone: str) -> pa.Array:
    """A batch of one column."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if not kinds:
        return pa.nulls(len(cells))
    if Decimal in kinds and kinds <= {Decimal, int, float}:
        return typed_column([_number(cell) for cell in cells])
    if kinds == {datetime} and (found := _zone(cells, zone)) is not None:
        return pa.array(cells, pa.timestamp("us", tz=found))
    if kinds <= {bytes, bytearray, memoryview}:
        return pa.array([None if cell is None else bytes(cell).hex() for cell in cells])
    return typed_column(cells)


def _number(cell: Any) -> int | float | None:
    """A number of the database; None for NaN, which some databases have."""
    if not isinstance(cell, Decimal):
        return cell  # type: ignore[no-any-return]
    if not cell.is_finite():
        return None if cell.is_nan() else float(cell)
    return int(cell) if cell == cell.to_integral_value() else float(cell)


def _zone(cells: Iterable[datetime | None], usual: str) -> str | None:
    """The time zone of instants; the usual one if they name none, None if they have no offset."""
    zones = {cell.tzinfo for cell in cells if cell is not None}
    if zones == {None}:
        return None
    zone = next(iter(zones))
    return zone.key if len(zones) == 1 and isinstance(zone, ZoneInfo) and zone.key else usual


def _united(parts: list[pa.Array]) -> pa.ChunkedArray:
    """The batches of one column with one type."""
    kinds = {part.type for part in parts if not pt.is_null(part.type)}
    if not kinds:
        return pa.chunked_array([part.cast(pa.string()) for part in parts], pa.string())
    if len(kinds) == 1:
        kind = kinds.pop()
    elif kinds <= {pa.int64(), pa.float64()}:
        kind = pa.float64()
    elif all(pt.is_timestamp(one) and one.tz is not None for one in kinds):
        kind = pa.timestamp("us", tz="UTC")
    else:
        return pa.chunked_array([_spelled(part) for part in parts], pa.string())
    return pa.chunked_array([part.cast(kind, safe=False) for part in parts], kind)


def _spelled(part: pa.Array) -> pa.Array:
    cells = part.to_pylist()
    return pa.array([None if cell is None else spelled(cell) for cell in cells], pa.string())


def _usual(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of Arrow in a type that table files have, too."""
    kind = column.type
    if pt.is_decimal(kind):
        return _numbers(column)
    if pt.is_null(kind):
        return column.cast(pa.string())
    if pt.is_nested(kind) or pt.is_interval(kind) or pt.is_binary(kind):
        cells = column.to_pylist()
        return pa.chunked_array([[None if cell is None else str(cell) for cell in cells]])
    return column


def _numbers(decimals: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals as whole numbers where all are, else as floats."""
    try:
        return decimals.cast(pa.int64())
    except pa.ArrowInvalid:  # a fraction, or a number of more than 64 bits
        return decimals.cast(pa.float64())
