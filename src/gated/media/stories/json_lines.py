"""Reads questions about stories from JSON lines: one object with a story, question and answer."""

import json
from pathlib import Path
from typing import Any

from gated.errors import DataError
from gated.media.stories.question import StoryQuestion
from gated.media.stories.sentences import sentences_of
from gated.media.text import whole_characters

__all__ = ["looks_like_json", "read_json_lines"]

_LAYOUT = (
    'Expected one object in each line, such as {"story": ["Mary went home."], "question": "Where '
    'is Mary?", "answer": "home"}; the story is a list of sentences or one text, the answer a text '
    "or a list of texts."
)
_KEYS = ("story", "question", "answer")


def looks_like_json(content: str) -> bool:
    """Whether the content begins as an object does."""
    return content.lstrip()[:1] in ("{", "[")


def read_json_lines(content: str, path: Path) -> list[StoryQuestion]:
    """The questions of a file.

    Raises:
        DataError: a line is no such object; the message has its number.
    """
    found = []
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            found.append(_question(line, f"{path}: line {number:,}"))
    return found


def _question(line: str, where: str) -> StoryQuestion:
    try:
        given = json.loads(line)
    except ValueError as error:
        raise DataError(f"{where} is not JSON ({error}). {_LAYOUT}") from error
    if not isinstance(given, dict):
        raise DataError(f"{where} is {type(given).__name__}, no object. {_LAYOUT}")
    missing = [key for key in _KEYS if key not in given]
    if missing:
        hint = " For dialogues: gated train dialogue." if {"dialogue", "reply"} & set(given) else ""
        raise DataError(f"{where} lacks {missing[0]!r}. {_LAYOUT}{hint}")
    story, question, answer = (given[key] for key in _KEYS)
    is_text = isinstance(story, str)
    sentences = sentences_of(whole_characters(story)) if is_text else _texts(story, "story", where)
    answers = (answer,) if isinstance(answer, str) else _texts(answer, "answer", where)
    joined = ",".join(whole_characters(each).strip() for each in answers)
    if not isinstance(question, str) or not question.strip() or not joined.strip(", "):
        raise DataError(f"{where} has no question or no answer. {_LAYOUT}")
    return StoryQuestion(tuple(sentences), whole_characters(question).strip(), joined)


def _texts(value: Any, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise DataError(f"{where}: {key!r} is no text and no list of texts. {_LAYOUT}")
    return tuple(" ".join(whole_characters(each).split()) for each in value if each.strip())
