"""Replaces words by the unknown one: the network learns what it cannot know without them."""

from dataclasses import replace

import torch
from torch import Tensor

from gated.tasks.answerer.examples import StoryBatch
from gated.tasks.answerer.vocabulary import PADDING, UNKNOWN

__all__ = ["with_rare_unknown_words", "with_unknown_questions"]

_SENTENCES, _QUESTIONS = 0.002, 0.03  # of which one word is replaced in training


def with_rare_unknown_words(batch: StoryBatch, generator: torch.Generator) -> StoryBatch:
    """Replace one word of a few sentences and questions at random."""
    return replace(
        batch,
        sentences=_replaced(batch.sentences, _SENTENCES, generator),
        questions=_replaced(batch.questions, _QUESTIONS, generator),
    )


def with_unknown_questions(batch: StoryBatch, generator: torch.Generator) -> StoryBatch:
    """Replace one word of every question at random."""
    return replace(batch, questions=_replaced(batch.questions, 1.0, generator))


def _replaced(words: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Replace one word of a share of the rows [N, W]."""
    draws = torch.rand(words.shape, generator=generator).masked_fill(words == PADDING, -1.0)
    is_chosen = draws == draws.amax(1, keepdim=True)
    rows = torch.rand(len(words), 1, generator=generator) < share
    return words.masked_fill(is_chosen & rows, UNKNOWN)
