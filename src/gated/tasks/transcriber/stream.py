"""Writes a sequence down while it arrives, with a state of constant size."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gated.tasks.data.frontend import checked_part
from gated.tasks.network.state import PENDING, State, copied
from gated.tasks.transcriber.decoding.alignment import Clock, TimedSymbol
from gated.tasks.transcriber.decoding.search import GreedyDecoder, Run
from gated.tasks.transcriber.model_file import StoredTranscriber

__all__ = ["TranscriptStream", "timed_symbol"]

_STEPS_AT_ONCE = 2_048  # of a long part: its features need memory
_PLACE, _BEST = "decoder.place", "decoder.best"  # names in the state


class TranscriptStream:
    """Gives the symbols of a sequence as soon as they are certain.

    The symbols of all parts and of `finish` are those of `transcribe` for the whole sequence,
    however it was split.

    Args:
        stored: the fitted transcriber.
        state: of an earlier stream of the same model; None for a new sequence.

    Raises:
        UsageError: the state is of another model.
    """

    def __init__(self, stored: StoredTranscriber, state: State | None = None) -> None:
        self._stored = stored
        self._begin()
        if state is not None:
            self._resume(state)

    @property
    def state(self) -> State:
        """All that is kept of the past: save it, and pass it to `stream` to go on."""
        decoder = self._decoder
        kept = {**self._state, PENDING: self._front.pending}
        place = np.array([decoder.steps, decoder.symbol, decoder.first], dtype=np.int64)
        return State({**kept, _PLACE: place, _BEST: np.array([decoder.best])})

    def push(self, chunk: ArrayLike) -> list[TimedSymbol]:
        """Read the next part of the sequence.

        Args:
            chunk: [t, I] steps, or [n] samples of sound; may be empty.

        Returns:
            the symbols that became certain with this part, in order.

        Raises:
            DataError: the part has another shape, or values that are not finite.
        """
        runs = self._read(self._front.push(checked_part(self._stored.frontend, chunk)))
        return [timed_symbol(run, self._stored.symbols, self._stored.clock) for run in runs]

    def finish(self) -> list[TimedSymbol]:
        """End the sequence: return its last symbols. The next part begins a new sequence."""
        runs = self._read(self._front.push(self._stored.silence)) + self._decoder.finish()
        self._begin()
        return [timed_symbol(run, self._stored.symbols, self._stored.clock) for run in runs]

    def _begin(self) -> None:
        self._state = self._stored.network.initial_state(1)
        self._front = self._stored.frontend.stream()
        self._decoder = GreedyDecoder()

    def _read(self, steps: NDArray[np.float32]) -> list[Run]:
        stored, runs = self._stored, []
        for begin in range(0, len(steps), _STEPS_AT_ONCE):
            part = steps[begin : begin + _STEPS_AT_ONCE]
            features, self._state = stored.reader(part, self._state)
            runs += self._decoder.push(stored.network.log_probabilities(features))
        return runs

    def _resume(self, state: State) -> None:
        state.check_like(self.state)
        place, best = state.arrays[_PLACE].tolist(), float(state.arrays[_BEST][0])
        rest = {name: array for name, array in state.arrays.items() if name not in (_PLACE, _BEST)}
        self._state = copied(rest)
        self._front = self._stored.frontend.stream(self._state.pop(PENDING))
        decoder = self._decoder
        decoder.steps, decoder.symbol, decoder.first = place
        decoder.best = best


def timed_symbol(run: Run, symbols: Sequence[Any], clock: Clock) -> TimedSymbol:
    """The symbol of a run, with its times and its confidence."""
    begin, end = clock.times(run)
    return TimedSymbol(symbols[run.symbol - 1], begin, end, float(np.exp(run.log_probability)))
