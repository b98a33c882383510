"""Defines what the files of a medium are: their suffixes, and how they are read and written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gated.tasks.generator.codecs import Codec

__all__ = ["FileFormat", "PieceFiles"]


@dataclass(frozen=True)
class PieceFiles:
    """Pieces that were read from files.

    Attributes:
        medium: of `Generator`.
        pieces: at least one.
        names: the file of each.
        notes: what was changed, found or left out.
    """

    medium: str
    pieces: list[Any]
    names: list[str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FileFormat:
    """How the files of a medium are read and written.

    Attributes:
        read: the suffixes that are read.
        written: the suffixes that are written.
        reader: reads a file or a folder.
        prompt: reads one file as the beginning of a piece, for a codec.
        writer: writes pieces to a file.
    """

    read: tuple[str, ...]
    written: tuple[str, ...]
    reader: Callable[[Path], PieceFiles]
    prompt: Callable[[Path, Codec], Any]
    writer: Callable[[Path, list[Any]], None]
