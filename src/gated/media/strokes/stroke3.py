"""Defines drawings in the stroke-3 format of sketch-rnn, and converts them to lines and back.

The format is that of Ha and Eck, "A Neural Representation of Sketch Drawings" (arXiv:1704.03477):
each row is the offset from the point before, and whether the pen is lifted after this point.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.text import grouped

__all__ = ["Strokes", "check_strokes", "extent", "from_lines", "to_lines"]


@dataclass(frozen=True, eq=False)
class Strokes:
    """A drawing in the stroke-3 format.

    Attributes:
        points: float32 [T, 3] Δx, Δy and 1 where the pen is lifted after this point, else 0; y
            downwards, T ≥ 1.
        notes: what was changed or left out.

    Raises:
        UsageError: the points have another shape, or values that are not finite or no pen states.

    Example:
        >>> Strokes(np.array([[0, 0, 0], [5, 5, 1]], np.float32)).points.shape
        (2, 3)
    """

    points: npt.NDArray[np.float32]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_strokes(self.points)


def check_strokes(points: npt.ArrayLike) -> FloatArray:
    """Return points [T, 3] as float64.

    Raises:
        UsageError: they have another shape, or values that are not finite or no pen states.
    """
    array = np.asarray(points)
    if array.ndim != 2 or array.shape[1] != 3 or array.dtype.kind not in "iufb":
        raise UsageError(
            f"Strokes of the shape {list(array.shape)} and the type {array.dtype} are given. "
            "Expected numbers [T, 3]: Δx, Δy, and 1 where the pen is lifted after the point. Give "
            "one row for each point."
        )
    if not len(array):
        raise UsageError(
            "The strokes have no points. Expected at least one. Leave the drawing out, or generate "
            "a longer one."
        )
    rows = array.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        raise UsageError(
            f"Point {grouped(int(bad[0]))} of the strokes is not finite (NaN or infinite). "
            "Expected finite numbers. Remove the point, or check how the strokes were computed."
        )
    bad = np.flatnonzero(~np.isin(rows[:, 2], (0, 1)))
    if len(bad):
        raise UsageError(
            f"Point {grouped(int(bad[0]))} of the strokes has the pen state {rows[bad[0], 2]:g}. "
            "Expected 0, or 1 where the pen is lifted after the point. Round a probability first, "
            "or give the columns in the order Δx, Δy, pen."
        )
    return rows


def to_lines(points: npt.ArrayLike) -> list[FloatArray]:
    """Return the lines of a drawing: float64 [k, 2] positions x, y, k ≥ 1, from the origin.

    Args:
        points: [T, 3] in the stroke-3 format.

    Raises:
        UsageError: as `Strokes`.

    Example:
        >>> to_lines([[0, 0, 0], [5, 0, 1], [0, 3, 1]])
        [array([[0., 0.],
               [5., 0.]]), array([[5., 3.]])]
    """
    rows = check_strokes(points)
    positions = np.cumsum(rows[:, :2], axis=0)
    ends = np.flatnonzero(rows[:, 2]) + 1
    lines = np.split(positions, ends)
    return [line for line in lines if len(line)]


def from_lines(lines: Iterable[npt.ArrayLike]) -> npt.NDArray[np.float32]:
    """Return a drawing in the stroke-3 format, float32 [T, 3], that begins at the origin.

    Args:
        lines: [k, 2] positions x, y of each, k ≥ 1; at least one line.

    Example:
        >>> from_lines([[[10, 10], [15, 10]]])
        array([[0., 0., 0.],
               [5., 0., 1.]], dtype=float32)
    """
    arrays = [np.asarray(line, dtype=np.float64) for line in lines]
    positions = np.concatenate(arrays)
    points = np.zeros((len(positions), 3), dtype=np.float32)
    points[1:, :2] = np.diff(positions, axis=0)
    points[np.cumsum([len(line) for line in arrays]) - 1, 2] = 1
    return points


def extent(lines: list[FloatArray]) -> tuple[FloatArray, float]:
    """Return the upper left corner [2] of lines, and the longer side of the box around them."""
    positions = np.concatenate(lines)
    low = positions.min(axis=0)
    return low, float((positions.max(axis=0) - low).max())
