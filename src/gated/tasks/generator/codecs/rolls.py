"""Converts piano rolls: the keys of a frame one after another, from low to high.

The chords of a frame are far from independent keys: a network that predicts each key alone knows
neither that a third is often there nor that a fourth voice is. Here a frame is spelled as its keys
in ascending order and an end, so that the product of the probabilities is that of the chord.
(Boulanger-Lewandowski et al. 2012, arXiv 1206.6392, give a frame a distribution of its own;
Walder 2016, arXiv 1606.01368, writes notes one after another.)
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.tasks.generator.codecs.base import Codec, Defaults, History, Symbols, as_numbers
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps

__all__ = ["RollCodec"]

KEYS = 88
FRAME_END = KEYS
_SYMBOLS = KEYS + 1
_BEATS = 16
_TRANSPOSED = 6  # keys up and down: every tonality once
# An input: the last symbol, the keys of the last frame, those of this frame so far, the beat.
_LAST, _BEFORE, _NOW, _BEAT = (
    slice(0, _SYMBOLS),
    slice(_SYMBOLS, _SYMBOLS + KEYS),
    slice(_SYMBOLS + KEYS, _SYMBOLS + 2 * KEYS),
    slice(_SYMBOLS + 2 * KEYS, _SYMBOLS + 2 * KEYS + _BEATS),
)


class RollCodec(Codec):
    """A piece is a piano roll [T, 88] of 0 and 1, from the lowest key (A0, MIDI pitch 21).

    A symbol is a key that sounds, or 88 for the end of the frame. In a score the first frame is
    not counted, as in the published figures.

    Example:
        >>> roll = np.zeros((2, 88), dtype=bool)
        >>> roll[0, [39, 43]] = True
        >>> RollCodec().encode(roll, "tune").tolist()
        [39, 43, 88, 88]
    """

    medium: ClassVar[str] = "music"
    unit: ClassVar[str] = "frame"
    length_unit: ClassVar[str] = "frames"
    length: ClassVar[int] = 240
    defaults: ClassVar[Defaults] = Defaults(256, 2, 0.3, 384, 32, 2_000, 3e-3)

    @classmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `Codec`."""
        for piece, name in zip(pieces, names, strict=True):
            _checked(piece, name)
        return cls()

    @property
    def width(self) -> int:
        """See `Codec`."""
        return _BEAT.stop

    @property
    def head(self) -> HeadConfig:
        """See `Codec`."""
        return HeadConfig("categorical", _SYMBOLS)

    def encode(self, piece: Any, name: str) -> Symbols:
        """See `Codec`."""
        roll = _checked(piece, name)
        ended = np.concatenate([roll, np.ones((len(roll), 1), dtype=bool)], 1)
        return np.nonzero(ended)[1].astype(np.int64)

    def cut(self, symbols: Symbols, near: int) -> int:
        """See `Codec`: after so many frames that the beats go on as they were."""
        ends = np.flatnonzero(symbols[:near] == FRAME_END)
        frames = len(ends) // _BEATS * _BEATS
        return int(ends[frames - 1]) + 1 if frames else 0

    def decode(self, symbols: Symbols) -> BoolArray:
        """See `Codec`: only complete frames."""
        frame = _frames(symbols)
        is_key = symbols != FRAME_END
        roll = np.zeros((int(frame[-1]) + 1 if len(symbols) else 0, KEYS), dtype=bool)
        roll[frame[is_key], symbols[is_key]] = True
        return roll[: int((~is_key).sum())]

    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """See `Codec`."""
        # Long pieces are cut to the frames that the inputs can see.
        ends = np.flatnonzero(symbols[:begin] == FRAME_END)
        first = int(ends[-2]) + 1 if len(ends) > 1 else 0
        passed = max(len(ends) - 1, 0) if first else 0
        part = symbols[first:end]
        frame = _frames(part)
        position = np.arange(len(part))
        chosen = position >= begin - first
        inputs = np.zeros((len(part), self.width), dtype=np.float32)
        last = np.append(symbols[first - 1] if first else FRAME_END, part[:-1])
        inputs[position, last] = 1
        roll = np.zeros((int(frame[-1]) + 2, KEYS), dtype=np.float32)  # frame i at row i + 1
        is_key = part != FRAME_END
        roll[frame[is_key] + 1, part[is_key]] = 1
        inputs[:, _BEFORE] = roll[frame]
        # The lowest key that the symbol must lie above: none at the beginning of a frame.
        lowest = np.where(np.append(False, frame[1:] == frame[:-1]), last, -1)
        inputs[:, _NOW] = roll[frame + 1] * (np.arange(KEYS) <= lowest[:, None])
        inputs[position, _BEAT.start + (frame + passed) % _BEATS] = 1
        allowed = np.arange(_SYMBOLS) > lowest[:, None]
        scored = frame + passed > 0
        units = scored & ~is_key
        return Steps(inputs[chosen], part[chosen], allowed[chosen], scored[chosen], units[chosen])

    def augmented(self, symbols: Symbols, generator: np.random.Generator) -> Symbols:
        """See `Codec`: transpose by up to half an octave, as far as the keys go."""
        keys = symbols[symbols != FRAME_END]
        if not len(keys):
            return symbols
        lowest = max(-_TRANSPOSED + 1, -int(keys.min()))
        highest = min(_TRANSPOSED, KEYS - 1 - int(keys.max()))
        shift = int(generator.integers(lowest, highest + 1))
        return np.where(symbols == FRAME_END, FRAME_END, symbols + shift)

    def history(self) -> History:
        """See `Codec`."""
        return _RollHistory(self.width)

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        return {}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        return cls()


