"""Holds dialogues as numbers: their turns, their replies, and the batches of a training."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from gated.arrays import Array, IntArray
from gated.media.dialogues import Dialogue
from gated.tasks.conversation.network import Turns
from gated.tasks.conversation.ranking.similarity import grams_of
from gated.tasks.words import Words, padded

__all__ = ["GRAMS", "DialogueBatch", "Examples", "turns_of"]

GRAMS = 4_096
"""Rows of the table of n-grams; the first is padding. Two n-grams may share a row."""

_LONGEST = 400  # n-grams of a turn that are read


def turns_of(texts: Sequence[str], words: Words) -> Turns:
    """Texts as numbers of words and of n-grams."""
    grams = [
        [1 + crc32(gram.encode()) % (GRAMS - 1) for gram in grams_of(text)[:_LONGEST]]
        for text in texts
    ]
    numbers = [words.numbers(text) for text in texts]
    return Turns(padded(numbers), padded(grams))


@dataclass(frozen=True)
class DialogueBatch:
    """The turns of B dialogues, and the replies in them: arrays of NumPy or tensors.

    Attributes:
        turns: the different turns of the batch.
        places: [B, T] int64, rows of `turns`; 0 behind the end of a dialogue.
        asked: [M] int64, places in the flattened [B, T] of the turns that have a reply.
        replies: the candidates.
        true: [M] int64, the row of the true reply among the candidates.
    """

    turns: Turns
    places: Array
    asked: Array
    replies: Turns
    true: Array


class Examples:
    """Dialogues, and all different replies in them.

    Args:
        dialogues: at least one.
        words: that are known.

    Attributes:
        replies: R different texts, in the order in which they come.
        lengths: [N] turns of each dialogue.
    """

    def __init__(self, dialogues: Sequence[Dialogue], words: Words) -> None:
        rows: dict[str, int] = {}
        self._dialogues = [
            np.array([rows.setdefault(turn, len(rows)) for turn in each.turns], dtype=np.int64)
            for each in dialogues
        ]
        self._table = turns_of(list(rows), words)
        replies = dict.fromkeys(reply for each in dialogues for _, reply in each.replies())
        self.replies = list(replies)
        self._reply_rows = np.array([rows[text] for text in self.replies], dtype=np.int64)
        self._reply_of = np.full(len(rows), -1, dtype=np.int64)
        self._reply_of[self._reply_rows] = np.arange(len(self.replies))
        self.lengths = np.array([len(each) for each in self._dialogues], dtype=np.int64)

    def batch(self, chosen: IntArray, candidates: IntArray) -> DialogueBatch:
        """The turns and the replies of some dialogues.

        Args:
            chosen: positions of the dialogues.
            candidates: other replies that are candidates beside the true ones.
        """
        longest = int(self.lengths[chosen].max())
        story = np.zeros((len(chosen), longest), dtype=np.int64)
        asked, true = [], []
        for row, index in enumerate(chosen):
            turns = self._dialogues[index]
            story[row, : len(turns)] = turns
            replies = np.arange(1, len(turns), 2)
            asked.append(row * longest + replies - 1)
            true.append(self._reply_of[turns[replies]])
        wanted = np.concatenate(true)
        kept, places = np.unique(np.concatenate([wanted, candidates]), return_inverse=True)
        used, story_places = np.unique(story, return_inverse=True)
        return DialogueBatch(
            self._table.rows(used),
            story_places.reshape(story.shape),
            np.concatenate(asked),
            self._table.rows(self._reply_rows[kept]),
            places[: len(wanted)],
        )

    def replies_in(self, chosen: IntArray) -> IntArray:
        """The replies that occur in some dialogues, rising."""
        found = [self._reply_of[self._dialogues[index][1::2]] for index in chosen]
        return np.unique(np.concatenate(found))

    def arrays(self) -> list[IntArray]:
        """All that a training depends on."""
        return [self._table.words, self._table.grams, self._reply_rows, *self._dialogues]
