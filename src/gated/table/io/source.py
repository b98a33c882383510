"""Opens a file or a frame of any supported library as one type, `Source`.

The roles and the content of the columns are not interpreted yet.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar, cast

import narwhals as nw
import numpy as np
import pyarrow as pa
from narwhals.dtypes import DType

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError, UsageError
from gated.table.io.addresses import as_database, as_url, in_home, local_path
from gated.table.io.databases.read import read_database, read_database_file
from gated.table.io.files import load_file, twins
from gated.table.io.kinds.loaded import Loaded, TableFile
from gated.table.io.objects import as_frame, is_list_of_paths
from gated.table.io.parquet import ParquetColumns
from gated.table.io.rows.first_cells import rows_of
from gated.table.io.rows.repeated_names import RepeatedName
from gated.table.io.several import joined, load_folder
from gated.table.io.streams import read_stream, read_url
from gated.table.io.table_file import check_file, is_stream
from gated.table.schema import Backend, Schema
from gated.text import listed, option, printable

__all__ = ["Source", "open_source"]

LOOK_ROWS = 1000  # first rows of a column, from which its kind is detected
Fact = TypeVar("Fact")


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
        open_comma: whether "1,234" alone may be a thousand or a fraction: tabs, bars or blanks
            separate the cells, which programs of all languages write.
        missing: further marks that stand for a missing value; "none" keeps numbers such as -999.
        decimals: the decimal sign of columns in an earlier table, which decides where the cells
            leave it open.
        missing_codes: the numbers of columns that stood for missing values in an earlier table.
        decimal: the decimal sign of every column, as the caller gave it.
        notes: what was detected or repaired while reading, one sentence each.
        file_row: converts a row index to the row number in the file.
        input_rows: [R] the row of the input that each row comes from; None: the same one.
        place: converts a row index to file and row number, for a table of several files.
        repeated: the columns that were renamed because their header repeats a name.
    """

    frame: nw.DataFrame[Any] | ParquetColumns
    name: str
    backend: Backend
    is_text: bool = False
    decimal_comma: bool = False
    open_comma: bool = False
    missing: tuple[str, ...] = ()
    decimals: Mapping[str, Literal[",", "."]] = field(default_factory=dict)
    missing_codes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    decimal: Literal[",", "."] | None = None
    notes: tuple[str, ...] = ()
    file_row: Callable[[int], int] | None = None
    input_rows: IntArray | None = None
    place: Callable[[int], str] | None = None
    repeated: Mapping[str, RepeatedName] = field(default_factory=dict)
    _facts: dict[tuple[object, str], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def fact(self, find: Callable[["Source", str], Fact], column: str) -> Fact:
        """What a function finds in a column; it is called once for each column of this source."""
        known = (find, column)
        if known not in self._facts:
            self._facts[known] = find(self, column)
        return cast(Fact, self._facts[known])

    def where(self, row: int) -> str:
        """File and row number, for the beginning of a message: "sales.csv: row 812"."""
        if self.input_rows is not None:
            row = int(self.input_rows[row])
        if self.place is not None:
            return self.place(row)
        if self.file_row is not None:
            return f"{self.name}: row {self.file_row(row)}"
        return f"{self.prefix}row index {row}"

    def only(self, columns: Sequence[str]) -> "Source":
        """The same source with fewer columns, to free the memory of the others."""
        return replace(self, frame=self.frame.select(columns))

    def filtered(self, kept: BoolArray) -> "Source":
        """The rows that are kept; messages still name the rows of the input."""
        rows = np.flatnonzero(kept) if self.input_rows is None else self.input_rows[kept]
        assert not isinstance(self.frame, ParquetColumns)  # only text has rows to leave out
        return replace(self, frame=self.frame.filter(kept.tolist()), input_rows=rows)

    def without_rows(self) -> "Source":
        """The same source without its rows, to free memory; messages still name file and row."""
        if isinstance(self.frame, ParquetColumns):
            return replace(self, frame=self.frame.without_rows())
        return replace(self, frame=self.frame.head(0))

    def with_column(self, name: str, cells: pa.Array | pa.ChunkedArray) -> "Source":
        """The same source with one more column, which comes first."""
        frame = self.frame
        if isinstance(frame, ParquetColumns):
            frame = nw.from_native(frame.whole(), eager_only=True)
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

    def first_row(self) -> Mapping[str, object]:
        """The texts of the first row, by column: one look at all columns, once."""
        return self.fact(_first_row, "")

    def dtype(self, column: str) -> DType:
        """The type of a column in the input; text for a text file, even if it is encoded here."""
        return nw.String() if self.is_text else self.frame.schema[column]

    @property
    def prefix(self) -> str:
        """The file's name and a colon, or nothing for a frame."""
        return f"{self.name}: " if self.name else ""


def open_source(
    source: object,
    missing: Sequence[str] = (),
    *,
    sheet: str | None = None,
    query: str | None = None,
    can_choose: bool = False,
    like: Schema | None = None,
) -> Source:
    """Read a file, or wrap a frame, as a `Source`.

    Args:
        source: the path or URL of a file of any kind in `gated.table.io.suffixes`, a folder or a
            list of files with the same columns, "-" for stdin, or an eager or lazy frame of any
            library that narwhals supports (lazy ones are collected), a series, an array, or a
            dict or list of them.
        missing: further marks that stand for a missing value.
        sheet: the sheet of a spreadsheet, the file of a zip archive, the field of a JSON document,
            or the table of a database; by default the only one that holds a table.
        query: the query of a database, whose result is the table.
        can_choose: whether the caller's user can give `sheet` and `query`, for messages.
        like: the schema of an earlier table, whose decimal signs decide where the cells do not, and
            whose codes for missing values are ones here, too.

    Raises:
        DataError: the file is missing, empty, damaged or not a table.
        UsageError: `source` is neither a path nor a frame, or there is no such sheet.
    """
    if isinstance(source, str | os.PathLike):
        opened = _source(_load(source, sheet, query, can_choose))
    elif is_list_of_paths(source):
        parts = [_load(part, sheet, query, can_choose) for part in source]
        opened = _source(joined([(part, {}) for part in parts]))
    elif sheet is not None:
        raise UsageError(f"{option('sheet', sheet)} is of a file, and the table is none.")
    elif query is not None:
        raise UsageError(f"{option('query')} is of a database, and the table is none.")
    else:
        opened = _wrap(source)
    if not opened.frame.columns:
        raise DataError(f"{opened.prefix}the table has no columns.")
    if len(opened.frame) == 0:
        raise DataError(
            f"{opened.prefix}the table has no rows, only the columns "
            f"{listed(opened.frame.columns)}. Expected one row for each time step."
        )
    opened = replace(opened, missing=tuple(missing))
    if like is None:
        return opened
    return replace(opened, decimals=like.decimals, missing_codes=like.missing_codes)


def _first_row(source: Source, _: str) -> Mapping[str, object]:
    if isinstance(source.frame, ParquetColumns):
        return {}
    native = source.frame.to_native()
    if source.is_text and isinstance(native, pa.Table):
        return dict(zip(native.column_names, rows_of(native, 0, 1)[0], strict=True))
    kinds = source.frame.schema.items()
    texts = [name for name, kind in kinds if not (kind.is_numeric() or kind.is_temporal())]
    first = source.frame.select(texts).head(1).to_dict(as_series=False)
    return {name: cell for name, (cell,) in first.items()}


def _load(
    given: str | os.PathLike[str], sheet: str | None, query: str | None, can_choose: bool
) -> Loaded:
    address = as_database(os.fspath(given))
    if address is not None:
        return read_database(address, query, sheet, can_choose=can_choose)
    url = as_url(os.fspath(given))
    file: TableFile
    if url is not None and not url.startswith("file:"):
        file = read_url(url)
    else:
        file = in_home(local_path(given if url is None else url))
        check_file(file)
        if is_stream(file):
            file = read_stream(file)
        elif query is None and file.is_dir():
            return load_folder(file, sheet, can_choose=can_choose)
    if query is not None:
        return read_database_file(file, query, sheet, can_choose=can_choose)
    return load_file(file, sheet, can_choose=can_choose)


def _source(loaded: Loaded) -> Source:
    # A name may have a line feed, and messages have one between sentences only.
    named = {**vars(loaded), "name": printable(loaded.name)}
    return Source(**named, backend="pandas")


def _wrap(native: object) -> Source:
    plain, notes = as_frame(native)
    frame = _narwhal(plain)
    return Source(frame, name="", backend=cast(Backend, frame.implementation.value), notes=notes)


def _narwhal(native: Any) -> nw.DataFrame[Any]:
    try:
        frame = nw.from_native(native)
        eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    except TypeError as problem:
        raise UsageError(
            "Expected the path of a file, or a pandas, polars or pyarrow table or series; "
            f"got {type(native).__name__}."
        ) from problem
    except nw.exceptions.DuplicateError as problem:
        names = [str(name) for name in getattr(native, "column_names", None) or native.columns]
        raise twins("", names) from problem
    return cast("nw.DataFrame[Any]", eager)
