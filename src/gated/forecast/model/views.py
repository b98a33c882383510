"""Forecasts windows from several views, whose quantiles are averaged.

A view is another way to show the same past to the network: with the opposite sign, in patches of
several seasons (a longer memory), without the long season, or with a cycle of no calendar length as
the long season. The errors of the views are not the same, so that their mean is more accurate.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.forecast.data.patching import LONGEST_PATCH, PatchLayout
from gated.forecast.data.series.cycle import own_cycles
from gated.forecast.data.windows import WindowSource
from gated.forecast.model.inference import (
    Network,
    WindowBatch,
    forecast_batches,
    window_batches,
)
from gated.forecast.quantiles import QUANTILES

__all__ = ["PLAIN", "VIEWS", "View", "available", "averaged", "forecast_views", "shown_source"]

# Patches of several seasons in the longest series.
_FEWEST_PATCHES = 14

PLAIN = "plain"
"""The name of the view of the past as it is."""


@dataclass(frozen=True)
class View:
    """A way to show the past to the network.

    Attributes:
        negated: the values have the opposite sign.
        seasons: seasons in a patch.
        has_long_season: whether the long season is read.
        has_cycle: whether a cycle of the series itself is read as the long season.
    """

    negated: bool = False
    seasons: int = 1
    has_long_season: bool = True
    has_cycle: bool = False

    def layout(self, layout: PatchLayout) -> PatchLayout:
        """The layout of the windows of this view, from that of the table."""
        patch, cycle = self.seasons * layout.patch, layout.long_season
        if not self.has_long_season or cycle < 2 * patch:
            cycle = 0.0
        steps = layout.patch * layout.leads
        return replace(layout, patch=patch, long_season=cycle, leads=-(-steps // patch))


VIEWS = {
    PLAIN: View(),
    "negated": View(negated=True),
    "two seasons": View(seasons=2),
    "three seasons": View(seasons=3),
    "no long season": View(has_long_season=False),
    "own cycle": View(has_cycle=True),
}


def available(layout: PatchLayout, longest: int) -> tuple[str, ...]:
    """The names of the views that differ for a layout; `PLAIN` is the first.

    Args:
        layout: of the windows.
        longest: steps of the longest series; patches of several seasons need enough of them.

    >>> available(PatchLayout(24, 2, 168.0), 2_000)
    ('plain', 'negated', 'two seasons', 'three seasons', 'no long season')
    """
    return tuple(
        name
        for name, view in VIEWS.items()
        if (
            view.seasons == 1
            or view.seasons * layout.patch <= min(LONGEST_PATCH, longest / _FEWEST_PATCHES)
        )
        and (view.has_long_season or layout.long_season)
        and not (view.has_cycle and layout.long_season)
    )


def forecast_views(
    names: Iterable[str],
    network: Network,
    source: WindowSource,
    series: IntArray,
    cutoff: IntArray,
    h: int,
    plain: NDArray[np.float32] | None = None,
) -> dict[str, NDArray[np.float32]]:
    """The forecast of each view, as `forecast_windows`: its name to [M, h, Q].

    Args:
        names: of the views.
        network, source, series, cutoff, h: as in `forecast_windows`.
        plain: the forecast of `PLAIN`, if it is known; it is not among the names then.
    """
    shape = (len(series), h, len(QUANTILES))
    found = {name: np.empty(shape, dtype=np.float32) for name in names}
    for name, place, part in _forecasts(found, network, source, series, cutoff, h, plain):
        found[name][place] = part
    return found


def shown_source(name: str, source: WindowSource, series: int, cutoff: int) -> WindowSource:
    """The source of one window of a view: with its layout, sign and long season.

    Args:
        name: of the view.
        source: of the windows as they are.
        series: index of the series.
        cutoff: the first step to forecast, from the start of the series.
    """
    view = VIEWS[name]
    shown = source.with_layout(view.layout(source.layout))
    if view.has_cycle:
        cycle = _cycles(shown, np.array([series]), np.array([cutoff]))[0]
        shown = shown.with_layout(replace(shown.layout, long_season=float(cycle)))
    return shown.negated() if view.negated else shown


def averaged(
    weights: Mapping[str, float],
    network: Network,
    source: WindowSource,
    series: IntArray,
    cutoff: IntArray,
    h: int,
) -> NDArray[np.float32]:
    """The weighted mean of the quantiles of several views: [M, h, Q].

    Args:
        weights: maps names of views to positive weights, whose sum is 1.
        network, source, series, cutoff, h: as in `forecast_windows`.
    """
    total = np.zeros((len(series), h, len(QUANTILES)), dtype=np.float32)
    for name, place, quantiles in _forecasts(weights, network, source, series, cutoff, h):
        total[place] += np.float32(weights[name]) * quantiles
    return total


def _forecasts(
    names: Collection[str],
    network: Network,
    source: WindowSource,
    series: IntArray,
    cutoff: IntArray,
    h: int,
    plain: NDArray[np.float32] | None = None,
) -> Iterator[tuple[str, IntArray, NDArray[np.float32]]]:
    """Yield the name of a view, the places of some of its windows, and their quantiles.

    Without a cycle, a window of the view of cycles is that of the plain view: it is forecast once.
    """
    cycles = {
        name: _cycles(source.with_layout(VIEWS[name].layout(source.layout)), series, cutoff)
        for name in names
        if VIEWS[name].has_cycle
    }
    # Only without a long season of the table: else the plain view reads that one.
    has_plain = (PLAIN in names or plain is not None) and not source.layout.long_season
    shared = {name: found == 0 for name, found in cycles.items() if has_plain}
    everywhere, none = np.ones(len(series), dtype=bool), np.zeros_like(cutoff)
    of_batch: list[str] = []

    def batches() -> Iterator[WindowBatch]:
        for name in names:
            which = np.flatnonzero(~shared[name] if name in shared else everywhere)
            long = cycles.get(name, none)
            for batch in _batches(VIEWS[name], source, series, cutoff, long, which, h):
                of_batch.append(name)
                yield batch

    if plain is not None:
        for name, is_shared in shared.items():
            yield name, np.flatnonzero(is_shared), plain[is_shared]
    for n, (batch, quantiles) in enumerate(forecast_batches(network, batches())):
        yield of_batch[n], batch.place, quantiles
        for name in shared if of_batch[n] == PLAIN else ():
            alike = shared[name][batch.place]
            yield name, batch.place[alike], quantiles[alike]


def _batches(
    view: View,
    source: WindowSource,
    series: IntArray,
    cutoff: IntArray,
    cycles: IntArray,
    which: IntArray,
    h: int,
) -> Iterator[WindowBatch]:
    """Yield the batches of some windows of a view; those without an own cycle as they are.

    Args:
        view: how the past is shown.
        source: of the windows as they are.
        series, cutoff, cycles: [M] of all windows.
        which: the windows that are forecast.
        h: steps ahead.
    """
    shown = source.with_layout(view.layout(source.layout))
    if view.negated:
        shown = shown.negated()
    for cycle in np.unique(cycles[which]):
        alike = which[cycles[which] == cycle]
        if view.has_cycle:
            shown = shown.with_layout(replace(shown.layout, long_season=float(cycle)))
        for batch in window_batches(shown, series[alike], cutoff[alike], h):
            yield replace(batch, place=alike[batch.place], is_negated=view.negated)


def _cycles(source: WindowSource, series: IntArray, cutoff: IntArray) -> IntArray:
    """[M] the steps of the own cycle of each window; 0: none."""
    begin = source.offsets[series]
    values = np.where(source.observed, source.values.astype(np.float64), np.nan)
    return own_cycles(values, begin, begin + cutoff, source.layout.patch)