class _RollHistory(History):
    """The last symbol, the keys of the last frame and of this one, and the number of frames."""

    def __init__(self, width: int) -> None:
        self._inputs = np.zeros(width, dtype=np.float32)
        self._keys = np.arange(_SYMBOLS)
        self._last, self._frames = FRAME_END, 0
        self._inputs[FRAME_END] = 1
        self._inputs[_BEAT.start] = 1

    def inputs(self) -> NDArray[np.float32]:
        return self._inputs

    def allowed(self) -> BoolArray:
        lowest = -1 if self._last == FRAME_END else self._last
        return self._keys > lowest

    def push(self, symbol: Any) -> None:
        x, key = self._inputs, int(symbol)
        x[self._last] = 0
        x[key] = 1
        self._last = key
        if key == FRAME_END:
            x[_BEFORE] = x[_NOW]
            x[_NOW] = 0
            x[_BEAT.start + self._frames % _BEATS] = 0
            self._frames += 1
            x[_BEAT.start + self._frames % _BEATS] = 1
        else:
            x[_NOW.start + key] = 1

    @property
    def length(self) -> int:
        return self._frames

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"inputs": self._inputs.copy(), "last": np.array([self._last, self._frames])}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._inputs[:] = arrays["inputs"]
        self._last, self._frames = (int(value) for value in arrays["last"])


def _frames(symbols: Symbols) -> NDArray[np.int64]:
    """The frame of each symbol."""
    is_end = symbols == FRAME_END
    frames: NDArray[np.int64] = np.cumsum(is_end) - is_end
    return frames


def _checked(piece: Any, name: str) -> BoolArray:
    roll = as_numbers(piece, name)
    if roll.ndim != 2 or roll.shape[1] != KEYS:
        raise DataError(
            f"{name} has the shape {list(roll.shape)}. Expected a piano roll [T, {KEYS}], a "
            "column for each key from A0."
        )
    if not len(roll):
        raise DataError(f"{name} has no frame. Expected at least one.")
    if roll.dtype != bool and not np.isin(roll, (0, 1)).all():
        raise DataError(f"{name} has values other than 0 and 1. Expected 1 where a key sounds.")
    return roll.astype(bool)
