"""Opens a text file and reads its first bytes, or its lines, whose length is limited."""

import codecs
import io
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, cast

from gated.errors import DataError

__all__ = ["HEAD_BYTES", "LONGEST_LINE", "damaged", "empty", "lines_of", "open_bytes", "read_head"]

HEAD_BYTES = 1 << 20  # enough to detect the separator and to read the widest header
FEWEST_LINES = 3  # a header, and rows of data by which it is known
LONGEST_LINE = 1 << 24  # characters; pyarrow cannot read a row that is longer than one block


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file; gzipped text opens as what it unpacks to."""
    return cast(BinaryIO, path.open("rb"))


def read_head(path: Path) -> bytes:
    """The first bytes of a file: more of them if its first lines are long.

    Raises:
        DataError: the file is empty, damaged or cannot be read.
    """
    try:
        with open_bytes(path) as file:
            head = file.read(HEAD_BYTES)
            while head.count(b"\n") < FEWEST_LINES and len(head) < LONGEST_LINE:
                part = file.read(HEAD_BYTES)
                if not part:
                    break
                head += part
    except (OSError, EOFError, zlib.error) as problem:
        raise damaged(path, problem) from problem
    if not head.strip(b" \t\r\n\0" + codecs.BOM_UTF8):
        raise binary(path) if b"\0" in head else empty(path)
    return head


def lines_of(path: Path, encoding: str) -> Generator[str, None, None]:
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
