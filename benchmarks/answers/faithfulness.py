"""Measures whether answers depend on the sentences that are named with them, and on no others.

For each right answer whose named sentences are not the whole story: how often it changes when they
are taken out, and how often when as many others are taken out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated import Answerer
from gated.media.stories import StoryQuestion

__all__ = ["Faithfulness", "faithfulness"]


@dataclass(frozen=True)
class Faithfulness:
    """Counts over right answers.

    Attributes:
        answers: that were tried.
        without_named: changed when the named sentences were taken out.
        without_others: changed when as many others were taken out.
    """

    answers: int
    without_named: int
    without_others: int


def faithfulness(
    model: Answerer, questions: Sequence[StoryQuestion], seed: int = 0
) -> Faithfulness:
    """Take sentences out of the stories of some questions.

    An answer is tried where at least as many sentences are not named as named: otherwise there are
    no other sentences to compare with.

    Args:
        model: fitted.
        questions: with the true answers.
        seed: of the choice of other sentences.
    """
    rng = np.random.default_rng(seed)
    predicted = model.predict(questions)
    without_named, without_others, before = [], [], []
    for question, text in zip(questions, predicted, strict=True):
        if text.casefold() != question.answer.casefold():
            continue
        named = model.answer(question.story, question.question).positions
        others = [place for place in range(len(question.story)) if place not in named]
        if not named or len(others) < len(named):
            continue
        taken = rng.choice(others, len(named), replace=False).tolist()
        without_named.append(_without(question, named))
        without_others.append(_without(question, taken))
        before.append(text)
    return Faithfulness(
        len(before),
        sum(a != b for a, b in zip(before, model.predict(without_named), strict=True)),
        sum(a != b for a, b in zip(before, model.predict(without_others), strict=True)),
    )


def _without(question: StoryQuestion, places: Sequence[int]) -> StoryQuestion:
    story = [text for place, text in enumerate(question.story) if place not in set(places)]
    return StoryQuestion(tuple(story), question.question, question.answer)
