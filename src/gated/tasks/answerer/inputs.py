"""Converts what an answerer is given to questions about stories."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gated.errors import DataError
from gated.media.stories import StoryFiles, StoryQuestion, read_stories, sentences_of

__all__ = ["questions_of", "sentences_given"]

_EXPECTED = (
    "Expected a path, or a list of gated.media.stories.StoryQuestion or of (story, question, "
    "answer)."
)


def questions_of(given: Any) -> StoryFiles:
    """Read or convert questions with their answers.

    Args:
        given: a path of a file or a folder; or a list of `StoryQuestion`, or of a story, a question
            and an answer each, with the story as a list of sentences or one text.

    Raises:
        DataError: it is neither, or has no question.
    """
    if isinstance(given, str | Path):
        return read_stories(given)
    if not isinstance(given, Iterable):
        raise DataError(f"The stories are {type(given).__name__}. {_EXPECTED}")
    questions = [_question(each, number) for number, each in enumerate(given, 1)]
    if not questions:
        raise DataError(f"The stories have no question. {_EXPECTED}")
    return StoryFiles(questions)


def sentences_given(story: Any, name: str = "The story") -> tuple[str, ...]:
    """The sentences of a story: of one text, or as they are.

    Raises:
        DataError: it is neither.
    """
    if isinstance(story, str):
        return sentences_of(story)
    if not isinstance(story, Sequence) or not all(isinstance(each, str) for each in story):
        raise DataError(
            f"{name} is {type(story).__name__}. Expected a text, or a list of sentences."
        )
    return tuple(" ".join(each.split()) for each in story if each.strip())


def _question(given: Any, number: int) -> StoryQuestion:
    if isinstance(given, StoryQuestion):
        story, question, answer = given.story, given.question, given.answer
    elif isinstance(given, Sequence) and not isinstance(given, str) and len(given) == 3:
        story, question, answer = given
    else:
        raise DataError(f"Question {number:,} is {type(given).__name__}. {_EXPECTED}")
    for name, value in (("question", question), ("answer", answer)):
        if not isinstance(value, str) or not value.strip():
            raise DataError(
                f"Question {number:,}: the {name} is {value!r}. Expected text with a word."
            )
    supporting = given.supporting if isinstance(given, StoryQuestion) else ()
    sentences = sentences_given(story, f"Question {number:,}: the story")
    return StoryQuestion(sentences, question, answer, supporting)
