"""Estimates the mixture and the threshold on held-out dialogues, and compares with TF-IDF there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from gated.arrays import FloatArray, IntArray
from gated.media.dialogues import Dialogue
from gated.tasks.conversation.choice import Mixture, estimated_weights, lowest_threshold
from gated.tasks.conversation.chooser import Chooser

__all__ = ["Checked", "Histories", "checked", "features_after"]

_MOST = 2_000  # held-out replies that are used


@dataclass(frozen=True)
class Checked:
    """What held-out dialogues gave.

    Attributes:
        mixture: of network and similarity, with the threshold.
        replies: that were used.
        right: share of them that was chosen.
        nearest_right: share that TF-IDF alone chose: the reply after the most similar turn.
        answered: share of turns with a reply above the threshold.
        answered_right: share of right ones among these; None where there is none.
    """

    mixture: Mixture
    replies: int
    right: float
    nearest_right: float
    answered: float
    answered_right: float | None


class Histories:
    """Which replies are right after which turns: those of any dialogue that began so.

    Args:
        dialogues: all of them.
    """

    def __init__(self, dialogues: Sequence[Dialogue]) -> None:
        self._right: dict[tuple[str, ...], set[str]] = {}
        for dialogue in dialogues:
            for turns, reply in dialogue.replies():
                self._right.setdefault(_folded(turns), set()).add(reply)

    def are_right(self, turns: Sequence[str], reply: str) -> bool:
        """Whether some dialogue has this reply after these turns."""
        return reply in self._right.get(_folded(turns), ())


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
    features: list[FloatArray] = []
    cases: list[tuple[tuple[str, ...], str]] = []
    for dialogue in held:
        found = features_after(chooser, dialogue)
        features += found
        cases += list(dialogue.replies())
        if len(cases) >= _MOST:
            break
    stacked = np.stack(features)
    true = np.array([places[reply] for _, reply in cases])
    weights = estimated_weights(stacked, true)
    mixture = Mixture(weights, 0.0)
    probabilities = np.stack([mixture.probabilities(each) for each in stacked])
    best = probabilities.argmax(1)
    right = _right(histories, cases, best, chooser.replies)
    nearest = np.array([chooser.nearest(turns[-1]) for turns, _ in cases])
    threshold = lowest_threshold(probabilities.max(1), right, precision)
    is_given = probabilities.max(1) >= threshold
    return Checked(
        Mixture(weights, threshold),
        len(cases),
        float(right.mean()),
        float(_right(histories, cases, nearest, chooser.replies).mean()),
        float(is_given.mean()),
        float(right[is_given].mean()) if is_given.any() else None,
    )


def features_after(chooser: Chooser, dialogue: Dialogue) -> list[FloatArray]:
    """[R, 4] the features of all replies, for each turn of the person that has one."""
    with torch.inference_mode():
        u, _ = chooser.network.read(chooser.encoded(dialogue.turns))
    return [chooser.features(u[0, len(turns) - 1], turns[-1]) for turns, _ in dialogue.replies()]


def _right(
    histories: Histories,
    cases: Sequence[tuple[tuple[str, ...], str]],
    chosen: IntArray,
    replies: Sequence[str],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array(
        [
            histories.are_right(turns, replies[index])
            for (turns, _), index in zip(cases, chosen, strict=True)
        ]
    )


def _folded(turns: Sequence[str]) -> tuple[str, ...]:
    return tuple(turn.casefold() for turn in turns)
