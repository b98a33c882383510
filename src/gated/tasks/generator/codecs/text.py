"""Converts text: a symbol for each character of the training texts."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError
from gated.tasks.generator.codecs.base import Codec, Defaults, History, Symbols
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps
from gated.text import counted

__all__ = ["TextCodec"]

_LARGEST_ALPHABET = 20_000
_LINE_END = "\n"
_NAMED = 8  # characters that a message names


class TextCodec(Codec):
    """A piece is a str; a symbol is the position of a character in the alphabet.

    The first character is predicted as after the end of a line.

    Args:
        alphabet: the distinct characters, in order.

    Example:
        >>> codec = TextCodec.learn(["to be"])
        >>> codec.decode(codec.encode("bet", "text"))
        'bet'
    """

    medium: ClassVar[str] = "text"
    unit: ClassVar[str] = "character"
    length_unit: ClassVar[str] = "characters"
    length: ClassVar[int] = 400
    defaults: ClassVar[Defaults] = Defaults(512, 1, 0.1, 128, 64, 800, 2e-3)

    def __init__(self, alphabet: str) -> None:
        self.alphabet = alphabet
        self._index = {character: index for index, character in enumerate(alphabet)}

    @classmethod
    def _learned(cls, pieces: Sequence[Any], names: Sequence[str]) -> Self:
        """See `Codec`."""
        found: set[str] = set()
        for piece, name in zip(pieces, names, strict=True):
            found |= set(_text(piece, name))
        if len(found) > _LARGEST_ALPHABET:
            raise DataError(
                f"The texts have {len(found):,} different characters. Expected at most "
                f"{_LARGEST_ALPHABET:,}."
            )
        return cls("".join(sorted(found)))

    @property
    def width(self) -> int:
        """See `Codec`."""
        return len(self.alphabet)

    @property
    def head(self) -> HeadConfig:
        """See `Codec`."""
        return HeadConfig("categorical", len(self.alphabet))

    def encode(self, piece: Any, name: str) -> Symbols:
        """See `Codec`."""
        text = _text(piece, name)
        unknown = sorted(set(text) - self._index.keys())
        if unknown:
            shown = ", ".join(map(repr, unknown[:_NAMED])) + (
                ", …" if len(unknown) > _NAMED else ""
            )
            raise DataError(
                f"{name} has {shown}, which the training texts do not have. Expected only their "
                f"{counted(len(self.alphabet), 'character')}. Leave the others out, or train with "
                "them."
            )
        return np.fromiter((self._index[character] for character in text), dtype=np.int64)

    def encode_prompt(self, piece: Any) -> Symbols:
        """See `Codec`."""
        if piece == "":
            raise DataError(
                "The prompt is empty. Expected at least one character. Leave it out to begin anew."
            )
        return self.encode(piece, "The prompt")

    def cut(self, symbols: Symbols, near: int) -> int:
        """See `Codec`: anywhere."""
        return near

    def decode(self, symbols: Symbols) -> str:
        """See `Codec`."""
        return "".join(self.alphabet[index] for index in symbols)

    def joined(self, parts: list[Any], prompt: Any = None) -> str:
        """See `Codec`."""
        return "".join(parts)

    def steps(self, symbols: Symbols, begin: int, end: int) -> Steps:
        """See `Codec`."""
        targets = symbols[begin:end]
        before = symbols[begin - 1 : end - 1] if begin else np.append(self._start, targets[:-1])
        every = np.ones(len(targets), dtype=bool)
        inputs = np.zeros((len(targets), self.width), dtype=np.float32)
        inputs[np.flatnonzero(before >= 0), before[before >= 0]] = 1
        return Steps(inputs, targets, None, every, every)

    def history(self) -> History:
        """See `Codec`."""
        return _TextHistory(self._start, self.width)

    @property
    def _start(self) -> int:
        """What stands before the first character; −1 for nothing."""
        return self._index.get(_LINE_END, -1)

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        return {"alphabet": self.alphabet}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        alphabet = stored["alphabet"]
        if not isinstance(alphabet, str) or len(set(alphabet)) != len(alphabet) or not alphabet:
            raise ValueError("codec.alphabet is no text of different characters")
        return cls(alphabet)


class _TextHistory(History):
    """The last character."""

    def __init__(self, start: int, width: int) -> None:
        self._last, self._length = start, 0
        self._inputs = np.zeros(width, dtype=np.float32)

    def inputs(self) -> NDArray[np.float32]:
        self._inputs[:] = 0
        if self._last >= 0:
            self._inputs[self._last] = 1
        return self._inputs

    def push(self, symbol: Any) -> None:
        self._last = int(symbol)
        self._length += 1

    @property
    def length(self) -> int:
        return self._length

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"last": np.array([self._last, self._length])}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._last, self._length = (int(value) for value in arrays["last"])


def _text(piece: Any, name: str) -> str:
    if not isinstance(piece, str):
        raise DataError(f"{name} is a {type(piece).__name__}. Expected text.")
    if not piece:
        raise DataError(f"{name} is empty. Expected at least one character.")
    return piece
