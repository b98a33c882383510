"""Draws synthetic series: trend, seasons, holidays and noise, then the effects of recording.

The parts are added, multiplied, or added within an exponential. At most one effect of `effects`
changes a series.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.effects import EFFECTS, spikes
from gated.synthetic.noise import coloured, modulation, white
from gated.synthetic.seasons import drifting_cycle, extra_cycle, odd_seasons, profile, season
from gated.synthetic.structural import structural
from gated.synthetic.time_axis import Seasonality, TimeAxis
from gated.synthetic.trends import compound_growth, price_path, trend
from gated.synthetic.year import annual_cycle, closures, holidays

__all__ = ["draw_mask", "draw_series"]

_LARGEST = 1e6
_EXTRA_CYCLE_SHARE = 1 / 6
_CLOSURES_SHARE = 0.1
_MIXED_SHARE = 0.1
_INVERTED_SHARE = 0.12
# Factors of the noise and of the trend in series with low noise; shares of these series whose
# trend is reduced, and whose season repeats exactly.
_LOW_NOISE, _REDUCED_TREND = (0.01, 0.5), (0.02, 0.6)
_REDUCED_TREND_SHARE, _EXACT_SEASON_SHARE = 0.75, 0.6
_ODD_SEASONS_SHARE = 0.2
# The share of the series with negative values that are lifted above 0, as most real series are.
_POSITIVE_SHARE = 0.75


@dataclass(frozen=True)
class Parts:
    """The parts of a batch of series, each [B, L]."""

    trend: Tensor
    seasonal: Tensor
    noise: Tensor


def draw_series(
    seasonality: Seasonality, count: int, length: int, generator: torch.Generator
) -> Tensor:
    """Draw series at random.

    Args:
        seasonality: season lengths, and shares of random walks and of series with low noise.
        count: series B.
        length: steps L.
        generator: the only source of randomness.

    Returns:
        [B, L] float32, finite; about one row in thirty is constant or nearly constant.

    >>> drawn = draw_series(Seasonality(7, 365.25), 4, 90, torch.Generator().manual_seed(0))
    >>> drawn.shape, bool(drawn.isfinite().all())
    (torch.Size([4, 90]), True)
    """
    draws = Draws(count, generator)
    axis = TimeAxis(seasonality, length, draws)
    y = _add_structural(draws, _combine(draws, _draw_parts(draws, axis), axis), axis)
    y = _mix_rows(draws, spikes(draws, y))
    y = _add_odd_seasons(draws, y, axis)
    y = _apply_effects(draws, y, axis)[draws.permutation()]
    y = _lifted(draws, y * (1 - 2 * draws.bernoulli(_INVERTED_SHARE)))
    return torch.nan_to_num(y).clamp(-_LARGEST, _LARGEST)


def draw_mask(count: int, length: int, generator: torch.Generator) -> Tensor:
    """[B, L] 1 where a value is observed, 0 where it is missing.

    In one row of ten, single values are missing; in one row of twenty, an interval.
    """
    draws = Draws(count, generator)
    observed = torch.ones(count, length)
    single = draws.subset(0.1)
    share = single.log_uniform(0.01, 0.4)
    observed[: single.count] = 1 - single.bernoulli(share, length)
    stretch = draws.subset(0.05)
    since = torch.arange(length) - stretch.integers(length)
    is_missing = (since >= 0) & (since < stretch.uniform(1, max(2, length / 8)))
    observed[-stretch.count :] *= ~is_missing
    return observed[draws.permutation()]


def _draw_parts(draws: Draws, axis: TimeAxis) -> Parts:
    """Draw trend, seasonal parts and noise, each of a random size."""
    length = axis.length
    seasonal, level = season(draws, axis)
    if axis.seasonality.has_year:
        level = level + annual_cycle(draws, axis)
        seasonal = _add_holidays(draws, seasonal, axis)
    cyclic = draws.subset(_EXTRA_CYCLE_SHARE)
    level[: cyclic.count] += extra_cycle(cyclic, length)
    if axis.seasonality.cycle:
        level = level + drifting_cycle(draws, axis)
    seasonal = seasonal + level
    noise = _draw_noise(draws, seasonal)
    slow = trend(draws, axis.time) * draws.uniform(0.3, 3.0)
    # The last rows are used, because the fewest effects change them.
    regular = draws.subset(axis.seasonality.low_noise_share)
    noise[-regular.count :] *= regular.log_uniform(*_LOW_NOISE)
    is_reduced = regular.bernoulli(_REDUCED_TREND_SHARE)
    slow[-regular.count :] *= 1 + is_reduced * (regular.log_uniform(*_REDUCED_TREND) - 1)
    if axis.seasonality.has_season:
        seasonal[-regular.count :] += _draw_exact_season(regular, axis)
    walks = draws.subset(axis.seasonality.random_walk_share)
    slow[: walks.count] = price_path(walks, length)
    seasonal[: walks.count] = 0.0
    noise[: walks.count] *= walks.uniform(0, 0.1)
    return Parts(slow, seasonal, noise)


def _draw_noise(draws: Draws, seasonal: Tensor) -> Tensor:
    """Draw coloured and white noise; in some rows its size varies with the season or slowly."""
    length = seasonal.shape[1]
    strong = 1 + 2.3 * draws.bernoulli(0.25)
    noise = coloured(draws, length) * draws.log_normal(0.37, 0.9) * strong * draws.bernoulli(0.85)
    noise = noise + white(draws, length) * draws.log_normal(0.135, 0.9)
    with_season = draws.bernoulli(0.3) * draws.uniform(0, 1.5)
    noise = noise * (1 + with_season * unit_std(seasonal).clamp(-1, 3)).clamp(min=0.1)
    return noise * (1 + draws.bernoulli(0.15) * (modulation(draws, length, 8) - 1))


def _draw_exact_season(draws: Draws, axis: TimeAxis) -> Tensor:
    """Draw a profile that repeats exactly, except that its size varies slowly; in some rows 0."""
    shape = profile(draws, axis.seasonality.season_length)[:, axis.phase]
    size = draws.log_normal(2.5, 0.5) * draws.bernoulli(_EXACT_SEASON_SHARE)
    return shape * modulation(draws, axis.length, 2.0) * size


def _add_holidays(draws: Draws, seasonal: Tensor, axis: TimeAxis) -> Tensor:
    """Lower the season to its minimum on holidays and closures, or add an effect."""
    strength = holidays(draws, axis)
    some = draws.subset(_CLOSURES_SHARE)
    strength[-some.count :] += closures(some, axis)
    is_lowered, strength = draws.bernoulli(0.6), strength.clamp(-1.2, 1.3)
    lowest = seasonal.amin(1, keepdim=True)
    lowered = seasonal * (1 - strength.clamp(min=0)) + strength * lowest
    added = seasonal + 1.5 * draws.normal(1) * strength
    return is_lowered * lowered + (1 - is_lowered) * added


def _combine(draws: Draws, parts: Parts, axis: TimeAxis) -> Tensor:
    """Combine the parts: in six of ten rows their sum, else its exponential or their product.

    Some rows grow by a nearly constant factor, and season and noise grow with them.
    """
    total = parts.trend + parts.seasonal + parts.noise
    exponential = torch.exp((total * draws.uniform(0.1, 0.6)).clamp(-8, 5))
    factor = 1 + 0.35 * parts.seasonal / (1 + parts.seasonal.std(1, keepdim=True))
    product = torch.exp((0.5 * parts.trend).clamp(-4, 4)) * factor * (1 + 0.25 * parts.noise)
    kind = draws.uniform(0, 1)
    y = torch.where(
        kind < 0.25, unit_std(exponential), torch.where(kind < 0.4, unit_std(product), total)
    )
    some = draws.subset(axis.seasonality.growth_share)
    rows = slice(len(y) // 2, len(y) // 2 + some.count)
    season, noise = unit_std(parts.seasonal[rows]), unit_std(parts.noise[rows])
    wave = some.log_uniform(0.02, 0.5) * season + some.log_uniform(0.005, 0.2) * noise
    growth = compound_growth(some, axis.time[None]) + wave.clamp(-3, 3)
    y[rows] = unit_std(torch.exp(growth))
    return y


def _add_structural(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Replace some rows by structural series."""
    if not axis.seasonality.structural_share:
        return y
    some, y = draws.subset(axis.seasonality.structural_share), y.clone()
    y[draws.permutation()[: some.count]] = structural(some, axis)
    return y


