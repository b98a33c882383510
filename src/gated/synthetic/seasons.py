"""Draws seasons: profiles of a season, effects of the weekday, further cycles."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.noise import cycle_noise, modulation
from gated.synthetic.time_axis import TimeAxis

__all__ = [
    "PROFILES",
    "drifting_cycle",
    "evolving_season",
    "extra_cycle",
    "odd_seasons",
    "profile",
    "season",
    "weekday_effects",
]

_MOST_WAVES = 8
_EVOLVING_SHARE = 0.4


def waves(draws: Draws, position: Tensor) -> Tensor:
    """A smooth profile: a few sines, those of high frequency weaker."""
    count = max(1, min(_MOST_WAVES, len(position) // 2))
    number = torch.arange(1, count + 1).float()
    angle = 2 * math.pi * number[:, None] * position
    weaker = number ** -draws.uniform(0.3, 2.5)
    shape = (draws.normal(count) * weaker) @ torch.cos(angle)
    return unit_std(shape + (draws.normal(count) * weaker) @ torch.sin(angle))


def peaks(draws: Draws, position: Tensor) -> Tensor:
    """Flat valleys and high peaks."""
    return F.softplus(3 * waves(draws, position)) / 2


def open_hours(draws: Draws, position: Tensor) -> Tensor:
    """0 outside of one part of the season."""
    since = (position - draws.uniform(0, 1)) % 1.0
    edge = draws.uniform(0.01, 0.08)
    gate = torch.sigmoid((draws.uniform(0.15, 0.85) - since) / edge) * torch.sigmoid(since / edge)
    return 2 * gate * (1 + 0.4 * draws.bernoulli(0.6) * waves(draws, position))


def sawtooth(draws: Draws, position: Tensor) -> Tensor:
    """A rise and a fall, each a straight line."""
    since, turn = (position - draws.uniform(0, 1)) % 1.0, draws.uniform(0.02, 0.98)
    return 3 * torch.where(since < turn, since / turn, (1 - since) / (1 - turn))


def independent(draws: Draws, position: Tensor) -> Tensor:
    """An independent value at each phase."""
    return draws.normal(len(position))


def few_phases(draws: Draws, position: Tensor) -> Tensor:
    """0 except at one or two phases."""
    count = len(position)
    return draws.bernoulli(2 / count, count) * 2.5 * draws.normal(count).abs()


# Name: (share of the rows with the profile, profile).
PROFILES = {
    "waves": (0.45, waves),
    "peaks": (0.17, peaks),
    "open_hours": (0.15, open_hours),
    "sawtooth": (0.06, sawtooth),
    "independent": (0.11, independent),
    "few_phases": (0.06, few_phases),
}


def profile(draws: Draws, steps: int, kind: str | None = None) -> Tensor:
    """[B, P] one season of mean 0; the kind of each row is drawn, or `kind`."""
    position = torch.arange(steps) / steps
    names = [kind] if kind else list(PROFILES)
    shapes = torch.stack([PROFILES[name][1](draws, position) for name in names], 1)
    shape = draws.select([PROFILES[name][0] for name in names], shapes)
    return shape - shape.mean(1, keepdim=True)


def weekday_effects(draws: Draws, days: int) -> tuple[Tensor, Tensor]:
    """Draw the level of each day of a week and its share of rest, both [B, days].

    In most rows one day or two adjacent days are days of rest: their level is lower (seldom
    higher), their profile is the second one of `season`, or both. In other rows every day has a
    level of its own.
    """
    first = draws.integers(days)
    resting = 1 + draws.bernoulli(0.75)
    rest = ((torch.arange(days) - first) % days < resting).float()
    each, kind = draws.normal(days), draws.uniform(0, 1)
    sign = 1 - 2 * draws.bernoulli(0.85)
    resting_level = sign * draws.uniform(0.2, 2.0) * rest + 0.15 * each
    level = torch.where(
        kind < 0.55, resting_level, torch.where(kind < 0.75, 0.5 * each, torch.zeros_like(each))
    )
    second_profile = draws.bernoulli(0.3) * draws.uniform(0, 0.6, days)
    return level, torch.where(kind < 0.5, rest * draws.uniform(0, 1), second_profile)


def evolving_season(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] a season whose shape changes at random from one season to the next.

    The amplitudes of its sines are autoregressions over the seasons, from almost independent to a
    random walk, for which the last season is the best forecast of the next.
    """
    steps = axis.seasonality.season_length
    number_of = axis.season_number - axis.season_number[0]
    seasons = int(number_of[-1]) + 1
    count = max(1, min(_MOST_WAVES, steps // 2))
    number = torch.arange(1, count + 1).float()
    angle = 2 * math.pi * number[:, None] * torch.arange(steps) / steps
    basis = torch.cat([torch.cos(angle), torch.sin(angle)])  # [2W, P]
    weaker = number ** -draws.uniform(0, 1.5)
    noise = draws.normal(seasons, 2 * count) * torch.cat([weaker, weaker], 1)[:, None]
    keep = 1 - draws.log_uniform(3e-3, 0.6)
    strength, last = torch.empty_like(noise), noise[:, 0]
    for index in range(seasons):
        last = keep * last + noise[:, index]
        strength[:, index] = last
    shapes = strength @ basis  # [B, K, P]
    return unit_std(shapes[:, number_of, axis.phase])


def season(draws: Draws, axis: TimeAxis) -> tuple[Tensor, Tensor]:
    """Draw the season, and the levels of the weekdays if the long season is a week.

    Two profiles are drawn. Days of rest have the second. In some rows the first changes into the
    second permanently, slowly or at once: a change of regime.

    Returns:
        [B, L] the season, whose size varies slowly; and [B, L] the level of the days.
    """
    length, seasonality = axis.length, axis.seasonality
    first, second = (profile(draws, seasonality.season_length) for _ in range(2))
    share = 0.92 if draws.shared_uniform() < 0.8 else 0.4
    present = draws.bernoulli(share if seasonality.has_season else 0.1)
    blend = draws.bernoulli(0.15) * torch.sigmoid(
        (axis.time - draws.uniform(0, 1)) / draws.uniform(0.02, 0.5)
    )
    level, factor = torch.zeros(draws.count, length), torch.ones(draws.count, length)
    if seasonality.has_week:
        has_week = draws.bernoulli(0.7)
        effects = weekday_effects(draws, seasonality.seasons_per_long_season)
        day_level, rest = (effect * has_week for effect in effects)
        rest_at = rest[:, axis.day]
        blend = blend + rest_at - blend * rest_at
        level = day_level[:, axis.day] * draws.log_normal(1.0, 0.5)
        by_factor = draws.bernoulli(0.5)
        factor = 1 + by_factor * (torch.exp(0.6 * day_level[:, axis.day]) - 1)
    phase = axis.phase
    shape = (1 - blend) * first[:, phase] + blend * second[:, phase]
    some = draws.subset(_EVOLVING_SHARE)
    shape[: some.count] += evolving_season(some, axis) * some.log_normal(0.4, 0.7)
    shape = shape[draws.permutation()]
    return shape * factor * modulation(draws, length) * present * draws.log_normal(0.9, 0.9), level


def extra_cycle(draws: Draws, length: int) -> Tensor:
    """[B, L] a cycle of any period, from 3 steps to half of the series."""
    period = draws.log_uniform(3, max(length / 2, 4))
    time, total = torch.arange(length)[None], torch.zeros(draws.count, length)
    for number in (1, 2, 3):
        turns = number * time / period + draws.uniform(0, 1)
        total = total + draws.normal(1) / number**1.2 * torch.sin(2 * math.pi * turns)
    return total * draws.log_normal(0.5, 0.6)


def drifting_cycle(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] a cycle of about `axis.seasonality.cycle` steps, whose length and size drift.

    In a third of the rows its peaks are higher than its valleys are deep, as of sunspots.
    """
    wave = cycle_noise(draws, axis.length, axis.seasonality.cycle)
    peaked = draws.bernoulli(0.33)
    wave = wave + peaked * (unit_std(F.softplus(2 * wave)) - wave)
    return wave * draws.bernoulli(0.85) * draws.log_normal(1.5, 0.6)


def odd_seasons(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """[B, L] series in which single seasons differ from the others, as public holidays do.

    An odd season repeats one of the last six seasons, is pulled towards the minimum, or is shifted.
    """
    number = axis.season_number - axis.season_number[0]
    seasons, steps = int(number[-1]) + 1, torch.arange(axis.length)
    is_odd = draws.bernoulli(draws.log_uniform(0.02, 0.2), seasons)
    kind = draws.uniform(0, 1, seasons)[:, number]
    season = axis.seasonality.season_length
    back = 1 + draws.integers(6, seasons)[:, number]
    copied = y.gather(1, (steps - back * season).clamp(min=0))
    size, least = y.std(1, keepdim=True), y.amin(1, keepdim=True)
    pulled = least + (y - least) * draws.uniform(0, 1, seasons)[:, number]
    shifted = y + size * draws.normal(seasons)[:, number] * draws.log_uniform(0.1, 2)
    odd = torch.where(kind < 0.5, copied, torch.where(kind < 0.8, pulled, shifted))
    return torch.where(is_odd[:, number] > 0, odd, y)
