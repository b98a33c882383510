"""A series without any past: forecast as its peers, which are the series most like it."""

import math

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.quantiles import QUANTILES
from gated.table import Table

__all__ = ["from_peers", "peers_of"]


_FEWEST_PEERS = 3


def from_peers(table: Table, quantiles: FloatArray) -> FloatArray:
    """Forecast the newcomers of a table.

    A newcomer may turn out like any of its peers: its forecast is the mixture of theirs, each with
    the same weight, and so as wide as they differ.

    Args:
        table: with static features.
        quantiles: [N, h, Q] the forecasts of its series, at `network.QUANTILES`.

    Returns:
        [K, h, Q] those of its K newcomers, from the step after the table's last.
    """
    mixed: dict[bytes, FloatArray] = {}  # newcomers alike have the same peers
    forecasts = []
    for peers in peers_of(table):
        key = peers.tobytes()
        if key not in mixed:
            mixed[key] = _mixture(quantiles[peers])
        forecasts.append(mixed[key])
    return np.stack(forecasts) if forecasts else np.zeros((0, *quantiles.shape[1:]))


def _mixture(quantiles: FloatArray) -> FloatArray:
    """[h, Q] of P forecasts [P, h, Q], any of which may come true."""
    count, h, _ = quantiles.shape
    ends = quantiles.swapaxes(0, 1).reshape(h, -1)  # [h, P · Q]
    order = np.argsort(ends, axis=1)
    share = np.tile(_shares(), count)[order] / count
    reached = np.cumsum(share, axis=1) - share / 2  # a value stands in the middle of its share
    values = np.take_along_axis(ends, order, axis=1)
    rows = [np.interp(QUANTILES, at, row) for at, row in zip(reached, values, strict=True)]
    return np.stack(rows)


def peers_of(table: Table) -> list[IntArray]:
    """The series most like each newcomer, of those that go on to the table's last time.

    Likeness is the share of static features that agree (Gower 1971): a category agrees or not, a
    number by how near it is in the range of all; what is not known counts half. The three
    nearest are taken, or the root of all where these are more, and whoever is as near.
    """
    static = table.static
    current = np.flatnonzero(table.last_ds == table.last_ds.max())
    count = max(_FEWEST_PEERS, math.isqrt(len(current)))
    is_category = np.array([name in static.categories for name in static.names])
    both = np.concatenate([static.values[current], static.cold_start_values])
    known = np.isfinite(both)
    low = np.where(known, both, np.inf).min(axis=0)
    extent = np.where(known, both, -np.inf).max(axis=0) - low
    extent = np.where(extent > 0, extent, 1.0)
    peers = []
    for newcomer in static.cold_start_values:
        apart = np.abs(static.values[current] - newcomer)
        apart = np.where(is_category, apart > 0, apart / extent)
        unknown = ~np.isfinite(static.values[current] - newcomer)
        distance = np.where(unknown, 0.5, apart).mean(axis=1)
        farthest = np.sort(distance)[min(count, len(distance)) - 1]
        peers.append(current[distance <= farthest + 1e-12])
    return peers


def _shares() -> FloatArray:
    """[Q] how much probability each quantile stands for."""
    levels = np.array(QUANTILES)
    between = (levels[1:] + levels[:-1]) / 2
    share: FloatArray = np.diff(np.concatenate([[0.0], between, [1.0]]))
    return share
