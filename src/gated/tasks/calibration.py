"""Finds the temperature of probabilities (Guo et al. 2017, arXiv 1706.04599)."""

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

__all__ = ["HIGHEST_TEMPERATURE", "LOWEST_TEMPERATURE", "best_temperature"]

LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 0.25, 8.0
_POINTS = 61


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature with the lowest log loss, of a fine grid.

    Args:
        logits: [n, K] of held-out answers.
        labels: [n] int64, the right ones.

    >>> best_temperature(torch.tensor([[2.0, 0.0]] * 4), torch.tensor([0, 0, 0, 1])) > 1
    True
    """
    grid = torch.logspace(
        math.log10(LOWEST_TEMPERATURE), math.log10(HIGHEST_TEMPERATURE), _POINTS, dtype=torch.double
    )
    losses = torch.stack([cross_entropy(logits.double() / t, labels) for t in grid])
    return float(grid[losses.argmin()])
