"""Computes the features of every reply after a turn, and chooses one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.tasks.conversation.examples import turns_of
from gated.tasks.conversation.network import ConversationNetwork
from gated.tasks.conversation.ranking.mixture import Mixture
from gated.tasks.conversation.ranking.similarity import TextIndex
from gated.tasks.words import Words, words_of

__all__ = ["UNSURE", "Chooser", "Contexts", "Reply"]

UNSURE = "I do not know."
_NEAREST = 20  # turns whose replies count
_SHARP = 6  # power of the similarity of turns that are nearly the same
_AT_ONCE = 512  # replies of which vectors are made
_OTHERS = 3  # replies that are named beside the chosen one

Vectors: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Contexts:
    """The turns before replies.

    Attributes:
        texts: N turns.
        replies: [N] int64, the reply that followed each.
    """

    texts: list[str]
    replies: IntArray


@dataclass(frozen=True)
class Reply:
    """A reply that was chosen.

    Attributes:
        text: the reply; "I do not know." where none is known.
        is_known: whether one is: it is probable enough, or the turn was learned word for word,
            always with this reply.
        confidence: the probability of the reply, 0 to 1; that of the most probable one where none
            is known.
        others: other replies with their probabilities, the most probable first.
    """

    text: str
    is_known: bool
    confidence: float
    others: tuple[tuple[str, float], ...]


class Chooser:
    """Scores all replies with the network and with the similarity of texts.

    Args:
        network: with fixed weights.
        words: that are known.
        replies: R texts.
        contexts: the turns before them.
    """

    def __init__(
        self, network: ConversationNetwork, words: Words, replies: list[str], contexts: Contexts
    ) -> None:
        self.network, self.words, self.replies, self.contexts = network, words, replies, contexts
        self._learned = TextIndex([*contexts.texts, *replies])  # one idf for both
        self._of_contexts = TextIndex(contexts.texts, self._learned)
        self._of_replies = TextIndex(replies, self._learned)
        self._vectors = self._replies(replies)
        self._only_replies: dict[tuple[str, ...], int | None] = {}
        for turn, reply in zip(contexts.texts, contexts.replies.tolist(), strict=True):
            words_of_turn = tuple(words_of(turn))
            before = self._only_replies.setdefault(words_of_turn, reply)
            if before != reply:
                self._only_replies[words_of_turn] = None

    def encoded(self, turns: Sequence[str]) -> Vectors:
        """[1, T, H] the vectors of turns."""
        found: Vectors = self.network.turns(turns_of(turns, self.words))[None]
        return found

    def read(self, turns: Sequence[str]) -> Vectors:
        """[T, H] u after each turn of a dialogue."""
        u, _ = self.network.read(self.encoded(turns), self.network.initial_state(1))
        found: Vectors = u[0]
        return found

    def features(self, u: Vectors, turn: str) -> FloatArray:
        """[R, 4] the features of all replies, see `mixture`.

        Args:
            u: [H] after the turn.
            turn: the last one.
        """
        return self._features(u, turn, self._vectors, self._of_replies)

    def features_of(self, u: Vectors, turn: str, texts: Sequence[str]) -> FloatArray:
        """[n, 4] the features of any texts as replies; see `features`."""
        return self._features(u, turn, self._replies(texts), TextIndex(texts, self._learned))

    def _replies(self, texts: Sequence[str]) -> Vectors:
        """[n, H] the vectors of replies, those of similar lengths together."""
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        found = np.zeros((len(texts), self.network.config.hidden_size), dtype=np.float32)
        for at in range(0, len(order), _AT_ONCE):
            rows = order[at : at + _AT_ONCE]
            found[rows] = self.network.replies(turns_of([texts[row] for row in rows], self.words))
        return found

    def _features(
        self, u: Vectors, turn: str, vectors: Vectors, candidates: TextIndex
    ) -> FloatArray:
        near = self._of_contexts.similarities(turn)
        alike, same = np.zeros(candidates.size), np.zeros(candidates.size)
        for index in np.argsort(-near, kind="stable")[:_NEAREST]:
            reply = self.replies[self.contexts.replies[index]]
            similar = candidates.similarities(reply)
            alike = np.maximum(alike, near[index] * similar)
            same = np.maximum(same, near[index] ** _SHARP * similar)
        scores = self.network.scores(u, vectors).astype(np.float64)
        return np.stack([scores, candidates.similarities(turn), alike, same], axis=1)

    def chosen(self, u: Vectors, turn: str, mixture: Mixture) -> Reply:
        """The most probable reply, or that none is known."""
        probabilities = mixture.probabilities(self.features(u, turn))
        ranked = np.argsort(-probabilities, kind="stable")[: _OTHERS + 1].tolist()
        best: int | None = ranked[0]
        if probabilities[ranked[0]] < mixture.threshold:
            best = self.learned_reply(turn)
        others = [index for index in ranked if index != best][:_OTHERS]
        return Reply(
            UNSURE if best is None else self.replies[best],
            best is not None,
            float(probabilities[ranked[0] if best is None else best]),
            tuple((self.replies[index], float(probabilities[index])) for index in others),
        )

    def learned_reply(self, turn: str) -> int | None:
        """The reply that always followed this turn, word for word; None where there is none."""
        return self._only_replies.get(tuple(words_of(turn)))

    def nearest(self, turn: str) -> int:
        """The reply that followed the most similar turn: TF-IDF alone."""
        return int(self.contexts.replies[self._of_contexts.similarities(turn).argmax()])
