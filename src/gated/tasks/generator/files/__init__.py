"""Reads the pieces of a generator from files, and writes what it made: one module for each medium.

The content of the files is read and written by `gated.media`.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from gated.errors import DataError, UsageError
from gated.files import files_below
from gated.tasks.generator.codecs import Codec
from gated.tasks.generator.files.base import FileFormat, PieceFiles, ReadAs
from gated.tasks.generator.files.drawing import DRAWING
from gated.tasks.generator.files.image import IMAGE
from gated.tasks.generator.files.motion import MOTION, motion_page
from gated.tasks.generator.files.music import MUSIC, music_of
from gated.tasks.generator.files.text import TEXT
from gated.tasks.limits import READ_SUFFIXES, WRITTEN_SUFFIXES
from gated.text import listed

__all__ = [
    "PieceFiles",
    "ReadAs",
    "check_suffix",
    "medium_of",
    "motion_page",
    "music_of",
    "read_pieces",
    "read_prompt",
    "usual_suffix",
    "write_pieces",
]

_FORMATS: dict[str, FileFormat] = {
    "text": TEXT,
    "music": MUSIC,
    "drawing": DRAWING,
    "image": IMAGE,
    "motion": MOTION,
}


def medium_of(path: Path) -> str:
    """Find the medium of a file, or of most files in a folder, by the suffixes.

    Raises:
        DataError: there is no such file, or no medium has its suffix.
    """
    files = files_below(path, "Expected files to learn from.") if path.is_dir() else [path]
    counts = Counter(
        medium
        for file in files
        for medium in _FORMATS
        if file.name.lower().endswith(READ_SUFFIXES[medium])
    )
    if not path.exists():
        raise DataError(f"{path}: there is no such file. Expected files to learn from.")
    if not counts:
        known = "; ".join(f"{medium}: {' '.join(READ_SUFFIXES[medium])}" for medium in _FORMATS)
        raise DataError(
            f"{path}: no file of a known kind. Expected one of {known}; speech: a folder with one "
            "sub-folder of .wav a label. Check the name, or name the medium: gated train text "
            f"{path}"
        )
    return counts.most_common(1)[0][0]


def read_pieces(medium: str, path: str | Path, read_as: ReadAs | None = None) -> PieceFiles:
    """Read the pieces of a medium from a file, or from all files below a folder.

    Music in which every piece has the same number of voices, each with one note at a time, becomes
    the medium "voices", which is learned better; a note says so.

    Args:
        medium: of the files.
        path: of a file or a folder.
        read_as: the frame rate of motions, or the size of images.

    Raises:
        DataError: no file can be read.
        UsageError: a library for the files is missing, or the rate or size is out of range.
    """
    return _FORMATS[medium].reader(Path(path), read_as or ReadAs())


def read_prompt(codec: Codec, path: Path) -> Any:
    """Read one file as the beginning of a piece.

    Raises:
        DataError: it cannot be read.
        UsageError: a library for the file is missing.
    """
    return _FORMATS[_family(codec.medium)].prompt(path, codec)


def check_suffix(medium: str, path: Path) -> None:
    """Check that pieces of a medium can be written to a file of this name.

    Raises:
        UsageError: they cannot.
    """
    written = WRITTEN_SUFFIXES[_family(medium)]
    if path.suffix.lower() not in written:
        raise UsageError(
            f"{path}: {_family(medium)} is not written to such a file. Expected a name ending in "
            f"{listed(written)}."
        )


def usual_suffix(medium: str) -> str:
    """The suffix of a file that pieces of a medium are usually written to."""
    return WRITTEN_SUFFIXES[_family(medium)][0]


def write_pieces(medium: str, path: Path, pieces: list[Any]) -> None:
    """Write pieces to one file, whole or not at all.

    Raises:
        UsageError: the suffix is of another kind.
        GatedError: the file cannot be written.
    """
    check_suffix(medium, path)
    _FORMATS[_family(medium)].writer(path, pieces)


def _family(medium: str) -> str:
    """The medium that names the files: voices are music."""
    return "music" if medium == "voices" else medium
