"""Replaces words by the unknown one: the network learns what it cannot know without them.

Of a question the rarest word is replaced, on which the answer mostly depends: in "Where is Mary?"
the name.
"""

from dataclasses import replace

import torch
from torch import Tensor

from gated.tasks.answerer.examples import StoryBatch
from gated.tasks.words import PADDING, UNKNOWN

__all__ = ["with_rare_unknown_words", "with_unknown_questions"]

_SENTENCES, _QUESTIONS = 0.002, 0.03  # of which one word is replaced in training


def with_rare_unknown_words(
    batch: StoryBatch, counts: Tensor, generator: torch.Generator
) -> StoryBatch:
    """Replace a random word of a few sentences, and the rarest one of a few questions.

    Args:
        batch: of the training.
        counts: see `with_unknown_questions`.
        generator: of the draws.
    """
    draws = torch.rand(batch.sentences.shape, generator=generator)
    sentences = _replaced(batch.sentences, draws, _drawn(batch.sentences, _SENTENCES, generator))
    rarity = _rarity(batch.questions, counts)
    questions = _replaced(batch.questions, rarity, _drawn(batch.questions, _QUESTIONS, generator))
    return replace(batch, sentences=sentences, questions=questions)


def with_unknown_questions(batch: StoryBatch, counts: Tensor) -> StoryBatch:
    """Replace the rarest word of every question.

    Args:
        batch: of held-out questions.
        counts: how many questions have each word, by its number.
    """
    everyone = torch.ones(len(batch.questions), 1, dtype=torch.bool)
    rarity = _rarity(batch.questions, counts)
    return replace(batch, questions=_replaced(batch.questions, rarity, everyone))


def _rarity(words: Tensor, counts: Tensor) -> Tensor:
    """[N, W] higher for rarer words; of equal ones, for the last."""
    return torch.arange(words.shape[1]) / words.shape[1] - counts[words]


def _drawn(words: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """[N, 1] True for a share of the rows."""
    return torch.rand(len(words), 1, generator=generator) < share


def _replaced(words: Tensor, order: Tensor, rows: Tensor) -> Tensor:
    """Replace the word with the largest value of `order` in the chosen rows."""
    order = order.masked_fill(words == PADDING, -torch.inf)
    is_chosen = order == order.amax(1, keepdim=True)
    return words.masked_fill(is_chosen & rows, UNKNOWN)
