"""The course of a year: its tides, its feasts (fixed, by weekday, moving), its long spells."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.synthetic.draws import Draws, unit
from gated.synthetic.rhythm import Clock

__all__ = ["course", "feasts", "spells"]

_WAVES = 5
_MOST_FEASTS = 10
# How much of a feast's effect its neighbours share, at most: the eve, the day after, the next.
_AROUND = ((0, 1.0), (1, 0.4), (-1, 0.3), (2, 0.15))
_FARTHEST_MOVE = 14


def course(draws: Draws, clock: Clock) -> Tensor:
    """[B, L] the smooth part of the year."""
    number = torch.arange(1, _WAVES + 1).float()
    angle = 2 * math.pi * number[:, None] * clock.steps / clock.rhythm.long_season
    weaker = number ** -draws.uniform(0.5, 2.5)
    shape = (draws.normal(_WAVES) * weaker) @ torch.cos(angle)
    shape = unit(shape + (draws.normal(_WAVES) * weaker) @ torch.sin(angle))
    peaked = draws.chance(0.2)
    shape = shape + peaked * (F.softplus(3 * shape) / 2 - 0.6 - shape)
    return shape * draws.chance(0.6) * draws.size(0.75, 0.7)


def feasts(draws: Draws, clock: Clock) -> Tensor:
    """[B, L] how strong the feast of a step is: 1 a day as if shut, below 0 a day of rush.

    Up to ten a year: on a date, on a weekday of a week, or moving by up to two weeks.
    """
    shape = (draws.count, _MOST_FEASTS)
    year, season = clock.rhythm.long_season, clock.rhythm.season
    when, kind = draws.uniform(0, year, _MOST_FEASTS), draws.uniform(0, 1, _MOST_FEASTS)
    rush = draws.chance(0.15, _MOST_FEASTS)
    strength = draws.uniform(0.3, 1.3, _MOST_FEASTS) * (1 - 1.8 * rush)
    strength = strength * draws.chance(draws.uniform(0, 1), _MOST_FEASTS) * draws.chance(0.5)
    neighbours = [
        share * draws.chance(0.4, _MOST_FEASTS) * draws.normal(_MOST_FEASTS) if days else share
        for days, share in _AROUND
    ]
    spare = 64  # steps behind the last, for what falls outside
    total = torch.zeros(draws.count, clock.length + spare)
    for cycle in range(int((clock.first + clock.length) / year) + 1):
        date = torch.floor(when + cycle * year)
        weekday = torch.round((when + cycle * year) / season) * season + torch.floor(when % season)
        moving = date + torch.randint(
            -_FARTHEST_MOVE, _FARTHEST_MOVE + 1, (1, _MOST_FEASTS), generator=draws.generator
        )
        step = torch.where(kind < 0.6, date, torch.where(kind < 0.9, weekday, moving))
        step = step.long() - clock.first
        for (days, _), share in zip(_AROUND, neighbours, strict=True):
            place = step + days
            inside = (place >= 0) & (place < clock.length)
            effect = strength * share * inside
            total.scatter_add_(1, place.clamp(0, clock.length), effect.expand(shape))
    return total[:, : clock.length]


def spells(draws: Draws, clock: Clock) -> Tensor:
    """[B, L] a stretch of the year, up to a month long, as if shut."""
    year = clock.rhythm.long_season
    since = (clock.steps[None] - draws.uniform(0, year)) % year
    lasts = draws.uniform(2, 0.08 * year + 2)
    return (since < lasts).float() * draws.uniform(0.3, 1.1)
