"""Turns normal scores into values with the forecast's quantiles, mean and constraints.

The quantiles and the mean of a forecast come from two models. Between two quantiles the value is
usually linear in the normal score. Where the mean is another one than that of these lines, the
values between the quantiles, which no quantile fixes, are moved up or down until the mean is
right. Where this is not enough (few sales, all quantiles 0), the values are scaled.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.distribution.quantile_function import SCORES, mean_of, segment_of, values_at

__all__ = ["Marginals"]

_UNIT = 2.0**-20  # a power of two: multiplying by it is exact
_LARGEST = np.finfo(np.float64).max
# Means that differ by less, relative to each other, count as equal.
_AS_MUCH = 1e-6
# A value between two quantiles is at the share t**8 or 1 − (1 − t)**8 of the way at the farthest,
# and the upper tail this many times as long as that of the line.
_SQUARES, _SHORT_TAIL, _LONG_TAIL = 3, 0.25, 4.0
# If the quantiles do not leave enough room for the mean: scaled up to this factor.
_LARGEST_FACTOR = 3.0


@dataclass(frozen=True)
class Marginals:
    """The distributions of the steps of n series.

    Attributes:
        quantiles: [n, h, Q] ascending, in the unit of the series.
        mean: [n, h], 0 at closed steps.
        closed: [n, h] whether a step is closed.
        non_negative, integer: [n] whether the values of a series are non-negative, or whole
            numbers; one value for all series is possible too.
    """

    quantiles: FloatArray
    mean: FloatArray
    closed: BoolArray
    non_negative: bool | BoolArray
    integer: bool | BoolArray

    @property
    def is_non_negative(self) -> BoolArray:
        """[n] whether the values of each series are non-negative."""
        return np.broadcast_to(self.non_negative, len(self.mean))

    @property
    def is_integer(self) -> BoolArray:
        """[n] whether the values of each series are whole numbers."""
        return np.broadcast_to(self.integer, len(self.mean))

    def part(self, rows: slice | IntArray) -> "Marginals":
        """The distributions of some of the series."""
        return Marginals(
            self.quantiles[rows],
            self.mean[rows],
            self.closed[rows],
            self.is_non_negative[rows],
            self.is_integer[rows],
        )

    def values(
        self, scores: NDArray[np.float32], generator: np.random.Generator | None = None
    ) -> FloatArray:
        """The values of normal scores [n, h, P]: [n, h, P] float64.

        Args:
            scores: correlated normal scores.
            generator: draws whether a value between two whole numbers is the upper or the lower
                one, so that the mean stays right; None: not rounded.
        """
        values = values_at(self._small, scores)
        if self.is_non_negative.any():
            np.maximum(values, 0.0, out=values, where=self.is_non_negative[:, None, None])
            if self._moved.any():
                values[self._moved] = self._moved_values(scores[self._moved])
        with np.errstate(over="ignore"):
            values /= _UNIT
        np.clip(values, -_LARGEST, _LARGEST, out=values)
        if generator is not None and self.is_integer.any():
            draws = generator.random(values.shape, dtype=np.float32)
            whole = self.is_integer[:, None, None]
            np.add(values, draws, out=values, where=whole)
            np.floor(values, out=values, where=whole)
        values[self.closed] = 0.0
        return values

    @cached_property
    def _small(self) -> FloatArray:
        """The quantiles in a larger unit, so that sums of huge ones are finite."""
        return np.clip(self.quantiles, -_LARGEST, _LARGEST) * _UNIT

    @cached_property
    def _moved(self) -> BoolArray:
        """[n, h] whether the mean is another one than that of the quantiles."""
        own, mean = mean_of(self._small, non_negative=True), self.mean * _UNIT
        moved = (np.abs(mean - own) > _AS_MUCH * np.maximum(own, mean)) & ~self.closed
        return np.asarray(moved & self.is_non_negative[:, None])

    def _moved_values(self, scores: NDArray[np.float32]) -> FloatArray:
        """Values [K, P] of the K steps whose mean is another one, for their scores [K, P]."""
        quantiles = np.maximum(self._small[self._moved], 0.0)
        mean = self.mean[self._moved][:, None] * _UNIT
        weights = _shape_weights()
        means = quantiles @ weights.T  # [K, 3]: lower, line, upper
        is_up = mean[:, 0] > means[:, 1]
        end = np.where(is_up, means[:, 2], means[:, 0])
        room = end - means[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(room != 0, (mean[:, 0] - means[:, 1]) / room, 0.0)
        share = np.clip(share, 0.0, 1.0)[:, None]
        reached = means[:, 1:2] + share * room[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(reached > 0, mean / reached, 0.0)
        factor = np.minimum(factor, _LARGEST_FACTOR)
        missing = np.maximum(mean - factor * reached, 0.0)  # the rest is put into the upper tail
        segment = segment_of(scores)
        low = np.take_along_axis(quantiles, segment, axis=-1)
        rise = np.take_along_axis(np.diff(quantiles, axis=-1), segment, axis=-1)
        line, moved = _shares(scores, segment, is_up[:, None])
        values: FloatArray = low + rise * (line + share * (moved - line))
        values *= factor
        beyond = np.maximum(scores - SCORES[-1], 0.0)
        values += beyond * (missing / _mean_beyond())
        return np.maximum(values, 0.0)


def _shares(
    scores: NDArray[np.floating[Any]], segment: IntArray, is_up: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """How far each value is between its two quantiles: on the line, and moved up or down."""
    width = np.diff(SCORES)
    line = (scores - SCORES[segment]) / width[segment]
    above = np.maximum(line - 1, 0.0)
    inside = np.clip(line, 0.0, 1.0)
    line = np.where(scores < SCORES[0], 0.0, line)  # not below the lowest quantile
    far = np.where(is_up, 1 - inside, inside)
    for _ in range(_SQUARES):
        far = far * far
    moved = np.where(is_up, 1 - far + _LONG_TAIL * above, far + _SHORT_TAIL * above)
    return line, moved


@cache
def _shape_weights() -> FloatArray:
    """[3, Q] the weights of the quantiles in the mean: values moved down, on the line, moved up."""
    grid = np.linspace(-8.0, 8.0, 32_001)
    density = np.exp(-(grid**2) / 2)
    density /= density.sum()
    segment = segment_of(grid)
    weights = np.zeros((3, len(SCORES)))
    line, up = _shares(grid, segment, np.array(True))
    _, down = _shares(grid, segment, np.array(False))
    for row, share in enumerate((down, line, up)):
        np.add.at(weights[row], segment, density * (1 - share))
        np.add.at(weights[row], segment + 1, density * share)
    return weights


def _mean_beyond() -> float:
    """The mean of max(z − z_Q, 0) for a standard normal z and the largest score z_Q."""
    normal, last = NormalDist(), float(SCORES[-1])
    return normal.pdf(last) - last * (1 - normal.cdf(last))
