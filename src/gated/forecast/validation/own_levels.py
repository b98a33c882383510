"""Measures the recent level of series: a weighted mean of their past values."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.data.dataset import Dataset

__all__ = ["OwnLevels", "Places", "own_levels", "step_weights", "typical_level"]

# The weight of a value halves with its distance. Older values than so many halvings, or than so
# many steps, do not count.
_MEMORY, _STEPS = 8, 4096
# The level is averaged with the mean of all series here, which has the weight of one step: a series
# without any sale so far may sell.
_PRIOR_STEPS = 1.0
_CELLS = 1 << 22


class Places(NamedTuple):
    """The places of M windows: their series [M], the first steps to forecast [M], and h."""

    series: IntArray
    cutoff: IntArray
    h: int


@dataclass(frozen=True)
class OwnLevels:
    """The levels of M windows, above zero in units of their series' spread.

    Attributes:
        levels: [M].
        typical: [M] the mean of all of them, in the unit of each.
        count: [M] the sum of the weights of the past values.
        prior: the weight of `typical`.
    """

    levels: FloatArray
    typical: FloatArray
    count: FloatArray
    prior: float


def step_weights(longest: int, h: int, season_length: int, half_life: float) -> FloatArray:
    """[S] the weights of the last steps in the level of a series.

    Recent values count more. Only the phases of the season that are forecast count, each as often
    as it is forecast.

    Args:
        longest: past steps of the longest series.
        h: steps ahead.
        season_length: steps in the main cycle.
        half_life: in seasons.
    """
    steps = int(min(longest, max(half_life, 1) * _MEMORY * season_length, _STEPS))
    age = np.arange(steps, 0, -1)
    ahead = _times_forecast(h, season_length)
    weights: FloatArray = 0.5 ** (age / (half_life * season_length)) * ahead[-age % season_length]
    return weights


def own_levels(
    data: Dataset,
    places: Places,
    season_length: int,
    half_life: float,
    typical: float | None = None,
) -> OwnLevels:
    """Measure the level of each window.

    Args:
        data: all rows.
        places: the windows.
        season_length: steps in the main cycle.
        half_life: of the weights, in seasons.
        typical: the mean of all intermittent series of the table, in the unit of its values; None:
            that of the windows.
    """
    series, _, h = places
    total, count = _sums(data, places, season_length, half_life)
    largest = data.scale.spread.max()
    # In units of the largest spread, so that one typical series is a prior for all, and sums are
    # finite.
    spread = data.scale.spread[series] / largest
    mean = _mean(spread * total, count) if typical is None else typical / largest
    prior = _PRIOR_STEPS * float(_times_forecast(h, season_length).max())
    shown = mean / spread
    return OwnLevels((total + prior * shown) / (count + prior), shown, count, prior)


def typical_level(data: Dataset, places: Places, season_length: int, half_life: float) -> float:
    """The mean of all windows above zero, in the unit of the values; see `own_levels`."""
    total, count = _sums(data, places, season_length, half_life)
    largest = data.scale.spread.max()
    return float(largest * _mean(data.scale.spread[places.series] / largest * total, count))


def _mean(total: FloatArray, count: FloatArray) -> float:
    return float(total.sum() / max(count.sum(), 1e-300))


def _sums(
    data: Dataset, places: Places, season_length: int, half_life: float
) -> tuple[FloatArray, FloatArray]:
    """[M] the weighted sum of the past values of each window above zero, and of the weights."""
    series, cutoff, h = places
    weight = step_weights(int(cutoff.max()), h, season_length, half_life)
    age = np.arange(len(weight), 0, -1)
    total, count = np.zeros(len(series)), np.zeros(len(series))
    block = max(1, _CELLS // len(weight))
    for start in range(0, len(series), block):
        rows = slice(start, start + block)
        first = data.offsets[series[rows]]
        at = (first + cutoff[rows])[:, None] - age
        values = data.actual[np.maximum(at, 0)] - data.scale.zero[series[rows], None]
        known = (at >= first[:, None]) & np.isfinite(values)
        total[rows] = np.where(known, values, 0.0) @ weight
        count[rows] = known @ weight
    return total, count


def _times_forecast(h: int, season_length: int) -> IntArray:
    """[P] how often each phase of the season is among h steps ahead."""
    return np.bincount(np.arange(h) % season_length, minlength=season_length)
