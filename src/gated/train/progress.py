"""Tells how far a training is."""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Progress", "shifted"]


@dataclass(frozen=True)
class Progress:
    """State of a training run, for a progress bar.

    Attributes:
        step, steps: used of the plan's budget, and the budget.
        loss: running average over the last steps.
        score: of the last evaluation; NaN before the first.
        seconds_left: estimated from the steps so far.
    """

    step: int
    steps: int
    loss: float
    score: float
    seconds_left: float


def shifted(
    progress: Callable[[Progress], None] | None, before: int, total: int
) -> Callable[[Progress], None] | None:
    """Report the progress of one run as that of a training of several runs.

    Args:
        progress: to be called; None for no report.
        before: steps of the runs before this one.
        total: steps of all runs.

    >>> shifted(print, 10, 30)(Progress(5, 10, 0.5, 0.4, 2.0))
    Progress(step=15, steps=30, loss=0.5, score=0.4, seconds_left=6.0)
    """
    if progress is None:
        return None

    def report(found: Progress) -> None:
        step = before + found.step
        left = found.seconds_left * (total - step) / max(found.steps - found.step, 1)
        progress(Progress(step, total, found.loss, found.score, left))

    return report
