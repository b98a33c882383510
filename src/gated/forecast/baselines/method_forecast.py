"""The forecast of one method: points, and quantiles where the method has them."""

from dataclasses import dataclass

from gated.arrays import FloatArray

__all__ = ["MethodForecast"]


@dataclass(frozen=True)
class MethodForecast:
    """What one method forecast.

    Attributes:
        points: [M, h].
        quantiles: [M, h, Q] at `network.QUANTILES`, sorted; None where only points are known.
    """

    points: FloatArray
    quantiles: FloatArray | None = None
