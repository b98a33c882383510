"""Covariates as numbers of order one: categories one by one, everything standardised."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray

__all__ = ["CovariateEncoder", "Feature", "mean_and_spread"]


# A category is an input of its own where it was seen so often, and is among so many.
_TIMES_NEEDED = 5
_MOST_CATEGORIES = 20


@dataclass(frozen=True)
class Feature:
    """One input made of a covariate.

    Attributes:
        covariate: its name.
        category: the code of the category that the feature is 1 for, 0 for all others; None for a
            number as it stands.
        mean, spread: to standardise it.
    """

    covariate: str
    category: int | None
    mean: float
    spread: float


@dataclass(frozen=True)
class CovariateEncoder:
    """How the columns of a table become inputs.

    Attributes:
        names: [F] of the columns.
        features: [E] what is made of them.
    """

    names: tuple[str, ...]
    features: tuple[Feature, ...]

    @classmethod
    def learn(
        cls,
        names: Sequence[str],
        values: FloatArray,
        categories: Collection[str] = (),
        times_needed: int = _TIMES_NEEDED,
    ) -> "CovariateEncoder":
        """Measure columns.

        Args:
            names: [F].
            values: [R, F] float64, NaN where missing.
            categories: the columns that hold codes of categories.
            times_needed: how often a category must come to become a feature.

        >>> values = np.array([[0.0], [0.0], [1.0], [np.nan]])
        >>> [(f.category, f.mean) for f in CovariateEncoder.learn("c", values, "c", 1).features]
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
        """The same without what is made of some columns."""
        kept = tuple(f for f in self.features if f.covariate not in covariates)
        return CovariateEncoder(self.names, kept)

    def inputs(self, values: FloatArray) -> FloatArray:
        """Columns [..., F] to features as they come [..., E]; NaN where missing."""
        made = [_input(values[..., self._column(f)], f.category) for f in self.features]
        return np.stack(made, axis=-1) if made else np.zeros((*values.shape[:-1], 0))

    def standardise(self, inputs: FloatArray) -> NDArray[np.float32]:
        """Features [..., E] to mean 0, spread 1; unknown ones to 0, their mean."""
        mean = np.array([f.mean for f in self.features])
        spread = np.array([f.spread for f in self.features])
        scaled = (inputs - mean) / spread
        known: NDArray[np.float32] = np.where(np.isfinite(scaled), scaled, 0).astype(np.float32)
        return known

    def _column(self, feature: Feature) -> int:
        return self.names.index(feature.covariate)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CovariateEncoder":
        """Back from plain values (`dataclasses.asdict`)."""
        return cls(tuple(stored["names"]), tuple(Feature(**f) for f in stored["features"]))


def _input(column: FloatArray, category: int | None) -> FloatArray:
    if category is None:
        return column
    return np.where(np.isnan(column), np.nan, (column == category).astype(np.float64))


def _frequent(column: FloatArray, times_needed: int) -> list[int]:
    """The codes seen often enough, the most frequent first."""
    codes, count = np.unique(column[column >= 0], return_counts=True)
    order = np.argsort(-count, kind="stable")
    return [int(codes[i]) for i in order if count[i] >= times_needed][:_MOST_CATEGORIES]


def mean_and_spread(column: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation of what is known; 0 and 1 where nothing is, spread 1 where flat.

    >>> mean_and_spread(np.array([1.0, 3.0, np.nan]))
    (2.0, 1.0)
    """
    known = column[np.isfinite(column)]
    if not len(known):
        return 0.0, 1.0
    # In units of the largest, so that squares stay finite and rounding is not taken for spread.
    unit = float(np.abs(known).max()) or 1.0
    mean = float((known / unit).mean())
    spread = float((known / unit).std())
    return mean * unit, (spread if spread > 1e-12 else 1.0) * unit
