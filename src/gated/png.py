"""Encodes images as PNG without another library.

The format is that of the W3C, "Portable Network Graphics (PNG) Specification" (second edition,
2003): a signature, then chunks with a checksum; the rows are compressed with zlib.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError

__all__ = ["png_bytes"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR = 0, 2


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """Return the content of a PNG file.

    Args:
        image: uint8 [H, W] grey, 0 is black, or [H, W, 3] red, green and blue.

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
