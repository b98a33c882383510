"""Computes deviations from the mean of the same phase in the seasons before.

The deviation is linear: that of a weighted sum of columns is the weighted sum of their deviations,
so that a regression on deviations gives the weights of the columns themselves.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Deviations"]

_SEASONS = 4


@dataclass(frozen=True)
class Deviations:
    """Deviations of some rows from the mean over the observed seasons before.

    Attributes:
        rows: [D] the rows that are observed, with at least one observed season before.
        source: [D, 4] the rows one to four seasons before.
        weight: [D, 4] their weights: equal for the observed ones, 0 for the others.
    """

    rows: IntArray
    source: IntArray
    weight: FloatArray

    @classmethod
    def of(
        cls, observed: BoolArray, offsets: IntArray, season_length: int, among: IntArray
    ) -> "Deviations":
        """Find the seasons before.

        Args:
            observed: [R] whether the target is observed.
            offsets: [N+1].
            season_length: in steps.
            among: the rows whose deviation is wanted.
        """
        among = among[observed[among]]
        begin = np.repeat(offsets[:-1], np.diff(offsets))[among]
        source = among[:, None] - season_length * np.arange(1, _SEASONS + 1)
        inside = source >= begin[:, None]
        source = np.maximum(source, 0)
        usable = inside & observed[source]
        count = usable.sum(axis=1)
        kept = count > 0
        weight = usable[kept] / count[kept, None]
        return cls(among[kept], source[kept], weight)

    def apply(self, values: FloatArray) -> FloatArray:
        """[D, ...] the deviations of values [R, ...]; unobserved seasons are ignored."""
        return values[self.rows] - self.reference(values)

    def reference(self, values: FloatArray) -> FloatArray:
        """[D, ...] the means of values [R, ...] over the observed seasons before."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        mean = np.zeros((len(self.rows), *values.shape[1:]))
        for source, weight in zip(self.source.T, self.weight.T, strict=True):
            known = values[source]
            if np.isnan(known).any():
                known = np.where(np.isnan(known), 0.0, known)
            mean += known * weight.reshape(shape)
        return mean
