"""Draws symbols from probabilities, with a temperature and without the improbable ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.errors import UsageError
from gated.text import option_name

__all__ = ["Sampling"]


@dataclass(frozen=True)
class Sampling:
    """How symbols are drawn.

    Attributes:
        temperature: divides the logits: below 1 the probable symbols are drawn more often; at 0
            the most probable one always.
        top_k: draw from the k most probable symbols only; None for all.
        top_p: draw from the most probable symbols that have this probability together (nucleus
            sampling, arXiv 1904.09751); None for all.

    Raises:
        UsageError: a value is out of range.

    Example:
        >>> Sampling(top_k=1).probabilities(np.log([0.5, 0.3, 0.2])).tolist()
        [1.0, 0.0, 0.0]
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not (_is_number(self.temperature) and 0 <= self.temperature <= 100):
            raise UsageError(
                f"{option_name('temperature')} is {self.temperature!r}. Expected a number from 0 "
                "to 100."
            )
        is_whole = isinstance(self.top_k, (int, np.integer)) and not isinstance(self.top_k, bool)
        if self.top_k is not None and not (is_whole and self.top_k >= 1):
            raise UsageError(
                f"{option_name('top_k')} is {self.top_k!r}. Expected a whole number from 1. Leave "
                "it out to draw from all symbols."
            )
        if self.top_p is not None and not (_is_number(self.top_p) and 0 < self.top_p <= 1):
            raise UsageError(
                f"{option_name('top_p')} is {self.top_p!r}. Expected a number above 0, at most 1. "
                "Leave it out to draw from all symbols."
            )

    def probabilities(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """[K] the probabilities that symbols are drawn with, of logits [K]; −∞ is never drawn."""
        scores = np.asarray(logits, dtype=np.float64)
        if self.temperature == 0:
            chosen = np.zeros_like(scores)
            chosen[scores.argmax()] = 1
            return chosen
        scores = (scores - scores.max()) / self.temperature
        if self.top_k is not None and self.top_k < len(scores):
            least = np.partition(scores, -self.top_k)[-self.top_k]
            scores = np.where(scores >= least, scores, -np.inf)
        weights: NDArray[np.float64] = np.exp(scores)
        weights /= weights.sum()
        if self.top_p is not None and self.top_p < 1:
            order = np.argsort(-weights, kind="stable")
            before = weights[order].cumsum() - weights[order]
            weights[order[before >= self.top_p]] = 0
            weights /= weights.sum()
        return weights

    def draw(self, logits: NDArray[np.floating], generator: np.random.Generator) -> int:
        """The index of a symbol."""
        cumulated = self.probabilities(logits).cumsum()
        drawn = generator.random() * cumulated[-1]
        return min(int(cumulated.searchsorted(drawn, side="right")), len(cumulated) - 1)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
