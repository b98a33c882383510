"""Runs a trained network on many windows, for any horizon."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.forecast.data.late_outliers import limited
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.network import NetworkOutput, SeasonNetwork
from gated.forecast.quantiles import QUANTILES
from gated.parallel import in_order, one_thread_for_products

__all__ = [
    "Network",
    "WindowBatch",
    "forecast_batches",
    "forecast_windows",
    "memory_weights",
    "window_batches",
]

# Windows, and points of their forecasts, that one thread computes at once. Their arrays mostly fit
# into a cache: 512 windows at once need half as much time again.
_WINDOWS_AT_ONCE = 32
_POINTS_AT_ONCE = _WINDOWS_AT_ONCE * 96


class Network(Protocol):
    """A forecasting network: `SeasonNetwork`, or `TrainableNetwork` while it learns."""

    def run_all(self, windows: Sequence[Window]) -> list[NetworkOutput]:
        """Forecast from the ends of windows of several layouts, of arrays of NumPy."""


@dataclass(frozen=True)
class WindowBatch:
    """Windows of one geometry.

    Attributes:
        place: [B] the index of each window among all.
        source: cuts them.
        series, cutoff: [B] the series of each window, and the first step to forecast.
        skip: steps that are forecast first and dropped, because the last patches are unobserved.
        steps: steps that are forecast, with the dropped ones.
        is_negated: whether the source has the opposite sign; the forecast has not.
    """

    place: IntArray
    source: WindowSource
    series: IntArray
    cutoff: IntArray
    skip: int
    steps: int
    is_negated: bool = False

    def __len__(self) -> int:
        return len(self.place)

    @property
    def points(self) -> int:
        """Points of its forecast, which need memory."""
        return len(self) * self.steps

    @property
    def rows_before(self) -> int:
        """Steps from the start of a window to the first forecast step."""
        return self.source.layout.ahead(self.steps).rows_before

    @property
    def windows(self) -> Window:
        """The windows as the network reads them, see `limited`."""
        return limited(self.source.cut(self.series, self.cutoff, end=self.cutoff, h=self.steps))

    def quantiles(self, ahead: NDArray[np.float32]) -> NDArray[np.float32]:
        """Sorted quantiles [B, h, Q] of the steps that are wanted, from those of all patches.

        Args:
            ahead: [B, J, P, Q] on the series-scaled axis of the source.
        """
        steps = ahead.reshape(len(ahead), -1, ahead.shape[-1])[:, self.skip : self.steps]
        ordered: NDArray[np.float32] = np.sort(steps, axis=-1)
        return -ordered[..., ::-1] if self.is_negated else ordered


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
    for batch, quantiles in forecast_batches(network, window_batches(source, series, cutoff, h)):
        found[batch.place] = quantiles
    return found


def forecast_batches(
    network: Network, batches: Iterable[WindowBatch]
) -> Iterator[tuple[WindowBatch, NDArray[np.float32]]]:
    """Yield each batch, in order, with its sorted quantiles [B, h, Q], see `forecast_windows`.

    Small batches run together: those of one layout as one, others with one pass of the recurrence.
    A network of NumPy computes several groups at the same time.
    """
    run = partial(_forecast_together, network)
    if not isinstance(network, SeasonNetwork):  # torch has threads of its own
        for group in _groups(batches):
            yield from run(group)
        return
    with one_thread_for_products():
        for forecasts in in_order(run, _groups(batches)):
            yield from forecasts


def _groups(batches: Iterable[WindowBatch]) -> Iterator[list[WindowBatch]]:
    """Gather the batches that are computed at once."""
    group: list[WindowBatch] = []
    for batch in batches:
        windows = sum(len(one) for one in group) + len(batch)
        points = sum(one.points for one in group) + batch.points
        if group and (windows > _WINDOWS_AT_ONCE or points > _POINTS_AT_ONCE):
            yield group
            group = []
        group.append(batch)
    if group:
        yield group


def _forecast_together(
    network: Network, group: list[WindowBatch]
) -> list[tuple[WindowBatch, NDArray[np.float32]]]:
    """Each batch of a group with its quantiles."""
    windows = [batch.windows for batch in group]
    of_layout: dict[PatchLayout, list[int]] = {}
    for n, window in enumerate(windows):
        of_layout.setdefault(window.layout, []).append(n)
    outputs = network.run_all(
        [Window.joined([windows[n] for n in alike]) for alike in of_layout.values()]
    )
    found: dict[int, NDArray[np.float32]] = {}
    for alike, output in zip(of_layout.values(), outputs, strict=True):
        ahead = output.scale.inverse_transform(output.quantiles)[:, -1]
        ends = np.cumsum([len(group[n]) for n in alike])
        for n, part in zip(alike, np.split(ahead, ends[:-1]), strict=True):
            found[n] = group[n].quantiles(part)
    return [(batch, found[n]) for n, batch in enumerate(group)]


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
