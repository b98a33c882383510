"""Predicts the next point of a drawing: a mixture of normal distributions, and the pen.

p(Δx, Δy) = Σₘ πₘ N(Δx, Δy; μₘ, σₘ, ρₘ)         Graves 2013 (arXiv 1308.0850), equations 18–25
p(pen)    = softmax over down, up, end           Ha & Eck 2017 (arXiv 1704.03477)
"""

import math

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray
from gated.numeric import clip, namespace, primitives
from gated.tasks.generator.heads.categorical import chosen_nats
from gated.tasks.generator.heads.head import Head, HeadConfig
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["END", "PENS", "MixtureHead"]

PENS = 3
END = 2
"""The pen of a step that ends the drawing; its Δx and Δy count nothing."""

_NUMBERS = 6  # of each normal distribution
_SMALLEST_LOG_SIGMA = -5.0  # data on a grid would let a distribution collapse to a line
_LARGEST_RHO = 0.995


class MixtureHead(Head):
    """A linear layer that gives the parameters of a mixture and the logits of the pen.

    The size of its description is the number of normal distributions M.

    Shape:
        targets [B, T, 3] float32: Δx, Δy, and the pen as 0, 1 or 2.
    """

    @staticmethod
    def outputs(config: HeadConfig) -> int:
        """See `Head`: six numbers of each distribution, and the pens."""
        return _NUMBERS * config.size + PENS

    def nats(self, features: Array, targets: Array, allowed: Array | None) -> Array:
        """See `Head`."""
        (log_weights, mean, log_sigma, rho), pen_logits = self.parameters(features)
        xp = namespace(features)
        z = (targets[..., None, :2] - mean) * xp.exp(-log_sigma)  # [B, T, M, 2]
        one_minus = 1 - rho * rho
        square = xp.sum(z * z, axis=-1) - 2 * rho * z[..., 0] * z[..., 1]
        log_density = (
            -square / (2 * one_minus)
            - 0.5 * xp.log(one_minus)
            - xp.sum(log_sigma, axis=-1)
            - math.log(2 * math.pi)
        )
        point = -primitives(features).log_sum_exp(log_weights + log_density)
        pens = xp.astype(targets[..., 2], xp.int64)
        return chosen_nats(pen_logits, pens, allowed) + xp.where(pens == END, 0.0, point)

    def draw(
        self,
        features: NDArray[np.float32],
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> NDArray[np.float32]:
        """See `Head`: [3] Δx, Δy, pen; the temperature multiplies the variances too."""
        (log_weights, mean, log_sigma, rho), pens = self.parameters(features)
        if allowed is not None:
            pens = np.where(allowed, pens, -np.inf)
        pen = sampling.draw(pens, generator)
        chosen = sampling.draw(log_weights, generator)
        first, second = generator.standard_normal(2) * math.sqrt(sampling.temperature)
        r = float(rho[chosen])
        correlated = r * first + math.sqrt(1 - r * r) * second
        step = mean[chosen] + np.exp(log_sigma[chosen]) * np.array([first, correlated])
        return np.array([*step, pen], dtype=np.float32)

    def parameters(self, features: Array) -> tuple[tuple[Array, Array, Array, Array], Array]:
        """log π [..., M], μ and log σ [..., M, 2], and ρ [..., M]; the logits of the pens."""
        values = self.weights.linear("output", features)
        pens, rest = values[..., :PENS], values[..., PENS:]
        rest = rest.reshape(*rest.shape[:-1], self.config.size, _NUMBERS)
        log_weights = primitives(rest).log_softmax(rest[..., 0])
        log_sigma = clip(rest[..., 3:5], _SMALLEST_LOG_SIGMA)
        rho = _LARGEST_RHO * namespace(rest).tanh(rest[..., 5])
        return (log_weights, rest[..., 1:3], log_sigma, rho), pens
