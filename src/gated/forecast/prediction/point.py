"""Chooses the number that is printed, drawn and summed: the mean where sums count, else the median.

The median has the smallest absolute error. Where many values are 0, or a few are large, medians do
not add up: their sum is far below the sum of the values.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.config import MEAN_NAME, MODEL_NAME
from gated.text import percent

__all__ = ["Point", "point_of"]

# If the sum of medians differs by more from the sum of means, the mean is shown.
_LARGEST_DIFFERENCE = 0.05


@dataclass(frozen=True)
class Point:
    """The shown point forecast.

    Attributes:
        name: "mean" or "median".
        text: which one it is and why, in one sentence.
    """

    name: Literal["median", "mean"]
    text: str

    @property
    def column(self) -> str:
        """The column of the point forecast."""
        return MEAN_NAME if self.name == "mean" else MODEL_NAME

    @property
    def line(self) -> str:
        """Its name in a legend."""
        return f"forecast ({self.name})"


def point_of(median: FloatArray, mean: FloatArray, *, non_negative: bool) -> Point:
    """Choose the point forecast of a table.

    Args:
        median, mean: [n, h] the forecast of each step.
        non_negative: whether all values are non-negative, so that they may be summed.

    >>> point_of(np.array([[0.0, 4.0]]), np.array([[1.0, 4.0]]), non_negative=True).text
    'The line is the mean, because sums count: the medians add up to 80 % of the means.'
    """
    unit = max(float(np.abs(mean).max(initial=0.0)), np.finfo(np.float64).tiny)
    total, middle = float((mean / unit).sum()), float((median / unit).sum())
    if not (non_negative and total > 0 and np.isfinite(middle)):
        return Point("median", "The line is the median: half of the values are expected above it.")
    ratio = middle / total
    if abs(ratio - 1) > _LARGEST_DIFFERENCE:
        return Point(
            "mean",
            "The line is the mean, because sums count: the medians add up to "
            f"{percent(ratio)} of the means.",
        )
    return Point(
        "median",
        "The line is the median: half of the values are expected above it. Its sum is "
        f"{percent(ratio)} of that of the means.",
    )
