"""Unpacks a file in memory, up to a limit: gzip, bzip2, xz, Zstandard, and one file of a zip."""

import bz2
import gzip
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from gated.errors import DataError, UsageError
from gated.table.io.kinds.loaded import MemoryFile, TableFile
from gated.table.io.kinds.signatures import FileKind
from gated.table.io.suffixes import SUPPORTED, is_table_name, plain_name, suffix_of
from gated.text import did_you_mean, listed, option

__all__ = [
    "DAMAGED",
    "MOST_BYTES",
    "GzippedText",
    "read_bounded",
    "unpack",
    "zip_member",
    "zip_names",
]

MOST_BYTES = 1 << 30
"""The largest content that is kept in memory: a small file may unpack to terabytes."""
MOST_TEXT_BYTES = 1 << 32  # of text that is unpacked while it is read
# Text shrinks to a tenth, at most to a fiftieth; a file that was made to fill the memory, to a
# thousandth.
MOST_RATIO = 100
_ALWAYS_UNPACKED = 1 << 28  # bytes of text; a file up to this size is read in any case
_CHUNK = 1 << 20
DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,  # zipfile's error for another compression
    UnicodeError,  # zipfile's error for the name of a file
    struct.error,
    pa.ArrowException,
)
"""The errors of the libraries that unpack, for a damaged file."""


def read_bounded(stream: Any, name: str, advice: str) -> bytes:
    """Read a stream to its end.

    Raises:
        DataError: it has more than `MOST_BYTES` bytes.
    """
    content = bytearray()
    while chunk := stream.read(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise DataError(
                f"{name}: the content has more than {MOST_BYTES:,} bytes, the most that is kept "
                f"in memory. {advice}"
            )
    return bytes(content)


@dataclass(frozen=True)
class GzippedText:
    """A file of gzipped text, which is unpacked while it is read, up to a limit.

    It has the members of `pathlib.Path` that the reader of text uses; opened, it is plain text.
    """

    path: Path
    suffix: str = ""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def open(self, mode: str = "rb") -> gzip.GzipFile:
        """The text as a binary file."""
        size = self.path.stat().st_size
        most = min(MOST_TEXT_BYTES, max(_ALWAYS_UNPACKED, MOST_RATIO * size))
        return _BoundedGzip(self.path, most)


class _BoundedGzip(gzip.GzipFile):
    """A gzip file that can be read up to a number of bytes."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path, "rb")
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        return self._checked(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._checked(super().read1(size))

    def _checked(self, content: bytes) -> bytes:
        if self.tell() > self._most:
            raise DataError(
                f"{PurePosixPath(str(self.name)).name}: the unpacked text has more than "
                f"{self._most:,} bytes, which is too much for a file of this size. Save the table "
                "as Parquet, or in several files."
            )
        return content


def unpack(file: TableFile, kind: FileKind) -> MemoryFile:
    """Unpack a file that is compressed as gzip, bzip2, xz or Zstandard.

    Raises:
        DataError: it is damaged, or its content is larger than the limit.
    """
    try:
        with file.open("rb") as packed, _decompressed(packed, kind) as stream:
            content = read_bounded(stream, file.name, "Unpack the file first.")
    except DAMAGED as problem:
        raise _damaged(file.name, problem) from problem
    return MemoryFile(plain_name(file.name), content)


def _decompressed(packed: Any, kind: FileKind) -> Any:
    if kind == "gzip":
        return gzip.GzipFile(fileobj=packed)
    if kind == "bz2":
        return bz2.BZ2File(packed)
    if kind == "xz":
        return lzma.LZMAFile(packed)
    return pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")


# Files beside a table that describe it, as in the archives of the World Bank.
_ABOUT = re.compile(r"(?:read.?me|licen[cs]e|copying|metadata|codebook|data.?dictionary)", re.I)


def zip_names(file: TableFile) -> list[str]:
    """The names of all files in a zip archive.

    Raises:
        DataError: it is damaged.
    """
    try:
        with file.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            return archive.namelist()
    except DAMAGED as problem:
        raise _damaged(file.name, problem) from problem


def zip_member(
    file: TableFile, names: list[str], chosen: str | None, *, can_choose: bool
) -> tuple[MemoryFile, bool]:
    """Unpack the only table of a zip archive, or the chosen one.

    Args:
        file: the archive.
        names: the names of its files.
        chosen: the name of a file in it, with or without its folder.
        can_choose: whether the caller's user can name a file, for the message.

    Returns:
        The table, and whether `chosen` named it.

    Raises:
        DataError: there is none, or there are several, or the archive has a password.
        UsageError: no file has the chosen name.
    """
    files = [name for name in names if not name.endswith("/") and not _is_hidden(name)]
    tables = [name for name in files if is_table_name(name) or suffix_of(name) == ""]
    if chosen is None:
        tables = [name for name in tables if not _ABOUT.match(PurePosixPath(name).name)] or tables
    named = [name for name in tables if chosen in (name, PurePosixPath(name).name)]
    if not tables:
        held = f" It contains {listed(files)}." if files else " It is empty."
        raise DataError(f"{file.name}: the archive holds no table.{held} Expected {SUPPORTED}.")
    if chosen is not None and not named and len(tables) > 1:
        raise UsageError(
            f"{file.name}: the archive has no table `{chosen}` ({option('sheet')})."
            f"{did_you_mean(chosen, tables)} Its tables are {listed(tables)}."
        )
    if len(named or tables) > 1:
        what = (
            f"Name one with {option('sheet')}."
            if can_choose
            else "Expected one. Unpack the archive, and give one of its files."
        )
        raise DataError(
            f"{file.name}: the archive holds several tables: {listed(named or tables)}. {what}"
        )
    member = (named or tables)[0]
    try:
        with (
            file.open("rb") as stream,
            zipfile.ZipFile(stream) as archive,
            archive.open(member) as unpacked,
        ):
            content = read_bounded(unpacked, file.name, "Unpack the archive first.")
    except RuntimeError as problem:  # zipfile's error for a password
        raise DataError(
            f"{file.name}: the archive cannot be unpacked ({problem}). Unpack it, and give the "
            "file in it."
        ) from problem
    except DAMAGED as problem:
        raise _damaged(file.name, problem) from problem
    return MemoryFile(f"{file.name}/{member}", content), bool(named)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _damaged(name: str, problem: BaseException) -> DataError:
    return DataError(f"{name}: the file is damaged or cut short ({problem}).")
