"""Detects closed steps: a covariate value at which the target was always 0.

Closed steps are forecast as 0 and left out of the past.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.covariate_encoder import CovariateEncoder

__all__ = ["Closing", "closed_steps", "find_closing"]

# A covariate value marks closed steps if the target was 0 at all its steps, at least this many.
_TIMES_NEEDED = 5


@dataclass(frozen=True)
class Closing:
    """A 0/1 feature that marks closed steps: where it is `value`, the target is 0.

    Attributes:
        covariate: its name.
        category: the code of the category that the feature is 1 for; None for a number.
        value: 0 or 1.
        times: number of observed steps with this value.
    """

    covariate: str
    category: int | None
    value: float
    times: int


def find_closing(y: FloatArray, encoder: CovariateEncoder, inputs: FloatArray) -> Closing | None:
    """Find a 0/1 feature with a value at which the target was always 0; None if there is none.

    Args:
        y: [R] the target, NaN where not observed.
        encoder: names of the features.
        inputs: [R, E] the features.
    """
    observed = np.isfinite(y)
    zero = y == 0
    for feature, column in zip(encoder.features, inputs.T, strict=True):
        if not np.isin(column[np.isfinite(column)], (0.0, 1.0)).all():
            continue
        for value in (0.0, 1.0):
            at = (column == value) & observed
            others = (column == 1 - value) & observed
            # At the other value the target must be mostly above 0: otherwise a target that is
            # often 0 would match by chance.
            others_mostly_open = 2 * zero[others].sum() < others.sum()
            if at.sum() >= _TIMES_NEEDED and zero[at].all() and others_mostly_open:
                return Closing(feature.covariate, feature.category, value, int(at.sum()))
    return None


def closed_steps(
    encoder: CovariateEncoder, closing: Closing | None, inputs: FloatArray
) -> BoolArray:
    """[...] whether each step is closed, from its features [..., E]."""
    if closing is None:
        return np.zeros(inputs.shape[:-1], dtype=bool)
    key = (closing.covariate, closing.category)
    which = [(f.covariate, f.category) for f in encoder.features].index(key)
    closed: BoolArray = inputs[..., which] == closing.value
    return closed
