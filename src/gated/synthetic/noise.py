"""Draws coloured noise, from white noise to smooth random curves.

White noise is multiplied by a spectrum: of an autoregression, of a power law (from white noise to
smoother than a random walk), or of a stationary Gaussian process kernel (RBF, rational quadratic,
locally periodic). A sum of kernels is a sum of spectra, so that one Fourier transform draws the
series of KernelSynth (Ansari et al. 2024, arXiv 2403.07815).
"""

import math

import torch
from torch import Tensor

from gated.synthetic.draws import Draws, unit_std

__all__ = ["SPECTRA", "coloured", "cycle_noise", "modulation", "white"]

# A Fourier transform gives periodic noise: more is drawn than is used, to avoid this.
_DRAWN_PER_USED = 1.3


def autoregression(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """The spectrum of AR(1), with coefficients up to 0.9, in a third of the rows up to 0.999."""
    short_memory, long_memory = draws.uniform(-0.3, 0.9), 1 - draws.log_uniform(1e-3, 1e-1)
    a = torch.where(draws.bernoulli(0.35) > 0, long_memory, short_memory)
    return (1 + a.square() - 2 * a * torch.cos(2 * math.pi * frequency)).rsqrt()


def power_law(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """1/f^β noise: β = 0 is white, 1 pink, 2 a random walk."""
    return frequency ** (-draws.uniform(0.3, 2.2) / 2)


def smooth(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """The spectrum of the RBF kernel, with 1 to 60 bends over the series."""
    scale = length / draws.log_uniform(1.3, 60)
    return torch.exp(-((math.pi * frequency * scale) ** 2))


def rational_quadratic(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """The spectrum of the rational quadratic kernel: smooth on several scales at once."""
    scale = length / draws.log_uniform(1.3, 60)
    return (1 + (2 * frequency * scale) ** 2) ** -draws.uniform(0.8, 2.5)


def locally_periodic(draws: Draws, frequency: Tensor, length: int) -> Tensor:
    """The spectrum of a periodic kernel × RBF: a cycle whose shape and length drift."""
    center = draws.log_uniform(6e-3, 0.4)
    width = center * draws.log_uniform(0.03, 0.3)
    return torch.exp(-0.5 * ((frequency - center) / width) ** 2)


# Name: (share of the rows with the spectrum, spectrum).
SPECTRA = {
    "autoregression": (0.40, autoregression),
    "power_law": (0.20, power_law),
    "smooth": (0.12, smooth),
    "rational_quadratic": (0.15, rational_quadratic),
    "locally_periodic": (0.13, locally_periodic),
}


def coloured(draws: Draws, length: int, kind: str | None = None) -> Tensor:
    """[B, L] noise of standard deviation 1; its spectrum is `kind`, or drawn for each row."""
    frequency = _frequencies(length)
    names = [kind] if kind else list(SPECTRA)
    shares = [SPECTRA[name][0] for name in names]
    shapes = torch.stack([SPECTRA[name][1](draws, frequency, length) for name in names], 1)
    shape = draws.select(shares, shapes)
    return _filtered(draws, shape, length)


def cycle_noise(draws: Draws, length: int, period: float) -> Tensor:
    """[B, L] a cycle of standard deviation 1 and of about `period` steps, which drifts."""
    frequency = _frequencies(length)
    width = draws.log_uniform(0.03, 0.25) / period
    return _filtered(draws, torch.exp(-0.5 * ((frequency - 1 / period) / width) ** 2), length)


def _frequencies(length: int) -> Tensor:
    """[1, F] the frequencies of noise of so many steps, in cycles per step."""
    size = 1 << math.ceil(math.log2(_DRAWN_PER_USED * length))
    return (torch.arange(size // 2 + 1) / size).clamp(min=0.5 / size)[None]


def _filtered(draws: Draws, spectrum: Tensor, length: int) -> Tensor:
    """[B, L] white noise multiplied by a spectrum [B, F], of standard deviation 1."""
    size = 2 * (spectrum.shape[1] - 1)
    noise = torch.fft.rfft(draws.normal(size)) * spectrum
    return unit_std(torch.fft.irfft(noise, size)[:, :length])


def white(draws: Draws, length: int) -> Tensor:
    """[B, L] independent values: normal, in a quarter of the rows with heavy tails."""
    normal, heavy = draws.normal(length), draws.bernoulli(0.25)
    tails = 1 + heavy * (0.8 * torch.exp(0.7 * draws.normal(length)) - 1)
    return normal * tails


def modulation(draws: Draws, length: int, waves: float = 4.0) -> Tensor:
    """[B, L] a positive factor around 1 that varies slowly in half of the rows, else is 1."""
    time = torch.linspace(0, 1, length)[None]
    wave = torch.zeros(draws.count, length)
    for _ in range(2):
        turns = time * draws.uniform(0.2, waves) + draws.uniform(0, 1)
        wave = wave + draws.normal(1) * torch.sin(2 * math.pi * turns)
    return torch.exp(wave * draws.uniform(0, 0.4) * draws.bernoulli(0.5))
