"""Reduces the points of a drawing: the algorithm of Ramer, Douglas and Peucker.

A point that lies closer than epsilon to the straight line between two kept ones is left out
(Douglas and Peucker 1973, "Algorithms for the reduction of the number of points required to
represent a digitized line"). sketch-rnn scaled its drawings to 255 units and used an epsilon of 2.
"""

import numpy as np
import numpy.typing as npt

from gated.arrays import BoolArray, FloatArray
from gated.errors import UsageError
from gated.media.strokes.stroke3 import check_strokes, extent, from_lines, to_lines

__all__ = ["simplified"]

_EPSILON = 2 / 255  # of the longer side


def simplified(points: npt.ArrayLike, epsilon: float | None = None) -> npt.NDArray[np.float32]:
    """Return a drawing with fewer points; each stroke keeps its first and last one.

    Args:
        points: [T, 3] in the stroke-3 format; unchanged.
        epsilon: largest distance of a point that is left out, in the unit of the drawing; by
            default 2/255 of its longer side.

    Returns:
        float32 [t, 3], t ≤ T. The first row is the offset from the origin, as in `points`.

    Raises:
        UsageError: as `Strokes`, or epsilon is below 0.

    Example:
        >>> simplified([[0, 0, 0], [5, 0.1, 0], [5, -0.1, 1]], epsilon=1)
        array([[ 0.,  0.,  0.],
               [10.,  0.,  1.]], dtype=float32)
    """
    if epsilon is not None and not (np.isfinite(epsilon) and epsilon >= 0):
        raise UsageError(
            f"epsilon={epsilon:g} is given. Expected a distance of 0 or more, in the unit of the "
            "drawing. Leave it out for 2/255 of its longer side."
        )
    rows = check_strokes(points)
    lines = to_lines(rows)
    distance = _EPSILON * extent(lines)[1] if epsilon is None else epsilon
    result = from_lines(line[_kept(line, distance)] for line in lines)
    result[0, :2] = rows[0, :2]
    result[-1, 2] = rows[-1, 2]  # a drawing may be cut off inside a stroke
    return result


def _kept(line: FloatArray, epsilon: float) -> BoolArray:
    """[k] the points that are kept, without recursion: a stroke can have many thousands."""
    kept = np.zeros(len(line), dtype=np.bool_)
    kept[[0, -1]] = True
    parts = [(0, len(line) - 1)]
    while parts:
        begin, end = parts.pop()
        if end - begin < 2:
            continue
        distances = _distances(line[begin + 1 : end], line[begin], line[end])
        farthest = int(distances.argmax())
        if distances[farthest] > epsilon:
            middle = begin + 1 + farthest
            kept[middle] = True
            parts += [(begin, middle), (middle, end)]
    return kept


def _distances(points: FloatArray, begin: FloatArray, end: FloatArray) -> FloatArray:
    """[k] distances of points to the line between two others, or to the point if they are equal.

    To the line piece, not to the endless line: a stroke that turns back keeps its turning point.
    """
    along = end - begin
    square = float(along @ along)
    share = np.clip((points - begin) @ along / square, 0, 1) if square else np.zeros(len(points))
    distances: FloatArray = np.hypot(*(points - begin - share[:, None] * along).T)
    return distances
