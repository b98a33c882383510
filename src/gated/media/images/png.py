"""Writes images as PNG files; `gated.png` encodes them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.files import write_whole
from gated.png import png_bytes

__all__ = ["write_png"]


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
