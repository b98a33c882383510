"""Holds questions about stories as numbers, and makes padded batches of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import Array, FloatArray, IntArray
from gated.media.stories import StoryQuestion
from gated.tasks.answerer.vocabulary import Vocabulary
from gated.tasks.words import PADDING, padded

__all__ = ["IGNORED", "Examples", "StoryBatch", "batches_of"]

_MOST_SENTENCES = 8_192  # of a batch, with padding

IGNORED = -100
"""The number behind the end of an answer, which the loss leaves out."""


@dataclass(frozen=True)
class StoryBatch:
    """B stories with a question each, as the network reads them: arrays of NumPy or tensors.

    Stories repeat many sentences, so that each different one is stored, and encoded, once.

    Attributes:
        sentences: [S, W] int64, numbers of words; `PADDING` behind the end.
        story: [B, T] int64, rows of `sentences`.
        mask: [B, T] bool, False behind the end of a story.
        questions: [Q, W'] int64, numbers of words.
        question: [B] int64, rows of `questions`.
    """

    sentences: Array
    story: Array
    mask: Array
    questions: Array
    question: Array


class Examples:
    """N questions about stories, with their answers, as numbers.

    Args:
        given: the questions.
        vocabulary: of the network; answers are read only where `has_answers`.
        has_answers: whether the answers consist of parts of the vocabulary.

    Attributes:
        lengths: [N] the sentences of each story.
        question_counts: how many questions have each word, by its number.
        answers: [N, L] int64, numbers of parts, `END` last, `IGNORED` behind it.
    """

    def __init__(
        self, given: Sequence[StoryQuestion], vocabulary: Vocabulary, *, has_answers: bool = True
    ) -> None:
        rows: dict[str, int] = {}
        self._stories = [
            np.array([rows.setdefault(each, len(rows)) for each in item.story], dtype=np.int64)
            for item in given
        ]
        self._questions = np.array(
            [rows.setdefault(item.question, len(rows)) for item in given], dtype=np.int64
        )
        self._table = padded([vocabulary.words.numbers(text) for text in rows])
        self._widths = (self._table != PADDING).sum(1)
        asked = self._table[self._questions]
        counts = np.zeros(vocabulary.words.size)
        for column in range(asked.shape[1]):  # a word twice in a question counts twice
            counts += np.bincount(asked[:, column], minlength=len(counts))
        self.question_counts: FloatArray = counts
        self.lengths = np.array([len(story) for story in self._stories], dtype=np.int64)
        numbers = [vocabulary.part_numbers(item.answer) for item in given] if has_answers else []
        self.answers = padded(numbers, IGNORED)

    def __len__(self) -> int:
        return len(self._stories)

    def batch(self, chosen: IntArray) -> StoryBatch:
        """The stories and questions of some examples."""
        steps = max(int(self.lengths[chosen].max()), 1)
        story = np.zeros((len(chosen), steps), dtype=np.int64)
        mask = np.arange(steps) < self.lengths[chosen, None]
        for row, index in enumerate(chosen):
            story[row, : self.lengths[index]] = self._stories[index]
        sentences, places = self._used(story)
        questions, question = self._used(self._questions[chosen])
        return StoryBatch(sentences, places, mask, questions, question)

    def answers_of(self, chosen: IntArray) -> IntArray:
        """[B, L] the answers of some examples."""
        answers = self.answers[chosen]
        longest = int((answers != IGNORED).sum(1).max())
        found: IntArray = answers[:, :longest]
        return found

    def arrays(self) -> list[IntArray]:
        """All that a training depends on."""
        return [self._table, self._questions, self.answers, *self._stories]

    def _used(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """The used rows of the table, without columns of padding, and the places in them."""
        used, places = np.unique(rows, return_inverse=True)
        table = self._table[used, : int(self._widths[used].max())]
        return table, places.reshape(rows.shape)


def batches_of(lengths: IntArray) -> list[IntArray]:
    """Positions of examples of similar lengths, few enough for one batch each.

    >>> [batch.tolist() for batch in batches_of(np.array([5, 8_000, 4, 3_000]))]
    [[2, 0], [3], [1]]
    """
    order = np.argsort(lengths, kind="stable")
    found: list[IntArray] = []
    begin = 0
    for end in range(1, len(order) + 1):
        is_last = end == len(order)
        if is_last or (end + 1 - begin) * max(lengths[order[end]], 1) > _MOST_SENTENCES:
            found.append(order[begin:end])
            begin = end
    return found
