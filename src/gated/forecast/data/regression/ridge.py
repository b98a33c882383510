"""Ridge regression with cross-validation over blocks of time, from one product matrix per block.

The matrices are computed once. Every strength, every selection of columns and the final fit on all
blocks is then the solution of one system of equations.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = ["BLOCKS", "HeldOutFit", "Products"]

BLOCKS = 8
"""Number of blocks of time of the cross-validation."""
_STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1)
_ROWS_AT_ONCE = 8192


def _expanded(columns: FloatArray, waves: FloatArray, width: IntArray) -> FloatArray:
    """The regressors [D, B]: each column [D, S] times its first `width` [S] waves [D, K]."""
    parts = []
    at = 0
    while at < len(width):  # neighbours of equal width are expanded at once
        stop = at + 1
        while stop < len(width) and width[stop] == width[at]:
            stop += 1
        part = columns[:, at:stop, None] * waves[:, None, : width[at]]
        parts.append(part.reshape(len(columns), -1))
        at = stop
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class Products:
    """Products of regressors and targets in each block.

    Attributes:
        square: [BLOCKS + 1, B, B] of the regressors; the last one is of the held-out rows.
        cross: [BLOCKS + 1, B, T] of regressors and targets.
        total: [T] the sum of the squared targets over the blocks, held-out rows excluded.
        rows: number of rows, held-out rows excluded.
    """

    square: FloatArray
    cross: FloatArray
    total: FloatArray
    rows: int

    @classmethod
    def of(
        cls,
        columns: FloatArray,
        waves: FloatArray,
        width: IntArray,
        targets: FloatArray,
        block: IntArray,
    ) -> "Products":
        """Compute the products.

        Args:
            columns: [D, S] deviations of the columns.
            waves: [D, K] waves of the phase.
            width: [S] number of waves of each column.
            targets: [D, T] deviations of the target, on one or several axes.
            block: [D] the block of each row; `BLOCKS` for held-out rows.
        """
        size = int(width.sum())
        square = np.zeros((BLOCKS + 1, size, size))
        cross = np.zeros((BLOCKS + 1, size, targets.shape[1]))
        for index in range(BLOCKS + 1):
            inside = np.flatnonzero(block == index)
            for start in range(0, len(inside), _ROWS_AT_ONCE):
                rows = inside[start : start + _ROWS_AT_ONCE]
                part = _expanded(columns[rows], waves[rows], width)
                square[index] += part.T @ part
                cross[index] += part.T @ targets[rows]
        shown = block < BLOCKS
        total = (targets[shown] ** 2).sum(axis=0)
        return cls(square, cross, total, int(shown.sum()))

    def among(self, chosen: BoolArray) -> "Products":
        """The products of some regressors [B]."""
        square = self.square[:, chosen][:, :, chosen]
        return Products(square, self.cross[:, chosen], self.total, self.rows)

    def paths(self) -> list["HeldOutFit"]:
        """The cross-validated fits of all strengths."""
        return [self.held_out(strength) for strength in _STRENGTHS]

    def held_out(self, strength: float) -> "HeldOutFit":
        """Fit each block on the others, with one strength."""
        square, cross = self.square[:BLOCKS], self.cross[:BLOCKS]
        weights = _solved(
            square.sum(axis=0) - square, cross.sum(axis=0) - cross, strength * self.rows
        )
        explained = 2 * (weights * cross).sum(axis=1)
        explained -= (weights * (square @ weights)).sum(axis=1)
        gains = explained / np.where(self.total > 0, self.total, 1.0) * BLOCKS
        return HeldOutFit(strength, weights, gains)

    def weights(self, strength: float, *, held_out: bool) -> FloatArray:
        """[B, T] weights fitted on all blocks, with or without the held-out rows."""
        stop = BLOCKS + held_out
        square, cross = self.square[:stop].sum(axis=0), self.cross[:stop].sum(axis=0)
        return np.asarray(_solved(square[None], cross[None], strength * self.rows)[0])


@dataclass(frozen=True)
class HeldOutFit:
    """A cross-validated ridge regression.

    Attributes:
        strength: of the ridge, relative to the number of rows.
        weights: [BLOCKS, B, T] fitted on all blocks but one.
        gains: [BLOCKS, T] the share of the squared target that is explained in this block.
    """

    strength: float
    weights: FloatArray
    gains: FloatArray


def _solved(square: FloatArray, cross: FloatArray, ridge: float) -> FloatArray:
    """Solve (square + ridge) w = cross for stacks [..., B, B] and [..., B, T]."""
    system = square + ridge * np.eye(square.shape[-1])
    return np.asarray(np.linalg.solve(system, cross), dtype=np.float64)
