"""Defines the forecast of one method: points, and quantiles if the method has them."""

from dataclasses import dataclass

from gated.arrays import FloatArray

__all__ = ["MethodForecast"]


@dataclass(frozen=True)
class MethodForecast:
    """The forecast of one method.

    Attributes:
        points: [M, h].
        quantiles: [M, h, Q] at `QUANTILES`, sorted; None for a method without quantiles.
    """

    points: FloatArray
    quantiles: FloatArray | None = None
