"""Reads the text format of the bAbI tasks (Weston et al. 2015, arXiv 1502.05698).

    1 Mary moved to the bathroom.
    2 John went to the hallway.
    3 Where is Mary? <tab> bathroom <tab> 1

Lines are numbered from 1 in each story. A line with tabs is a question, its answer, and perhaps the
numbers of the lines that the answer follows from.
"""

from pathlib import Path

from gated.errors import DataError
from gated.media.stories.question import StoryQuestion

__all__ = ["looks_like_babi", "read_babi"]

_LAYOUT = (
    "Expected lines such as `1 Mary moved to the bathroom.`, numbered from 1 in each story, and "
    "questions such as `2 Where is Mary?`, a tab, `bathroom`, a tab, `1`."
)


def looks_like_babi(content: str) -> bool:
    """Whether the first line that is not empty is numbered 1."""
    return content.lstrip().split(None, 1)[:1] == ["1"]


def read_babi(content: str, path: Path) -> list[StoryQuestion]:
    """The questions of a file.

    Raises:
        DataError: a line is not of the format; the message has its number.
    """
    found: list[StoryQuestion] = []
    places: dict[int, int] = {}  # from the number of a line to the position of its sentence
    sentences: list[str] = []
    expected = 1
    for line_number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        number, _, text = line.strip().partition(" ")
        if number == "1":
            places, sentences, expected = {}, [], 1
        if number != str(expected) or not text.strip():
            raise DataError(
                f"{path}: line {line_number:,} begins with {number[:20]!r}, not with the number "
                f"{expected} and a sentence. {_LAYOUT}"
            )
        expected += 1
        if "\t" not in text:
            places[int(number)] = len(sentences)
            sentences.append(text.strip())
        else:
            found.append(_question(text, tuple(sentences), places, f"{path}: line {line_number:,}"))
    return found


def _question(
    text: str, story: tuple[str, ...], places: dict[int, int], where: str
) -> StoryQuestion:
    question, answer, *numbers = (part.strip() for part in text.split("\t"))
    if not question or not answer or len(numbers) > 1:
        raise DataError(f"{where} has no question and answer between its tabs. {_LAYOUT}")
    supporting = []
    for number in " ".join(numbers).split():
        if not number.isdecimal() or int(number) not in places:
            raise DataError(
                f"{where} names {number!r} as a line that the answer follows from. Expected the "
                f"number of an earlier sentence of the story. {_LAYOUT}"
            )
        supporting.append(places[int(number)])
    return StoryQuestion(story, question, answer, tuple(supporting))
