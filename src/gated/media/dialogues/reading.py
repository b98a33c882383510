"""Reads files of dialogues, and folders of them; the suffix tells the format."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from gated.errors import DataError, UsageError
from gated.files import files_below
from gated.media.dialogues.dialogue import Dialogue
from gated.media.text import read_text, whole_characters
from gated.text import listed

__all__ = ["DialogueFiles", "read_dialogues"]

Given: TypeAlias = list[tuple[Any, str]]
"""What a file gives as the turns of each dialogue, with its place in words."""

_JSON = (
    'Expected one object in each line, such as {"dialogue": ["Hello", "Hi!"]} or {"text": '
    '"Hello", "reply": "Hi!"}.'
)
_CSV = (
    "Expected a table with the columns text and reply; or with the columns dialogue and text, one "
    "row a turn, the turns of a dialogue in their order."
)
_YAML = "Expected a list of dialogues, each a list of texts, or such a list under `conversations:`."
_EXPECTED = "Expected a .jsonl, .csv, .tsv, .yml or .yaml file of dialogues, or a folder of them."


@dataclass(frozen=True)
class DialogueFiles:
    """The dialogues of files.

    Attributes:
        dialogues: in the order of the files and of their lines.
        notes: what was changed or left out.
    """

    dialogues: list[Dialogue]
    notes: tuple[str, ...] = ()


def read_dialogues(path: str | Path) -> DialogueFiles:
    """Read the dialogues of a file, or of all such files in a folder.

    A dialogue with fewer than two turns, or with an empty one, is left out, and a note names it. So
    is a file of a folder that cannot be read.

    Raises:
        DataError: a file is missing, empty, not UTF-8, or not of its format; the message has the
            line. Or no dialogue is found.
        UsageError: a file needs PyYAML, which is not installed.

    Example:
        >>> import tempfile
        >>> from gated.files import write_whole
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(f"{folder}/a.csv", b"text,reply\\nHello,Hi!\\n")
        ...     read_dialogues(f"{folder}/a.csv").dialogues
        [Dialogue(turns=('Hello', 'Hi!'))]
    """
    path = Path(path)
    if not path.is_dir():
        return _checked(_read_file(path), path)
    dialogues: list[Dialogue] = []
    notes: list[str] = []
    for file in files_below(path, _EXPECTED):
        if file.suffix.lower() not in _READERS:
            continue
        try:
            found = _read_file(file)
        except (DataError, UsageError) as error:  # the second where PyYAML is missing
            notes.append(f"{error} The file is left out.")
        else:
            dialogues += found.dialogues
            notes += found.notes
    return _checked(DialogueFiles(dialogues, tuple(notes)), path)


def _read_file(path: Path) -> DialogueFiles:
    text = read_text(path)
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise DataError(f"{path}: has the suffix {path.suffix!r}. {_EXPECTED}")
    dialogues: list[Dialogue] = []
    failed: list[str] = []
    for turns, where in read(text.content, path):
        texts = _texts(turns)
        if texts is None:
            failed.append(where)
        else:
            dialogues.append(Dialogue(texts))
    notes = list(text.notes)
    if failed:
        notes.append(
            f"{path.name}: {listed(failed)}: left out, because of fewer than two turns, or one "
            "that is no text."
        )
    return DialogueFiles(dialogues, tuple(notes))


def _json_lines(content: str, path: Path) -> Given:
    found: Given = []
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path}: line {number:,}"
        try:
            given = json.loads(line)
        except ValueError as error:
            raise DataError(f"{where} is not JSON ({error}). {_JSON}") from error
        keys = set(given) if isinstance(given, dict) else set()
        if not ("dialogue" in keys or {"text", "reply"} <= keys):
            raise DataError(f"{where} has no dialogue, and no text with a reply. {_JSON}")
        turns = given.get("dialogue", [given.get("text"), given.get("reply")])
        found.append((turns, f"line {number:,}"))
    return found


def _table(content: str, path: Path) -> Given:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    reader = csv.DictReader(io.StringIO(content), delimiter=delimiter, strict=True)
    try:
        names = set(reader.fieldnames or [])
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num:,}: {error}. {_CSV}") from error
    if {"text", "reply"} <= names:
        return [([row["text"], row["reply"]], f"line {line:,}") for line, row in rows]
    if not {"dialogue", "text"} <= names:
        has = ", ".join(sorted(map(str, names))) or "no column"
        raise DataError(f"{path}: has {has}. {_CSV}")
    turns: dict[str, list[Any]] = {}
    first: dict[str, int] = {}
    for line, row in rows:
        turns.setdefault(row["dialogue"], []).append(row["text"])
        first.setdefault(row["dialogue"], line)
    return [(texts, f"the dialogue of line {first[name]:,}") for name, texts in turns.items()]


def _yaml(content: str, path: Path) -> Given:
    try:
        import yaml
    except ImportError as error:
        raise UsageError(
            f"{path}: YAML needs PyYAML, which is not installed. Install it: pip install "
            '"gated[yaml]", or convert the file to JSON lines.'
        ) from error
    try:
        given = yaml.load(content, Loader=yaml.BaseLoader)  # all scalars are text: `yes`, `42`
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f": line {mark.line + 1:,}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise DataError(f"{path}{line} is not YAML: {problem}. {_YAML}") from error
    dialogues = given.get("conversations") if isinstance(given, dict) else given
    if not isinstance(dialogues, list):
        raise DataError(f"{path}: has no list of dialogues. {_YAML}")
    return [(turns, f"dialogue {number:,}") for number, turns in enumerate(dialogues, 1)]


_READERS: dict[str, Callable[[str, Path], Given]] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".csv": _table,
    ".tsv": _table,
    ".yml": _yaml,
    ".yaml": _yaml,
}


def _texts(turns: Any) -> tuple[str, ...] | None:
    """The turns of a dialogue; None where they are no texts, empty, or fewer than two."""
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        return None
    texts = tuple(" ".join(whole_characters(turn).split()) for turn in turns)
    return texts if len(texts) >= 2 and all(texts) else None


def _checked(found: DialogueFiles, path: Path) -> DialogueFiles:
    if not found.dialogues:
        notes = "".join(f"\n{note}" for note in found.notes)
        raise DataError(f"{path}: no dialogue found. {_EXPECTED}{notes}")
    return found
