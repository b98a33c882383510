"""Resamples patches of any length to one grid of 24 points, so that one network reads all."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRID", "from_grid", "to_grid"]

# Points at which the network reads a patch of any length; for a day, one point is an hour.
GRID = 24

Matrix = NDArray[np.float32]


@lru_cache(maxsize=256)
def to_grid(steps: int) -> Matrix:
    """[steps, GRID] the matrix that maps a patch to the grid, by means over equal parts.

    A patch of fewer steps than the grid has points is interpolated linearly instead.

    >>> (np.arange(48.0) @ to_grid(48))[:3]
    array([0.5, 2.5, 4.5])
    >>> (np.array([0.0, 23.0]) @ to_grid(2))[:3].round(6)
    array([0., 1., 2.])
    """
    if steps < GRID:
        return _linear(steps, GRID)
    edges = np.arange(GRID + 1) * steps / GRID
    step = np.arange(steps)[:, None]
    overlap = np.minimum(step + 1.0, edges[1:]) - np.maximum(step + 0.0, edges[:-1])
    shares = np.maximum(overlap, 0)
    means: Matrix = (shares / shares.sum(0)).astype(np.float32)
    return means


@lru_cache(maxsize=256)
def from_grid(steps: int) -> Matrix:
    """[GRID, steps] the matrix that maps the grid to a patch, by linear interpolation.

    In a long patch, each grid point is the middle of its part; the values before the first point
    and after the last are constant.
    """
    if steps <= GRID:
        return _linear(GRID, steps)
    middle = (np.arange(steps) + 0.5) * GRID / steps - 0.5
    return _weights(GRID, np.clip(middle, 0, GRID - 1))


def _linear(points: int, count: int) -> Matrix:
    """[points, count] linear interpolation between evenly spaced points, with both ends fixed."""
    return _weights(points, np.arange(count) * ((points - 1) / max(count - 1, 1)))


def _weights(points: int, place: NDArray[Any]) -> Matrix:
    """[points, len(place)] the interpolation weight of each point at each place."""
    below = np.clip(np.floor(place).astype(np.int64), 0, max(points - 2, 0))
    column = np.arange(len(place))
    matrix = np.zeros((points, len(place)), dtype=np.float32)
    matrix[below, column] += 1 - (place - below)
    matrix[np.minimum(below + 1, points - 1), column] += place - below
    return matrix
