"""Draws random numbers for a batch of series: one row per series, all from one generator."""

import math

import torch
from torch import Tensor

__all__ = ["Draws", "unit_std"]


class Draws:
    """Draws [B, ...] for B series at once.

    Args:
        count: series B.
        generator: the only source of randomness, so that a seed gives the same bits.
    """

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count, self.generator = count, generator

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers [B, *shape]."""
        return torch.randn(self.count, *shape, generator=self.generator)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Uniform numbers [B, *shape]; [B, 1] where no shape is given."""
        return low + (high - low) * torch.rand(
            self.count, *(shape or (1,)), generator=self.generator
        )

    def log_uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Numbers whose logarithm is uniform, [B, *shape]."""
        return self.uniform(math.log(low), math.log(high), *shape).exp()

    def log_normal(self, median: float, spread: float) -> Tensor:
        """Log-normal numbers [B, 1]; `spread` is the standard deviation of their logarithm."""
        return median * (spread * self.normal(1)).exp()

    def bernoulli(self, p: float | Tensor, *shape: int) -> Tensor:
        """1 with probability p, else 0, [B, *shape]; [B, 1] where no shape is given."""
        drawn = torch.rand(self.count, *(shape or (1,)), generator=self.generator)
        return (drawn < p).float()

    def integers(self, high: int, *shape: int) -> Tensor:
        """Integers from 0 to high − 1, [B, *shape]; [B, 1] where no shape is given."""
        return torch.randint(high, (self.count, *(shape or (1,))), generator=self.generator)

    def shared_uniform(self) -> float:
        """A number between 0 and 1 that the whole batch shares."""
        return float(torch.rand((), generator=self.generator))

    def categorical(self, shares: list[float]) -> Tensor:
        """[B, 1] an index into `shares`, drawn by these weights; they need not sum to 1."""
        weights = torch.tensor(shares).expand(self.count, -1)
        return torch.multinomial(weights, 1, generator=self.generator)

    def select(self, shares: list[float], options: Tensor) -> Tensor:
        """[B, N] one of the K rows of each of the options [B, K, N], drawn by the K shares."""
        drawn = self.categorical(shares)[:, :, None].expand(-1, 1, options.shape[2])
        return options.gather(1, drawn)[:, 0]

    def subset(self, share: float) -> "Draws":
        """Draws for a share of the series, one at least."""
        return Draws(max(1, round(share * self.count)), self.generator)

    def permutation(self) -> Tensor:
        """[B] the indices of the series in random order."""
        return torch.randperm(self.count, generator=self.generator)


def unit_std(values: Tensor) -> Tensor:
    """Scale rows [B, L] to a standard deviation of 1; a constant row stays constant."""
    return values / (values.std(1, keepdim=True) + 1e-6)
