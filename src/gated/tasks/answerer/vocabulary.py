"""Converts answers to numbers of their parts, and back; stories and questions to those of words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from gated.tasks.words import Words

__all__ = ["END", "Vocabulary", "answer_parts"]

END = 0
"""The number of the part that ends an answer."""

_PART = re.compile(r"\s*(?:\w+(?:['’]\w+)*|[^\w\s])")


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
        words: of stories and questions.
        parts: each once; the first has the number 1, behind `END`.
    """

    words: Words
    parts: list[str]

    @classmethod
    def of(cls, sentences: Iterable[str], answers: Iterable[str]) -> "Vocabulary":
        """The sorted words and parts of training texts."""
        parts = {part for answer in answers for part in answer_parts(answer)}
        return cls(Words.of(sentences), sorted(parts))

    def part_numbers(self, answer: str) -> list[int]:
        """The numbers of the parts of an answer, and `END`."""
        return [*(self._part_numbers[part] for part in answer_parts(answer)), END]

    def answer(self, numbers: Sequence[int]) -> str:
        """Undo `part_numbers`; the numbers from `END` on are left out."""
        kept = list(numbers)
        kept = kept[: kept.index(END)] if END in kept else kept
        return "".join(self.parts[number - 1] for number in kept).strip()

    @cached_property
    def _part_numbers(self) -> dict[str, int]:
        return {part: number for number, part in enumerate(self.parts, END + 1)}
