"""Converts sentences to numbers of words, and answers to numbers of their parts and back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

__all__ = ["END", "PADDING", "UNKNOWN", "Vocabulary", "answer_parts", "words_of"]

PADDING, UNKNOWN = 0, 1
"""Numbers of words: behind the end of a sentence, and for words that were not learned."""

END = 0
"""The number of the part that ends an answer."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_PART = re.compile(r"\s*(?:\w+(?:['’]\w+)*|[^\w\s])")


def words_of(sentence: str) -> list[str]:
    """The words of a sentence in small letters; without any, its other characters.

    >>> words_of("Mary didn't go to Room 12!")
    ['mary', "didn't", 'go', 'to', 'room', '12']
    """
    folded = sentence.casefold()
    return _WORD.findall(folded) or folded.split()


def answer_parts(answer: str) -> list[str]:
    """Words and marks of an answer, each with the blank before it, so that they join to the answer.

    >>> answer_parts("apple,milk"), answer_parts(" the red  box")
    (['apple', ',', 'milk'], ['the', ' red', ' box'])
    """
    return _PART.findall(" ".join(answer.split()))


@dataclass(frozen=True)
class Vocabulary:
    """The words of stories and questions, and the parts of answers.

    Attributes:
        words: each once; the first has the number 2, behind `PADDING` and `UNKNOWN`.
        parts: each once; the first has the number 1, behind `END`.
    """

    words: list[str]
    parts: list[str]

    @classmethod
    def of(cls, sentences: Iterable[str], answers: Iterable[str]) -> "Vocabulary":
        """The sorted words and parts of training texts."""
        words = {word for sentence in sentences for word in words_of(sentence)}
        parts = {part for answer in answers for part in answer_parts(answer)}
        return cls(sorted(words), sorted(parts))

    def word_numbers(self, sentence: str) -> list[int]:
        """The numbers of the words of a sentence; `UNKNOWN` for a sentence without a word."""
        numbers = self._word_numbers
        return [numbers.get(word, UNKNOWN) for word in words_of(sentence)] or [UNKNOWN]

    def unknown(self, sentence: str) -> list[str]:
        """The words of a sentence that were not learned, each once."""
        return [
            word for word in dict.fromkeys(words_of(sentence)) if word not in self._word_numbers
        ]

    def part_numbers(self, answer: str) -> list[int]:
        """The numbers of the parts of an answer, and `END`."""
        return [*(self._part_numbers[part] for part in answer_parts(answer)), END]

    def answer(self, numbers: Sequence[int]) -> str:
        """Undo `part_numbers`; the numbers from `END` on are left out."""
        kept = list(numbers)
        kept = kept[: kept.index(END)] if END in kept else kept
        return "".join(self.parts[number - 1] for number in kept).strip()

    @cached_property
    def _word_numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, UNKNOWN + 1)}

    @cached_property
    def _part_numbers(self) -> dict[str, int]:
        return {part: number for number, part in enumerate(self.parts, END + 1)}
