"""Predicts one of K symbols."""

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray
from gated.numeric import namespace, primitives
from gated.tasks.generator.heads.head import Head, HeadConfig
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["CategoricalHead"]


class CategoricalHead(Head):
    """A linear layer and a softmax over the symbols that can stand at the step.

    The size of its description is the number of symbols K.
    """

    @staticmethod
    def outputs(config: HeadConfig) -> int:
        """See `Head`: K."""
        return config.size

    def nats(self, features: Array, targets: Array, allowed: Array | None) -> Array:
        """See `Head`."""
        return chosen_nats(self.weights.linear("output", features), targets, allowed)

    def draw(
        self,
        features: NDArray[np.float32],
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> int:
        """See `Head`."""
        logits = self.weights.linear("output", features)
        if allowed is not None:
            logits = np.where(allowed, logits, -np.inf)
        return sampling.draw(logits, generator)


def chosen_nats(logits: Array, targets: Array, allowed: Array | None) -> Array:
    """[B, T] −log p of one of K classes at each step.

    Args:
        logits: [B, T, K].
        targets: [B, T] int64 the classes.
        allowed: [B, T, K] which classes are possible; or None for all.
    """
    xp = namespace(logits)
    if allowed is not None:
        logits = xp.where(allowed, logits, -xp.inf)
    log_shares = primitives(logits).log_softmax(logits)
    return -xp.take_along_axis(log_shares, targets[..., None], axis=-1)[..., 0]
