"""Defines the result of reading a file of any kind, and a file whose content is in memory."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import narwhals as nw
import pyarrow as pa

from gated.table.io.parquet import ParquetColumns
from gated.table.io.rows.repeated_names import RepeatedName, with_different_names

__all__ = [
    "HEAD_BYTES",
    "Loaded",
    "MemoryFile",
    "TableFile",
    "first_bytes",
    "frame_of",
    "loaded_table",
]

HEAD_BYTES = 4096  # enough to recognise every kind of file


@dataclass(frozen=True)
class Loaded:
    """The columns of a file.

    Attributes:
        frame: the columns, of text for a text file.
        name: the file's name in messages.
        is_text: whether the values were read from delimited text.
        decimal_comma: whether a comma inside a number may be the decimal sign.
        open_comma: whether "1,234" alone may be a thousand or a fraction: tabs, bars or blanks
            separate the cells, which programs of all languages write.
        notes: what was detected or repaired while reading, one sentence each.
        file_row: converts a row index to the row number in the file; None if it has none.
        place: converts a row index to file and row number, for a table of several files.
        repeated: the columns that were renamed because their header repeats a name.
    """

    frame: nw.DataFrame[Any] | ParquetColumns
    name: str
    is_text: bool = False
    decimal_comma: bool = False
    open_comma: bool = False
    notes: tuple[str, ...] = ()
    file_row: Callable[[int], int] | None = None
    place: Callable[[int], str] | None = None
    repeated: Mapping[str, RepeatedName] = field(default_factory=dict)

    def where(self, row: int) -> str:
        """File and row number, for the beginning of a message: "sales.csv: row 812"."""
        if self.place is not None:
            return self.place(row)
        if self.file_row is not None:
            return f"{self.name}: row {self.file_row(row)}"
        return f"{self.name}: row index {row}"


@dataclass(frozen=True)
class MemoryFile:
    """A file whose content is in memory: unpacked, read from stdin or from a URL.

    It has the members of `pathlib.Path` that the readers of files use. The content is never
    packed, so that the suffix is empty.
    """

    name: str
    content: bytes
    suffix: str = ""

    def open(self, mode: str = "rb") -> io.BytesIO:
        """The content as a binary file."""
        return io.BytesIO(self.content)


TableFile: TypeAlias = Path | MemoryFile


def first_bytes(file: TableFile) -> bytes:
    """The beginning of a file."""
    if isinstance(file, MemoryFile):
        return file.content[:HEAD_BYTES]
    with file.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def frame_of(table: pa.Table) -> nw.DataFrame[Any]:
    """A pyarrow table as a frame."""
    frame: nw.DataFrame[Any] = nw.from_native(table, eager_only=True)
    return frame


def loaded_table(table: pa.Table, name: str, notes: tuple[str, ...] = ()) -> Loaded:
    """A pyarrow table as the columns of a file; names that repeat are made different.

    >>> loaded_table(pa.table({"y": [1, 2]}), "sales.arrow").frame.columns
    ['y']
    """
    table, repeated, more = with_different_names(table, f"{name}: ")
    return Loaded(frame_of(table), name=name, notes=(*notes, *more), repeated=repeated)
