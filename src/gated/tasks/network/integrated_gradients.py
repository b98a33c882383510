"""Divides a score of a network into what each step of a sequence adds: integrated gradients.

    c_{t,i} = (x_{t,i} − b_{t,i}) ∫₀¹ ∂F(b + a (x − b)) / ∂x_{t,i} da

For a score F of a sequence x and a reference b, such as one whose steps are all the mean of the
training, the contributions add up to F(x) − F(b) (completeness; Sundararajan, Taly & Yan 2017,
arXiv 1703.01365). The integral is a sum over Gauss-Legendre points; `error` is what it misses.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gated.errors import DataError
from gated.tasks.network.contributions import Contributions, check_length

__all__ = ["integrated_gradients", "log_odds"]

_POINTS = (32, 128, 512)
_MISSED = 0.01  # of the difference that more points make up for
_STEPS_AT_ONCE = 8_192  # of several points together


def integrated_gradients(
    score: Callable[[Tensor], Tensor], steps: Tensor, reference: Tensor
) -> Contributions:
    """Divide a score among the values of a sequence.

    The integral has 32 points, or 128 or 512 where fewer miss more than 1 % of the difference.

    Args:
        score: the score [B] of sequences [B, T, I]; differentiable.
        steps: [T, I] the sequence.
        reference: [T, I], or [I] for the same at each step.

    Raises:
        DataError: the sequence has no step.
        UsageError: it has more than `MOST_STEPS`.

    Example:
        >>> x = torch.tensor([[1.0], [2.0], [3.0]])
        >>> found = integrated_gradients(lambda x: x[:, 0, 0] * x[:, 2, 0], x, torch.zeros(1))
        >>> found.steps.round(3).tolist(), found.score, abs(found.error) < 1e-5
        ([1.5, 0.0, 1.5], 3.0, True)
    """
    if len(steps) == 0:
        raise DataError("The sequence has no step. Expected at least one, to divide a score.")
    check_length(len(steps))
    with torch.inference_mode(False), torch.enable_grad():  # whatever holds around the call
        steps, reference = steps.clone(), reference.clone()
        ends = score(torch.stack([steps, reference.expand_as(steps)])).detach().double().tolist()
        for points in _POINTS:
            values = (steps - reference) * _mean_gradient(score, steps, reference, points)
            found = Contributions(values.double().numpy(), *ends)
            if abs(found.error) <= _MISSED * abs(ends[0] - ends[1]):
                break
    return found


def log_odds(logits: Tensor, index: int) -> Tensor:
    """[B] the log-odds log(p / (1 − p)) of one of the K classes of logits [B, K].

    >>> float(log_odds(torch.tensor([[0.7, 0.2, 0.1]]).log(), 0).exp())  # doctest: +ELLIPSIS
    2.33...
    """
    others = [other for other in range(logits.shape[1]) if other != index]
    return logits[:, index] - logits[:, others].logsumexp(1)


def _mean_gradient(
    score: Callable[[Tensor], Tensor], steps: Tensor, reference: Tensor, points: int
) -> Tensor:
    """[T, I] the mean gradient on the line from the reference to the sequence."""
    nodes, weights = np.polynomial.legendre.leggauss(points)  # of −1 … 1
    mean = torch.zeros_like(steps)
    together = max(_STEPS_AT_ONCE // len(steps), 1)
    for first in range(0, points, together):
        own = slice(first, first + together)
        places, shares = (
            torch.tensor(each[own], dtype=steps.dtype)[:, None, None]
            for each in ((nodes + 1) / 2, weights / 2)
        )
        x = (reference + places * (steps - reference)).requires_grad_()
        (gradient,) = torch.autograd.grad(score(x).sum(), x)
        mean += (shares * gradient).sum(0)
    return mean
