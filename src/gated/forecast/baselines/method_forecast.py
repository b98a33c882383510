"""Defines the forecast of one method: points, and quantiles if the method has them."""

from dataclasses import dataclass

from gated.arrays import FloatArray

__all__ = ["MethodForecast"]


@dataclass(frozen=True)
class MethodForecast:
    """The forecast of one method.

    Attributes:
        points: [M, h], the medians of a method with quantiles.
        quantiles: [M, h, Q] at `QUANTILES`, sorted; None for a method without quantiles.
        mean: [M, h]; None for a method without means.
    """

    points: FloatArray
    quantiles: FloatArray | None = None
    mean: FloatArray | None = None

    @property
    def for_sums(self) -> FloatArray:
        """[M, h] the forecast that is summed: the means, or the points of a method without them."""
        return self.points if self.mean is None else self.mean
