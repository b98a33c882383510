"""Files of music: MIDI and ABC; and its picture, a piano roll."""

from pathlib import Path
from typing import Any

import numpy as np

from gated.errors import UsageError
from gated.files import write_whole
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
from gated.plot import piano_roll_svg
from gated.tasks.generator.codecs import Codec
from gated.tasks.generator.codecs.voices import VoicesCodec
from gated.tasks.generator.files.base import FileFormat, PieceFiles, ReadAs

__all__ = ["MUSIC", "music_of"]

STEPS_PER_QUARTER = 4
"""Steps of music are sixteenths."""
_TEMPO = 100.0  # quarter notes a minute of music that is made
_MOST_VOICES = 8


def _read_music(path: Path, read_as: ReadAs) -> PieceFiles:
    if path.is_dir():
        found, paths, notes = read_music_folder(path)
    else:
        found, paths = [read_music(path)], [path]
        notes = list(found[0].notes)
    names = list(map(str, paths))
    voices = _voices_of(found)
    if voices is not None:
        count = voices[0].shape[1]
        note = f"Every piece has {count} voices, each with one note at a time: learned as voices."
        return PieceFiles("voices", voices, names, (*notes, note))
    rolls = [to_roll(music, STEPS_PER_QUARTER) for music in found]
    return PieceFiles("music", rolls, names, tuple(notes))


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
    music = music_of(pieces[0])
    if path.suffix.lower() == ".svg":
        notes = np.column_stack([music.onset, music.duration, music.pitch, music.voice])
        write_whole(path, piano_roll_svg(notes, steps_per_quarter=STEPS_PER_QUARTER).encode())
    else:
        write_midi(path, music)


def music_of(piece: Any) -> Music:
    """Convert a piano roll or voices to notes."""
    if piece.dtype == bool:
        return from_roll(piece, STEPS_PER_QUARTER, _TEMPO)
    return from_voices(piece, STEPS_PER_QUARTER, _TEMPO)


MUSIC = FileFormat(
    reader=_read_music,
    prompt=_music_prompt,
    writer=_write_music,
)
