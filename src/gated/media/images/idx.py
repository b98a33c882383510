"""Reads and writes IDX files, the format of MNIST: one array of whole numbers from 0 to 255.

Two zero bytes, the type of the numbers, the number of dimensions, each size as four bytes with the
highest first, then the numbers (LeCun, Cortes and Burges, "The MNIST database of handwritten
digits", 1998).
"""

import gzip
import io
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.files import read_content, write_whole
from gated.text import counted, grouped

__all__ = ["read_idx", "write_idx"]

_BYTES = 0x08  # the type of numbers from 0 to 255
_OTHER_TYPES = {
    0x09: "signed bytes",
    0x0B: "whole numbers of 16 bits",
    0x0C: "whole numbers of 32 bits",
    0x0D: "floating-point numbers of 32 bits",
    0x0E: "floating-point numbers of 64 bits",
}
_GZIP = b"\x1f\x8b"
_MOST = 4_000_000_000  # numbers
_MOST_DIMENSIONS = 32  # numpy has no more
_EXPECTED = "Expected an IDX file, such as those of MNIST, also compressed with gzip."
_AGAIN = "Get the file again."


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """Read an IDX file of bytes; one that is compressed with gzip, whatever its name.

    Args:
        path: of the file.

    Returns:
        uint8, of the shape in the file: [N, H, W] for images, [N] for labels.

    Raises:
        DataError: the file is missing, empty, a folder, no IDX file, has numbers of another type,
            or more or fewer numbers than it promises.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_idx(f"{folder}/digits.idx3-ubyte.gz", np.zeros((2, 28, 28), np.uint8))
        ...     read_idx(f"{folder}/digits.idx3-ubyte.gz").shape
        (2, 28, 28)
    """
    path = Path(path)
    content = read_content(path, _EXPECTED, "Get it again.")
    stream: io.BufferedIOBase = io.BytesIO(content)
    if content.startswith(_GZIP):
        stream = gzip.GzipFile(fileobj=stream)
    try:
        shape = _shape(path, stream)
        size = math.prod(shape)
        numbers = stream.read(size + 1)  # no more: a small file can hold any number of zeros
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path}: its compression is damaged or cut off ({error}). {_EXPECTED} {_AGAIN}"
        ) from error
    if len(numbers) != size:
        has = f"{len(numbers):,}" if len(numbers) < size else f"more than {size:,}"
        raise DataError(
            f"{path}: has {has} numbers. Expected {size:,}, because its header says "
            f"{' × '.join(f'{one:,}' for one in shape)}. {_AGAIN}"
        )
    return np.frombuffer(numbers, np.uint8).reshape(shape).copy()


def write_idx(path: str | Path, array: NDArray[np.uint8]) -> None:
    """Write an IDX file, completely or not at all; compressed where the name ends with .gz.

    Args:
        path: of the file; an existing one is replaced.
        array: uint8 of any shape with at least one dimension.

    Raises:
        UsageError: the array has another type or no dimension.
        GatedError: the file cannot be written.

    Example: see `read_idx`.
    """
    values = np.asarray(array)
    if values.dtype != np.uint8 or not 1 <= values.ndim <= _MOST_DIMENSIONS:
        raise UsageError(
            f"{path}: an array of the type {values.dtype} and the shape {list(values.shape)} is "
            "given. Expected uint8 with at least one dimension. Multiply numbers from 0 to 1 by "
            "255, round them, and convert them."
        )
    header = struct.pack(f">HBB{values.ndim}I", 0, _BYTES, values.ndim, *values.shape)
    content = header + values.tobytes()
    if Path(path).suffix.lower() == ".gz":
        content = gzip.compress(content, mtime=0)  # the same array gives the same file
    write_whole(path, content)


def _shape(path: Path, stream: io.BufferedIOBase) -> tuple[int, ...]:
    """The shape in the header of the file."""
    head = stream.read(4)
    if len(head) < 4 or head[:2] != b"\0\0":
        raise DataError(f"{path}: does not begin as an IDX file. {_EXPECTED} Check the name.")
    kind, dimensions = head[2], head[3]
    if kind in _OTHER_TYPES:
        raise DataError(
            f"{path}: has {_OTHER_TYPES[kind]}. Expected numbers from 0 to 255 (type 8 of IDX). "
            "Convert them to bytes."
        )
    if kind != _BYTES or not 1 <= dimensions <= _MOST_DIMENSIONS:
        raise DataError(
            f"{path}: has the type {kind} and {counted(dimensions, 'dimension')}. {_EXPECTED} "
            "Check the name."
        )
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataError(f"{path}: is cut off in its header. {_EXPECTED} {_AGAIN}")
    shape = struct.unpack(f">{dimensions}I", sizes)
    if math.prod(shape) > _MOST:
        raise DataError(
            f"{path}: promises {grouped(math.prod(shape))} numbers. Expected at most {_MOST:,}. "
            "Split the file."
        )
    return shape
