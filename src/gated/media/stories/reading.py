"""Reads files of questions about stories, and files of one story."""

from dataclasses import dataclass
from pathlib import Path

from gated.errors import DataError
from gated.files import files_below
from gated.media.stories.babi import looks_like_babi, read_babi
from gated.media.stories.json_lines import looks_like_json, read_json_lines
from gated.media.stories.question import StoryQuestion
from gated.media.stories.sentences import sentences_of
from gated.media.text import read_text
from gated.text import counted

__all__ = ["StoryFiles", "read_stories", "read_story", "story_of"]

_SUFFIXES = (".jsonl", ".ndjson", ".json", ".txt")
_EXPECTED = (
    "Expected a file in bAbI's format (`1 Mary moved to the bathroom.`, then a question, a tab and "
    "its answer), or JSON lines with story, question and answer."
)


@dataclass(frozen=True)
class StoryFiles:
    """The questions of files.

    Attributes:
        questions: in the order of the files and of their lines.
        notes: what was changed or left out.
    """

    questions: list[StoryQuestion]
    notes: tuple[str, ...] = ()


def _is_story_file(path: Path) -> bool:
    """Whether the suffix is one of files with stories."""
    return path.suffix.lower() in _SUFFIXES


def read_stories(path: str | Path) -> StoryFiles:
    """Read the questions of a file, or of all such files in a folder.

    Files are in bAbI's format or JSON lines; the content tells which. In a folder a file of
    another content is left out, and a note names it.

    Raises:
        DataError: a file is missing, empty, not UTF-8, or has a line that is not of its format; or
            no question is found.

    Example:
        >>> import tempfile
        >>> from gated.files import write_whole
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(f"{folder}/a.txt", b"1 Mary left.\\n2 Who left?\\tMary\\t1\\n")
        ...     found = read_stories(f"{folder}/a.txt")
        >>> found.questions[0].answer, found.questions[0].supporting
        ('Mary', (0,))
    """
    path = Path(path)
    if not path.is_dir():
        return _checked(_read_file(path), path)
    questions: list[StoryQuestion] = []
    notes: list[str] = []
    for file in filter(_is_story_file, files_below(path, _EXPECTED)):
        try:
            found = _read_file(file)
        except DataError as error:
            notes.append(f"{error} The file is left out.")
        else:
            questions += found.questions
            notes += found.notes
    return _checked(StoryFiles(questions, tuple(notes)), path)


def read_story(path: str | Path) -> tuple[str, ...]:
    """Read the sentences of one story from a file of plain text.

    Raises:
        DataError: the file is missing, empty, not UTF-8, or has questions with answers.

    Example:
        >>> import tempfile
        >>> from gated.files import write_whole
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(f"{folder}/a.txt", b"Mary left. John stayed.")
        ...     read_story(f"{folder}/a.txt")
        ('Mary left.', 'John stayed.')
    """
    return story_of(read_text(path).content, str(path))


def story_of(content: str, name: str) -> tuple[str, ...]:
    """The sentences of one story from plain text.

    Args:
        content: of the file.
        name: of the file in messages.

    Raises:
        DataError: the text has questions with answers, or is JSON.
    """
    if "\t" in content and looks_like_babi(content):
        raise DataError(
            f"{name}: has questions with answers. Expected one story: sentences without a tab. "
            "Remove the lines with questions."
        )
    if looks_like_json(content):
        raise DataError(
            f"{name}: is JSON. Expected one story as plain text, its sentences in order."
        )
    return sentences_of(content)


def _read_file(path: Path) -> StoryFiles:
    text = read_text(path)
    if looks_like_json(text.content):
        return StoryFiles(read_json_lines(text.content, path), text.notes)
    if looks_like_babi(text.content):
        return StoryFiles(read_babi(text.content, path), text.notes)
    first = text.content.strip().splitlines()[:1] or [""]
    raise DataError(f"{path}: begins with {first[0][:60]!r}. {_EXPECTED}")


def _checked(found: StoryFiles, path: Path) -> StoryFiles:
    if not found.questions:
        notes = "".join(f"\n{note}" for note in found.notes)
        raise DataError(f"{path}: {counted(0, 'question')} found. {_EXPECTED}{notes}")
    return found
