"""Defines a question about a story, with its answer."""

from dataclasses import dataclass

__all__ = ["StoryQuestion"]


@dataclass(frozen=True)
class StoryQuestion:
    """A question, its answer, and the sentences before it.

    Attributes:
        story: the sentences, in their order; may be empty.
        question: the text.
        answer: one or more words.
        supporting: positions in `story` of the sentences that the answer follows from, where the
            file names them.
    """

    story: tuple[str, ...]
    question: str
    answer: str
    supporting: tuple[int, ...] = ()
