"""Draws strokes on a grid of pixels, for a picture in the terminal."""

import numpy as np
import numpy.typing as npt

from gated.arrays import BoolArray
from gated.errors import UsageError
from gated.media.strokes.stroke3 import extent, to_lines

__all__ = ["rasterised"]

_MARGIN = 0.08  # of the side, on each side


def rasterised(points: npt.ArrayLike, side: int) -> BoolArray:
    """Return a drawing as pixels [side, side], scaled to fit and centred.

    Args:
        points: [T, 3] in the stroke-3 format.
        side: pixels, 2 or more.

    Raises:
        UsageError: as `Strokes`, or the side is below 2.

    Example:
        >>> rasterised([[0, 0, 0], [4, 0, 1]], 5)[2].tolist()
        [True, True, True, True, True]
    """
    if side < 2:
        raise UsageError(f"side={side} is given. Expected 2 or more pixels.")
    lines = to_lines(points)
    _, longer = extent(lines)
    positions = np.concatenate(lines)
    middle = (positions.max(axis=0) + positions.min(axis=0)) / 2
    scale = (side - 1) * (1 - 2 * _MARGIN) / longer if longer > 0 else 0.0
    image = np.zeros((side, side), dtype=bool)
    for line in lines:
        placed = (line - middle) * scale + (side - 1) / 2
        if len(placed) == 1:
            pixels = placed
        else:
            # Two points a pixel leave no gap.
            count = 2 * np.ceil(np.abs(np.diff(placed, axis=0)).max(axis=1)).astype(int) + 1
            pixels = np.concatenate(
                [
                    np.linspace(begin, end, number)
                    for begin, end, number in zip(placed[:-1], placed[1:], count, strict=True)
                ]
            )
        columns, rows = np.round(pixels).astype(int).T
        image[rows, columns] = True
    return image
