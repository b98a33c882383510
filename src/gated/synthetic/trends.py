"""Where a series goes: lines, bends, saturation, wandering, jumps."""

import math

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit
from gated.synthetic.noise import modulation

__all__ = ["TRENDS", "trend", "wandering"]


def line(draws: Draws, time: Tensor) -> Tensor:
    """A straight line."""
    return draws.normal(1) * draws.size(1.0, 0.8) * time


def bend(draws: Draws, time: Tensor) -> Tensor:
    """A line that begins somewhere on the way."""
    return 2 * draws.normal(1) * torch.relu(time - draws.uniform(0, 1))


def saturation(draws: Draws, time: Tensor) -> Tensor:
    """A logistic curve: growth to a ceiling, or decay to a floor."""
    return (
        1.5
        * draws.normal(1)
        * torch.sigmoid((time - draws.uniform(0, 1)) / draws.uniform(0.02, 0.3))
    )


def parabola(draws: Draws, time: Tensor) -> Tensor:
    """A turn."""
    return 2 * draws.normal(1) * (time - draws.uniform(0, 1)) ** 2


def random_walk(draws: Draws, time: Tensor) -> Tensor:
    """Independent steps, summed."""
    steps = draws.normal(time.shape[-1]) / math.sqrt(time.shape[-1])
    return 1.2 * draws.size(1.0, 0.8) * torch.cumsum(steps, 1)


def local_trend(draws: Draws, time: Tensor) -> Tensor:
    """A slope that itself walks at random (ARIMA(0, 2, q))."""
    walk = torch.cumsum(torch.cumsum(draws.normal(time.shape[-1]), 1), 1)
    return draws.size(1.0, 0.6) * unit(walk)


def reversion(draws: Draws, time: Tensor) -> Tensor:
    """An Ornstein-Uhlenbeck process: pulled back to its mean in a tenth to a third of the time."""
    length = time.shape[-1]
    keep = torch.exp(-1 / (length * draws.uniform(0.1, 0.33)))
    powers = keep ** torch.arange(length)
    size = 2 * length
    walk = torch.fft.irfft(
        torch.fft.rfft(draws.normal(length), size) * torch.fft.rfft(powers, size), size
    )[:, :length]
    return draws.size(1.0, 0.6) * unit(walk)


def jump(draws: Draws, time: Tensor) -> Tensor:
    """A level that changes at once."""
    return 1.5 * draws.normal(1) * (time > draws.uniform(0, 1)).float()


# How likely each is to be in a series; they add up.
TRENDS = {
    "line": (0.55, line),
    "bend": (0.25, bend),
    "second_bend": (0.25, bend),
    "saturation": (0.12, saturation),
    "parabola": (0.10, parabola),
    "random_walk": (0.30, random_walk),
    "local_trend": (0.12, local_trend),
    "reversion": (0.10, reversion),
    "jump": (0.12, jump),
    "second_jump": (0.05, jump),
}


def trend(draws: Draws, time: Tensor) -> Tensor:
    """[B, L] the sum of those that chance lets in; only their rows are computed."""
    total = torch.zeros(draws.count, time.shape[-1])
    for share, kind in TRENDS.values():
        some = draws.split(share)
        total[draws.shuffle()[: some.count]] += kind(some, time[None])
    return total


def wandering(draws: Draws, length: int) -> Tensor:
    """[B, L] a price or an index: a random walk with a drift, heavy tails, calm and wild times.

    Some rows remember their last step a little, others are pulled back a little.
    """
    tails = torch.exp(draws.uniform(0, 0.6) * draws.normal(length))
    size = modulation(draws, length, 12.0) * tails
    steps = draws.normal(length) * size
    remembered = draws.chance(0.4) * draws.uniform(-0.4, 0.6)
    steps[:, 1:] = steps[:, 1:] + remembered * steps[:, :-1]
    steps = steps + draws.chance(0.6) * draws.normal(1) * draws.log_uniform(0.05, 1.0)
    return unit(torch.cumsum(steps, 1)) * draws.size(1.5, 0.5)
