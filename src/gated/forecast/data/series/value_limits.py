"""Finds the series that never were negative, and those of whole numbers: so is their forecast.

A table may have series of several kinds, such as numbers of sales beside temperatures. So a series
has a limit if all series of the table have it, or if its own values show it.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.table_profile import TableProfile

__all__ = ["ValueLimits", "non_negative_series"]

ENOUGH = 10
"""Observed values that a series must have for limits of its own."""


@dataclass(frozen=True)
class ValueLimits:
    """The limits of N series.

    Attributes:
        non_negative: [N] whether the values of a series are 0 or more.
        integer: [N] whether they are whole numbers.
    """

    non_negative: BoolArray
    integer: BoolArray

    @classmethod
    def of(cls, profile: TableProfile, data: Dataset) -> "ValueLimits":
        """The limits of the series of a dataset.

        Args:
            profile: the profile of the fitted table, whose limits all series have.
            data: the rows of these series.
        """
        count = len(data.history)
        non_negative = np.ones(count, dtype=np.bool_)
        if not profile.non_negative:
            non_negative = non_negative_series(data)
        integer = np.full(count, profile.integer)
        if not profile.integer:
            integer = ~data.facts.fractional & _are_enough(data)
        return cls(non_negative, integer)


def non_negative_series(data: Dataset) -> BoolArray:
    """[N] whether no observed value of a series is below 0: of all, or of its own values."""
    negative = data.facts.negative
    if not negative.any():
        return np.ones(len(negative), dtype=np.bool_)
    return np.asarray(~negative & _are_enough(data))


def _are_enough(data: Dataset) -> BoolArray:
    """[N] whether a series has enough observed values for limits of its own."""
    return np.asarray(data.facts.observed >= ENOUGH)
