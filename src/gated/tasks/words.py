"""Converts sentences to numbers of words."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gated.arrays import IntArray

__all__ = ["PADDING", "UNKNOWN", "Words", "padded", "words_of"]

PADDING, UNKNOWN = 0, 1
"""Numbers of words: behind the end of a sentence, and for words that were not learned."""

_WORD = re.compile(r"\w+(?:'\w+)*")  # of ASCII
_MOST = 256  # words of a sentence that are read; the others are left out


def words_of(sentence: str) -> list[str]:
    """The words of a sentence in small letters; without any, its other characters.

    >>> words_of("Mary didn't go to Room 12!")
    ['mary', "didn't", 'go', 'to', 'room', '12']
    """
    folded = unicodedata.normalize("NFC", sentence.casefold())
    if folded.isascii():
        found = _WORD.findall(folded)
    else:
        spaced = "".join(each if _is_in_word(each) else " " for each in folded)
        found = [word for each in spaced.split() if (word := each.strip("'’"))]
    return found or folded.split()


def _is_in_word(character: str) -> bool:
    """Whether a character belongs to a word, as the marks of vowels of many scripts do."""
    return character.isalnum() or character in "_'’" or unicodedata.category(character)[0] == "M"


@dataclass(frozen=True)
class Words:
    """The words that were learned.

    Attributes:
        known: each once; the first has the number 2, behind `PADDING` and `UNKNOWN`.
    """

    known: list[str]

    @classmethod
    def of(cls, sentences: Iterable[str]) -> "Words":
        """The sorted words of training texts."""
        return cls(sorted({word for sentence in sentences for word in words_of(sentence)}))

    @property
    def size(self) -> int:
        """Numbers of words, with `PADDING` and `UNKNOWN`."""
        return len(self.known) + UNKNOWN + 1

    def numbers(self, sentence: str) -> list[int]:
        """The numbers of the words of a sentence; `UNKNOWN` for a sentence without a word."""
        numbers = self._numbers
        found = [numbers.get(word, UNKNOWN) for word in words_of(sentence)[:_MOST]]
        return found or [UNKNOWN]

    def unknown(self, sentence: str) -> list[str]:
        """The words of a sentence that were not learned, each once."""
        known = self._numbers
        return [word for word in dict.fromkeys(words_of(sentence)) if word not in known]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.known, UNKNOWN + 1)}


def padded(lists: Sequence[Sequence[int]], padding: int = PADDING) -> IntArray:
    """[n, longest] the numbers of each list.

    >>> padded([[2, 3], [4]]).tolist()
    [[2, 3], [4, 0]]
    """
    found = np.full((len(lists), max(map(len, lists), default=1)), padding, dtype=np.int64)
    for row, numbers in enumerate(lists):
        found[row, : len(numbers)] = numbers
    return found
