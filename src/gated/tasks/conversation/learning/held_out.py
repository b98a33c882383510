"""Estimates the mixture and the threshold on held-out dialogues, and compares with TF-IDF there.

A half of the held-out replies is scored with the weights and the threshold of the other half, so
that the reported shares are of replies that were not used. The mixture itself comes from all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.media.dialogues import Dialogue
from gated.tasks.conversation.histories import Histories, features_after
from gated.tasks.conversation.learning.mixture_fit import estimated_weights
from gated.tasks.conversation.ranking.chooser import Chooser
from gated.tasks.conversation.ranking.mixture import Mixture, lowest_threshold

__all__ = ["Checked", "checked"]

_MOST, _MOST_FEATURES = 2_000, 2_000_000  # held-out replies, and features, that are used


@dataclass(frozen=True)
class Checked:
    """What held-out dialogues gave.

    Attributes:
        mixture: of network and similarity, with the threshold.
        replies: that were used.
        right: share of them that was chosen.
        nearest_right: share that TF-IDF alone chose: the reply after the most similar turn.
        answered: share of turns with a reply: above the threshold, or learned word for word.
        answered_right: share of right ones among these; None where there is none.
    """

    mixture: Mixture
    replies: int
    right: float
    nearest_right: float
    answered: float
    answered_right: float | None


def checked(
    chooser: Chooser, held: Sequence[Dialogue], histories: Histories, precision: float
) -> Checked:
    """Score held-out dialogues, and estimate the mixture on them.

    Args:
        chooser: of the other dialogues, with the replies of all.
        held: the held-out dialogues.
        histories: of all dialogues.
        precision: share of right replies among those that are given.
    """
    places = {text: place for place, text in enumerate(chooser.replies)}
    most = min(_MOST, _MOST_FEATURES // len(places) + 1)
    features: list[FloatArray] = []
    cases: list[tuple[tuple[str, ...], str]] = []
    for dialogue in held:
        features += features_after(chooser, dialogue)
        cases += list(dialogue.replies())
        if len(cases) >= most:
            break
    found = _Cases(
        np.stack(features),
        np.array([places[reply] for _, reply in cases]),
        cases,
        chooser,
        histories,
    )
    every = np.arange(len(cases))
    halves = [every[::2], every[1::2]] if len(cases) > 1 else [every, every]
    chosen, probabilities, is_given = every.copy(), np.zeros(len(cases)), every < 0
    for part, other in (halves, halves[::-1]):  # a half is scored with what the other one gave
        mixture = found.mixture(other, precision)
        chosen[part], probabilities[part] = found.best(part, mixture)
        is_given[part] = probabilities[part] >= mixture.threshold
    right = found.right(every, chosen)
    for index in np.flatnonzero(~is_given):
        learned = chooser.learned_reply(cases[index][0][-1])
        if learned is not None:
            chosen[index], is_given[index] = learned, True
    given = every[is_given]
    nearest = np.array([chooser.nearest(turns[-1]) for turns, _ in cases])
    return Checked(
        found.mixture(every, precision),
        len(cases),
        float(right.mean()),
        float(found.right(every, nearest).mean()),
        float(is_given.mean()),
        float(found.right(given, chosen[given]).mean()) if len(given) else None,
    )


@dataclass(frozen=True)
class _Cases:
    """M held-out replies.

    Attributes:
        features: [M, R, 4].
        true: [M] the true replies.
        cases: the turns and the true reply of each.
        chooser: of the other dialogues.
        histories: of all dialogues.
    """

    features: FloatArray
    true: IntArray
    cases: Sequence[tuple[tuple[str, ...], str]]
    chooser: Chooser
    histories: Histories

    def mixture(self, part: IntArray, precision: float) -> Mixture:
        """The weights and the threshold that some of the cases give."""
        weights = estimated_weights(self.features[part], self.true[part])
        chosen, probabilities = self.best(part, Mixture(weights, 0.0))
        right = self.right(part, chosen)
        return Mixture(weights, lowest_threshold(probabilities, right, precision))

    def best(self, part: IntArray, mixture: Mixture) -> tuple[IntArray, FloatArray]:
        """The most probable reply of some of the cases, and its probability."""
        shares = np.stack([mixture.probabilities(self.features[index]) for index in part])
        return shares.argmax(1), shares.max(1)

    def right(self, part: IntArray, chosen: IntArray) -> BoolArray:
        """Which replies are right after the turns of some of the cases."""
        replies = self.chooser.replies
        found = [
            self.histories.are_right(self.cases[index][0], replies[reply])
            for index, reply in zip(part, chosen, strict=True)
        ]
        return np.array(found, dtype=bool)
