"""Resamples patches of any length to one grid of 24 points, so that one network reads all."""

from functools import lru_cache

import torch
from torch import Tensor

__all__ = ["GRID", "from_grid", "to_grid"]

# Points at which the network reads a patch of any length; for a day, one point is an hour.
GRID = 24


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # the cached tensor is also used in training
def to_grid(steps: int) -> Tensor:
    """[steps, GRID] the matrix that maps a patch to the grid, by means over equal parts.

    A patch of fewer steps than the grid has points is interpolated linearly instead.

    >>> (torch.arange(48.0) @ to_grid(48))[:3]
    tensor([0.5000, 2.5000, 4.5000])
    >>> (torch.tensor([0.0, 23.0]) @ to_grid(2))[:3]
    tensor([0., 1., 2.])
    """
    if steps < GRID:
        return _linear(steps, GRID)
    edges = torch.arange(GRID + 1) * steps / GRID
    step = torch.arange(steps)[:, None]
    overlap = torch.minimum(step + 1.0, edges[1:]) - torch.maximum(step + 0.0, edges[:-1])
    shares = overlap.clamp(min=0)
    return shares / shares.sum(0)


@lru_cache(maxsize=256)
@torch.inference_mode(False)
def from_grid(steps: int) -> Tensor:
    """[GRID, steps] the matrix that maps the grid to a patch, by linear interpolation.

    In a long patch, each grid point is the middle of its part; the values before the first point
    and after the last are constant.
    """
    if steps <= GRID:
        return _linear(GRID, steps)
    middle = (torch.arange(steps) + 0.5) * GRID / steps - 0.5
    return _weights(GRID, middle.clamp(0, GRID - 1))


def _linear(points: int, count: int) -> Tensor:
    """[points, count] linear interpolation between evenly spaced points, with both ends fixed."""
    return _weights(points, torch.arange(count) * ((points - 1) / max(count - 1, 1)))


def _weights(points: int, place: Tensor) -> Tensor:
    """[points, len(place)] the interpolation weight of each point at each place."""
    below = place.floor().clamp(max=max(points - 2, 0))
    column = torch.arange(len(place))
    matrix = torch.zeros(points, len(place))
    matrix[below.long(), column] += 1 - (place - below)
    matrix[(below.long() + 1).clamp(max=points - 1), column] += place - below
    return matrix
