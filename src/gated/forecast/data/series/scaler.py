"""Scales series to numbers of order one, by their median and median absolute deviation.

The scaling is computed in float64, so that values of 1e300 and small changes of a large level both
become usable float32 numbers; a single outlier changes neither statistic. `window_scaler` scales
each window within its series.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray, IntArray

__all__ = ["FARTHEST", "SeriesScaler"]

FARTHEST = 1e14
"""The largest scaled value, in spreads from the center. The network squares differences in units of
its smallest change (2e-5 spreads) in float32, and the square of 1e14 / 2e-5 is still finite."""
# Series of up to twice the shortest length are sorted together, in about this many cells.
_PADDING, _CELLS = 2, 1 << 20


@dataclass(frozen=True)
class SeriesScaler:
    """One affine map per series, float64.

    Attributes:
        center: [N] median of the observed values.
        spread: [N] median absolute deviation from it; if that is 0 (sales on few days), the mean
            absolute deviation; if that is 0 too (a constant series), the absolute median, or 1.
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
        # Sums are in units of the largest value: a sum of a hundred values of 1e300 stays finite.
        unit = np.maximum.reduceat(np.abs(filled), starts)
        unit = np.where(unit > 0, unit, 1.0)
        rows = np.repeat(np.arange(len(starts)), np.diff(offsets))
        relative = np.where(observed, filled / unit[rows], np.nan)
        center = _medians(relative, offsets)
        deviation = np.abs(relative - center[rows])
        spread = _medians(deviation, offsets)
        mean = np.add.reduceat(np.where(observed, deviation, 0.0), starts) / count
        # A spread below the rounding error of the steps above counts as 0.
        for wider in (mean, np.abs(center), np.ones_like(center)):
            spread = np.where(spread > 1e-12, spread, wider)
        return cls(center * unit, spread * unit)

    def transform(self, values: FloatArray, offsets: IntArray) -> FloatArray:
        """Scale values [R], and clip them to ±`FARTHEST`; NaN stays NaN."""
        rows = np.repeat(np.arange(len(self.center)), np.diff(offsets))
        with np.errstate(over="ignore"):
            # Halving is exact, and the difference of the two largest floats stays finite.
            scaled = (values / 2 - self.center[rows] / 2) / self.spread[rows] * 2
        return np.clip(scaled, -FARTHEST, FARTHEST)

    def inverse_transform(self, scaled: FloatArray) -> FloatArray:
        """Undo `transform` on forecasts [N, ...], one row per series."""
        shape = (-1,) + (1,) * (scaled.ndim - 1)
        with np.errstate(over="ignore"):  # values beyond float64 are infinite; the caller clips
            return scaled * self.spread.reshape(shape) + self.center.reshape(shape)

    def of(self, series: IntArray) -> "SeriesScaler":
        """The maps of some series [M]."""
        return SeriesScaler(self.center[series], self.spread[series])

    def transform_forecast(self, values: FloatArray) -> FloatArray:
        """Scale forecasts [N, ...], one row per series: the inverse of `inverse_transform`."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        with np.errstate(over="ignore"):
            scaled = (values / 2 - self.center.reshape(shape) / 2) / self.spread.reshape(shape) * 2
        return np.clip(scaled, -FARTHEST, FARTHEST)

    @property
    def zero(self) -> FloatArray:
        """[N] the scaled value of 0."""
        return -self.center / self.spread


def _medians(values: FloatArray, offsets: IntArray) -> FloatArray:
    """The median of each series [N], of values [R] with NaN where unobserved; 0 if all are NaN.

    Series are sorted as rows of a matrix, in groups of about equal length: ten times as fast as one
    sort of all values by series.
    """
    lengths = np.diff(offsets)
    medians = np.zeros(len(lengths))
    by_length = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(by_length):
        longest = int(lengths[by_length[start]]) * _PADDING
        fits = np.searchsorted(lengths[by_length], longest, side="right")
        stop = min(int(fits), start + max(1, _CELLS // max(longest, 1)))
        group = by_length[start:stop]
        width = int(lengths[group[-1]])
        step = np.arange(width)
        inside = step < lengths[group, None]
        cells = np.where(
            inside, values[np.minimum(offsets[group, None] + step, len(values) - 1)], np.nan
        )
        cells.sort(axis=1)  # ascending, NaN last
        count = np.isfinite(cells).sum(axis=1)
        low = np.take_along_axis(cells, np.maximum(count - 1, 0)[:, None] // 2, 1)[:, 0]
        high = np.take_along_axis(
            cells, np.minimum(count // 2, np.maximum(count - 1, 0))[:, None], 1
        )[:, 0]
        medians[group] = np.where(count > 0, (low + high) / 2, 0.0)
        start = stop
    return medians
