"""Defines how the files of a medium are read and written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gated.tasks.generator.codecs import Codec

__all__ = ["FileFormat", "PieceFiles", "ReadAs"]


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
class ReadAs:
    """What pieces are brought to while they are read; None leaves them as they are.

    Attributes:
        rate: frames a second of motions.
        size: (height, width) of images.
    """

    rate: float | None = None
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class FileFormat:
    """How the files of a medium are read and written; `gated.tasks.limits` has their suffixes.

    Attributes:
        reader: reads a file or a folder.
        prompt: reads one file as the beginning of a piece, for a codec.
        writer: writes pieces to a file.
    """

    reader: Callable[[Path, ReadAs], PieceFiles]
    prompt: Callable[[Path, Codec], Any]
    writer: Callable[[Path, list[Any]], None]
