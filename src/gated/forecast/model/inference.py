"""Runs a trained network on many windows, for any horizon."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.forecast.data.late_outliers import limited
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.network import NetworkOutput, SeasonNetwork
from gated.forecast.quantiles import QUANTILES

__all__ = ["Network", "WindowBatch", "forecast_windows", "memory_weights", "window_batches"]

_WINDOWS_AT_ONCE = 512
# Points of a forecast that are computed at once, to limit memory for any horizon.
_POINTS_AT_ONCE = 512 * 48


class Network(Protocol):
    """A forecasting network: `SeasonNetwork`, or `TrainableNetwork` while it learns."""

    def run(self, window: Window) -> NetworkOutput:
        """Forecast from the end of the context of each window, of arrays of NumPy."""


@dataclass(frozen=True)
class WindowBatch:
    """Windows of one geometry.

    Attributes:
        place: [B] the index of each window among all.
        source: cuts them.
        series, cutoff: [B] the series of each window, and the first step to forecast.
        skip: steps that are forecast first and dropped, because the last patches are unobserved.
        steps: steps that are forecast, with the dropped ones.
    """

    place: IntArray
    source: WindowSource
    series: IntArray
    cutoff: IntArray
    skip: int
    steps: int

    @property
    def rows_before(self) -> int:
        """Steps from the start of a window to the first forecast step."""
        return self.source.layout.ahead(self.steps).rows_before

    @property
    def windows(self) -> Window:
        """The windows as the network reads them, see `limited`."""
        return limited(self.source.cut(self.series, self.cutoff, end=self.cutoff, h=self.steps))


def forecast_windows(
    network: Network, source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> NDArray[np.float32]:
    """Sorted quantiles on the series-scaled axis: [M, h, Q].

    All steps are forecast at once, and no forecast is used as an input. If the last patches before
    a cutoff have no observed value, the forecast begins after the last patch that has one, and its
    first steps are dropped.

    Args:
        network: a trained network.
        source: source of the windows; rows from `cutoff` on are masked.
        series: [M] index of the series.
        cutoff: [M] the first step to forecast, from the start of the series.
        h: steps ahead.
    """
    found = np.empty((len(series), h, len(QUANTILES)), dtype=np.float32)
    for batch in window_batches(source, series, cutoff, h):
        output = network.run(batch.windows)
        ahead = output.scale.inverse_transform(output.quantiles)[:, -1]
        ahead = ahead.reshape(len(ahead), -1, len(QUANTILES))  # [B, J·P, Q]
        found[batch.place] = np.sort(ahead[:, batch.skip : batch.steps], axis=-1)
    return found


def memory_weights(
    network: SeasonNetwork, source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> tuple[NDArray[np.float32], IntArray]:
    """The references of the season memory for each step ahead, and their weights.

    Returns:
        (weights, steps), both [M, h, R]: the weights of each step sum to 1; `steps` are counted
        from the start of the series and are negative before it.
    """
    weights: list[NDArray[np.float32]] = []
    steps: list[IntArray] = []
    place: list[IntArray] = []
    for batch in window_batches(source, series, cutoff, h):
        memory = network.run(batch.windows).memory
        ahead, references = slice(batch.skip, batch.steps), memory.steps.shape[-1]
        own = memory.weights[:, -1].reshape(len(batch.place), -1, references)
        weights.append(own[:, ahead])
        # The window's step `rows_before` is the cutoff.
        begin = batch.cutoff[:, None, None] - batch.rows_before
        steps.append(begin + memory.steps[-1].reshape(-1, references)[ahead])
        place.append(batch.place)
    order = np.argsort(np.concatenate(place))
    return np.concatenate(weights)[order], np.concatenate(steps)[order]


def window_batches(
    source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> Iterator[WindowBatch]:
    """Yield batches of windows with one season length and one number of unobserved patches."""
    seasons = source.seasons(series, cutoff)
    unobserved = source.steps_unobserved(series, cutoff)
    for season in np.unique(seasons):
        at_season, patches = source.with_season(int(season)), unobserved // season
        for empty in np.unique(patches[seasons == season]):
            skip = int(empty) * int(season)
            alike = np.flatnonzero((seasons == season) & (patches == empty))
            size = max(1, min(_WINDOWS_AT_ONCE, _POINTS_AT_ONCE // (h + skip)))
            for start in range(0, len(alike), size):
                place = alike[start : start + size]
                yield WindowBatch(
                    place,
                    at_season,
                    series[place],
                    cutoff[place] - skip,
                    skip,
                    skip + h,
                )
