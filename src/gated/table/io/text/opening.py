"""Opens a text file, gzipped or not, with limits on what it may unpack to.

A small gzipped file can hold more than the memory: its size is limited, and so is that of one line.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from gated.errors import DataError

__all__ = ["HEAD_BYTES", "LONGEST_LINE", "damaged", "empty", "lines_of", "open_bytes", "read_head"]

HEAD_BYTES = 1 << 20  # enough to detect the separator and to read the widest header
LONGEST_LINE = 1 << 24  # characters; pyarrow cannot read a row that is longer than one block
# Tables shrink to a tenth, at most to a fiftieth; a file that was made to fill the memory, to a
# thousandth.
MOST_UNPACKED_RATIO = 100
ALWAYS_UNPACKED = 1 << 28  # bytes; a file up to this size is read in any case


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked if its name ends in .gz."""
    if path.suffix.lower() != ".gz":
        return path.open("rb")
    return cast(BinaryIO, io.BufferedReader(_Limited(path), buffer_size=1 << 16))


def read_head(path: Path) -> bytes:
    """The first bytes of a file.

    Raises:
        DataError: the file is empty, damaged or cannot be read.
    """
    try:
        with open_bytes(path) as file:
            head = file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as problem:
        raise damaged(path, problem) from problem
    if not head.strip(b" \t\r\n\0" + codecs.BOM_UTF8):
        raise binary(path) if b"\0" in head else empty(path)
    return head


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a file as text, each with its end; characters that cannot be read are replaced.

    Raises:
        DataError: a line is too long.
    """
    with io.TextIOWrapper(
        open_bytes(path), encoding=encoding, errors="replace", newline=""
    ) as lines:
        number = 0
        while line := lines.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise DataError(
                    f"{path.name}: line {number} is longer than {LONGEST_LINE:,} characters. "
                    "Expected one row of the table in each line."
                )
            yield line.removeprefix("\ufeff") if number == 1 else line


def empty(path: Path) -> DataError:
    """The error for a file without rows."""
    return DataError(f"{path.name}: the file is empty: it has no rows.")


def binary(path: Path) -> DataError:
    """The error for a file that is not text."""
    return DataError(
        f"{path.name}: this is a binary file, not text. Expected rows of separated values; "
        "the name of a Parquet file must end in .parquet, of a gzipped file in .gz."
    )


def damaged(path: Path, problem: BaseException) -> DataError:
    """The error for a file that cannot be read to its end."""
    return DataError(f"{path.name}: the file is damaged or cut short ({problem}).")


class _Limited(io.RawIOBase):
    """A gzipped file that raises an error when too much was unpacked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = gzip.open(path, "rb")  # noqa: SIM115 - closed with this object
        self._left = max(ALWAYS_UNPACKED, path.stat().st_size * MOST_UNPACKED_RATIO)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer)
        self._left -= count
        if self._left < 0:
            raise DataError(
                f"{self._path.name}: the gzipped file unpacks to more than "
                f"{MOST_UNPACKED_RATIO} times its size. Unpack it, check that it is a table, "
                "and pass the unpacked file."
            )
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