def _add_odd_seasons(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Make single seasons odd in some rows, if they are days or weeks.

    A level that changes from one year of months to the next lasts, more often than not.
    """
    if not (
        axis.seasonality.has_season and (axis.seasonality.has_week or axis.seasonality.has_year)
    ):
        return y
    some = draws.subset(_ODD_SEASONS_SHARE)
    rows = slice(len(y) // 3, len(y) // 3 + some.count)
    y = y.clone()
    y[rows] = odd_seasons(some, y[rows], axis)
    return y


def _lifted(draws: Draws, y: Tensor) -> Tensor:
    """Lift most rows with negative values above 0, by a random distance."""
    lowest, size = y.amin(1, keepdim=True), y.std(1, keepdim=True)
    lift = size * draws.log_uniform(0.02, 30) - lowest
    is_lifted = (lowest < 0) * draws.bernoulli(_POSITIVE_SHARE)
    return y + is_lifted * lift


def _mix_rows(draws: Draws, y: Tensor) -> Tensor:
    """Replace some rows by weighted means with another row (TSMixup, arXiv 2403.07815)."""
    some = draws.subset(_MIXED_SHARE)
    weight, other = some.uniform(0, 1), draws.permutation()[: some.count]
    mixed = y.clone()
    mixed[-some.count :] = weight * unit_std(y[-some.count :]) + (1 - weight) * unit_std(y[other])
    return mixed


def _apply_effects(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Apply each effect to a block of rows, from the first row on; the caller permutes the rows."""
    y, first = y.clone(), 0
    for share, effect in EFFECTS.values():
        some = draws.subset(share)
        rows = slice(first, first + some.count)
        if first + some.count > len(y):
            break
        y[rows] = effect(some, y[rows], axis)
        first += some.count
    return y
