"""Reads files of text, and folders of them."""

from dataclasses import dataclass
from pathlib import Path

from gated.errors import DataError
from gated.files import read_content
from gated.media.folder_reading import FileKind, read_each
from gated.text import listed

__all__ = ["Text", "is_text_file", "read_text", "read_text_folder", "whole_characters"]

_SUFFIXES = (".txt", ".md", ".text")
_EXPECTED = "Expected text in UTF-8."


@dataclass(frozen=True)
class Text:
    """The content of a file.

    Attributes:
        content: at least one character; lines end with a line feed.
        notes: what was changed.
    """

    content: str
    notes: tuple[str, ...] = ()


def whole_characters(text: str) -> str:
    """Replace halves of characters, which cut escapes of JSON and invalid bytes leave, by U+FFFD.

    >>> whole_characters("hi \\ud83d") == "hi \\ufffd"
    True
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_text_file(path: Path) -> bool:
    """Whether the suffix is one of text."""
    return path.suffix.lower() in _SUFFIXES


_FILES = FileKind(is_text_file, "text", "file of text", f"files of text ({listed(_SUFFIXES)})")


def read_text(path: str | Path) -> Text:
    """Read a file of text in UTF-8.

    Line ends of Windows and of old Macs become line feeds, and a mark of the byte order is left
    out; a note says so.

    Raises:
        DataError: the file is missing, a folder, empty, or not UTF-8.

    Example:
        >>> import tempfile
        >>> from gated.files import write_whole
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(f"{folder}/play.txt", b"Enter KING.\\r\\n")
        ...     text = read_text(f"{folder}/play.txt")
        >>> text.content, text.notes
        ('Enter KING.\\n', ('play.txt: line ends of Windows read as line feeds.',))
    """
    path = Path(path)
    raw = read_content(path, _EXPECTED, "Write text into it.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: byte {error.start:,} is not UTF-8. {_EXPECTED} Convert it, for "
            f"example: iconv -f latin1 -t utf-8 {path.name}"
        ) from error
    notes = []
    if raw.startswith(b"\xef\xbb\xbf"):
        notes.append(f"{path.name}: the mark of the byte order is left out.")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append(f"{path.name}: line ends of Windows read as line feeds.")
    if "\0" in text:
        raise DataError(f"{path}: has a zero byte, so it is no text. {_EXPECTED} Check the name.")
    if not text:
        raise DataError(f"{path}: has no character. {_EXPECTED} Write text into it.")
    return Text(text, tuple(notes))


def read_text_folder(folder: str | Path) -> tuple[list[Text], list[Path], list[str]]:
    """Read all files of text in a folder and its sub-folders, hidden ones left out.

    Returns:
        The texts, their paths in order, and notes: a file that cannot be read is left out and
        named with the reason.

    Raises:
        DataError: it is no folder, or has no file of text that can be read.
    """
    return read_each(folder, _FILES, _read)


def _read(path: Path) -> tuple[list[Text], tuple[str, ...]]:
    text = read_text(path)
    return [text], text.notes
