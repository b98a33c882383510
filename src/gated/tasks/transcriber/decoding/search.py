"""Finds the string that is written by the probabilities of each step.

A path gives one symbol or the blank to each step; a string is a path without repetitions and then
without blanks. Greedy decoding takes the most probable path. Beam search adds up the probabilities
of all paths of a string, and keeps the most probable beginnings (Graves et al. 2006; Hannun et al.
2014, arXiv 1408.2873, algorithm 1 without a language model).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gated.tasks.transcriber.network import BLANK

__all__ = ["BeamResult", "GreedyDecoder", "LogProbs", "Run", "beam_search", "greedy"]

LogProbs = NDArray[np.floating]

_NEVER = -np.inf
_NEGLIGIBLE = -15.0  # symbols below this log-probability begin no new string at a step


@dataclass(frozen=True)
class Run:
    """Steps in a row at which a path has one symbol.

    Attributes:
        symbol: 1 … K.
        first, last: steps, both included.
        log_probability: the largest of the symbol at these steps.
    """

    symbol: int
    first: int
    last: int
    log_probability: float


class GreedyDecoder:
    """Finds the runs of the most probable path, part by part.

    Attributes:
        steps: number of steps read.
        symbol: of the last step.
        first: where its run began.
        best: the largest log-probability of its run.
    """

    def __init__(self) -> None:
        self.steps, self.symbol, self.first, self.best = 0, BLANK, 0, _NEVER

    def push(self, log_probs: LogProbs) -> list[Run]:
        """Read steps [t, K + 1]; return the runs that ended, in order."""
        found: list[Run] = []
        if len(log_probs) == 0:
            return found
        path = log_probs.argmax(1)
        changes = np.flatnonzero(path[1:] != path[:-1]) + 1
        edges = [0, *changes.tolist(), len(path)]
        for begin, end in pairwise(edges):
            symbol = int(path[begin])
            if symbol != self.symbol:
                found += self._closed(self.steps + begin)
                self.symbol, self.first, self.best = symbol, self.steps + begin, _NEVER
            self.best = max(self.best, float(log_probs[begin:end, symbol].max()))
        self.steps += len(path)
        return found

    def finish(self) -> list[Run]:
        """Return the run that the end of the sequence ends, if any."""
        found = self._closed(self.steps)
        self.symbol = BLANK
        return found

    def _closed(self, end: int) -> list[Run]:
        if self.symbol == BLANK:
            return []
        return [Run(self.symbol, self.first, end - 1, self.best)]


def greedy(log_probs: LogProbs) -> list[Run]:
    """The runs of the most probable path.

    Args:
        log_probs: [T, K + 1] of the blank (0) and the symbols.

    >>> path = np.array([1, 1, 0, 1, 2])
    >>> [run.symbol for run in greedy(np.log(np.eye(3)[path] * 0.7 + 0.1))]
    [1, 1, 2]
    """
    decoder = GreedyDecoder()
    return decoder.push(log_probs) + decoder.finish()


@dataclass(frozen=True)
class BeamResult:
    """A string of the beam search.

    Attributes:
        string: symbols, 1 … K.
        log_probability: of all paths of the string that the beam kept.
    """

    string: tuple[int, ...]
    log_probability: float


def beam_search(log_probs: LogProbs, width: int) -> list[BeamResult]:
    """The most probable strings, the best first.

    Args:
        log_probs: [T, K + 1] of the blank (0) and the symbols.
        width: strings that are kept after each step, at least 1.

    >>> with np.errstate(divide="ignore"):
    ...     steps = np.log([[0.6, 0.4], [0.6, 0.4]])
    >>> [best, second] = beam_search(steps, width=2)  # the most probable path is all blank
    >>> best.string, round(float(np.exp(best.log_probability)), 2)
    ((1,), 0.64)
    """
    # Of each beginning of a string: log-probability of its paths that end in a blank, and of those
    # that end in its last symbol.
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, _NEVER)}
    for step in np.asarray(log_probs, dtype=np.float64):
        candidates = (np.flatnonzero(step[1:] > _NEGLIGIBLE) + 1).tolist()
        after: dict[tuple[int, ...], list[float]] = {}
        for string, (blank, symbol) in beams.items():
            either = _logaddexp(blank, symbol)
            same = after.setdefault(string, [_NEVER, _NEVER])
            same[0] = _logaddexp(same[0], either + step[BLANK])
            if string:
                same[1] = _logaddexp(same[1], symbol + step[string[-1]])
            for index in candidates:
                # A repetition of the last symbol is a new one only after a blank.
                reached = blank if string and string[-1] == index else either
                if reached == _NEVER:
                    continue
                longer = after.setdefault((*string, index), [_NEVER, _NEVER])
                longer[1] = _logaddexp(longer[1], reached + step[index])
        kept = sorted(after, key=lambda string: -_logaddexp(*after[string]))[:width]
        beams = {string: (after[string][0], after[string][1]) for string in kept}
    return [BeamResult(string, _logaddexp(*ends)) for string, ends in beams.items()]


def _logaddexp(a: float, b: float) -> float:
    return float(np.logaddexp(a, b))
