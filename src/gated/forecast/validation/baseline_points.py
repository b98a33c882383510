"""Forecasts windows with baselines, on the axis of the network."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.baselines import simple
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.late_outliers import SHORTEST_SEASON, limited_rows
from gated.forecast.data.patching import LONGEST_PATCH

__all__ = ["BaselinePast", "baseline_points"]

# Baselines read only the last values: older ones (years of minutes) do not improve them.
_BASELINE_MEMORY = 4096


@dataclass(frozen=True)
class BaselinePast:
    """The pasts of M windows, as baselines read them.

    Attributes:
        values: [P] the pasts one after another, shifted so that 0 is 0 again, which the baseline
            `zero` needs; the others do not depend on the shift. NaN where missing.
        offsets: [M+1] of the pasts.
        begin: [M] the first row of each past in the dataset.
        zero: [M, 1] the shift.
    """

    values: FloatArray
    offsets: IntArray
    begin: IntArray
    zero: FloatArray

    @classmethod
    def of(
        cls,
        data: Dataset,
        series: IntArray,
        cutoff: IntArray,
        season_length: int,
        limits_outliers: bool = True,
    ) -> "BaselinePast":
        """Cut the pasts of `series` [M] before `cutoff` [M].

        As for the network, single outliers before the cutoff are limited.
        """
        begin = data.offsets[series]
        end = begin + cutoff
        begin = np.maximum(begin, end - _BASELINE_MEMORY)
        past = [data.scaled[a:b] for a, b in zip(begin, end, strict=True)]
        offsets = np.concatenate([[0], np.cumsum([len(values) for values in past])])
        values = np.concatenate(past)
        if limits_outliers and season_length >= SHORTEST_SEASON and data.source.layout.seasonal:
            patch = min(season_length, LONGEST_PATCH)
            (window, row), moved = limited_rows(data.scaled, begin, end, patch)
            values[offsets[window] + row - begin[window]] = moved
        zero = data.scale.zero.astype(np.float64)[series, None]
        return cls(values - np.repeat(zero[:, 0], np.diff(offsets)), offsets, begin, zero)

    def forecast(self, name: str, season_length: int, h: int) -> FloatArray:
        """[M, h] the forecast of one baseline, on the series-scaled axis."""
        return simple.apply(name, self.values, self.offsets, season_length, h) + self.zero


def baseline_points(
    names: Iterable[str],
    data: Dataset,
    series: IntArray,
    cutoff: IntArray,
    h: int,
    season_length: int,
    limits_outliers: bool = True,
) -> dict[str, FloatArray]:
    """Forecasts of baselines [M, h] on the series-scaled axis, from `series` before `cutoff`."""
    past = BaselinePast.of(data, series, cutoff, season_length, limits_outliers)
    return {name: past.forecast(name, season_length, h) for name in names}
