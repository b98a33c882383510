"""Reads all files of one kind below a folder, and names those that are left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gated.errors import DataError
from gated.files import files_below
from gated.text import counted

__all__ = ["FileKind", "read_each"]

Item = TypeVar("Item")


@dataclass(frozen=True)
class FileKind:
    """A kind of files, with the words of its messages.

    Attributes:
        includes: whether a file has a suffix of the kind.
        name: as in "files of other kinds than music".
        file: one of them, such as "file of music".
        expected: what a folder should have, such as "MIDI or ABC files".
    """

    includes: Callable[[Path], bool]
    name: str
    file: str
    expected: str


def read_each(
    folder: str | Path,
    kind: FileKind,
    read: Callable[[Path], tuple[Sequence[Item], Sequence[str]]],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Item], list[Path], list[str]]:
    """Read all files of one kind in a folder and its sub-folders, in the order of their paths.

    A file that cannot be read is left out, and a note names it with the reason. Files of other
    kinds are counted in a note. Hidden files are ignored.

    Args:
        folder: with the files, at any depth.
        kind: of the files.
        read: gives what a file has, at least one item, and notes. It raises a `DataError` for a
            file that cannot be read.
        progress: called with the number of files read, and of all files.

    Returns:
        The items, the file of each, and notes on what was changed or left out.

    Raises:
        DataError: it is no folder, or has no file that can be read.
    """
    found = files_below(folder, f"Expected a folder with {kind.expected}.")
    files = [path for path in found if kind.includes(path)]
    items: list[Item] = []
    paths: list[Path] = []
    notes: list[str] = []
    for index, path in enumerate(files):
        try:
            of_file, its_notes = read(path)
        except DataError as error:
            reason = str(error).removeprefix(str(path)).lstrip(": ")
            of_file, its_notes = [], [f"{path} is left out: {reason}"]
        notes += its_notes
        items += of_file
        paths += [path] * len(of_file)
        if progress is not None:
            progress(index + 1, len(files))
    if len(files) < len(found):
        others = counted(len(found) - len(files), "file")
        notes.append(f"{folder}: {others} of other kinds than {kind.name} left out.")
    if not items:
        there = f" that can be read, of {counted(len(files), 'file')}" if files else ""
        first = f" The first: {notes[0]}" if files else ""
        raise DataError(
            f"{folder}: has no {kind.file}{there}. Expected {kind.expected} in the folder or its "
            f"sub-folders. Check the name, or add files.{first}"
        )
    return items, paths, notes
