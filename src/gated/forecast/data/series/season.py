"""Detects series whose season length differs from the table's, for example a tide of 25 hours.

The mean change from one season to the next is compared between the nominal length and similar
lengths. If another length is clearly better in the values before a cutoff, windows of the series
are cut with it. Causes are skipped hours, dropped rows and tides. No weight of the network depends
on the season length.
"""

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, IntArray

__all__ = ["own_seasons"]

# Shorter seasons are not examined: one step is too large a change of their length.
_SHORTEST = 8
# Lengths up to a sixth longer or shorter are tried, over the last twenty seasons.
_REACH, _SEASONS_USED = 6, 20
# Number of seasons with observed pairs that are needed, and the largest accepted ratio of the mean
# change at another length to that at the nominal length.
_SEASONS_NEEDED, _LARGEST_RATIO = 4, 0.6


def own_seasons(
    values: NDArray[np.float32],
    observed: BoolArray,
    first: IntArray,
    cutoff: IntArray,
    season: int,
) -> IntArray:
    """The season length of each window: the nominal one, or another one that fits clearly better.

    The mean change from one season to the next is measured at the nominal length and at similar
    lengths. Another length is taken if its change is the least, less than at both adjacent
    lengths (so that a trend is not mistaken for a season), and at most 0.6 times the change at
    the nominal length.

    Args:
        values: [R] series stored one after another, 0 where unobserved.
        observed: [R].
        first: [M] the first row of each window's series.
        cutoff: [M] number of steps of the series before the cutoff.
        season: the nominal length in steps.

    Returns:
        [M] lengths in steps.

    >>> steps = np.arange(400)
    >>> values, observed = np.sin(2 * np.pi * steps / 23), np.ones(400, dtype=bool)
    >>> own_seasons(values, observed, np.array([0, 0]), np.array([400, 50]), 24).tolist()
    [23, 24]
    """
    nominal = np.full_like(cutoff, season)
    reach = season // _REACH
    if season < _SHORTEST or not len(cutoff):
        return nominal
    length = min(_SEASONS_USED * season, int(cutoff.max()))
    if length < _SEASONS_NEEDED * season + season + reach:
        return nominal
    rows = (first + cutoff)[:, None] + np.arange(-length, 0)
    inside = rows >= first[:, None]
    rows = np.maximum(rows, 0)
    visible = (observed[rows] & inside).astype(np.float32)
    past = values[rows] * visible
    farthest = season + reach
    change = np.full((len(cutoff), 2 * reach + 1), np.inf, dtype=np.float32)
    for place, lag in enumerate(range(season - reach, farthest + 1)):
        both = visible[:, farthest:] * visible[:, farthest - lag : length - lag]
        difference = np.abs(past[:, farthest:] - past[:, farthest - lag : length - lag]) * both
        pairs = both.sum(1)
        enough = pairs >= _SEASONS_NEEDED * season
        change[enough, place] = difference.sum(1)[enough] / pairs[enough]
    rows = np.arange(len(cutoff))
    place = change[:, 1:-1].argmin(1) + 1  # both adjacent lengths were measured too
    least = change[rows, place]
    is_minimum = (least < change[rows, place - 1]) & (least < change[rows, place + 1])
    is_better = least < _LARGEST_RATIO * change[:, reach]
    return np.where(is_minimum & is_better, season - reach + place, nominal)
