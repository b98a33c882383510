"""Finds chosen words in endless sound, with a threshold set by false alarms an hour.

The score of a word at a step is the log-odds that it was written at one of the last steps at least,
as if these were independent: 1 − Π (1 − p_t). A word is found where its score is above the
threshold and the largest within a third of a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from gated.tasks.transcriber.decoding.search import LogProbs

__all__ = ["LEAST_SCORE", "Peak", "PeakFinder", "Spotted", "threshold_for"]

LEAST_SCORE = -8.0
"""Lower scores are never findings."""

_LAST = 3  # steps of a score
_SMALLEST = 1e-12


@dataclass(frozen=True)
class Spotted:
    """A word that was found.

    Attributes:
        symbol: the word, as in training.
        begin, end: in seconds for sound, in steps otherwise.
        score: log-odds of the word; 0 is a probability of a half.
    """

    symbol: str | int | float | bool
    begin: float
    end: float
    score: float


@dataclass(frozen=True)
class Peak:
    """A step at which a word was written with the largest score nearby.

    Attributes:
        symbol: 1 … K.
        step: of the largest score.
        score: log-odds.
    """

    symbol: int
    step: int
    score: float


class PeakFinder:
    """Finds the peaks of the scores of some words, part by part, in constant memory.

    Args:
        symbols: the words, 1 … K.
        least: score that a peak exceeds.
        closest: steps between two peaks of a word at least.
    """

    def __init__(self, symbols: Sequence[int], least: float, closest: int) -> None:
        self._symbols, self._least, self._closest = list(symbols), least, closest
        self._steps = 0
        self._past = np.zeros((_LAST - 1, len(self._symbols)))  # log (1 − p) of the last steps
        self._open: dict[int, Peak] = {}

    def push(self, log_probs: LogProbs) -> list[Peak]:
        """Read steps [t, K + 1]; return the peaks that are certain, in the order of their steps."""
        scores = self._scores(log_probs)
        found: list[Peak] = []
        for step, column in np.argwhere(scores > self._least).tolist():
            symbol, score = self._symbols[column], float(scores[step, column])
            peak, before = Peak(symbol, self._steps + step, score), self._open.get(symbol)
            if before is not None and peak.step - before.step > self._closest:
                found.append(before)
                before = None
            if before is None or score > before.score:
                self._open[symbol] = peak
        self._steps += len(scores)
        late = [p for p in self._open.values() if self._steps - p.step > self._closest]
        for peak in late:
            del self._open[peak.symbol]
        return sorted(found + late, key=lambda peak: peak.step)

    def finish(self) -> list[Peak]:
        """Return the peaks that the end of the sequence makes certain."""
        found = sorted(self._open.values(), key=lambda peak: peak.step)
        self._open = {}
        return found

    def _scores(self, log_probs: LogProbs) -> FloatArray:
        """[t, words] the log-odds of each word at the last steps."""
        chosen = np.asarray(log_probs, dtype=np.float64)[:, self._symbols]
        # log (1 − p); a probability of 1 would make it −∞
        absent = np.log1p(-np.exp(np.minimum(chosen, -_SMALLEST)))
        known = np.concatenate([self._past, absent])
        self._past = known[len(known) - (_LAST - 1) :]
        never = np.lib.stride_tricks.sliding_window_view(known, _LAST, axis=0).sum(-1)
        never = np.minimum(never, -_SMALLEST)
        found: FloatArray = np.log(-np.expm1(never)) - never
        return found


def threshold_for(scores: Sequence[float], hours: float, false_alarms: float) -> float:
    """The lowest threshold with at most so many false alarms an hour.

    Args:
        scores: of the peaks in sound without the words.
        hours: length of that sound.
        false_alarms: an hour.

    >>> threshold_for([3.0, 1.0, 2.0], hours=2.0, false_alarms=0.5)
    2.0
    """
    allowed = int(false_alarms * hours)
    above = sorted(scores, reverse=True)
    return above[allowed] if allowed < len(above) else LEAST_SCORE
