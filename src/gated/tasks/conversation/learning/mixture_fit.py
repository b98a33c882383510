"""Estimates the weights of a mixture on held-out replies, with torch."""

import torch
from torch.nn.functional import cross_entropy, softplus

from gated.arrays import FloatArray, IntArray

__all__ = ["estimated_weights"]

_STEPS = 60
_PULL = 1e-3  # towards equal weights, for few held-out replies


def estimated_weights(features: FloatArray, true: IntArray) -> tuple[float, ...]:
    """The weights with the least log loss.

    Args:
        features: [M, R, 4] of R replies after each of M turns.
        true: [M] the right reply.
    """
    x, y = torch.from_numpy(features), torch.from_numpy(true)
    raw = torch.ones(features.shape[2], dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([raw], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = cross_entropy(x @ softplus(raw), y) + _PULL * (raw - 1).square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return tuple(softplus(raw.detach()).tolist())
