"""Finds the covariate that closes a series: whenever it has one value, the target is 0."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.covariate_encoder import CovariateEncoder

__all__ = ["Closing", "closed_steps", "find_closing"]

# A covariate value at which the target was always 0, this often at least, closes the series.
_TIMES_NEEDED = 5


@dataclass(frozen=True)
class Closing:
    """A 0/1 feature that closes the series: whenever it is `value`, the target is 0.

    Attributes:
        covariate: its name.
        category: the code of the category that the feature is 1 for; None for a number.
        value: 0 or 1.
        times: how many observed steps had this value.
    """

    covariate: str
    category: int | None
    value: float
    times: int


def find_closing(y: FloatArray, encoder: CovariateEncoder, inputs: FloatArray) -> Closing | None:
    """The 0/1 feature, if any, one of whose values always came with a target of 0.

    Args:
        y: [R] the target, NaN where not observed.
        encoder: which features there are.
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
            # The zeros must belong to this value: a target that is mostly 0 anyway proves nothing.
            others_mostly_sell = 2 * zero[others].sum() < others.sum()
            if at.sum() >= _TIMES_NEEDED and zero[at].all() and others_mostly_sell:
                return Closing(feature.covariate, feature.category, value, int(at.sum()))
    return None


def closed_steps(
    encoder: CovariateEncoder, closing: Closing | None, inputs: FloatArray
) -> BoolArray:
    """Where features [..., E] say that the series is closed: [...]."""
    if closing is None:
        return np.zeros(inputs.shape[:-1], dtype=bool)
    key = (closing.covariate, closing.category)
    which = [(f.covariate, f.category) for f in encoder.features].index(key)
    closed: BoolArray = inputs[..., which] == closing.value
    return closed
