"""Draws annual effects: a smooth annual cycle, holidays, and closures of up to a month."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.time_axis import TimeAxis

__all__ = ["annual_cycle", "closures", "holidays"]

_WAVES = 5
_MOST_HOLIDAYS = 10
# Days from a holiday, and the largest share of its effect on these days.
_NEIGHBOURS = ((0, 1.0), (1, 0.4), (-1, 0.3), (2, 0.15))
_FARTHEST_MOVE = 14


def annual_cycle(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] a smooth annual cycle: a few sines, in a fifth of the rows with peaks."""
    number = torch.arange(1, _WAVES + 1).float()
    angle = 2 * math.pi * number[:, None] * axis.steps / axis.seasonality.long_season
    weaker = number ** -draws.uniform(0.5, 2.5)
    shape = (draws.normal(_WAVES) * weaker) @ torch.cos(angle)
    shape = unit_std(shape + (draws.normal(_WAVES) * weaker) @ torch.sin(angle))
    peaked = draws.bernoulli(0.2)
    shape = shape + peaked * (F.softplus(3 * shape) / 2 - 0.6 - shape)
    return shape * draws.bernoulli(0.6) * draws.log_normal(0.75, 0.7)


def holidays(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] the strength of the holidays: 1 for a closed day, below 0 for a day of high values.

    Up to ten per year: on a date, on a weekday of a certain week, or moving by up to two weeks.
    """
    count, shape = _MOST_HOLIDAYS, (draws.count, _MOST_HOLIDAYS)
    year, season = axis.seasonality.long_season, axis.seasonality.season_length
    when, kind = draws.uniform(0, year, count), draws.uniform(0, 1, count)
    is_high = draws.bernoulli(0.15, count)
    strength = draws.uniform(0.3, 1.3, count) * (1 - 1.8 * is_high)
    strength = strength * draws.bernoulli(draws.uniform(0, 1), count) * draws.bernoulli(0.5)
    neighbours = [
        share * draws.bernoulli(0.4, count) * draws.normal(count) if days else share
        for days, share in _NEIGHBOURS
    ]
    total = torch.zeros(draws.count, axis.length + 1)  # the last column collects steps outside
    for cycle in range(int((axis.first + axis.length) / year) + 1):
        date = torch.floor(when + cycle * year)
        weekday = torch.round((when + cycle * year) / season) * season + torch.floor(when % season)
        moving = date + torch.randint(
            -_FARTHEST_MOVE, _FARTHEST_MOVE + 1, (1, count), generator=draws.generator
        )
        step = torch.where(kind < 0.6, date, torch.where(kind < 0.9, weekday, moving))
        step = step.long() - axis.first
        for (days, _), share in zip(_NEIGHBOURS, neighbours, strict=True):
            place = step + days
            inside = (place >= 0) & (place < axis.length)
            effect = strength * share * inside
            total.scatter_add_(1, place.clamp(0, axis.length), effect.expand(shape))
    return total[:, : axis.length]


def closures(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] one interval of every year, up to a month long, with the effect of closed days."""
    year = axis.seasonality.long_season
    since = (axis.steps[None] - draws.uniform(0, year)) % year
    length = draws.uniform(2, 0.08 * year + 2)
    return (since < length).float() * draws.uniform(0.3, 1.1)
