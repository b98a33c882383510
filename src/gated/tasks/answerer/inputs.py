"""Converts what an answerer is given to questions about stories."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gated.errors import DataError
from gated.media.stories import StoryFiles, StoryQuestion, read_stories, sentences_of
from gated.media.text import whole_characters

__all__ = ["asked_of", "questions_of", "sentences_given"]

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
        return sentences_of(whole_characters(story))
    if not isinstance(story, Sequence) or not all(isinstance(each, str) for each in story):
        raise DataError(
            f"{name} is {type(story).__name__}. Expected a text, or a list of sentences."
        )
    return tuple(" ".join(whole_characters(each).split()) for each in story if each.strip())


def asked_of(given: Any, number: int) -> StoryQuestion:
    """A question about a story without its answer.

    Args:
        given: a `StoryQuestion`, or a story and a question.
        number: of the question in messages.

    Raises:
        DataError: it is neither, or has no word.
    """
    if isinstance(given, StoryQuestion):
        return StoryQuestion(given.story, given.question, "")
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        raise DataError(
            f"Question {number:,} is {type(given).__name__}. Expected a story and a question."
        )
    story, question = given
    sentences = sentences_given(story, f"Question {number:,}: the story")
    return StoryQuestion(sentences, _text("question", question, number), "")


def _question(given: Any, number: int) -> StoryQuestion:
    if isinstance(given, StoryQuestion):
        return given
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 3:
        raise DataError(f"Question {number:,} is {type(given).__name__}. {_EXPECTED}")
    story, question, answer = given
    sentences = sentences_given(story, f"Question {number:,}: the story")
    asked, answered = _text("question", question, number), _text("answer", answer, number)
    return StoryQuestion(sentences, asked, answered)


def _text(name: str, value: Any, number: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"Question {number:,}: the {name} is {value!r}. Expected text with a word.")
    return whole_characters(value)
