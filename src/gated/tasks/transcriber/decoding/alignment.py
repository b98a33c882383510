"""Finds when the symbols of a string were written, and how certain each is.

The most probable path of a given string is found with the recursion of Viterbi (1967) over the
string with a blank before, between and after its symbols.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import FloatArray
from gated.tasks.transcriber.decoding.search import LogProbs, Run
from gated.tasks.transcriber.network import BLANK

__all__ = ["Clock", "TimedSymbol", "align"]


@dataclass(frozen=True)
class TimedSymbol:
    """A symbol of a transcript.

    Attributes:
        symbol: as in training.
        begin, end: in seconds for sound, in steps otherwise.
        confidence: the largest probability of the symbol at the steps that write it, 0 to 1.
    """

    symbol: str | int | float | bool
    begin: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Clock:
    """Converts the steps of a run to the times of its symbol.

    A network writes a symbol at a few steps near the end of the word. Where the training knew
    the times of the symbols, their typical distances to these steps give begin and end.

    Attributes:
        step: seconds from a step to the next; 1 where times are in steps.
        length: seconds of a step; 1 where times are in steps.
        before: [K] seconds from the begin of a symbol to the first step that writes it.
        after: [K] seconds from the end of the last step that writes it to the end of the symbol.
    """

    step: float
    length: float
    before: tuple[float, ...]
    after: tuple[float, ...]

    def times(self, run: Run) -> tuple[float, float]:
        """Begin and end of the symbol of a run; begin is at least 0, end is not before it."""
        index = run.symbol - 1
        begin = max(0.0, run.first * self.step - self.before[index])
        return begin, max(begin, run.last * self.step + self.length + self.after[index])

    def written(self, run: Run) -> float:
        """When the last step of a run is complete."""
        return run.last * self.step + self.length


def align(log_probs: LogProbs, string: Sequence[int]) -> list[Run]:
    """The runs of the symbols of a string on its most probable path.

    Args:
        log_probs: [T, K + 1] of the blank (0) and the symbols.
        string: symbols, 1 … K.

    Raises:
        ValueError: the string does not fit into so many steps.

    >>> steps = np.log(np.array([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]]))
    >>> [(run.first, run.last) for run in align(steps, [1, 1])]
    [(0, 0), (2, 2)]
    """
    if not string:
        return []
    states = np.full(2 * len(string) + 1, BLANK)
    states[1::2] = string
    emitted = np.asarray(log_probs, dtype=np.float64)[:, states]  # [T, 2U + 1]
    path = _viterbi(emitted, _may_skip(states))
    runs = []
    for position, symbol in enumerate(string):
        steps = np.flatnonzero(path == 2 * position + 1)
        best = float(emitted[steps, 2 * position + 1].max())
        runs.append(Run(int(symbol), int(steps[0]), int(steps[-1]), best))
    return runs


def _may_skip(states: np.ndarray) -> np.ndarray:
    """[2U + 1] whether the blank before a symbol may be left out: not between equal symbols."""
    skips = np.zeros(len(states), dtype=bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    return skips


def _viterbi(emitted: FloatArray, skips: np.ndarray) -> np.ndarray:
    """[T] the state of each step on the best path from the first two states to the last two."""
    steps, count = emitted.shape
    score = np.full(count, -np.inf)
    score[:2] = emitted[0, :2] if steps else -np.inf
    came_from = np.zeros((steps, count), dtype=np.int64)
    places = np.arange(count)
    for step in range(1, steps):
        stayed = score
        moved = np.concatenate([[-np.inf], score[:-1]])
        skipped = np.where(skips, np.concatenate([[-np.inf] * 2, score])[:count], -np.inf)
        options = np.stack([stayed, moved, skipped])
        choice = options.argmax(0)
        came_from[step] = choice
        score = options[choice, places] + emitted[step]
    state = int(count - 1 if score[-1] >= score[-2] else count - 2)
    if not np.isfinite(score[state]):
        raise ValueError(f"a string of {count // 2} symbols does not fit into {steps} steps")
    path = np.zeros(steps, dtype=np.int64)
    for step in range(steps - 1, -1, -1):
        path[step] = state
        state -= int(came_from[step, state])
    return path
