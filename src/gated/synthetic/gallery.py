"""Each family of the synthetic series alone, to be looked at."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gated.synthetic.draws import Draws
from gated.synthetic.effects import EFFECTS, spikes
from gated.synthetic.noise import SPECTRA, coloured, modulation, white
from gated.synthetic.rhythm import Clock, Rhythm
from gated.synthetic.seasons import PROFILES, evolution, further_cycle, profile, season
from gated.synthetic.series import draw_series
from gated.synthetic.trends import TRENDS, trend, wandering
from gated.synthetic.year import course, feasts, spells

__all__ = ["GALLERY"]

Drawn = Callable[[Draws, int], Tensor]

_HOURS, _DAYS = Rhythm(24, 168.0), Rhythm(7, 365.25)


def _spectrum(kind: str, draws: Draws, length: int) -> Tensor:
    return coloured(draws, length, kind)


def _trend(kind: str, draws: Draws, length: int) -> Tensor:
    return TRENDS[kind][1](draws, torch.linspace(0, 1, length)[None])


def _profile(kind: str, draws: Draws, length: int) -> Tensor:
    return profile(draws, 24, kind)[:, torch.arange(length) % 24]


def _week(draws: Draws, length: int) -> Tensor:
    shape, level = season(draws, Clock(_HOURS, length, draws))
    return shape + level


def _evolution(draws: Draws, length: int) -> Tensor:
    return evolution(draws, Clock(_HOURS, length, draws))


def _year(kind: Callable[[Draws, Clock], Tensor], draws: Draws, length: int) -> Tensor:
    return kind(draws, Clock(_DAYS, length, draws))


def _effect(kind: str, draws: Draws, length: int) -> Tensor:
    """What becomes of a week of days with a trend."""
    clock = Clock(Rhythm(7), length, draws)
    shape, _ = season(draws, clock)
    y = shape + trend(draws, clock.time) + 0.2 * white(draws, length)
    return spikes(draws, y) if kind == "spikes" else EFFECTS[kind][1](draws, y, clock)


def _whole(rhythm: Rhythm, draws: Draws, length: int) -> Tensor:
    return draw_series(rhythm, draws.count, length, draws.generator)


GALLERY: dict[str, dict[str, Drawn]] = {
    "noise": {
        **{kind.replace("_", " "): partial(_spectrum, kind) for kind in SPECTRA},
        "white": white,
        "modulation": modulation,
    },
    "trends": {
        **{
            kind.replace("_", " "): partial(_trend, kind)
            for kind in TRENDS
            if not kind.startswith("second")
        },
        "wandering": wandering,
    },
    "seasons": {
        **{kind.replace("_", " "): partial(_profile, kind) for kind in PROFILES},
        "days of a week": _week,
        "evolution": _evolution,
        "a further cycle": further_cycle,
    },
    "year": {
        "course": partial(_year, course),
        "feasts": partial(_year, feasts),
        "spells": partial(_year, spells),
    },
    "effects": {kind.replace("_", " "): partial(_effect, kind) for kind in (*EFFECTS, "spikes")},
    "series": {
        "hours": partial(_whole, _HOURS),
        "days": partial(_whole, _DAYS),
        "weeks": partial(_whole, Rhythm(4, 52.18, seasonal=False)),
        "months": partial(_whole, Rhythm(12)),
        "years": partial(_whole, Rhythm(4, seasonal=False)),
    },
}
"""Group to family to what draws it: series [B, length] from draws and a length."""
