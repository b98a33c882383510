"""Opens a file or a frame of any supported library as one type, `Source`.

The roles and the content of the columns are not interpreted yet.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import narwhals as nw
import pandas as pd
import pyarrow as pa
from narwhals.dtypes import DType

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.table.io.delimited import read_delimited
from gated.table.io.parquet import ParquetColumns, open_parquet
from gated.table.io.table_file import PARQUET_SUFFIXES, TEXT_SUFFIXES, check_file
from gated.table.schema import Backend
from gated.text import counted, listed

__all__ = ["Source", "open_source"]

LOOK_ROWS = 1000  # first rows of a column, from which its kind is detected


@dataclass(frozen=True)
class Source:
    """An input table, with the file name and row numbers for messages.

    Attributes:
        frame: the columns; those of a delimited text file are all text, and those of a Parquet
            file are read on first access.
        name: the file's name, or "" for a frame.
        backend: library of the output frames ("pandas", "polars", …).
        is_text: whether the values were read from delimited text.
        decimal_comma: whether a comma inside a number may be the decimal sign.
        missing: further marks that stand for a missing value; "none" keeps numbers such as -999.
        notes: what was detected or repaired while reading, one sentence each.
        file_row: converts a row index to the row number in the file.
        input_rows: [R] the row of the input that each row comes from; None: the same one.
    """

    frame: nw.DataFrame[Any] | ParquetColumns
    name: str
    backend: Backend
    is_text: bool = False
    decimal_comma: bool = False
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    file_row: Callable[[int], int] | None = None
    input_rows: IntArray | None = None

    def where(self, row: int) -> str:
        """File and row number, for the beginning of a message: "sales.csv: row 812"."""
        if self.input_rows is not None:
            row = int(self.input_rows[row])
        if self.file_row is not None:
            return f"{self.name}: row {self.file_row(row)}"
        return f"{self.prefix}row index {row}"

    def only(self, columns: Sequence[str]) -> "Source":
        """The same source with fewer columns, to free the memory of the others."""
        return replace(self, frame=self.frame.select(columns))

    def without_rows(self) -> "Source":
        """The same source without its rows, to free memory; messages still name file and row."""
        if isinstance(self.frame, ParquetColumns):
            return replace(self, frame=self.frame.without_rows())
        return replace(self, frame=self.frame.head(0))

    def with_column(self, name: str, cells: pa.Array | pa.ChunkedArray) -> "Source":
        """The same source with one more column, which comes first."""
        frame = self.frame.whole() if isinstance(self.frame, ParquetColumns) else self.frame
        values: Any = cells.to_pandas() if frame.implementation.is_pandas_like() else cells
        added = frame.with_columns(nw.new_series(name, values, backend=frame.implementation))
        return replace(self, frame=added.select([name, *frame.columns]))

    def parts(self, column: str) -> Iterator[nw.Series[Any]]:
        """Yield the first rows of a column, then more of them."""
        if isinstance(self.frame, ParquetColumns):
            yield from self.frame.parts(column)
            return
        yield self.frame[column].head(LOOK_ROWS)
        yield self.frame[column]

    def dtype(self, column: str) -> DType:
        """The type of a column in the input; text for a text file, even if it is encoded here."""
        return nw.String() if self.is_text else self.frame.schema[column]

    @property
    def prefix(self) -> str:
        """The file's name and a colon, or nothing for a frame."""
        return f"{self.name}: " if self.name else ""


def open_source(source: object, missing: Sequence[str] = ()) -> Source:
    """Read a file, or wrap a frame, as a `Source`.

    Args:
        source: a path (.csv, .tsv or .txt, each also with .gz; .parquet) or an eager or lazy
            frame of any library that narwhals supports (lazy ones are collected).
        missing: further marks that stand for a missing value.

    Raises:
        DataError: the file is missing, empty, damaged or not a table.
        UsageError: `source` is neither a path nor a frame.
    """
    opened = _open_path(Path(source)) if isinstance(source, str | os.PathLike) else _wrap(source)
    if not opened.frame.columns:
        raise DataError(f"{opened.prefix}the table has no columns.")
    if len(opened.frame) == 0:
        raise DataError(
            f"{opened.prefix}the table has no rows, only the columns "
            f"{listed(opened.frame.columns)}. Expected one row for each time step."
        )
    return replace(opened, missing=tuple(missing))


def _open_path(given: Path) -> Source:
    path = given.expanduser()
    check_file(path)
    suffixes = "".join(path.suffixes).lower()
    if suffixes.endswith(PARQUET_SUFFIXES):
        return _read_parquet(path)
    if suffixes.endswith(TEXT_SUFFIXES):
        text = read_delimited(path)
        return Source(
            frame=nw.from_native(text.table, eager_only=True),
            name=path.name,
            backend="pandas",
            is_text=True,
            decimal_comma=text.delimiter != ",",
            notes=text.notes,
            file_row=text.file_row,
        )
    spreadsheet = suffixes.endswith((".xlsx", ".xls", ".ods"))
    advice = " Save the sheet as CSV first." if spreadsheet else ""
    raise DataError(
        f"{path.name}: files of this type are not supported. "
        f"Expected {', '.join((*TEXT_SUFFIXES, '.parquet'))}.{advice}"
    )


def _read_parquet(path: Path) -> Source:
    columns = open_parquet(path)
    if len(set(columns.columns)) < len(columns.columns):
        raise _twins(f"{path.name}: ", columns.columns)
    return Source(columns, name=path.name, backend="pandas")


def _wrap(native: object) -> Source:
    notes: tuple[str, ...] = ()
    if isinstance(native, pd.DataFrame):
        native, notes = _plain_pandas(native)
    frame = _narwhal(native)
    return Source(frame, name="", backend=cast(Backend, frame.implementation.value), notes=notes)


def _narwhal(native: Any) -> nw.DataFrame[Any]:
    try:
        frame = nw.from_native(native)
        eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    except TypeError as problem:
        raise UsageError(
            "Expected the path of a file, or a pandas, polars or pyarrow table; "
            f"got {type(native).__name__}. A single series becomes a table with its times "
            "in one column and its values in another."
        ) from problem
    except nw.exceptions.DuplicateError as problem:
        names = [str(name) for name in getattr(native, "column_names", None) or native.columns]
        raise _twins("", names) from problem
    return cast("nw.DataFrame[Any]", eager)


def _twins(prefix: str, names: Sequence[str]) -> DataError:
    twice = sorted({name for name in names if names.count(name) > 1})
    several = f"{prefix}several" if prefix else "Several"
    return DataError(
        f"{several} columns have the same name: {listed(twice)}. Expected a different name for "
        "each column."
    )


def _plain_pandas(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Column names as text, and an index that holds times or ids as columns."""
    if frame.columns.nlevels > 1:
        raise DataError(
            f"The columns have {frame.columns.nlevels} levels of names. "
            'Expected one: join them, for example df.columns = df.columns.map("_".join).'
        )
    plain = frame.rename(columns=str)
    index = plain.index
    named = [name for name in index.names if name is not None]
    is_time = isinstance(index, pd.DatetimeIndex | pd.PeriodIndex)
    if not (named or is_time) or any(str(name) in plain.columns for name in named):
        return plain, ()
    plain = plain.reset_index(names="ds" if is_time and not named else None)
    plain.columns = plain.columns.map(str)
    levels = list(plain.columns[: index.nlevels])
    return plain, (f"The frame's index became {counted(len(levels), 'column')}: {listed(levels)}.",)
