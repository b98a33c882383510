"""Names the columns of a partition that a forecast reads, and puts its rows in canonical order.

In canonical order, rows are sorted by series and time. So the same rows give the same forecast to
the bit, in whatever order they arrive.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.scale.hashing import Hashes, series_hash
from gated.table import Schema
from gated.table.columns.joined_columns import JOINT, parts_of, with_joined
from gated.table.io.source import open_source
from gated.text import listed

__all__ = ["SeriesColumns", "SortedRows"]


@dataclass(frozen=True)
class SeriesColumns:
    """The columns of a table of many series.

    Attributes:
        ids: the id columns; none for a single series.
        time: the time column.
        target: the target; None if the rows are counted.
        others: the covariates.
    """

    ids: tuple[str, ...]
    time: str
    target: str | None
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, schema: Schema, others: Iterable[str], names: list[str]) -> Self:
        """The columns of a model's schema.

        Args:
            schema: that of the fitted table.
            others: its covariates.
            names: the columns of the table.

        Raises:
            UsageError: the rows are not one series and time each.
            DataError: a column is missing.
        """
        if schema.wide or not schema.has_time_col:
            found = "a column for each series" if schema.wide else "no time column"
            raise UsageError(
                f"The model was fitted on a table with {found}. Many machines need one row for "
                "each series and time: an id, a time and a target column."
            )
        ids = (parts_of(schema.id_col, names) or (schema.id_col,)) if schema.has_id_col else ()
        target = None if schema.counts_rows else schema.target_col
        columns = cls(ids, schema.time_col, target, tuple(others))
        missing = [name for name in columns.names if name not in names]
        if missing:
            raise DataError(
                f"The table has no column {listed(missing)}; found {listed(names)}. Expected the "
                "columns of the fitted model."
            )
        return columns

    @property
    def names(self) -> list[str]:
        """All columns that are read."""
        target = [] if self.target is None else [self.target]
        return list(dict.fromkeys((*self.ids, self.time, *target, *self.others)))

    def hashes(self, table: pa.Table | pa.RecordBatch) -> Hashes:
        """[R] the hash of the series of each row."""
        return series_hash(self.labels(table), table.num_rows)

    def labels(self, table: pa.Table | pa.RecordBatch) -> list[pa.ChunkedArray]:
        """[R] the label of the series of each row; none for a table of a single series.

        Several id columns are joined as the reader does, so that two rows are of one series here if
        and only if they are there.
        """
        columns = [_chunked(table.column(name)) for name in self.ids]
        if len(columns) < 2 or not table.num_rows:
            return columns[:1]
        _, first, row_label = np.unique(
            _codes(columns, table.num_rows), return_index=True, return_inverse=True
        )
        name = JOINT.join(self.ids)
        parts = pa.table(columns, names=list(self.ids)).take(pa.array(first))
        joined = with_joined(open_source(parts), name).frame[name].to_arrow()
        return [_chunked(joined).cast(pa.string()).take(pa.array(row_label.reshape(-1)))]


@dataclass(frozen=True)
class SortedRows:
    """Rows in canonical order.

    Attributes:
        table: the rows; only columns that are read.
        offsets: [N+1] the rows of each series.
    """

    table: pa.Table
    offsets: IntArray

    @classmethod
    def sort(cls, table: pa.Table, columns: SeriesColumns) -> Self:
        """Sort the rows of a table by series and time; equal ones by all other columns."""
        table = table.select(columns.names)
        series = _codes(columns.labels(table), table.num_rows)
        times = _instants(table.column(columns.time))
        order = _order(series, times)
        if order is not None:
            table, series, times = table.take(pa.array(order)), series[order], times[order]
        repeated = (np.diff(series) == 0) & (np.diff(times) == 0)
        if repeated.any():
            more = [name for name in columns.names if name not in (*columns.ids, columns.time)]
            keys = [key for name in reversed(more) for key in _keys(table.column(name))]
            order = np.lexsort([*keys, times, series])
            table = table.take(pa.array(order))  # `series` stays as it is
        begins = np.flatnonzero(np.diff(series, prepend=-2))
        return cls(table, np.append(begins, table.num_rows).astype(np.int64))

    @property
    def n_series(self) -> int:
        """Number of series."""
        return len(self.offsets) - 1

    def part(self, begin: int, end: int) -> pa.Table:
        """The rows of the series `begin` to `end`, the latter not included."""
        start, stop = self.offsets[begin], self.offsets[end]
        return self.table.slice(start, stop - start)

    def of(self, series: Sequence[int]) -> Self:
        """The rows of some series, which are sorted."""
        lengths, kept = np.diff(self.offsets), np.zeros(self.n_series, dtype=np.bool_)
        kept[list(series)] = True
        table = self.table.filter(pa.array(np.repeat(kept, lengths)))
        return type(self)(table, np.append(0, np.cumsum(lengths[kept])).astype(np.int64))

    def first_rows(self) -> pa.Table:
        """[N] the first row of each series."""
        return self.table.take(pa.array(self.offsets[:-1]))


def _order(series: IntArray, times: IntArray) -> NDArray[np.int64] | None:
    """The rows by series and time; None if they are in this order."""
    steps = np.diff(series)
    if ((steps > 0) | ((steps == 0) & (np.diff(times) >= 0))).all():
        return None
    return np.lexsort([times, series])


def _codes(ids: list[pa.ChunkedArray], n_rows: int) -> IntArray:
    """[R] a number for each series; numbers are in the order of the labels."""
    total: IntArray = np.zeros(n_rows, dtype=np.int64)
    for place, column in enumerate(ids):
        ranks = _ranks(column)
        if place == 0:
            total = ranks
        else:  # dense numbers again, so that the product of many columns cannot overflow
            pairs = total * (ranks.max(initial=0) + 2) + ranks
            total = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    return total


def _instants(column: pa.ChunkedArray) -> IntArray:
    """[R] numbers in the order of the times."""
    kind = column.type
    if not (pa.types.is_timestamp(kind) or pa.types.is_date64(kind) or pa.types.is_integer(kind)):
        return _ranks(column)
    numbers = column.cast(pa.int64(), safe=False)
    lowest = pa.scalar(np.iinfo(np.int64).min, pa.int64())
    return np.asarray(pc.fill_null(numbers, lowest).to_numpy())


def _keys(column: pa.ChunkedArray) -> list[IntArray]:
    """[R] numbers by which rows of one time are sorted; all equal for equal bits only."""
    if not pa.types.is_floating(column.type):
        return [_ranks(column)]
    numbers = column.cast(pa.float64())
    bits = np.array(pc.fill_null(numbers, 0.0).to_numpy()).view(np.int64)
    return [bits, pc.is_null(numbers).to_numpy().astype(np.int64)]


def _ranks(column: pa.ChunkedArray) -> IntArray:
    """[R] numbers in the order of the values; −1 for a missing one."""
    encoded = pc.dictionary_encode(_plain(column)).unify_dictionaries()
    if not encoded.num_chunks:
        return np.zeros(0, dtype=np.int64)
    order = pc.sort_indices(encoded.chunk(0).dictionary).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1
    codes = [
        pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False) for chunk in encoded.chunks
    ]
    return np.asarray(rank[np.concatenate(codes)])


def _chunked(column: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without a dictionary, which may differ between chunks."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
