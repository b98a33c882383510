"""Computes the learning rate and the momentum of each training step.

A schedule is a function of three numbers: the used part of the budget, including the current batch;
the budget; and the highest learning rate. Its result depends only on these, so that a resumed run
needs no state of the schedule.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Rates", "Schedule", "WarmupStableDecay", "one_cycle"]

# The constants of torch.optim.lr_scheduler.OneCycleLR.
_RISE = 0.3  # share of the budget
_FIRST_RATE, _LAST_RATE = 25.0, 1e4  # the peak over the first rate, the first over the last
_LOWEST_MOMENTUM, _HIGHEST_MOMENTUM = 0.85, 0.95


class Rates(NamedTuple):
    """Settings of the optimiser for one step.

    Attributes:
        learning_rate: of AdamW.
        momentum: β₁ of AdamW.
    """

    learning_rate: float
    momentum: float


Schedule = Callable[[int, int, float], Rates]
"""(used, budget, peak) → `Rates`; 1 ≤ used. The last batch may exceed the budget."""


def one_cycle(used: int, budget: int, peak: float) -> Rates:
    """One cycle (Smith 2018, arXiv 1803.09820): the learning rate rises, then falls, on cosines.

    The momentum falls while the learning rate rises, and rises while it falls. The values are
    those of `torch.optim.lr_scheduler.OneCycleLR`, which needs a state.

    >>> [round(one_cycle(used, 100, 1.0).learning_rate, 3) for used in (1, 15, 30, 65, 100)]
    [0.04, 0.494, 1.0, 0.5, 0.0]
    """
    first = peak / _FIRST_RATE
    step, top = used - 1, _RISE * budget - 1
    if step <= top:
        share = step / top
        return Rates(
            _on_cosine(first, peak, share), _on_cosine(_HIGHEST_MOMENTUM, _LOWEST_MOMENTUM, share)
        )
    share = (step - top) / (budget - 1 - top)
    return Rates(
        _on_cosine(peak, first / _LAST_RATE, share),
        _on_cosine(_LOWEST_MOMENTUM, _HIGHEST_MOMENTUM, share),
    )


@dataclass(frozen=True)
class WarmupStableDecay:
    """Warm-up, stable phase, decay (Hu et al. 2024, arXiv 2404.06395).

    The stable phase does not depend on the end, so that the budget can be changed until the
    decay begins.

    Attributes:
        warm_up: the used part of the budget at which the learning rate reaches its peak.
        decay: share of the budget over which it falls linearly to a hundredth of the peak.
        momentum: constant.

    >>> schedule = WarmupStableDecay(warm_up=100, decay=0.5)
    >>> [schedule(used, 1_000, 1.0).learning_rate for used in (0, 50, 100, 500, 750, 1_000)]
    [0.0, 0.5, 1.0, 1.0, 0.505, 0.01]
    """

    warm_up: int
    decay: float = 0.3
    momentum: float = 0.9

    def decay_start(self, budget: int) -> int:
        """Return the used part of the budget at which the decay begins."""
        return round(budget * (1 - self.decay))

    def __call__(self, used: int, budget: int, peak: float) -> Rates:
        """Return the rates of one step; see `Schedule`."""
        rising = min(1.0, used / self.warm_up)
        left = (budget - used) / (budget - self.decay_start(budget))
        rate = peak * rising * min(1.0, max(0.0, 0.01 + 0.99 * left))
        return Rates(rate, self.momentum)


def _on_cosine(start: float, end: float, share: float) -> float:
    """Interpolate from start to end along half a period of a cosine."""
    return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
