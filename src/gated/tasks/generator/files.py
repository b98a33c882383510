"""Reads the pieces of a generator from files, and writes what it made to files.

A medium has one entry of `_FORMATS`; the files themselves are read and written by `gated.media`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gated.errors import DataError, UsageError
from gated.files import files_below, write_whole
from gated.media.images import (
    contact_sheet,
    read_idx,
    read_image,
    read_image_folder,
    thresholded,
    write_png,
)
from gated.media.music import (
    Music,
    from_roll,
    from_voices,
    read_music,
    read_music_folder,
    to_roll,
    to_voices,
    write_midi,
)
from gated.media.strokes import (
    drawing_svg,
    read_strokes,
    read_strokes_folder,
    sheet_svg,
    simplified,
)
from gated.media.text import read_text, read_text_folder
from gated.tasks.generator.codecs import Codec
from gated.tasks.generator.codecs.voices import VoicesCodec
from gated.text import listed

__all__ = [
    "PieceFiles",
    "check_suffix",
    "medium_of",
    "music_of",
    "read_pieces",
    "read_prompt",
    "write_pieces",
]

STEPS_PER_QUARTER = 4
"""Steps of music are sixteenths."""
_TEMPO = 100.0  # quarter notes a minute of music that is made
_MOST_VOICES = 8


@dataclass(frozen=True)
class PieceFiles:
    """Pieces that were read from files.

    Attributes:
        medium: of `Generator`.
        pieces: at least one.
        notes: what was changed, found or left out.
    """

    medium: str
    pieces: list[Any]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Format:
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


def medium_of(path: Path) -> str:
    """Find the medium of a file, or of most files in a folder, by the suffixes.

    Raises:
        DataError: there is no such file, or no medium has its suffix.
    """
    kinds = {suffix: medium for medium, form in _FORMATS.items() for suffix in form.read}
    files = files_below(path, "Expected files to learn from.") if path.is_dir() else [path]
    counts = Counter(kinds[file.suffix.lower()] for file in files if file.suffix.lower() in kinds)
    if not path.exists():
        raise DataError(f"{path}: there is no such file. Expected files to learn from.")
    if not counts:
        known = "; ".join(f"{medium}: {' '.join(form.read)}" for medium, form in _FORMATS.items())
        raise DataError(f"{path}: has no file of a known kind. Expected one of {known}.")
    return counts.most_common(1)[0][0]


def read_pieces(medium: str, path: str | Path) -> PieceFiles:
    """Read the pieces of a medium from a file, or from all files below a folder.

    Music in which every piece has the same number of voices, each with one note at a time, becomes
    the medium "voices", which is learned better; a note says so.

    Raises:
        DataError: no file can be read.
        UsageError: a library for the files is missing.
    """
    return _FORMATS[medium].reader(Path(path))


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
    written = _FORMATS[_family(medium)].written
    if path.suffix.lower() not in written:
        raise UsageError(
            f"{path}: {medium} is not written to such a file. Expected a name ending in "
            f"{listed(written)}."
        )


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


def _read_text(path: Path) -> PieceFiles:
    if path.is_dir():
        texts, _, notes = read_text_folder(path)
    else:
        texts = [read_text(path)]
        notes = list(texts[0].notes)
    return PieceFiles("text", [text.content for text in texts], tuple(notes))


def _write_text(path: Path, pieces: list[str]) -> None:
    write_whole(path, "\n\n".join(pieces).encode())


def _read_music(path: Path) -> PieceFiles:
    if path.is_dir():
        found, _, notes = read_music_folder(path)
    else:
        found = [read_music(path)]
        notes = list(found[0].notes)
    voices = _voices_of(found)
    if voices is not None:
        count = voices[0].shape[1]
        note = f"Every piece has {count} voices, each with one note at a time: learned as voices."
        return PieceFiles("voices", voices, (*notes, note))
    return PieceFiles("music", [to_roll(music, STEPS_PER_QUARTER) for music in found], tuple(notes))


def _voices_of(found: list[Music]) -> list[Any] | None:
    """The voices of pieces that all have the same number of them, each with one note at a time."""
    counts = {len(np.unique(music.voice)) for music in found}
    count = counts.pop()
    if counts or not 2 <= count <= _MOST_VOICES:
        return None
    try:
        return [to_voices(music, count, STEPS_PER_QUARTER) for music in found]
    except UsageError:  # a voice with chords: a piano roll holds them
        return None


def _music_prompt(path: Path, codec: Codec) -> Any:
    music = read_music(path)
    if isinstance(codec, VoicesCodec):
        return to_voices(music, codec.voices, STEPS_PER_QUARTER)
    return to_roll(music, STEPS_PER_QUARTER)


def _write_music(path: Path, pieces: list[Any]) -> None:
    if len(pieces) > 1:
        raise UsageError(
            f"{path}: {len(pieces)} pieces are no single file of music. Expected one piece."
        )
    write_midi(path, music_of(pieces[0]))


def music_of(piece: Any) -> Music:
    """Convert a piano roll or voices to notes."""
    if piece.dtype == bool:
        return from_roll(piece, STEPS_PER_QUARTER, _TEMPO)
    return from_voices(piece, STEPS_PER_QUARTER, _TEMPO)


def _read_drawings(path: Path) -> PieceFiles:
    if path.is_dir():
        found, _, notes = read_strokes_folder(path)
    else:
        found = [read_strokes(path)]
        notes = list(found[0].notes)
    pieces = [simplified(drawing.points) for drawing in found]
    before, after = sum(len(drawing.points) for drawing in found), sum(map(len, pieces))
    if after < before:
        notes.append(f"Strokes simplified from {before:,} to {after:,} points.")
    return PieceFiles("drawing", pieces, tuple(notes))


def _write_drawings(path: Path, pieces: list[Any]) -> None:
    content = drawing_svg(pieces[0]) if len(pieces) == 1 else sheet_svg(pieces)
    write_whole(path, content.encode())


def _read_images(path: Path) -> PieceFiles:
    notes: list[str]
    if path.is_dir():
        folder = read_image_folder(path)
        grey, notes = folder.images, list(folder.notes)
    elif path.suffix.lower() in _IDX:
        grey, notes = read_idx(path), []
        if grey.ndim != 3:
            raise DataError(
                f"{path}: holds an array of {grey.ndim} axes. Expected images [N, height, width]."
            )
    else:
        image = read_image(path)
        grey, notes = image.pixels[None], list(image.notes)
    pieces = list(thresholded(grey))
    if not np.isin(grey, (0, 255)).all():
        notes.append("Grey pixels read as white from half of full brightness, else black.")
    return PieceFiles("image", pieces, tuple(notes))


def _image_prompt(path: Path, codec: Codec) -> Any:
    """The upper half of an image, which the model completes."""
    image = thresholded(read_image(path).pixels[None])[0]
    return image[: len(image) // 2]


def _write_images(path: Path, pieces: list[Any]) -> None:
    sheet = pieces[0] * np.uint8(255) if len(pieces) == 1 else contact_sheet(np.stack(pieces))
    write_png(path, sheet)


_IDX = (".idx", ".gz", ".idx3-ubyte")

_FORMATS = {
    "text": _Format(
        (".txt", ".md", ".text"),
        (".txt", ".md"),
        _read_text,
        lambda path, codec: read_text(path).content,
        _write_text,
    ),
    "music": _Format(
        (".mid", ".midi", ".abc"), (".mid", ".midi"), _read_music, _music_prompt, _write_music
    ),
    "drawing": _Format(
        (".svg",),
        (".svg",),
        _read_drawings,
        lambda path, codec: simplified(read_strokes(path).points),
        _write_drawings,
    ),
    "image": _Format(
        (".png", ".jpg", ".jpeg", ".gif", ".bmp", *_IDX),
        (".png",),
        _read_images,
        _image_prompt,
        _write_images,
    ),
}
