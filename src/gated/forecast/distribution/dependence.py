"""Defines how the steps and series of a forecast depend on each other, and draws normal scores.

A Gaussian copula: the normal scores of two steps of a series that are k steps apart have the
correlation c + (1 − c)·ρ^k, those of two series at one step the correlation g.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray

__all__ = ["Dependence", "correlated", "lag_correlations"]

# The share of the common part, beyond c, that is the same at all steps of a forecast.
_LASTING = 0.3

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Dependence:
    """The correlations of normal scores.

    The defaults are the medians of 27 tables (decision 17), for a table without held-out windows.

    Attributes:
        constant: c, the share of the variance that all steps of a forecast have in common.
        decay: ρ, the correlation of the rest from one step to the next.
        common: g, the share of the variance that all series have in common.
        windows: number of held-out windows that these were estimated on.
    """

    constant: float = 0.3
    decay: float = 0.7
    common: float = 0.1
    windows: int = 0

    def parts(self) -> "tuple[Dependence, Dependence]":
        """The dependence of the common part of all series, and that of the rest of each.

        What all series have in common lasts longer than the rest: sales of a whole shop are high or
        low for weeks. So the common part has a larger c; the rest has a smaller one, so that each
        series keeps its own.

        >>> common, rest = Dependence(constant=0.2, common=0.25).parts()
        >>> round(common.constant, 2), round(0.25 * common.constant + 0.75 * rest.constant, 2)
        (0.44, 0.2)
        """
        lasting = self.constant + (1 - self.constant) * _LASTING
        rest = (self.constant - self.common * lasting) / (1 - self.common)
        return replace(self, constant=lasting), replace(self, constant=max(rest, 0.0))

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Dependence":
        """Build it from the values of `to_json`."""
        return cls(**stored)


def lag_correlations(dependence: Dependence, h: int) -> FloatArray:
    """[h] the correlation of two steps of a series at each distance 0 to h − 1.

    >>> lag_correlations(Dependence(constant=0.5, decay=0.5), 3).tolist()
    [1.0, 0.75, 0.625]
    """
    c = dependence.constant
    return np.asarray(c + (1 - c) * dependence.decay ** np.arange(h), dtype=np.float64)


def correlated(
    dependence: Dependence, series: int, h: int, n_paths: int, generator: np.random.Generator
) -> Scores:
    """Draw normal scores of one path after another: [series, h, n_paths] float32.

    Steps of a series are correlated as in `lag_correlations`; series are independent.
    """
    scores = generator.standard_normal((series, h, n_paths), dtype=np.float32)
    decay = np.float32(dependence.decay)
    rest = np.sqrt(1 - decay**2)
    for step in range(1, h):
        scores[:, step] = decay * scores[:, step - 1] + rest * scores[:, step]
    if dependence.constant > 0:
        level = generator.standard_normal((series, 1, n_paths), dtype=np.float32)
        scores *= np.float32(np.sqrt(1 - dependence.constant))
        scores += np.float32(np.sqrt(dependence.constant)) * level
    return scores
