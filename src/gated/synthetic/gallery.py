"""Lists the families of synthetic series, each as a function that draws it alone, for plots."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gated.synthetic.draws import Draws
from gated.synthetic.effects import EFFECTS, spikes
from gated.synthetic.noise import SPECTRA, coloured, modulation, white
from gated.synthetic.seasons import PROFILES, evolving_season, extra_cycle, profile, season
from gated.synthetic.series import draw_series
from gated.synthetic.structural import structural
from gated.synthetic.time_axis import Seasonality, TimeAxis
from gated.synthetic.trends import TRENDS, price_path, trend
from gated.synthetic.year import annual_cycle, closures, holidays

__all__ = ["GALLERY"]

Family = Callable[[Draws, int], Tensor]

_HOURS, _DAYS = Seasonality(24, 168.0), Seasonality(7, 365.25)


def _spectrum(kind: str, draws: Draws, length: int) -> Tensor:
    return coloured(draws, length, kind)


def _trend(kind: str, draws: Draws, length: int) -> Tensor:
    return TRENDS[kind][1](draws, torch.linspace(0, 1, length)[None])


def _profile(kind: str, draws: Draws, length: int) -> Tensor:
    return profile(draws, 24, kind)[:, torch.arange(length) % 24]


def _week(draws: Draws, length: int) -> Tensor:
    seasonal, level = season(draws, TimeAxis(_HOURS, length, draws))
    return seasonal + level


def _evolving(draws: Draws, length: int) -> Tensor:
    return evolving_season(draws, TimeAxis(_HOURS, length, draws))


def _year(kind: Callable[[Draws, TimeAxis], Tensor], draws: Draws, length: int) -> Tensor:
    return kind(draws, TimeAxis(_DAYS, length, draws))


def _effect(kind: str, draws: Draws, length: int) -> Tensor:
    """The effect on a series with a season of seven steps and a trend."""
    axis = TimeAxis(Seasonality(7), length, draws)
    seasonal, _ = season(draws, axis)
    y = seasonal + trend(draws, axis.time) + 0.2 * white(draws, length)
    return spikes(draws, y) if kind == "spikes" else EFFECTS[kind][1](draws, y, axis)


def _structural(seasonality: Seasonality, draws: Draws, length: int) -> Tensor:
    return structural(draws, TimeAxis(seasonality, length, draws))


def _whole(seasonality: Seasonality, draws: Draws, length: int) -> Tensor:
    return draw_series(seasonality, draws.count, length, draws.generator)


GALLERY: dict[str, dict[str, Family]] = {
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
        "price path": price_path,
    },
    "structural": {
        "weeks": partial(_structural, Seasonality(4, 52.18, has_season=False)),
        "months": partial(_structural, Seasonality(12)),
        "years": partial(_structural, Seasonality(4, has_season=False)),
    },
    "seasons": {
        **{kind.replace("_", " "): partial(_profile, kind) for kind in PROFILES},
        "days of a week": _week,
        "evolving season": _evolving,
        "extra cycle": extra_cycle,
    },
    "year": {
        "annual cycle": partial(_year, annual_cycle),
        "holidays": partial(_year, holidays),
        "closures": partial(_year, closures),
    },
    "effects": {kind.replace("_", " "): partial(_effect, kind) for kind in (*EFFECTS, "spikes")},
    "series": {
        "hours": partial(_whole, _HOURS),
        "days": partial(_whole, _DAYS),
        "weeks": partial(_whole, Seasonality(4, 52.18, has_season=False)),
        "months": partial(_whole, Seasonality(12)),
        "years": partial(_whole, Seasonality(4, has_season=False)),
    },
}
"""Group → name → function of (draws, length) that returns series [B, length]."""
