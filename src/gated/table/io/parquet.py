"""Parquet files, of which no more is read than is asked for.

A file knows its columns' types and rows without being read. What a column of text holds is seen in
its first rows; a column that gets no role is never read beyond these.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet
import pyarrow.types as pt

from gated.errors import DataError

__all__ = ["ParquetColumns", "open_parquet"]

PART_ROWS = 10_000  # of one look into a column
BUFFER_BYTES = 1 << 20  # a look reads so much at once, not the whole column of a row group


def open_parquet(path: Path) -> "ParquetColumns":
    """Open a Parquet file; only its footer is read.

    Raises:
        DataError: it is damaged or something else.
    """
    try:
        with pyarrow.parquet.ParquetFile(path) as plain:
            metadata, schema = plain.metadata, plain.schema_arrow
        # Each text of a column is held once, however many rows have it.
        text = [field.name for field in schema if _is_text(field.type)]
        file = pyarrow.parquet.ParquetFile(
            path, metadata=metadata, read_dictionary=text, buffer_size=BUFFER_BYTES
        )
    except (pa.ArrowException, OSError) as problem:
        raise _damaged(path.name, problem) from problem
    return ParquetColumns(file, path.name, schema)


class ParquetColumns:
    """The columns of a Parquet file, each read when it is asked for and then kept.

    It answers as a frame does, as far as a source's frame is asked.

    Args:
        file: open.
        name: of the file, for messages.
        schema: of the columns to be seen, as the file has them.
    """

    def __init__(self, file: pyarrow.parquet.ParquetFile, name: str, schema: pa.Schema) -> None:
        self._file = file
        self._name = name
        self._schema = schema
        self._kept: dict[str, nw.Series[Any]] = {}

    @property
    def columns(self) -> list[str]:
        """Names."""
        return list(self._schema.names)

    @cached_property
    def schema(self) -> nw.Schema:
        """Name to type."""
        return self.without_rows().schema

    def __len__(self) -> int:
        return int(self._file.metadata.num_rows)

    def __getitem__(self, column: str) -> nw.Series[Any]:
        if column not in self._kept:
            try:
                table = self._file.read(columns=[column])
            except (pa.ArrowException, OSError) as problem:
                raise _damaged(self._name, problem) from problem
            self._kept[column] = _series(table, column)
        return self._kept[column]

    def parts(self, column: str) -> Iterator[nw.Series[Any]]:
        """No row of a column, which has its type already; then its rows, some at a time."""
        yield self.without_rows()[column]
        batches = self._file.iter_batches(PART_ROWS, columns=[column])
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError) as problem:
                raise _damaged(self._name, problem) from problem
            if batch is None:
                return
            yield _series(pa.table(batch), column)

    def select(self, columns: Sequence[str]) -> "ParquetColumns":
        """The same file with fewer columns; of the others nothing is kept."""
        schema = pa.schema([self._schema.field(name) for name in columns])
        fewer = ParquetColumns(self._file, self._name, schema)
        fewer._kept = {name: kept for name, kept in self._kept.items() if name in columns}
        return fewer

    def without_rows(self) -> nw.DataFrame[Any]:
        """A frame of the same columns, and of no row."""
        return nw.from_native(self._schema.empty_table(), eager_only=True)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind))


def _series(table: pa.Table, column: str) -> nw.Series[Any]:
    # A name also fetches those that begin with it and a point, as if they were its parts.
    single = pa.table({column: table.column(column)}).unify_dictionaries()
    series: nw.Series[Any] = nw.from_native(single, eager_only=True)[column]
    return series


def _damaged(name: str, problem: BaseException) -> DataError:
    reason = (str(problem).strip().splitlines() or ["no reason"])[0].rstrip(".")
    return DataError(f"{name}: the file is damaged or not a Parquet file ({reason}).")
