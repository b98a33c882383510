"""Draws lines and bands on a grid of dots, and turns the grid into characters.

A braille character (Unicode U+2800 to U+28FF) is a cell of 2 x 4 dots, so a chart of 80 x 15
characters has 160 x 60 dots. Plain ASCII has one dot a cell. A layer is a bool array
`[rows of dots, columns of dots]`, row 0 on top; drawing sets dots in place.
"""

import math

import numpy as np
import numpy.typing as npt

from gated.arrays import BoolArray, FloatArray

__all__ = ["braille", "draw_line", "draw_points", "fill_between"]


# Unicode numbers the upper three dots of the left column, of the right one, then the lowest two.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # [4, 2]


def draw_line(dots: BoolArray, x: FloatArray, y: FloatArray) -> None:
    """Connect the points (x, y) by straight lines; NaN in y interrupts the line.

    Args:
        dots: `[rows, columns]` bool, changed in place.
        x: `[K]` float64, dot columns, within the canvas.
        y: `[K]` float64, dot rows from the top, within the canvas, or NaN.

    >>> dots = np.zeros((2, 3), dtype=bool)
    >>> draw_line(dots, np.array([0.0, 2.0]), np.array([1.0, 0.0]))
    >>> dots.astype(int)
    array([[0, 1, 1],
           [1, 0, 0]])
    """
    is_present = ~np.isnan(y)
    draw_points(dots, x, y)  # a single point between gaps is a dot
    for k in np.flatnonzero(is_present[1:] & is_present[:-1]):
        length = math.ceil(max(abs(x[k + 1] - x[k]), abs(y[k + 1] - y[k]))) + 1
        across, down = np.linspace(x[k], x[k + 1], length), np.linspace(y[k], y[k + 1], length)
        dots[np.rint(down).astype(int), np.rint(across).astype(int)] = True


def draw_points(dots: BoolArray, x: FloatArray, y: FloatArray) -> None:
    """Set the dot of each point (x, y); arguments as in `draw_line`.

    >>> dots = np.zeros((1, 3), dtype=bool)
    >>> draw_points(dots, np.array([0.0, 1.0, 2.0]), np.array([0.0, np.nan, 0.0]))
    >>> dots.astype(int)
    array([[1, 0, 1]])
    """
    is_present = ~np.isnan(y)
    dots[np.rint(y[is_present]).astype(int), np.rint(x[is_present]).astype(int)] = True


def fill_between(dots: BoolArray, x: FloatArray, upper: FloatArray, lower: FloatArray) -> None:
    """Set every dot between two curves; nothing where either is NaN.

    Args:
        dots: `[rows, columns]` bool, changed in place.
        x: `[K]` float64, rising dot columns.
        upper: `[K]` float64, dot rows from the top of the curve drawn higher, or NaN.
        lower: `[K]` float64, of the curve drawn below.
    """
    if not len(x):
        return
    columns = np.arange(int(np.rint(x[0])), int(np.rint(x[-1])) + 1)
    top, bottom = np.interp(columns, x, upper), np.interp(columns, x, lower)
    rows = np.arange(len(dots))[:, None]
    dots[:, columns] |= (np.rint(top) <= rows) & (rows <= np.rint(bottom))


def braille(dots: BoolArray) -> npt.NDArray[np.str_]:
    """Turn dots into braille characters, a blank where a cell has none.

    Args:
        dots: `[4 R, 2 C]` bool.

    Returns:
        `[R, C]` one-character strings.

    >>> print("".join(braille(np.eye(4, dtype=bool))[0]))
    ⠑⢄
    """
    rows, columns = dots.shape[0] // 4, dots.shape[1] // 2
    cells = dots.reshape(rows, 4, columns, 2).transpose(0, 2, 1, 3)  # [R, C, 4, 2]
    codes = (cells * _BITS).sum(axis=(2, 3))
    characters = np.array([" ", *(chr(0x2800 + code) for code in range(1, 256))])
    drawn: npt.NDArray[np.str_] = characters[codes]
    return drawn
