"""Predicts one of K symbols."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from gated.arrays import BoolArray
from gated.tasks.generator.heads.head import Head
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["CategoricalHead"]


class CategoricalHead(Head):
    """A linear layer and a softmax over the symbols that can stand at the step.

    Args:
        features: H.
        symbols: K.

    Example:
        >>> head = CategoricalHead(4, 3)
        >>> head.nats(torch.zeros(2, 5, 4), torch.zeros(2, 5, dtype=torch.long), None).shape
        torch.Size([2, 5])
    """

    def __init__(self, features: int, symbols: int) -> None:
        super().__init__()
        self.output = nn.Linear(features, symbols)

    def nats(self, features: Tensor, targets: Tensor, allowed: Tensor | None) -> Tensor:
        """See `Head`."""
        logits = self.output(features)
        if allowed is not None:
            logits = logits.masked_fill(~allowed, -torch.inf)
        return cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none").view_as(
            targets
        )

    def draw(
        self,
        features: Tensor,
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> int:
        """See `Head`."""
        weight, bias = (part.detach().numpy() for part in (self.output.weight, self.output.bias))
        logits = weight @ features.numpy() + bias  # a third of the time of torch's layer
        if allowed is not None:
            logits = np.where(allowed, logits, -np.inf)
        return sampling.draw(logits, generator)
