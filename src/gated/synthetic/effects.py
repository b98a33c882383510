"""Applies recording effects to series: counts, closed days, clipping, rounding, outages, spikes.

Each effect maps series [B, L] to series [B, L] of another scale.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.time_axis import TimeAxis

__all__ = ["EFFECTS", "spikes"]

_LARGEST_RATE = 1e4


def counts(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Poisson counts around a positive rate."""
    positive = F.softplus(unit_std(y) * draws.uniform(0.5, 2) + draws.uniform(-1, 2))
    rate = (positive * draws.log_uniform(0.3, 10)).clamp(0, _LARGEST_RATE)
    return torch.poisson(rate, generator=draws.generator)


def intermittent(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Intermittent demand: mostly 0, with orders of geometric size."""
    likely = torch.sigmoid(unit_std(y) * draws.uniform(0, 1.5) + draws.uniform(-2.5, 0.5))
    exponential = -torch.log(draws.uniform(1e-9, 1, y.shape[1]))
    size = 1 + torch.floor(exponential * draws.log_uniform(0.1, 10))
    return draws.bernoulli(likely, y.shape[1]) * size


def clipped_below(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """No value below a minimum, as sales are never below 0."""
    return torch.maximum(unit_std(y), draws.uniform(-1.5, 0))


def clipped_above(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """No value above a maximum, as where a stock or a capacity limits sales."""
    return torch.minimum(unit_std(y), draws.uniform(0, 1.5))


def rounded(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Values in coarse units."""
    return torch.round(unit_std(y) / draws.log_uniform(0.03, 1))


def rectified(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """0 in place of negative values."""
    return torch.relu(y)


def piecewise_constant(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """About five constant levels, some with a little noise; some rows have one level only."""
    length = y.shape[1]
    piece = torch.cumsum(draws.bernoulli(5 / length, length), 1).long().clamp(max=length - 1)
    levels = draws.normal(length).gather(1, piece) * draws.bernoulli(0.8)
    return levels + draws.normal(1) + 0.02 * draws.normal(length) * draws.bernoulli(0.4)


def closed_days(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Set one day of the week to 0; without a week, one phase of the season, if there is one."""
    seasonality = axis.seasonality
    place, places = axis.phase, seasonality.season_length
    if seasonality.has_week:
        place, places = axis.day, seasonality.seasons_per_long_season
    is_closed = draws.integers(places) == place
    raised = unit_std(y)
    raised = raised - raised.amin(1, keepdim=True) * draws.uniform(0.6, 1.2)
    return raised * ~(is_closed & seasonality.has_season)


def outage(draws: Draws, y: Tensor, axis: TimeAxis) -> Tensor:
    """Set an interval of up to a tenth of the series to 0 or to the lowest value."""
    length = y.shape[1]
    since = torch.arange(length) - draws.integers(length)
    is_out = (since >= 0) & (since < draws.uniform(2, max(3, length / 10)))
    return torch.where(is_out, y.amin(1, keepdim=True) * draws.bernoulli(0.7), y)


def spikes(draws: Draws, y: Tensor) -> Tensor:
    """Single outliers, upwards or in both directions, in one row of seven."""
    length = y.shape[1]
    is_spike = draws.bernoulli(draws.log_uniform(1e-3, 0.03), length) * draws.bernoulli(0.15)
    size = draws.normal(length) * draws.uniform(2, 8)
    size = torch.where(draws.bernoulli(0.5) > 0, size.abs(), size)
    return y + is_spike * size * y.std(1, keepdim=True)


# Name: (share of all series with the effect, effect); a series has one effect at most.
EFFECTS = {
    "counts": (0.06, counts),
    "intermittent": (0.08, intermittent),
    "clipped_below": (0.04, clipped_below),
    "clipped_above": (0.03, clipped_above),
    "rounded": (0.05, rounded),
    "rectified": (0.03, rectified),
    "piecewise_constant": (0.03, piecewise_constant),
    "closed_days": (0.05, closed_days),
    "outage": (0.03, outage),
}
