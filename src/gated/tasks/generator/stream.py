"""Continues a piece symbol by symbol, with a state of constant size."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gated.errors import DataError
from gated.tasks.generator.checks import check_length, checked_sampling
from gated.tasks.generator.codecs import Codec, Symbols
from gated.tasks.generator.heads import Sampling
from gated.tasks.generator.network import GeneratorNetwork
from gated.tasks.network.state import State, StateArrays
from gated.tasks.network.stream_reader import StreamReader

__all__ = ["GeneratorStream"]

_HISTORY = "history."  # how the names of the history's arrays begin
_DECODER = "decoder."
_NOISE = "noise"
_PROMPT_PART = 4_096  # steps of a prompt that are read at a time


class GeneratorStream:
    """A piece that goes on: what was read and what was generated so far.

    `Generator.stream` makes it. Each symbol takes the same time and the same memory, however long
    the piece is.

    Args:
        network: with fixed weights.
        reader: the fast form of its sequence model.
        codec: of the pieces.
        state: of an earlier stream of the same model; None for a new piece.

    Raises:
        UsageError: the state is of another model.
    """

    def __init__(
        self,
        network: GeneratorNetwork,
        reader: StreamReader,
        codec: Codec,
        state: State | None = None,
    ) -> None:
        self._network, self._reader, self._codec = network, reader, codec
        self._history, self._decoder = codec.history(), codec.decoder()
        self._state = network.initial_state(1)
        self._noise = np.zeros(network.head.carried, dtype=np.float32)
        if state is not None:
            state.check_like(self.state)
            self._resume(state)

    @property
    def state(self) -> State:
        """All that is kept of the past: save it, and pass it to `stream` to go on."""
        history = {_HISTORY + name: array for name, array in self._history.arrays.items()}
        history |= {_DECODER + name: array for name, array in self._decoder.arrays.items()}
        history |= {_NOISE: self._noise} if len(self._noise) else {}
        return State({**self._state, **history})

    @property
    def length(self) -> int:
        """The number of complete units so far: characters, frames, points."""
        return self._history.length

    def read(self, piece: Any) -> None:
        """Read a part of a piece, as if it had been generated.

        Raises:
            DataError: it is not of this medium, or has what the training did not have.
        """
        symbols = self._codec.encode_prompt(piece)
        room = self._history.room
        if room is not None and len(symbols) > room:
            raise DataError(
                f"The prompt has {len(symbols):,} symbols, but the piece has room for {room:,}. "
                "Expected at most as many."
            )
        self._read(symbols)
        self._decoder.read(piece)

    def generate(
        self,
        length: int,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> Any:
        """Generate the next units, fewer where the piece ends by itself.

        Args:
            length: characters, frames, steps or points.
            temperature, top_k, top_p, seed: as in `Generator.generate`.

        Returns:
            A piece, without what was read or generated before.

        Raises:
            UsageError: an argument is out of range.
        """
        sampling = checked_sampling(self._codec, temperature, top_k, top_p, seed)
        length = check_length(length, self._codec)
        return self.piece(length, sampling, np.random.default_rng(seed))

    def piece(
        self,
        length: int,
        sampling: Sampling,
        generator: np.random.Generator,
        stop: tuple[str, ...] = (),
        prompt: Any = None,
        progress: Callable[[int], None] | None = None,
    ) -> Any:
        """Generate the next units as one piece; see `parts`.

        Args:
            length, sampling, generator, stop, progress: as in `parts`.
            prompt: what was read before, for a piece that is whole with it only.
        """
        codec = self._codec
        if codec.decoded_at_once:
            symbols = list(self.symbols(length, sampling, generator, progress))
            return self._decoder.decode(codec.stacked(symbols))
        return codec.joined(list(self.parts(length, sampling, generator, stop, progress)), prompt)

    def parts(
        self,
        length: int,
        sampling: Sampling,
        generator: np.random.Generator,
        stop: tuple[str, ...] = (),
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Any]:
        """Yield the next parts of the piece: a character, a frame, a point; a whole image.

        Args:
            length: at most so many parts.
            sampling: how symbols are drawn.
            generator: of the draws.
            stop: texts before which a text ends.
            progress: called after each unit with the number of units so far.
        """
        held = ""  # what may be the beginning of a stop text
        unit: list[Any] = []
        before = self._history.length
        for symbol in self.symbols(length, sampling, generator, progress):
            unit.append(symbol)
            if self._history.length == before:
                continue
            part = self._decoder.decode(self._codec.stacked(unit))
            unit, before = [], before + 1
            if not stop:
                yield part
                continue
            held += part
            if any(text in held for text in stop):
                yield from held[: min(held.find(text) for text in stop if text in held)]
                return
            safe = len(held) - max(map(len, stop)) + 1
            yield from held[: max(safe, 0)]
            held = held[max(safe, 0) :]
        yield from held

    def symbols(
        self,
        length: int,
        sampling: Sampling,
        generator: np.random.Generator,
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Any]:
        """Yield the next symbols, until so many units are complete or the piece has ended."""
        history, read, head = self._history, self._reader, self._network.head
        before = units = history.length
        until = before + length
        while history.length < until and not history.is_complete:
            inputs = history.inputs()
            found, self._state = read(inputs[None], self._state)
            features = found[0]
            if head.skipped:
                features = np.concatenate([features, inputs[: head.skipped]])
            symbol, self._noise = head.draw_next(
                features, history.allowed(), sampling, generator, self._noise
            )
            history.push(symbol)
            if progress is not None and history.length > units:
                units = history.length
                progress(units - before)
            yield symbol

    def _read(self, symbols: Symbols) -> None:
        history = self._history
        for first in range(0, len(symbols), _PROMPT_PART):
            part = symbols[first : first + _PROMPT_PART]
            inputs = np.empty((len(part), self._codec.width), dtype=history.inputs().dtype)
            for index, symbol in enumerate(part):
                inputs[index] = history.inputs()
                history.push(symbol)
            _, self._state = self._network.model(inputs[None], self._state)

    def _resume(self, state: State) -> None:
        history: dict[str, Any] = {}
        decoder: dict[str, Any] = {}
        inner: StateArrays = {}
        for name, value in state.arrays.items():
            if name.startswith(_HISTORY):
                history[name.removeprefix(_HISTORY)] = value
            elif name.startswith(_DECODER):
                decoder[name.removeprefix(_DECODER)] = value
            elif name == _NOISE:
                self._noise = np.array(value)
            else:
                inner[name] = np.array(value)
        self._history.restore(history)
        self._decoder.restore(decoder)
        self._state = inner
