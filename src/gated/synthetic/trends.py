"""Draws trends: lines, bends, saturation, random walks, level shifts."""

import math

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std
from gated.synthetic.noise import modulation

__all__ = ["TRENDS", "compound_growth", "price_path", "trend"]


def line(draws: Draws, time: Tensor) -> Tensor:
    """A straight line."""
    return draws.normal(1) * draws.log_normal(1.0, 0.8) * time


def bend(draws: Draws, time: Tensor) -> Tensor:
    """Constant, then a straight line from a random time on."""
    return 2 * draws.normal(1) * torch.relu(time - draws.uniform(0, 1))


def saturation(draws: Draws, time: Tensor) -> Tensor:
    """A logistic curve: growth to a ceiling, or decay to a floor."""
    return (
        1.5
        * draws.normal(1)
        * torch.sigmoid((time - draws.uniform(0, 1)) / draws.uniform(0.02, 0.3))
    )


def parabola(draws: Draws, time: Tensor) -> Tensor:
    """A parabola: the trend turns at a random time."""
    return 2 * draws.normal(1) * (time - draws.uniform(0, 1)) ** 2


def random_walk(draws: Draws, time: Tensor) -> Tensor:
    """The sum of independent steps."""
    steps = draws.normal(time.shape[-1]) / math.sqrt(time.shape[-1])
    return 1.2 * draws.log_normal(1.0, 0.8) * torch.cumsum(steps, 1)


def local_trend(draws: Draws, time: Tensor) -> Tensor:
    """A trend whose slope is a random walk (ARIMA(0, 2, q))."""
    walk = torch.cumsum(torch.cumsum(draws.normal(time.shape[-1]), 1), 1)
    return draws.log_normal(1.0, 0.6) * unit_std(walk)


def mean_reversion(draws: Draws, time: Tensor) -> Tensor:
    """An Ornstein-Uhlenbeck process that returns to its mean in a tenth to a third of the time."""
    length = time.shape[-1]
    keep = torch.exp(-1 / (length * draws.uniform(0.1, 0.33)))
    powers = keep ** torch.arange(length)
    size = 2 * length
    walk = torch.fft.irfft(
        torch.fft.rfft(draws.normal(length), size) * torch.fft.rfft(powers, size), size
    )[:, :length]
    return draws.log_normal(1.0, 0.6) * unit_std(walk)


def level_shift(draws: Draws, time: Tensor) -> Tensor:
    """A level that changes from one step to the next."""
    return 1.5 * draws.normal(1) * (time > draws.uniform(0, 1)).float()


def late_level_shift(draws: Draws, time: Tensor) -> Tensor:
    """A level that changes in the last tenth of the time in half of the rows."""
    return 1.5 * draws.normal(1) * (time > 1 - draws.uniform(0, 1) ** 3.3).float()


# Name: (share of the series with the trend, trend); the trends of a series are added.
TRENDS = {
    "line": (0.55, line),
    "bend": (0.25, bend),
    "second_bend": (0.25, bend),
    "saturation": (0.12, saturation),
    "parabola": (0.10, parabola),
    "random_walk": (0.30, random_walk),
    "local_trend": (0.12, local_trend),
    "mean_reversion": (0.10, mean_reversion),
    "level_shift": (0.15, level_shift),
    "second_level_shift": (0.08, level_shift),
    "late_level_shift": (0.10, late_level_shift),
}


def trend(draws: Draws, time: Tensor) -> Tensor:
    """[B, L] the sum of the trends that are drawn for each row."""
    total = torch.zeros(draws.count, time.shape[-1])
    for share, kind in TRENDS.values():
        some = draws.subset(share)  # only the rows that have this trend are computed
        total[draws.permutation()[: some.count]] += kind(some, time[None])
    return total


def compound_growth(draws: Draws, time: Tensor) -> Tensor:
    """[B, L] the logarithm of a level that grows by a nearly constant factor, 0 at the beginning.

    The level grows to between a fifth and twenty times. In some rows the rate changes once, or
    growth pauses for a while; in all rows the level is a little noisy.
    """
    total = draws.uniform(-1.5, 3.0)
    turn = draws.bernoulli(0.3) * draws.normal(1) * torch.relu(time - draws.uniform(0.3, 1))
    since, pause = draws.uniform(0, 1), draws.uniform(0.02, 0.15) * draws.bernoulli(0.3)
    paused = (time - since).clamp(min=0).minimum(pause)
    length = time.shape[-1]
    walk = torch.cumsum(draws.normal(length), 1) / math.sqrt(length)
    return total * (time - paused) + turn + draws.log_uniform(0.01, 0.5) * walk


def price_path(draws: Draws, length: int) -> Tensor:
    """[B, L] prices: a random walk with a drift, heavy tails and volatility that varies.

    In four rows of ten, a step depends on the previous one (autocorrelation −0.4 to 0.6).
    """
    tails = torch.exp(draws.uniform(0, 0.6) * draws.normal(length))
    volatility = modulation(draws, length, 12.0) * tails
    steps = draws.normal(length) * volatility
    autocorrelation = draws.bernoulli(0.4) * draws.uniform(-0.4, 0.6)
    steps[:, 1:] = steps[:, 1:] + autocorrelation * steps[:, :-1]
    steps = steps + draws.bernoulli(0.6) * draws.normal(1) * draws.log_uniform(0.05, 1.0)
    return unit_std(torch.cumsum(steps, 1)) * draws.log_normal(1.5, 0.5)
