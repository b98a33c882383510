"""Scaling, in two steps that can both be undone exactly enough.

1. Per series, in float64: subtract the median, divide by the median absolute deviation. A series
   of 1e300s or one of 3s with a tiny ripple both become float32 numbers of order one, and a typing
   error of a billion among them changes neither.
2. Per window, in float32: subtract the window's mean, divide by its mean absolute deviation
   (times 1.25, which equals the standard deviation for a normal distribution), then asinh,
   which is linear near zero and logarithmic far out, so that an outlier cannot drown the rest.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# A window flatter than this fraction of its series' own spread is treated as that flat:
# dividing by less would turn rounding noise into signal.
_FLATTEST = 1e-3
_DEVIATION_OF_ONE_VALUE = 0.5
_DEVIATION_TO_STD = 1.25
# asinh(x) of float32's largest number is 89; forecasts beyond sinh(12) ≈ 81,000 window
# deviations are never meant.
_LARGEST = 12.0


@dataclass(frozen=True)
class SeriesScale:
    """One affine map per series, float64.

    Attributes:
        center: [N] median of the observed values.
        spread: [N] median absolute deviation from it; the mean absolute deviation where that is 0
            (sales on few days), the size of the median where that is 0 too (a constant series), 1
            where all are.
    """

    center: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def fit(cls, values: NDArray[np.float64], offsets: NDArray[np.int64]) -> "SeriesScale":
        """Measure every series: values [R] with NaN where unobserved, offsets [N+1].

        >>> values, offsets = np.array([1.0, 2.0, 9.0, np.nan, 5.0, 5.0]), np.array([0, 4, 6])
        >>> scale = SeriesScale.fit(values, offsets)
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

    def forward(
        self, values: NDArray[np.float64], offsets: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Scale values [R]; NaN stays NaN."""
        rows = np.repeat(np.arange(len(self.center)), np.diff(offsets))
        # Halved first, which is exact: the difference of two of the largest floats stays finite.
        return (values / 2 - self.center[rows] / 2) / self.spread[rows] * 2

    def inverse(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        """Undo `forward` on forecasts [N, ...], one row per series."""
        shape = (-1,) + (1,) * (scaled.ndim - 1)
        with np.errstate(over="ignore"):  # beyond float64: infinite, and cut by its caller
            return scaled * self.spread.reshape(shape) + self.center.reshape(shape)

    @property
    def zero(self) -> NDArray[np.float64]:
        """[N] where the value 0 falls on the scaled axis."""
        return -self.center / self.spread


def _medians(
    values: NDArray[np.float64], rows: NDArray[np.int64], offsets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The median of each series [N], of values [R] with NaN where unobserved; 0 where all are."""
    order = np.lexsort((values, rows))  # within each series: rising, NaN last
    count = np.add.reduceat(np.isfinite(values), offsets[:-1], dtype=np.int64)
    first = offsets[:-1]
    low = values[order[first + np.maximum(count - 1, 0) // 2]]
    high = values[order[first + np.minimum(count // 2, np.maximum(count - 1, 0))]]
    return np.where(count > 0, (low + high) / 2, 0.0)


@dataclass(frozen=True)
class WindowScale:
    """One affine map and asinh per window: mean and deviation, both [B]."""

    mean: Tensor
    deviation: Tensor

    @classmethod
    def fit(cls, values: Tensor, mask: Tensor) -> "WindowScale":
        """Measure windows: values and mask (1 observed, 0 not), both [B, L]."""
        count = mask.sum(1).clamp(min=1)
        mean = (values * mask).sum(1) / count
        distance = ((values - mean[:, None]).abs() * mask).sum(1) / count
        # One value has no deviation that could be measured, two hardly any: until there are more,
        # it is taken to be a share of the series' own spread.
        unsure = (_DEVIATION_OF_ONE_VALUE / count.square()).clamp(min=_FLATTEST)
        return cls(mean, torch.maximum(distance * _DEVIATION_TO_STD, unsure))

    def forward(self, values: Tensor) -> Tensor:
        """asinh((values − mean) / deviation), values [B, ...]."""
        mean, deviation = self._like(values)
        return torch.asinh((values - mean) / deviation)

    def inverse(self, scaled: Tensor) -> Tensor:
        """Undo `forward`, scaled [B, ...]."""
        mean, deviation = self._like(scaled)
        return torch.sinh(scaled.clamp(-_LARGEST, _LARGEST)) * deviation + mean

    def _like(self, values: Tensor) -> tuple[Tensor, Tensor]:
        shape = (-1,) + (1,) * (values.ndim - 1)
        return self.mean.view(shape), self.deviation.view(shape)
