"""Converts music of a fixed number of voices: a note of each voice at each step, in order."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError
from gated.tasks.generator.codecs.base import Codec, Defaults, History, Symbols, as_numbers
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps

__all__ = ["VoicesCodec"]

_BAR = 16  # steps; at 16ths a bar of four quarters
_TRANSPOSED = 6
_MOST_VOICES = 16
_SILENT = -1
_LONGEST = 16  # steps that a note is counted for


class VoicesCodec(Codec):
    """A piece is an array [T, V] of MIDI pitches, −1 where a voice is silent.

    Symbol t·V + v is the note of voice v at step t: 0 for silence, 1 + pitch − lowest otherwise.
    Inputs are the notes of all voices at the step before and, of the voices that come first, at
    this step; for how many steps each has held its note; the voice; and the place in the bar.

    Args:
        voices: V.
        lowest, highest: pitches that can be written.

    Example:
        >>> codec = VoicesCodec.learn([np.array([[72, 48], [72, 50]])])
        >>> codec.decode(codec.encode(np.array([[71, 49]]), "tune")).tolist()
        [[71, 49]]
    """

    medium: ClassVar[str] = "voices"
    unit: ClassVar[str] = "note"
    length_unit: ClassVar[str] = "steps"
    length: ClassVar[int] = 256
    defaults: ClassVar[Defaults] = Defaults(256, 2, 0.3, 512, 32, 3_000, 3e-3)

    def __init__(self, voices: int, lowest: int, highest: int) -> None:
        self.voices, self.lowest, self.highest = voices, lowest, highest
        self.symbols = highest - lowest + 2
        per_voice = voices * self.symbols
        self.before = slice(0, per_voice)
        self.now = slice(per_voice, 2 * per_voice)
        self.held = slice(2 * per_voice, 2 * per_voice + voices)
        self.voice = slice(self.held.stop, self.held.stop + voices)
        self.place = slice(self.voice.stop, self.voice.stop + _BAR)

    @classmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `Codec`."""
        arrays = [_checked(piece, name) for piece, name in zip(pieces, names, strict=True)]
        voices = arrays[0].shape[1]
        for array, name in zip(arrays, names, strict=True):
            if array.shape[1] != voices:
                raise DataError(
                    f"{name} has {array.shape[1]} voices. Expected {voices}, as {names[0]}."
                )
        notes = np.concatenate([array[array != _SILENT] for array in arrays])
        if not len(notes):
            raise DataError("The pieces have no note. Expected at least one pitch.")
        lowest, highest = int(notes.min()) - _TRANSPOSED, int(notes.max()) + _TRANSPOSED
        return cls(voices, max(lowest, 0), min(highest, 127))

    @property
    def width(self) -> int:
        """See `Codec`."""
        return self.place.stop

    @property
    def head(self) -> HeadConfig:
        """See `Codec`."""
        return HeadConfig("categorical", self.symbols)

    def encode(self, piece: Any, name: str) -> Symbols:
        """See `Codec`."""
        notes = _checked(piece, name)
        if notes.shape[1] != self.voices:
            raise DataError(f"{name} has {notes.shape[1]} voices. Expected {self.voices}.")
        sounding = notes[notes != _SILENT]
        if len(sounding) and not self.lowest <= sounding.min() <= sounding.max() <= self.highest:
            raise DataError(
                f"{name} has pitches from {sounding.min()} to {sounding.max()}. Expected "
                f"{self.lowest} to {self.highest}, as in the training with half an octave more."
            )
        return np.where(notes == _SILENT, 0, notes - self.lowest + 1).flatten().astype(np.int64)

    def cut(self, symbols: Symbols, near: int) -> int:
        """See `Codec`: between two bars."""
        bar = self.voices * _BAR
        return near // bar * bar

    def decode(self, symbols: Symbols) -> NDArray[np.int64]:
        """See `Codec`: only complete steps."""
        whole = symbols[: len(symbols) // self.voices * self.voices].reshape(-1, self.voices)
        return np.where(whole == 0, _SILENT, whole + self.lowest - 1)

    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """See `Codec`."""
        voices, size = self.voices, self.symbols
        first = max(begin // voices - _LONGEST - 1, 0)
        rows = -(-end // voices) - first
        notes = np.zeros(rows * voices, dtype=np.int64)
        notes[: end - first * voices] = symbols[first * voices : end]
        grid = notes.reshape(rows, voices)
        one_hot = np.eye(size, dtype=np.float32)[grid].reshape(rows, voices * size)
        before = np.concatenate([np.zeros((1, voices * size), np.float32), one_hot[:-1]])
        held = np.concatenate([np.zeros((1, voices)), _held(grid)[:-1]]) / _LONGEST
        inputs = np.zeros((rows, voices, self.width), dtype=np.float32)
        inputs[..., self.before] = before[:, None]
        earlier = np.repeat(np.tri(voices, k=-1, dtype=np.float32), size, 1)
        inputs[..., self.now] = one_hot[:, None] * earlier
        inputs[..., self.held] = held[:, None]
        inputs[..., self.voice] = np.eye(voices)
        inputs[..., self.place] = np.eye(_BAR)[(np.arange(rows) + first) % _BAR][:, None]
        chosen = slice(begin - first * voices, end - first * voices)
        every = np.ones(end - begin, dtype=bool)
        flat = inputs.reshape(rows * voices, self.width)
        return Steps(flat[chosen], symbols[begin:end], None, every, every)

    def augmented(self, symbols: Symbols, generator: np.random.Generator) -> Symbols:
        """See `Codec`: transpose by up to half an octave, as far as the pitches go."""
        notes = symbols[symbols > 0]
        if not len(notes):
            return symbols
        low = max(-_TRANSPOSED + 1, 1 - int(notes.min()))
        high = min(_TRANSPOSED, self.symbols - 1 - int(notes.max()))
        return np.where(symbols > 0, symbols + int(generator.integers(low, high + 1)), 0)

    def history(self) -> History:
        """See `Codec`."""
        return _VoicesHistory(self)

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        return {"voices": self.voices, "lowest": self.lowest, "highest": self.highest}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        voices, lowest, highest = (stored[name] for name in ("voices", "lowest", "highest"))
        if any(type(value) is not int for value in (voices, lowest, highest)):
            raise ValueError("codec.voices, lowest and highest are no whole numbers")
        if not (1 <= voices <= _MOST_VOICES and 0 <= lowest <= highest <= 127):
            raise ValueError("codec.voices, lowest or highest is out of range")
        return cls(voices, lowest, highest)


class _VoicesHistory(History):
    """The notes of the last step and of this one, and for how long each was held."""

    def __init__(self, codec: VoicesCodec) -> None:
        self._codec = codec
        self._inputs = np.zeros(codec.width, dtype=np.float32)
        self._notes = np.zeros((2, codec.voices), dtype=np.int64)  # the last step, this step
        self._held = np.zeros(codec.voices, dtype=np.int64)
        self._count = 0
        self._inputs[codec.voice.start] = self._inputs[codec.place.start] = 1

    def inputs(self) -> NDArray[np.float32]:
        return self._inputs

    def push(self, symbol: Any) -> None:
        codec, x = self._codec, self._inputs
        step, voice = divmod(self._count, codec.voices)
        note = int(symbol)
        self._notes[1, voice] = note
        x[codec.now.start + voice * codec.symbols + note] = 1
        x[codec.voice.start + voice] = 0
        x[codec.voice.start + (voice + 1) % codec.voices] = 1
        self._count += 1
        if voice + 1 < codec.voices:
            return
        is_held = (self._notes[0] == self._notes[1]) & (step > 0)
        self._held = np.where(is_held, np.minimum(self._held + 1, _LONGEST), 1)
        self._notes[0] = self._notes[1]
        x[codec.before] = x[codec.now]
        x[codec.now] = 0
        x[codec.held] = self._held / _LONGEST
        x[codec.place.start + step % _BAR] = 0
        x[codec.place.start + (step + 1) % _BAR] = 1

    @property
    def length(self) -> int:
        return self._count // self._codec.voices

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "inputs": self._inputs.copy(),
            "notes": self._notes.copy(),
            "held": self._held.copy(),
            "count": np.array([self._count]),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._inputs[:] = arrays["inputs"]
        self._notes[:] = arrays["notes"]
        self._held = np.array(arrays["held"])
        self._count = int(arrays["count"][0])


def _held(grid: NDArray[np.int64]) -> NDArray[np.int64]:
    """[rows, V] for how many steps each voice has held its note, at most _LONGEST."""
    held = np.ones(grid.shape, dtype=np.int64)
    is_same = grid[1:] == grid[:-1]
    for row in range(1, len(grid)):
        held[row] = np.where(is_same[row - 1], np.minimum(held[row - 1] + 1, _LONGEST), 1)
    return held


def _checked(piece: Any, name: str) -> NDArray[np.int64]:
    notes = as_numbers(piece, name)
    if notes.ndim != 2 or not 1 <= notes.shape[1] <= _MOST_VOICES:
        raise DataError(
            f"{name} has the shape {list(notes.shape)}. Expected [T, V], a column for each of 1 "
            f"to {_MOST_VOICES} voices."
        )
    if not len(notes):
        raise DataError(f"{name} has no step. Expected at least one.")
    is_whole = notes.dtype.kind in "iu" or (notes == np.round(notes)).all()
    if not is_whole or notes.min() < _SILENT or notes.max() > 127:
        raise DataError(
            f"{name} has values that are no MIDI pitch. Expected whole numbers from 0 to 127, and "
            "−1 for silence."
        )
    return notes.astype(np.int64)
