"""Converts text: a symbol for each character of the training texts.

An input holds the last character and the last two, three and four characters, where the training
texts have that combination often (n-grams). So the recurrence has to carry only what is farther
away. What an n-gram stands for is learned: it is a row of a table.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.errors import DataError
from gated.tasks.generator.codecs.base import Codec, Defaults, History, Symbols
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.steps import Steps
from gated.text import counted

__all__ = ["TextCodec"]

_LARGEST_ALPHABET = 20_000
_LONGEST = 4  # characters of an n-gram
_MOST_GRAMS, _RAREST_GRAM = 8_192, 20
_LINE_END = "\n"
_NAMED = 8  # characters that a message names
_NOTHING = 0  # the row of an n-gram that is not known


class TextCodec(Codec):
    """A piece is a str; a symbol is the position of a character in the alphabet.

    The first character is predicted as after the end of a line.

    Args:
        alphabet: the distinct characters, in order.
        grams: the frequent combinations of two to four characters.

    Example:
        >>> codec = TextCodec.learn(["to be"])
        >>> codec.decode(codec.encode("bet", "text"))
        'bet'
    """

    medium: ClassVar[str] = "text"
    unit: ClassVar[str] = "character"
    length_unit: ClassVar[str] = "characters"
    length: ClassVar[int] = 400
    defaults: ClassVar[Defaults] = Defaults(288, 1, 0.2, 128, 64, 1_200, 3e-3)

    def __init__(self, alphabet: str, grams: Sequence[str] = ()) -> None:
        self.alphabet = alphabet
        self.grams = tuple(grams)
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
        plain = cls("".join(sorted(found)))
        symbols = [plain.encode(piece, name) for piece, name in zip(pieces, names, strict=True)]
        return cls(plain.alphabet, plain._frequent(symbols))

    @property
    def width(self) -> int:
        """See `Codec`."""
        return _LONGEST

    @property
    def lookup(self) -> int:
        """See `Codec`: nothing, the characters, the n-grams."""
        return 1 + len(self.alphabet) + len(self.grams)

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
        first = max(begin - _LONGEST, 0)
        past = symbols[first : end - 1]
        if first == 0:
            past = np.append(self._start, past)
        rows = [self._rows(past, length)[-len(targets) :] for length in range(1, _LONGEST + 1)]
        every = np.ones(len(targets), dtype=bool)
        return Steps(np.stack(rows, axis=1), targets, None, every, every)

    def history(self) -> History:
        """See `Codec`."""
        return _TextHistory(self)

    def row(self, last: str) -> int:
        """The row of a character or of an n-gram; 0 where it is not known: the readable form."""
        return self._row_by_text.get(last, _NOTHING)

    @property
    def _start(self) -> int:
        """What stands before the first character; −1 for nothing."""
        return self._index.get(_LINE_END, -1)

    @cached_property
    def _row_by_text(self) -> dict[str, int]:
        return {text: 1 + row for row, text in enumerate((*self.alphabet, *self.grams))}

    @cached_property
    def _sorted_codes(self) -> list[tuple[IntArray, IntArray]]:
        """For each length, the codes of the known n-grams, ascending, and their rows."""
        tables = []
        for length in range(1, _LONGEST + 1):
            known = [text for text in self._row_by_text if len(text) == length]
            symbols = np.array([[self._index[each] for each in text] for text in known])
            codes = self._codes(symbols.reshape(-1), length)[length - 1 :: length]
            order = np.argsort(codes)
            rows = np.array([self._row_by_text[text] for text in known], dtype=np.int64)
            tables.append((codes[order], rows[order]))
        return tables

    def _codes(self, symbols: Symbols, length: int) -> IntArray:
        """[n] a number for each symbol and those before it, `length` in all.

        Numbers of the base of the alphabet; a missing symbol is the digit 0, which no n-gram has.
        """
        base = len(self.alphabet) + 1
        codes = np.zeros(len(symbols), dtype=np.int64)
        for back in range(length - 1, -1, -1):
            codes *= base
            codes[back:] += symbols[: len(symbols) - back].astype(np.int64) + 1
        return codes

    def _rows(self, symbols: Symbols, length: int) -> IntArray:
        """[n] the row of the n-gram that ends at each symbol; the fast form of `row`."""
        codes, rows = self._sorted_codes[length - 1]
        if len(codes) == 0:
            return np.full(len(symbols), _NOTHING, dtype=np.int64)
        wanted = self._codes(symbols, length)
        place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return np.where(codes[place] == wanted, rows[place], _NOTHING)

    def _frequent(self, pieces: Sequence[Symbols]) -> list[str]:
        """The most frequent n-grams of two characters and more."""
        found: list[tuple[int, str]] = []
        for length in range(2, _LONGEST + 1):
            codes = [self._codes(piece, length)[length - 1 :] for piece in pieces]
            distinct, counts = np.unique(np.concatenate(codes), return_counts=True)
            frequent = counts >= _RAREST_GRAM
            for code, count in zip(distinct[frequent], counts[frequent], strict=True):
                found.append((-int(count), self._of_code(int(code))))
        return [text for _, text in sorted(found)[:_MOST_GRAMS]]

    def _of_code(self, code: int) -> str:
        characters = []
        while code:
            code, digit = divmod(code, len(self.alphabet) + 1)
            characters.append(self.alphabet[digit - 1])
        return "".join(reversed(characters))

    def to_json(self) -> dict[str, Any]:
        """See `Codec`."""
        return {"alphabet": self.alphabet, "grams": list(self.grams)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """See `Codec`."""
        alphabet, grams = stored["alphabet"], stored["grams"]
        if not isinstance(alphabet, str) or len(set(alphabet)) != len(alphabet) or not alphabet:
            raise ValueError("codec.alphabet is no text of different characters")
        if not isinstance(grams, list) or not all(
            isinstance(text, str) and 2 <= len(text) <= _LONGEST and set(text) <= set(alphabet)
            for text in grams
        ):
            raise ValueError("codec.grams has what is no text of two to four known characters")
        if len(set(grams)) != len(grams):
            raise ValueError("codec.grams has a text twice")
        return cls(alphabet, grams)


class _TextHistory(History):
    """The last characters."""

    def __init__(self, codec: TextCodec) -> None:
        self._codec = codec
        self._last = codec.alphabet[codec._start] if codec._start >= 0 else ""
        self._length = 0

    def inputs(self) -> NDArray[np.int64]:
        last = self._last
        rows = (
            self._codec.row(last[-length:]) if length <= len(last) else _NOTHING
            for length in range(1, _LONGEST + 1)
        )
        return np.fromiter(rows, dtype=np.int64, count=_LONGEST)

    def push(self, symbol: Any) -> None:
        self._last = (self._last + self._codec.alphabet[int(symbol)])[-_LONGEST:]
        self._length += 1

    @property
    def length(self) -> int:
        return self._length

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        last = self._codec.encode(self._last, "last") if self._last else np.zeros(0, dtype=np.int64)
        padded = np.full(_LONGEST, -1)
        padded[_LONGEST - len(last) :] = last
        return {"last": padded, "length": np.array([self._length])}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        last = arrays["last"]
        self._last = self._codec.decode(last[last >= 0])
        self._length = int(arrays["length"][0])


def _text(piece: Any, name: str) -> str:
    if not isinstance(piece, str):
        raise DataError(f"{name} is a {type(piece).__name__}. Expected text.")
    if not piece:
        raise DataError(f"{name} is empty. Expected at least one character.")
    return piece
