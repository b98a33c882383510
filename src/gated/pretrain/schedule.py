"""The learning rate: up, level, down; a run can be made longer for as long as it is level."""

from dataclasses import dataclass

__all__ = ["Schedule"]


@dataclass(frozen=True)
class Schedule:
    """Warm-up, stable, decay (Hu et al. 2024, arXiv 2404.06395), counted in windows.

    The stable stretch knows nothing of the end, so that the budget can be changed until the decay
    begins; a run is kept there once, and can go on from that point to a later end.

    Attributes:
        budget: windows in all.
        peak: the learning rate of the stable stretch.
        warm_up: windows until it is reached.
        decay: the share of the budget over which it falls, in a straight line, to a hundredth.

    >>> schedule = Schedule(1_000, peak=1.0, warm_up=100, decay=0.5)
    >>> [schedule.rate(at) for at in (0, 50, 100, 500, 750, 1_000)]
    [0.0, 0.5, 1.0, 1.0, 0.505, 0.01]
    """

    budget: int
    peak: float = 2e-3
    warm_up: int = 75_000
    decay: float = 0.3

    @property
    def decays_from(self) -> int:
        """The window at which the decay begins."""
        return round(self.budget * (1 - self.decay))

    def rate(self, windows: int) -> float:
        """The learning rate after so many windows."""
        rising = min(1.0, windows / self.warm_up)
        left = (self.budget - windows) / (self.budget - self.decays_from)
        return self.peak * rising * min(1.0, max(0.0, 0.01 + 0.99 * left))
