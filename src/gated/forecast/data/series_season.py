"""Detects series whose season length differs from the table's: days of 23 hours, a tide of 25.

A clock that skips an hour, dropped rows, tides: such a series repeats itself, but not after the
steps that the frequency implies. At the nominal season length the same phase would drift from day
to day; at the series' own it stays. Where the values before a cutoff show another length clearly, a
window is cut at that. No weight of the network depends on it.
"""

import torch
from torch import Tensor

__all__ = ["own_seasons"]

# A season this short has no neighbour that could be meant instead.
_SHORTEST = 8
# Seasons up to a sixth longer or shorter are tried, over the last twenty.
_REACH, _SEASONS_HEARD = 6, 20
# So many seasons of pairs must be seen, and the own season err this much less than the nominal.
_SEASONS_NEEDED, _CLEARLY = 4, 0.6


def own_seasons(
    values: Tensor, observed: Tensor, first: Tensor, cutoff: Tensor, season: int
) -> Tensor:
    """The season length of each window: the nominal one, unless its past contradicts it.

    The mean change from one season to the next is measured at the nominal length and at those
    around it. Another length is taken when its change is the least, less than at both its
    neighbours (so that no trend passes for a season), and six tenths of the nominal one's at most.

    Args:
        values: [R] series laid end to end, 0 where unobserved.
        observed: [R] bool.
        first: [M] int64 the row where each window's series begins.
        cutoff: [M] int64 steps of it that may be looked at.
        season: the nominal length in steps.

    Returns:
        [M] int64 lengths in steps.

    >>> steps = torch.arange(400)
    >>> values, seen = torch.sin(2 * torch.pi * steps / 23), torch.ones(400, dtype=torch.bool)
    >>> own_seasons(values, seen, torch.tensor([0, 0]), torch.tensor([400, 50]), 24).tolist()
    [23, 24]
    """
    nominal = torch.full_like(cutoff, season)
    reach = season // _REACH
    if season < _SHORTEST or not len(cutoff):
        return nominal
    length = min(_SEASONS_HEARD * season, int(cutoff.max()))
    if length < _SEASONS_NEEDED * season + season + reach:
        return nominal
    rows = (first + cutoff)[:, None] + torch.arange(-length, 0)
    inside = rows >= first[:, None]
    rows = rows.clamp(min=0)
    seen = (observed[rows] & inside).float()
    past = values[rows] * seen
    farthest = season + reach
    changes = []
    for lag in range(season - reach, farthest + 1):
        both = seen[:, farthest:] * seen[:, farthest - lag : length - lag]
        apart = (past[:, farthest:] - past[:, farthest - lag : length - lag]).abs() * both
        pairs = both.sum(1)
        enough = pairs >= _SEASONS_NEEDED * season
        changes.append(torch.where(enough, apart.sum(1) / pairs.clamp(min=1), torch.inf))
    change = torch.stack(changes, 1)  # [M, 2·reach + 1]
    inner = change[:, 1:-1]
    least, place = inner.min(1)
    is_valley = (least < change.gather(1, place[:, None])[:, 0]) & (
        least < change.gather(1, place[:, None] + 2)[:, 0]
    )
    clearly = least < _CLEARLY * change[:, reach]
    return torch.where(is_valley & clearly, season - reach + 1 + place, nominal)
