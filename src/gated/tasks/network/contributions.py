"""Holds what each step of a sequence adds to a score of a network."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from gated.errors import UsageError

__all__ = ["MOST_STEPS", "Contributions", "check_length"]

MOST_STEPS = 8_192
"""Steps of a sequence at most: each point of the integral is a pass forward and backward."""


@dataclass(frozen=True)
class Contributions:
    """What each step of a sequence adds to a score, compared with a reference.

    Attributes:
        values: [T, I] the contribution of each value of each step, in the unit of the score.
        score: of the sequence.
        reference: the score of the reference sequence.
    """

    values: FloatArray
    score: float
    reference: float

    @property
    def steps(self) -> FloatArray:
        """[T] the contribution of each step: the sum over its values."""
        return np.asarray(self.values.sum(1))

    @property
    def error(self) -> float:
        """What the contributions miss of score − reference: that of the numerical integral."""
        return self.score - self.reference - float(self.values.sum())

    def densest(self, share: float = 0.5) -> tuple[int, int] | None:
        """The shortest stretch of steps whose contributions add up to at least a share of all.

        Args:
            share: of score − reference, above 0 and at most 1.

        Returns:
            First step, and the one after the last; the one with the largest sum where several are
            as short. None where the score is not above that of the reference.

        Raises:
            UsageError: the share is out of range.

        >>> found = Contributions(np.array([[0.1], [2.0], [1.5], [0.4]]), 5.0, 1.0)
        >>> found.densest(), found.densest(0.8)
        ((1, 2), (1, 3))
        """
        if not 0 < share <= 1:
            raise UsageError(f"share is {share!r}. Expected a number above 0, at most 1.")
        sums = np.concatenate([[0.0], self.steps.cumsum()])
        if sums[-1] <= 0:
            return None
        for length in range(1, len(sums)):
            inside = sums[length:] - sums[:-length]
            begin = int(inside.argmax())
            if inside[begin] >= share * sums[-1]:
                return begin, begin + length
        return 0, len(sums) - 1  # rounding


def check_length(steps: int) -> None:
    """Check that the score of a sequence of so many steps can be divided.

    Raises:
        UsageError: they are more than `MOST_STEPS`.
    """
    if steps > MOST_STEPS:
        raise UsageError(
            f"The sequence has {steps:,} steps. Expected at most {MOST_STEPS:,}, to say what each "
            "contributes. Pass a shorter part of it."
        )
