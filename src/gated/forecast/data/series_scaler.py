"""Scaling of series, in float64: a series of 1e300s or one of 3s with a tiny ripple both become
float32 numbers of order one, and a typing error of a billion among them changes neither.

What a window is scaled by within its series is in `past`.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray, IntArray

__all__ = ["FARTHEST", "SeriesScaler"]


FARTHEST = 1e14
"""Spreads from the center. The network's float32 squares differences in units of the smallest
change that it believes (2e-5 spreads): 1e19, the root of the largest float32."""


@dataclass(frozen=True)
class SeriesScaler:
    """One affine map per series, float64.

    Attributes:
        center: [N] median of the observed values.
        spread: [N] median absolute deviation from it; the mean absolute deviation where that is 0
            (sales on few days), the size of the median where that is 0 too (a constant series), 1
            where all are.
    """

    center: FloatArray
    spread: FloatArray

    @classmethod
    def fit(cls, values: FloatArray, offsets: IntArray) -> "SeriesScaler":
        """Measure every series: values [R] with NaN where unobserved, offsets [N+1].

        >>> values, offsets = np.array([1.0, 2.0, 9.0, np.nan, 5.0, 5.0]), np.array([0, 4, 6])
        >>> scale = SeriesScaler.fit(values, offsets)
        >>> scale.center.tolist(), scale.spread.tolist()
        ([2.0, 5.0], [1.0, 5.0])
        """
        starts = offsets[:-1]
        observed = np.isfinite(values)
        filled = np.where(observed, values, 0.0)
        count = np.maximum(np.add.reduceat(observed.astype(np.float64), starts), 1.0)
        # Sums are taken in units of the largest value: 1e300 added a hundred times stays finite.
        unit = np.maximum.reduceat(np.abs(filled), starts)
        unit = np.where(unit > 0, unit, 1.0)
        rows = np.repeat(np.arange(len(starts)), np.diff(offsets))
        relative = np.where(observed, filled / unit[rows], np.nan)
        center = _medians(relative, rows, offsets)
        deviation = np.abs(relative - center[rows])
        spread = _medians(deviation, rows, offsets)
        mean = np.add.reduceat(np.where(observed, deviation, 0.0), starts) / count
        # Below the rounding error of the steps above, a spread is no spread.
        for wider in (mean, np.abs(center), np.ones_like(center)):
            spread = np.where(spread > 1e-12, spread, wider)
        return cls(center * unit, spread * unit)

    def forward(self, values: FloatArray, offsets: IntArray) -> FloatArray:
        """Scale values [R]; NaN stays NaN, and what lies beyond `FARTHEST` is cut to it."""
        rows = np.repeat(np.arange(len(self.center)), np.diff(offsets))
        with np.errstate(over="ignore"):
            # Halved first, which is exact: the difference of the two largest floats stays finite.
            scaled = (values / 2 - self.center[rows] / 2) / self.spread[rows] * 2
        return np.clip(scaled, -FARTHEST, FARTHEST)

    def inverse(self, scaled: FloatArray) -> FloatArray:
        """Undo `forward` on forecasts [N, ...], one row per series."""
        shape = (-1,) + (1,) * (scaled.ndim - 1)
        with np.errstate(over="ignore"):  # beyond float64: infinite, and cut by its caller
            return scaled * self.spread.reshape(shape) + self.center.reshape(shape)

    @property
    def zero(self) -> FloatArray:
        """[N] where the value 0 falls on the scaled axis."""
        return -self.center / self.spread


def _medians(values: FloatArray, rows: IntArray, offsets: IntArray) -> FloatArray:
    """The median of each series [N], of values [R] with NaN where unobserved; 0 where all are."""
    order = np.lexsort((values, rows))  # within each series: rising, NaN last
    count = np.add.reduceat(np.isfinite(values), offsets[:-1], dtype=np.int64)
    first = offsets[:-1]
    low = values[order[first + np.maximum(count - 1, 0) // 2]]
    high = values[order[first + np.minimum(count // 2, np.maximum(count - 1, 0))]]
    return np.where(count > 0, (low + high) / 2, 0.0)
