"""Draws structural series: a level with a local slope, a season that evolves, and noise.

The sizes of their changes are drawn per year, not per series, so that a short series is ruled by
its trend as much as a long one: the basic structural model (Harvey 1989, *Forecasting, Structural
Time Series Models and the Kalman Filter*), with a slope that returns to a mean.
"""

import math

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.noise import white
from gated.synthetic.seasons import evolving_season, profile
from gated.synthetic.time_axis import TimeAxis
from gated.synthetic.year import annual_cycle

__all__ = ["structural"]

_LARGEST_LOG = 6.0


def structural(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] series of standard deviation 1; in most rows the parts are multiplied.

    Without a year of known length, a year is a season, or a step.
    """
    year, length = axis.seasonality.year_steps, axis.length
    level = torch.cumsum(_slope(draws, length, year) / year + _shocks(draws, length, year), 1)
    # Sums of more time have less noise.
    noise = white(draws, length) * draws.log_uniform(0.002, 0.2) * min(1.0, (year / 12) ** 0.4)
    total = level + _season(draws, axis) + noise
    total = total - total[:, -1:]
    factor = torch.exp(_LARGEST_LOG * torch.tanh(total / _LARGEST_LOG))
    return unit_std(torch.where(draws.bernoulli(0.7) > 0, factor, total))


def _slope(draws: Draws, length: int, year: float) -> Tensor:
    """[B, L] the growth per year: an autoregression around a mean, in a third of the rows fixed."""
    mean = 0.03 + 0.05 * draws.normal(1)
    keep = torch.exp(-1 / (year * draws.log_uniform(0.3, 10)))
    powers = keep ** torch.arange(length)
    spectrum = torch.fft.rfft(draws.normal(length), 2 * length) * torch.fft.rfft(powers, 2 * length)
    varying: Tensor = torch.fft.irfft(spectrum, 2 * length)[:, :length]
    varying = varying * (1 - keep.square()).sqrt()
    return mean + draws.bernoulli(0.67) * draws.log_uniform(0.01, 0.25) * varying


def _shocks(draws: Draws, length: int, year: float) -> Tensor:
    """[B, L] changes of the level: some with heavy tails, some with rare jumps."""
    tails = torch.exp(0.6 * draws.bernoulli(0.3) * draws.normal(length))
    size = draws.log_uniform(0.01, 0.25) / math.sqrt(year)
    is_jump = draws.bernoulli(0.1 / year, length) * draws.bernoulli(0.25)
    return size * draws.normal(length) * tails + 0.2 * is_jump * draws.normal(length)


def _season(draws: Draws, axis: TimeAxis) -> Tensor:
    """[B, L] a season, of which a part changes from one season to the next."""
    size, evolving = draws.log_uniform(0.005, 0.3), draws.log_uniform(0.003, 0.15)
    total = torch.zeros(draws.count, axis.length)
    if axis.seasonality.has_year:
        total = total + unit_std(annual_cycle(draws, axis)) * size
    if axis.seasonality.has_season:
        shape = unit_std(profile(draws, axis.seasonality.season_length)[:, axis.phase])
        total = total + shape * size * draws.bernoulli(0.75)
        total = total + evolving_season(draws, axis) * evolving * draws.bernoulli(0.4)
    return total
