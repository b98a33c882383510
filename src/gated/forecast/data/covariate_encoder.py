"""Encodes covariates as standardised inputs; each frequent category is an input of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray

__all__ = ["CovariateEncoder", "Feature", "mean_and_spread"]


# A category is an input of its own if it occurs this often, and is one of this many most frequent.
_TIMES_NEEDED = 5
_MOST_CATEGORIES = 20


@dataclass(frozen=True)
class Feature:
    """One input computed from a covariate.

    Attributes:
        covariate: its name.
        category: the code of the category for which the feature is 1 (0 for all others); None for
            a numeric covariate.
        mean, spread: mean and standard deviation, to standardise it.
    """

    covariate: str
    category: int | None
    mean: float
    spread: float


@dataclass(frozen=True)
class CovariateEncoder:
    """The encoding of the columns of a table as inputs.

    Attributes:
        names: [F] names of the columns.
        features: [E] the inputs computed from them.
    """

    names: tuple[str, ...]
    features: tuple[Feature, ...]

    @classmethod
    def fit(
        cls,
        names: Sequence[str],
        values: FloatArray,
        categories: Collection[str] = (),
        times_needed: int = _TIMES_NEEDED,
    ) -> "CovariateEncoder":
        """Choose the features of columns and measure their means and standard deviations.

        Args:
            names: [F].
            values: [R, F] float64, NaN where missing.
            categories: names of the categorical columns, which hold codes.
            times_needed: number of rows that a category needs to become a feature.

        >>> values = np.array([[0.0], [0.0], [1.0], [np.nan]])
        >>> [(f.category, f.mean) for f in CovariateEncoder.fit("c", values, "c", 1).features]
        [(0, 0.6666666666666666), (1, 0.3333333333333333)]
        """
        inputs = []
        for name, column in zip(names, values.T, strict=True):
            codes: Sequence[int | None] = (None,)
            if name in categories:
                codes = _frequent(column, times_needed)
            for code in codes:
                mean, spread = mean_and_spread(_input(column, code))
                inputs.append(Feature(name, code, mean, spread))
        return cls(tuple(names), tuple(inputs))

    def without(self, covariates: Collection[str]) -> "CovariateEncoder":
        """The encoder without the features of some columns."""
        kept = tuple(f for f in self.features if f.covariate not in covariates)
        return CovariateEncoder(self.names, kept)

    def inputs(self, values: FloatArray) -> FloatArray:
        """Convert columns [..., F] to features [..., E], not standardised; NaN where missing."""
        made = [_input(values[..., self._column(f)], f.category) for f in self.features]
        return np.stack(made, axis=-1) if made else np.zeros((*values.shape[:-1], 0))

    def standardise(self, inputs: FloatArray) -> NDArray[np.float32]:
        """Standardise features [..., E] to mean 0 and deviation 1; missing ones become 0."""
        mean = np.array([f.mean for f in self.features])
        spread = np.array([f.spread for f in self.features])
        scaled = (inputs - mean) / spread
        known: NDArray[np.float32] = np.where(np.isfinite(scaled), scaled, 0).astype(np.float32)
        return known

    def _column(self, feature: Feature) -> int:
        return self.names.index(feature.covariate)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CovariateEncoder":
        """Build the encoder from plain values (`dataclasses.asdict`)."""
        return cls(tuple(stored["names"]), tuple(Feature(**f) for f in stored["features"]))


def _input(column: FloatArray, category: int | None) -> FloatArray:
    if category is None:
        return column
    return np.where(np.isnan(column), np.nan, (column == category).astype(np.float64))


def _frequent(column: FloatArray, times_needed: int) -> list[int]:
    """The codes that occur often enough, the most frequent first."""
    codes, count = np.unique(column[column >= 0], return_counts=True)
    order = np.argsort(-count, kind="stable")
    return [int(codes[i]) for i in order if count[i] >= times_needed][:_MOST_CATEGORIES]


def mean_and_spread(column: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation of the known values.

    Without known values they are 0 and 1; the deviation of a constant column is 1.

    >>> mean_and_spread(np.array([1.0, 3.0, np.nan]))
    (2.0, 1.0)
    """
    known = column[np.isfinite(column)]
    if not len(known):
        return 0.0, 1.0
    # In units of the largest value: squares stay finite, and rounding errors are not a deviation.
    unit = float(np.abs(known).max()) or 1.0
    mean = float((known / unit).mean())
    spread = float((known / unit).std())
    return mean * unit, (spread if spread > 1e-12 else 1.0) * unit
