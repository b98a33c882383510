"""Noise of every colour, and smooth random curves, which are noise too: of low frequencies.

White noise is shaped in its spectrum. The shapes are those of an autoregression, of power laws
(between white noise and more than a random walk), and of the stationary kernels of Gaussian
processes: RBF, rational quadratic, locally periodic. Sums of kernels are sums of spectra, so
that this is KernelSynth (Ansari et al. 2024, arXiv 2403.07815) at the price of one transform.
"""

import math

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit

__all__ = ["SPECTRA", "coloured", "modulation", "white"]

# A transform is periodic: its end is its beginning. So more is drawn than is used.
_SPARE = 1.3


def autoregression(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """The spectrum of AR(1): coefficients up to 0.9, and some up to 0.999."""
    usual, long_memory = draws.uniform(-0.3, 0.9), 1 - draws.log_uniform(1e-3, 1e-1)
    a = torch.where(draws.chance(0.35) > 0, long_memory, usual)
    return (1 + a.square() - 2 * a * torch.cos(2 * math.pi * frequency)).rsqrt()


def power_law(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """1/f^β noise: β = 0 is white, 1 pink, 2 a random walk."""
    return frequency ** (-draws.uniform(0.3, 2.2) / 2)


def smooth(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """The spectrum of the RBF kernel, with 1 to 60 bends over the series."""
    scale = length / draws.log_uniform(1.3, 60)
    return torch.exp(-((math.pi * frequency * scale) ** 2))


def rational_quadratic(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """Smooth at several scales at once."""
    scale = length / draws.log_uniform(1.3, 60)
    return (1 + (2 * frequency * scale) ** 2) ** -draws.uniform(0.8, 2.5)


def locally_periodic(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """A cycle whose shape and length drift: periodic kernel × RBF."""
    center = draws.log_uniform(6e-3, 0.4)
    width = center * draws.log_uniform(0.03, 0.3)
    return torch.exp(-0.5 * ((frequency - center) / width) ** 2)


SPECTRA = {
    "autoregression": (0.40, autoregression),
    "power_law": (0.20, power_law),
    "smooth": (0.12, smooth),
    "rational_quadratic": (0.15, rational_quadratic),
    "locally_periodic": (0.13, locally_periodic),
}


def coloured(draws: Draws, length: int, kind: str | None = None) -> Tensor:
    """[B, L] of unit spread, each row of a spectrum drawn at random, or of the one named."""
    size = 1 << math.ceil(math.log2(_SPARE * length))
    frequency = (torch.arange(size // 2 + 1) / size).clamp(min=0.5 / size)[None]
    names = [kind] if kind else list(SPECTRA)
    shares = [SPECTRA[name][0] for name in names]
    shapes = torch.stack([SPECTRA[name][1](draws, frequency, length) for name in names], 1)
    shape = draws.choose(shares, shapes)
    spectrum = torch.fft.rfft(draws.normal(size)) * shape
    return unit(torch.fft.irfft(spectrum, size)[:, :length])


def white(draws: Draws, length: int) -> Tensor:
    """[B, L] independent values: normal, or with heavy tails."""
    normal, heavy = draws.normal(length), draws.chance(0.25)
    tails = 1 + heavy * (0.8 * torch.exp(0.7 * draws.normal(length)) - 1)
    return normal * tails


def modulation(draws: Draws, length: int, waves: float = 4.0) -> Tensor:
    """[B, L] a positive factor around 1 that moves slowly, in half of the rows."""
    time = torch.linspace(0, 1, length)[None]
    wave = torch.zeros(draws.count, length)
    for _ in range(2):
        turns = time * draws.uniform(0.2, waves) + draws.uniform(0, 1)
        wave = wave + draws.normal(1) * torch.sin(2 * math.pi * turns)
    return torch.exp(wave * draws.uniform(0, 0.4) * draws.chance(0.5))
