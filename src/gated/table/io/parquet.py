"""Reads Parquet files one column at a time, and only the columns that are used.

The footer has the column types and the number of rows. The first rows of a text column are enough
to detect its kind; the rest of a column without a role is never read.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
import pyarrow.types as pt

from gated.errors import DataError

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

__all__ = ["ParquetColumns", "open_parquet"]

PART_ROWS = 10_000  # rows per batch of a partial read
BUFFER_BYTES = 1 << 20  # bytes per read of a partial read, not the whole column of a row group


def open_parquet(path: Path, content: bytes | None = None) -> "ParquetColumns":
    """Open a Parquet file; only its footer is read.

    Args:
        path: the file.
        content: what it contains, if it is in memory; then the path is only its name.

    Raises:
        DataError: the file is damaged or not a Parquet file.
    """
    from pyarrow.parquet import ParquetFile  # it loads clients of file systems of the cloud

    origin = path if content is None else pa.BufferReader(content)
    try:
        with ParquetFile(origin) as plain:
            metadata, schema = plain.metadata, plain.schema_arrow
        # Text columns are dictionary-encoded: each distinct text is stored once.
        text = [field.name for field in schema if _is_text(field.type)]
        origin = path if content is None else pa.BufferReader(content)
        file = ParquetFile(
            origin, metadata=metadata, read_dictionary=text, buffer_size=BUFFER_BYTES
        )
    except (pa.ArrowException, OSError, UnicodeError) as problem:
        raise _damaged(path.name, problem) from problem
    return ParquetColumns(file, path.name, schema)


class ParquetColumns:
    """The columns of a Parquet file, each read on first access and then cached.

    It has the methods of a frame that `Source` uses.

    Args:
        file: the open file.
        name: name of the file, for messages.
        schema: schema of the selected columns.
    """

    def __init__(self, file: "ParquetFile", name: str, schema: pa.Schema) -> None:
        self._file = file
        self._name = name
        self._schema = schema
        self._kept: dict[str, nw.Series[Any]] = {}

    def whole(self) -> pa.Table:
        """All columns and rows."""
        return pa.table({name: self[name].to_arrow() for name in self.columns})

    def as_written(self) -> pa.Table:
        """All columns and rows, of names that may repeat.

        Raises:
            DataError: the file is damaged.
        """
        try:
            return self._file.read()
        except (pa.ArrowException, OSError) as problem:
            raise _damaged(self._name, problem) from problem

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self._schema.names)

    @property
    def arrow_schema(self) -> pa.Schema:
        """The type of each column in Arrow."""
        return self._schema

    @cached_property
    def schema(self) -> nw.Schema:
        """The type of each column."""
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

    def together(self, columns: Sequence[str]) -> pa.Table:
        """Several columns with all rows, read at once and not kept: faster than one by one.

        Raises:
            DataError: the file is damaged.
        """
        try:
            return self._file.read(columns=list(columns))
        except (pa.ArrowException, OSError) as problem:
            raise _damaged(self._name, problem) from problem

    def parts(self, column: str) -> Iterator[nw.Series[Any]]:
        """Yield a column without rows (for its type), then its rows in batches."""
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
        """The same file with fewer columns; the cache of the others is dropped."""
        schema = pa.schema([self._schema.field(name) for name in columns])
        fewer = ParquetColumns(self._file, self._name, schema)
        chosen = set(columns)
        fewer._kept = {name: kept for name, kept in self._kept.items() if name in chosen}
        return fewer

    def without_rows(self) -> nw.DataFrame[Any]:
        """A frame of the same columns without rows."""
        return self._empty

    @cached_property
    def _empty(self) -> nw.DataFrame[Any]:
        return nw.from_native(self._schema.empty_table(), eager_only=True)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind))


def _series(table: pa.Table, column: str) -> nw.Series[Any]:
    # Reading column "a" also reads columns named "a.…", as if they were parts of it.
    single = pa.table({column: table.column(column)}).unify_dictionaries()
    series: nw.Series[Any] = nw.from_native(single, eager_only=True)[column]
    return series


def _damaged(name: str, problem: BaseException) -> DataError:
    reason = (str(problem).strip().splitlines() or ["no reason"])[0].rstrip(".")
    return DataError(f"{name}: the file is damaged or not a Parquet file ({reason}).")
