"""Synthetic series: trend, seasons, feasts and noise put together, and what tables do to them.

No real series is used anywhere: every real table stays unseen by a network trained on these.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit
from gated.synthetic.effects import EFFECTS, spikes
from gated.synthetic.noise import coloured, modulation, white
from gated.synthetic.rhythm import Clock, Rhythm
from gated.synthetic.seasons import further_cycle, profile, season
from gated.synthetic.trends import trend, wandering
from gated.synthetic.year import course, feasts, spells

__all__ = ["draw_mask", "draw_series"]

_LARGEST = 1e6
_SHARE_WITH_FURTHER_CYCLE = 1 / 6
_SHARE_WITH_SPELL = 0.1
_SHARE_MIXED = 0.1
# Where a table is calm: what is left of the noise; and of the trend, in some of those.
_CALM_NOISE, _STEADY_TREND = (0.01, 0.5), (0.02, 0.6)
_SHARE_STEADY, _SHARE_CLEAN = 0.75, 0.6


@dataclass(frozen=True)
class Parts:
    """What a batch of series is made of, each [B, L]."""

    trend: Tensor
    seasonal: Tensor
    noise: Tensor


def draw_series(rhythm: Rhythm, count: int, length: int, generator: torch.Generator) -> Tensor:
    """Draw series at random.

    Args:
        rhythm: how their table ticks.
        count: series B.
        length: steps L.
        generator: the source of all randomness.

    Returns:
        [B, L] float32, finite, no row like another; about one row in thirty is constant or nearly.

    >>> drawn = draw_series(Rhythm(7, 365.25), 4, 90, torch.Generator().manual_seed(0))
    >>> drawn.shape, bool(drawn.isfinite().all())
    (torch.Size([4, 90]), True)
    """
    draws = Draws(count, generator)
    clock = Clock(rhythm, length, draws)
    y = _mixed(draws, spikes(draws, _composed(draws, _parts(draws, clock))))
    y = _observed(draws, y, clock)[draws.shuffle()]
    y = y * (1 - 2 * draws.chance(0.12))  # upside down
    return torch.nan_to_num(y).clamp(-_LARGEST, _LARGEST)


def draw_mask(count: int, length: int, generator: torch.Generator) -> Tensor:
    """[B, L] 1 where a value is told, 0 where it is missing: here and there, or a stretch.

    One row in ten misses single values, one in twenty a stretch.
    """
    draws = Draws(count, generator)
    told = torch.ones(count, length)
    here_and_there = draws.split(0.1)
    share = here_and_there.log_uniform(0.01, 0.4)
    told[: here_and_there.count] = 1 - here_and_there.chance(share, length)
    stretch = draws.split(0.05)
    since = torch.arange(length) - stretch.whole(length)
    lost = (since >= 0) & (since < stretch.uniform(1, max(2, length / 8)))
    told[-stretch.count :] *= ~lost
    return told[draws.shuffle()]


def _parts(draws: Draws, clock: Clock) -> Parts:
    """Trend, all that comes back, and noise, each of a size of its own."""
    length = clock.length
    seasonal, level = season(draws, clock)
    if clock.rhythm.has_year:
        level = level + course(draws, clock)
        seasonal = _feasted(draws, seasonal, clock)
    cyclic = draws.split(_SHARE_WITH_FURTHER_CYCLE)
    level[: cyclic.count] += further_cycle(cyclic, length)
    seasonal = seasonal + level
    loud = 1 + 2.3 * draws.chance(0.25)
    noise = coloured(draws, length) * draws.size(0.37, 0.9) * loud * draws.chance(0.85)
    noise = noise + white(draws, length) * draws.size(0.135, 0.9)
    uneven = draws.chance(0.3) * draws.uniform(0, 1.5) * unit(seasonal).clamp(-1, 3)
    noise = noise * (1 + uneven).clamp(min=0.1)
    noise = noise * (1 + draws.chance(0.15) * (modulation(draws, length, 8) - 1))
    goes = trend(draws, clock.time) * draws.uniform(0.3, 3.0)
    calm = draws.split(clock.rhythm.calm)  # the last rows: tables do the least to these
    noise[-calm.count :] *= calm.log_uniform(*_CALM_NOISE)
    steady = calm.chance(_SHARE_STEADY)
    goes[-calm.count :] *= 1 + steady * (calm.log_uniform(*_STEADY_TREND) - 1)
    if clock.rhythm.seasonal:
        seasonal[-calm.count :] += _clean_season(calm, clock)
    only = draws.split(clock.rhythm.wandering)
    goes[: only.count] = wandering(only, length)
    seasonal[: only.count], noise[: only.count] = 0.0, noise[: only.count] * only.uniform(0, 0.1)
    return Parts(goes, seasonal, noise)


def _clean_season(draws: Draws, clock: Clock) -> Tensor:
    """One shape that comes again and again, its size drifting slowly, in most rows."""
    shape = profile(draws, clock.rhythm.season)[:, clock.phase]
    size = draws.size(2.5, 0.5) * draws.chance(_SHARE_CLEAN)
    return shape * modulation(draws, clock.length, 2.0) * size


def _feasted(draws: Draws, seasonal: Tensor, clock: Clock) -> Tensor:
    """Feasts pull a season to its lowest phase, as if it were Sunday, or add an effect."""
    strength = feasts(draws, clock)
    some = draws.split(_SHARE_WITH_SPELL)
    strength[-some.count :] += spells(some, clock)
    as_sunday, strength = draws.chance(0.6), strength.clamp(-1.2, 1.3)
    lowest = seasonal.amin(1, keepdim=True)
    pulled = seasonal * (1 - strength.clamp(min=0)) + strength * lowest
    added = seasonal + 1.5 * draws.normal(1) * strength
    return as_sunday * pulled + (1 - as_sunday) * added


def _composed(draws: Draws, parts: Parts) -> Tensor:
    """Added up, in six of ten rows; else as an exponential, or as factors on the trend."""
    total = parts.trend + parts.seasonal + parts.noise
    exponential = torch.exp((total * draws.uniform(0.1, 0.6)).clamp(-8, 5))
    swing = 0.35 * parts.seasonal / (1 + parts.seasonal.std(1, keepdim=True))
    factors = torch.exp((0.5 * parts.trend).clamp(-4, 4)) * (1 + swing) * (1 + 0.25 * parts.noise)
    kind = draws.uniform(0, 1)
    return torch.where(
        kind < 0.25, unit(exponential), torch.where(kind < 0.4, unit(factors), total)
    )


def _mixed(draws: Draws, y: Tensor) -> Tensor:
    """Some rows become weighted means with another (TSMixup, arXiv 2403.07815)."""
    some = draws.split(_SHARE_MIXED)
    weight, other = some.uniform(0, 1), draws.shuffle()[: some.count]
    mixed = y.clone()
    mixed[-some.count :] = weight * unit(y[-some.count :]) + (1 - weight) * unit(y[other])
    return mixed


def _observed(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Each effect happens to a block of rows; the rows are shuffled afterwards."""
    y, first = y.clone(), 0
    for share, effect in EFFECTS.values():
        some = draws.split(share)
        rows = slice(first, first + some.count)
        if first + some.count > len(y):
            break
        y[rows] = effect(some, y[rows], clock)
        first += some.count
    return y
