"""What comes back: the shape of a day, the days of a week, the course of a year."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.synthetic.draws import Draws, unit
from gated.synthetic.noise import modulation
from gated.synthetic.rhythm import Clock

__all__ = ["PROFILES", "evolution", "further_cycle", "profile", "season", "week"]

_MOST_WAVES = 8
_SHARE_EVOLVING = 0.4


def waves(draws: Draws, position: Tensor) -> Tensor:
    """A smooth shape: a few sines, the faster ones weaker."""
    count = max(1, min(_MOST_WAVES, len(position) // 2))
    number = torch.arange(1, count + 1).float()
    angle = 2 * math.pi * number[:, None] * position
    weaker = number ** -draws.uniform(0.3, 2.5)
    shape = (draws.normal(count) * weaker) @ torch.cos(angle)
    return unit(shape + (draws.normal(count) * weaker) @ torch.sin(angle))


def peaks(draws: Draws, position: Tensor) -> Tensor:
    """Flat valleys and high peaks."""
    return F.softplus(3 * waves(draws, position)) / 2


def open_hours(draws: Draws, position: Tensor) -> Tensor:
    """Nothing, then something for a part of the season."""
    since = (position - draws.uniform(0, 1)) % 1.0
    edge = draws.uniform(0.01, 0.08)
    gate = torch.sigmoid((draws.uniform(0.15, 0.85) - since) / edge) * torch.sigmoid(since / edge)
    return 2 * gate * (1 + 0.4 * draws.chance(0.6) * waves(draws, position))


def sawtooth(draws: Draws, position: Tensor) -> Tensor:
    """A rise and a fall, each a straight line."""
    since, turn = (position - draws.uniform(0, 1)) % 1.0, draws.uniform(0.02, 0.98)
    return 3 * torch.where(since < turn, since / turn, (1 - since) / (1 - turn))


def unrelated(draws: Draws, position: Tensor) -> Tensor:
    """Each phase has a value of its own."""
    return draws.normal(len(position))


def few_phases(draws: Draws, position: Tensor) -> Tensor:
    """Nothing but at one or two phases."""
    return draws.chance(2 / len(position), len(position)) * 2.5 * draws.normal(len(position)).abs()


PROFILES = {
    "waves": (0.45, waves),
    "peaks": (0.17, peaks),
    "open_hours": (0.15, open_hours),
    "sawtooth": (0.06, sawtooth),
    "unrelated": (0.11, unrelated),
    "few_phases": (0.06, few_phases),
}


def profile(draws: Draws, steps: int, kind: str | None = None) -> Tensor:
    """[B, P] the shape of one season of mean 0, of a kind drawn at random or the one named."""
    position = torch.arange(steps) / steps
    names = [kind] if kind else list(PROFILES)
    shapes = torch.stack([PROFILES[name][1](draws, position) for name in names], 1)
    shape = draws.choose([PROFILES[name][0] for name in names], shapes)
    return shape - shape.mean(1, keepdim=True)


def week(draws: Draws, days: int) -> tuple[Tensor, Tensor]:
    """The days of a week, both [B, days]: their level, and how far each is a day of rest.

    One or two days beside each other rest in most rows: they are lower (seldom higher), follow
    another course, or both. In others every day has a level of its own.
    """
    first = draws.whole(days)
    resting = 1 + draws.chance(0.75)
    rest = ((torch.arange(days) - first) % days < resting).float()
    each, kind = draws.normal(days), draws.uniform(0, 1)
    sign = 1 - 2 * draws.chance(0.85)
    resting_level = sign * draws.uniform(0.2, 2.0) * rest + 0.15 * each
    level = torch.where(
        kind < 0.55, resting_level, torch.where(kind < 0.75, 0.5 * each, torch.zeros_like(each))
    )
    own_course = draws.chance(0.3) * draws.uniform(0, 0.6, days)
    return level, torch.where(kind < 0.5, rest * draws.uniform(0, 1), own_course)


def evolution(draws: Draws, clock: Clock) -> Tensor:
    """[B, L] how the shape of a season wanders: its sines change by chance from one to the next.

    The strengths are autoregressions over the seasons, from hardly remembered to a random walk:
    then last season is the best guess for the next, and older ones tell little more.
    """
    steps = clock.rhythm.season
    whole = torch.div(clock.steps, steps, rounding_mode="floor")
    whole = whole - whole[0]
    seasons = int(whole[-1]) + 1
    count = max(1, min(_MOST_WAVES, steps // 2))
    number = torch.arange(1, count + 1).float()
    angle = 2 * math.pi * number[:, None] * torch.arange(steps) / steps
    basis = torch.cat([torch.cos(angle), torch.sin(angle)])  # [2W, P]
    weaker = number ** -draws.uniform(0, 1.5)
    chance = draws.normal(seasons, 2 * count) * torch.cat([weaker, weaker], 1)[:, None]
    keep = 1 - draws.log_uniform(3e-3, 0.6)
    strength, kept = torch.empty_like(chance), chance[:, 0]
    for turn in range(seasons):
        kept = keep * kept + chance[:, turn]
        strength[:, turn] = kept
    shapes = strength @ basis  # [B, K, P]
    return unit(shapes[:, whole, clock.phase])


def season(draws: Draws, clock: Clock) -> tuple[Tensor, Tensor]:
    """The short season with its week, where it has one.

    Two shapes are drawn. Days of rest follow the second; in some rows the first turns into it
    for good, slowly or at once: a change of regime.

    Returns:
        [B, L] the season, its size slowly modulated; and [B, L] the level of the days.
    """
    length, rhythm = clock.length, clock.rhythm
    usual, other = profile(draws, rhythm.season), profile(draws, rhythm.season)
    usually = 0.92 if draws.one() < 0.8 else 0.4
    present = draws.chance(usually if rhythm.seasonal else 0.1)
    blend = draws.chance(0.15) * torch.sigmoid(
        (clock.time - draws.uniform(0, 1)) / draws.uniform(0.02, 0.5)
    )
    level, factor = torch.zeros(draws.count, length), torch.ones(draws.count, length)
    if rhythm.has_week:
        has_week = draws.chance(0.7)
        day_level, rest = (part * has_week for part in week(draws, rhythm.days))
        rest_now = rest[:, clock.day]
        blend = blend + rest_now - blend * rest_now
        level = day_level[:, clock.day] * draws.size(1.0, 0.5)
        by_factor = draws.chance(0.5)
        factor = 1 + by_factor * (torch.exp(0.6 * day_level[:, clock.day]) - 1)
    phase = clock.phase
    shape = (1 - blend) * usual[:, phase] + blend * other[:, phase]
    some = draws.split(_SHARE_EVOLVING)
    shape[: some.count] += evolution(some, clock) * some.size(0.4, 0.7)
    shape = shape[draws.shuffle()]
    return shape * factor * modulation(draws, length) * present * draws.size(0.9, 0.9), level


def further_cycle(draws: Draws, length: int) -> Tensor:
    """[B, L] a cycle of any length, from 3 steps to half of the series."""
    period = draws.log_uniform(3, max(length / 2, 4))
    time, total = torch.arange(length)[None], torch.zeros(draws.count, length)
    for number in (1, 2, 3):
        turns = number * time / period + draws.uniform(0, 1)
        total = total + draws.normal(1) / number**1.2 * torch.sin(2 * math.pi * turns)
    return total * draws.size(0.5, 0.6)
