"""Counts facts on all past values of each series: how many there are, zeros, signs, whole numbers.

A forecast reads only the newest values of a series, and these facts on all of them. So a state of
bounded size, which keeps the facts up to date, forecasts as the whole past does.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = ["PastFacts"]


@dataclass(frozen=True)
class PastFacts:
    """Facts on the observed values of N series, closed steps left out.

    Attributes:
        observed: [N] int64, how many values are observed.
        zeros: [N] int64, how many of them are 0.
        negative: [N] whether any of them is below 0.
        fractional: [N] whether any of them is no whole number.
    """

    observed: IntArray
    zeros: IntArray
    negative: BoolArray
    fractional: BoolArray

    @classmethod
    def of(cls, values: FloatArray, offsets: IntArray) -> "PastFacts":
        """The facts of series stored one after another.

        Args:
            values: [R] NaN where not observed.
            offsets: [N+1]; no series is without rows.

        >>> PastFacts.of(np.array([0.0, 2.5, np.nan, -1.0]), np.array([0, 3, 4])).negative.tolist()
        [False, True]
        """
        begin, known = offsets[:-1], np.isfinite(values)
        with np.errstate(invalid="ignore"):
            return cls(
                np.add.reduceat(known.astype(np.int64), begin),
                np.add.reduceat((values == 0).astype(np.int64), begin),
                np.logical_or.reduceat(values < 0, begin),
                np.logical_or.reduceat(known & (values != np.round(values)), begin),
            )

    def part(self, series: IntArray) -> "PastFacts":
        """The facts of some series [M]."""
        return PastFacts(*(part[series] for part in vars(self).values()))

    def add(self, series: IntArray, values: FloatArray) -> None:
        """Add further values [M] of `series` [M], in place; NaN is no value."""
        known = np.isfinite(values)
        series, values = series[known], values[known]
        np.add.at(self.observed, series, 1)
        np.add.at(self.zeros, series[values == 0], 1)
        self.negative[series[values < 0]] = True
        self.fractional[series[values != np.round(values)]] = True
