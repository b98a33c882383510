"""Writes images as PNG without another library.

The format is that of the W3C, "Portable Network Graphics (PNG) Specification" (second edition,
2003): a signature, then chunks with a checksum; the rows are compressed with zlib.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.files import write_whole

__all__ = ["png_bytes", "write_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR = 0, 2


def write_png(path: str | Path, image: NDArray[np.uint8]) -> None:
    """Write a PNG file, completely or not at all.

    Args:
        path: of the file; an existing one is replaced.
        image: uint8 [H, W] grey, 0 is black, or [H, W, 3] red, green and blue.

    Raises:
        UsageError: the image has another type or shape.
        GatedError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_png(f"{folder}/black.png", np.zeros((28, 28), np.uint8))
        ...     Path(f"{folder}/black.png").read_bytes()[1:4]
        b'PNG'
    """
    try:
        content = png_bytes(image)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    write_whole(path, content)


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """Return the content of a PNG file.

    Args:
        image: as in `write_png`.

    Raises:
        UsageError: the image has another type or shape.

    Example:
        >>> len(png_bytes(np.zeros((28, 28), np.uint8)))
        73
    """
    pixels = np.asarray(image)
    is_colour = pixels.ndim == 3 and pixels.shape[2] == 3
    if pixels.dtype != np.uint8 or not (is_colour or pixels.ndim == 2) or pixels.size == 0:
        raise UsageError(
            f"an image of the type {pixels.dtype} and the shape {list(pixels.shape)} is given. "
            "Expected uint8 [H, W] or [H, W, 3] with at least one pixel. Multiply numbers from 0 "
            "to 1 by 255, round them, and convert them."
        )
    height, width = pixels.shape[:2]
    kind = _COLOUR if is_colour else _GREY
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    # Each row begins with the number of its filter; without a filter, 0.
    rows = np.pad(pixels.reshape(height, -1), ((0, 0), (1, 0)))
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
