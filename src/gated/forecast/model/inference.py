"""Running a trained network over many windows, for any horizon."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.arrays import IntArray
from gated.forecast.data.windows import WindowSource
from gated.forecast.model.network import NetworkOutput, SeasonNetwork

_WINDOWS_AT_ONCE = 512
# Points of a forecast that are computed at once: memory, whatever the horizon.
_POINTS_AT_ONCE = 512 * 48


@dataclass(frozen=True)
class _WindowBatch:
    """Windows of one geometry: which [B] of all, where they are cut, from when on, how far."""

    place: IntArray
    source: WindowSource
    series: Tensor
    cutoff: Tensor
    skip: int
    steps: int


def forecast_windows(
    network: SeasonNetwork, source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> NDArray[np.float32]:
    """Quantiles on the series-scaled axis, sorted: [M, h, Q].

    All steps are forecast at once; no forecast is ever fed back, so that intervals widen as they
    were trained to. Where the last patches before a cutoff show nothing, the forecast begins
    where something was last seen, and its first steps are passed over.

    Args:
        network: trained, in evaluation mode.
        source: where the windows lie; rows from `cutoff` on are hidden from the network.
        series: [M] which series.
        cutoff: [M] the first step to forecast, from the series' start.
        h: steps ahead.
    """
    found = np.empty((len(series), h, len(network.levels)), dtype=np.float32)
    for batch in _groups(source, series, cutoff, h):
        output = _run(network, batch)
        ahead = output.scale.inverse(output.quantiles)[:, -1].flatten(1, 2)  # [B, J·P, Q]
        found[batch.place] = ahead[:, batch.skip : batch.steps].sort(-1).values.cpu().numpy()
    return found


def remember_windows(
    network: SeasonNetwork, source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> tuple[NDArray[np.float32], IntArray]:
    """What the season memory looked up for each step ahead, and what it weighed.

    Returns:
        (weights, steps), both [M, h, R]: each step's weights sum to 1; `steps` counts from the
        series' start and is negative where the memory reached before it.
    """
    weights: list[NDArray[np.float32]] = []
    steps: list[IntArray] = []
    place: list[IntArray] = []
    for batch in _groups(source, series, cutoff, h):
        memory = _run(network, batch).recollection
        ahead = slice(batch.skip, batch.steps)
        weights.append(memory.weights[:, -1].flatten(1, 2)[:, ahead].cpu().numpy())
        # The window's step `rows_before` is the cutoff.
        begin = batch.cutoff[:, None, None] - batch.source.layout.ahead(batch.steps).rows_before
        steps.append((begin + memory.steps[-1].flatten(0, 1)[ahead].cpu()).numpy())
        place.append(batch.place)
    order = np.argsort(np.concatenate(place))
    return np.concatenate(weights)[order], np.concatenate(steps)[order]


def _groups(
    source: WindowSource, series: IntArray, cutoff: IntArray, h: int
) -> Iterator[_WindowBatch]:
    """Windows that can be run together: of one season, as long unobserved, not too many at once."""
    seasons = source.seasons(torch.from_numpy(series), torch.from_numpy(cutoff)).numpy()
    unobserved = source.steps_unobserved(series, cutoff)
    for season in np.unique(seasons):
        at_season, patches = source.with_season(int(season)), unobserved // season
        for empty in np.unique(patches[seasons == season]):
            skip = int(empty) * int(season)
            alike = np.flatnonzero((seasons == season) & (patches == empty))
            size = max(1, min(_WINDOWS_AT_ONCE, _POINTS_AT_ONCE // (h + skip)))
            for start in range(0, len(alike), size):
                place = alike[start : start + size]
                yield _WindowBatch(
                    place,
                    at_season,
                    torch.from_numpy(series[place]),
                    torch.from_numpy(cutoff[place] - skip),
                    skip,
                    skip + h,
                )


def _run(network: SeasonNetwork, batch: _WindowBatch) -> NetworkOutput:
    with torch.inference_mode():
        window = batch.source.cut(batch.series, batch.cutoff, end=batch.cutoff, h=batch.steps)
        output: NetworkOutput = network(window.to(network.device))
    return output
