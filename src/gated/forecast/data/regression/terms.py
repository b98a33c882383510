"""Computes the regressors of covariates: curves, running means, delays and products, by phase.

A term gives a few columns, such as a temperature and its knees, and each column has one weight for
each wave of the season: the weights of a column are a curve over the hours of the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.table.time.grid import Grid

__all__ = ["MOST_WAVES", "Term", "phase_waves", "season_steps", "term_columns"]

MOST_WAVES = 8
"""The number of sine waves of a curve over the season, at most."""


@dataclass(frozen=True)
class Term:
    """Some columns computed from one or two covariates.

    Attributes:
        features: index of one feature, or of two whose product is meant.
        steps: the mean of the last `steps` steps of the first feature; 1: its value.
        delay: the value of `delay` steps before.
        knots: for each of them the part of the first feature above it is a further column.
        waves: number of sine waves of the weights over the season; 0: the same in all phases.
    """

    features: tuple[int, ...]
    steps: int = 1
    delay: int = 0
    knots: tuple[float, ...] = ()
    waves: int = 0

    @property
    def width(self) -> int:
        """Number of columns."""
        return 1 + len(self.knots)


def term_columns(terms: Sequence[Term], features: FloatArray, offsets: IntArray) -> FloatArray:
    """The columns [R, S] of terms, from standardised features [R, E] of series [N+1].

    >>> wind = np.array([[1.0], [3.0], [5.0]])
    >>> mean, knee = Term((0,), steps=2), Term((0,), knots=(2.0,))
    >>> term_columns([mean, knee], wind, np.array([0, 3])).tolist()
    [[1.0, 1.0, 0.0], [2.0, 3.0, 1.0], [4.0, 5.0, 3.0]]
    """
    begin = np.repeat(offsets[:-1], np.diff(offsets))
    columns = np.empty((len(features), sum(term.width for term in terms)))
    at = 0
    for term in terms:
        first = features[:, term.features[0]]
        if term.steps > 1:
            first = _running_mean(first, begin, term.steps)
        if term.delay:
            source = np.arange(len(first)) - term.delay
            first = np.where(source >= begin, first[np.maximum(source, 0)], 0.0)
        columns[:, at] = first
        for index, knot in enumerate(term.knots, start=at + 1):
            np.maximum(first - knot, 0.0, out=columns[:, index])
        for other in term.features[1:]:
            columns[:, at : at + term.width] *= features[:, [other]]
        at += term.width
    return columns


def _running_mean(values: FloatArray, begin: IntArray, steps: int) -> FloatArray:
    """The mean of the last `steps` values [R] of each series, or of those since it began."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    row = np.arange(len(values))
    first = np.maximum(row + 1 - steps, begin)
    mean: FloatArray = (total[1:] - total[first]) / (row + 1 - first)
    return mean


def season_steps(ds: NDArray[np.generic], grid: Grid, origin: int) -> IntArray:
    """[R] the number of grid steps from an origin (a time as an integer) to times [R]."""
    start = np.full(len(ds), origin, dtype=np.int64).astype(ds.dtype)
    return np.asarray(grid.count(start, ds), dtype=np.int64)


def phase_waves(steps: IntArray, season_length: int, waves: int) -> FloatArray:
    """[R, 1 + 2 · waves] one, and sines and cosines of the phase in the season."""
    angle = 2 * np.pi * np.arange(season_length) / season_length
    table = [np.ones(season_length)]
    for wave in range(1, waves + 1):
        table += [np.sin(wave * angle), np.cos(wave * angle)]
    return np.stack(table, axis=1)[steps % season_length]
