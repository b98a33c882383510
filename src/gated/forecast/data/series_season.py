"""Detects series whose season length differs from the table's, for example a tide of 25 hours.

The mean change from one season to the next is compared between the nominal length and similar
lengths. If another length is clearly better in the values before a cutoff, windows of the series
are cut with it. Causes are skipped hours, dropped rows and tides. No weight of the network depends
on the season length.
"""

import torch
from torch import Tensor

__all__ = ["own_seasons"]

# Shorter seasons are not examined: one step is too large a change of their length.
_SHORTEST = 8
# Lengths up to a sixth longer or shorter are tried, over the last twenty seasons.
_REACH, _SEASONS_USED = 6, 20
# Number of seasons with observed pairs that are needed, and the largest accepted ratio of the mean
# change at another length to that at the nominal length.
_SEASONS_NEEDED, _LARGEST_RATIO = 4, 0.6


def own_seasons(
    values: Tensor, observed: Tensor, first: Tensor, cutoff: Tensor, season: int
) -> Tensor:
    """The season length of each window: the nominal one, or another one that fits clearly better.

    The mean change from one season to the next is measured at the nominal length and at similar
    lengths. Another length is taken if its change is the least, less than at both adjacent
    lengths (so that a trend is not mistaken for a season), and at most 0.6 times the change at
    the nominal length.

    Args:
        values: [R] series stored one after another, 0 where unobserved.
        observed: [R] bool.
        first: [M] int64 the first row of each window's series.
        cutoff: [M] int64 number of steps of the series before the cutoff.
        season: the nominal length in steps.

    Returns:
        [M] int64 lengths in steps.

    >>> steps = torch.arange(400)
    >>> values, observed = torch.sin(2 * torch.pi * steps / 23), torch.ones(400, dtype=torch.bool)
    >>> own_seasons(values, observed, torch.tensor([0, 0]), torch.tensor([400, 50]), 24).tolist()
    [23, 24]
    """
    nominal = torch.full_like(cutoff, season)
    reach = season // _REACH
    if season < _SHORTEST or not len(cutoff):
        return nominal
    length = min(_SEASONS_USED * season, int(cutoff.max()))
    if length < _SEASONS_NEEDED * season + season + reach:
        return nominal
    rows = (first + cutoff)[:, None] + torch.arange(-length, 0)
    inside = rows >= first[:, None]
    rows = rows.clamp(min=0)
    visible = (observed[rows] & inside).float()
    past = values[rows] * visible
    farthest = season + reach
    changes = []
    for lag in range(season - reach, farthest + 1):
        both = visible[:, farthest:] * visible[:, farthest - lag : length - lag]
        difference = (past[:, farthest:] - past[:, farthest - lag : length - lag]).abs() * both
        pairs = both.sum(1)
        enough = pairs >= _SEASONS_NEEDED * season
        changes.append(torch.where(enough, difference.sum(1) / pairs.clamp(min=1), torch.inf))
    change = torch.stack(changes, 1)  # [M, 2·reach + 1]
    inner = change[:, 1:-1]
    least, place = inner.min(1)
    is_minimum = (least < change.gather(1, place[:, None])[:, 0]) & (
        least < change.gather(1, place[:, None] + 2)[:, 0]
    )
    is_better = least < _LARGEST_RATIO * change[:, reach]
    return torch.where(is_minimum & is_better, season - reach + 1 + place, nominal)
