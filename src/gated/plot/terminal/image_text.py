"""Draws an image as text for the terminal, two pixels a character."""

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.plot.colours import averaged

__all__ = ["image_text"]

_BLOCKS = np.array(list(" ▄▀█"))  # by 2 · (the upper pixel is bright) + (the lower one is)
_ASCII = np.array(list(" .'#"))


def image_text(
    image: NDArray[np.uint8] | NDArray[np.floating] | NDArray[np.bool_],
    *,
    width: int = 80,
    ascii_only: bool = False,
) -> str:
    """Draw a grey image in half blocks: bright pixels are filled.

    Args:
        image: [H, W] uint8, bool, or floating-point numbers from 0 to 1.
        width: characters of a line at most; a wider image is averaged over equal parts.
        ascii_only: whether to use no block characters.

    Returns:
        Lines without blanks at their ends.

    Raises:
        UsageError: the image has another shape or type, or the width is below 1.

    >>> print(image_text(np.array([[0, 255, 0], [255, 255, 255], [0, 255, 0]], np.uint8)))
    ▄█▄
     ▀
    """
    pixels = np.asarray(image)
    is_known = pixels.dtype.kind in "bf" or pixels.dtype == np.uint8
    if pixels.ndim != 2 or pixels.size == 0 or not is_known or width < 1:
        raise UsageError(
            f"An image of the type {pixels.dtype} and the shape {list(pixels.shape)}, and the "
            f"width {width}, are given. Expected uint8, bool or numbers from 0 to 1, [H, W], with "
            "at least one pixel, and a width of 1 or more. Pass one image."
        )
    bright = pixels / 255 if pixels.dtype == np.uint8 else pixels.astype(np.float64)
    if pixels.shape[1] > width:
        height = max(1, round(pixels.shape[0] * width / pixels.shape[1]))
        bright = averaged(averaged(bright, width).T, height).T
    filled = (bright >= 0.5).astype(np.int64)
    filled = np.pad(filled, ((0, len(filled) % 2), (0, 0)))
    characters = (_ASCII if ascii_only else _BLOCKS)[2 * filled[::2] + filled[1::2]]
    return "\n".join("".join(line).rstrip() for line in characters)
