"""Predicts the next point of a drawing: a mixture of normal distributions, and the pen.

p(Δx, Δy) = Σₘ πₘ N(Δx, Δy; μₘ, σₘ, ρₘ)         Graves 2013 (arXiv 1308.0850), equations 18–25
p(pen)    = softmax over down, up, end           Ha & Eck 2017 (arXiv 1704.03477)
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gated.arrays import BoolArray
from gated.tasks.generator.heads.head import Head
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["END", "PENS", "MixtureHead"]

PENS = 3
END = 2
"""The pen of a step that ends the drawing; its Δx and Δy count nothing."""

_SMALLEST_LOG_SIGMA = -5.0  # data on a grid would let a distribution collapse to a line
_LARGEST_RHO = 0.995


class MixtureHead(Head):
    """A linear layer that gives the parameters of a mixture and the logits of the pen.

    Args:
        features: H.
        components: normal distributions M.

    Shape:
        targets [B, T, 3] float32: Δx, Δy, and the pen as 0, 1 or 2.
    """

    def __init__(self, features: int, components: int) -> None:
        super().__init__()
        self.components = components
        self.output = nn.Linear(features, 6 * components + PENS)

    def nats(self, features: Tensor, targets: Tensor, allowed: Tensor | None) -> Tensor:
        """See `Head`."""
        mixture, pen_logits = self._mixture(features)
        if allowed is not None:
            pen_logits = pen_logits.masked_fill(~allowed, -torch.inf)
        log_weights, mean, log_sigma, rho = mixture
        z = (targets[..., None, :2] - mean) * (-log_sigma).exp()  # [B, T, M, 2]
        one_minus = 1 - rho.square()
        square = z.square().sum(-1) - 2 * rho * z.prod(-1)
        log_density = (
            -square / (2 * one_minus)
            - 0.5 * one_minus.log()
            - log_sigma.sum(-1)
            - math.log(2 * math.pi)
        )
        point = -(log_weights + log_density).logsumexp(-1)
        pens = targets[..., 2].long()
        pen = cross_entropy(pen_logits.flatten(0, 1), pens.flatten(), reduction="none")
        return pen.view_as(pens) + torch.where(pens == END, 0.0, point)

    def draw(
        self,
        features: Tensor,
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> NDArray[np.float32]:
        """See `Head`: [3] Δx, Δy, pen; the temperature multiplies the variances too."""
        mixture, pen_logits = self._mixture(features[None, None])
        log_weights, mean, log_sigma, rho = (part[0, 0].numpy() for part in mixture)
        pens = pen_logits[0, 0].numpy()
        pen = sampling.draw(
            pens if allowed is None else np.where(allowed, pens, -np.inf), generator
        )
        chosen = sampling.draw(log_weights, generator)
        first, second = generator.standard_normal(2) * math.sqrt(sampling.temperature)
        r = float(rho[chosen])
        correlated = r * first + math.sqrt(1 - r * r) * second
        step = mean[chosen] + np.exp(log_sigma[chosen]) * np.array([first, correlated])
        return np.array([*step, pen], dtype=np.float32)

    def _mixture(self, features: Tensor) -> tuple[tuple[Any, ...], Tensor]:
        values = self.output(features)
        pens, rest = values[..., :PENS], values[..., PENS:].unflatten(-1, (self.components, 6))
        log_weights = rest[..., 0].log_softmax(-1)
        log_sigma = rest[..., 3:5].clamp(min=_SMALLEST_LOG_SIGMA)
        rho = _LARGEST_RHO * rest[..., 5].tanh()
        return (log_weights, rest[..., 1:3], log_sigma, rho), pens
