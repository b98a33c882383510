"""Reads files of music, MIDI and ABC, and all such files below a folder.

The files are decoded by symusic (`decoding`); here they become the notes of pitched voices.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.errors import DataError
from gated.files import read_content
from gated.media.folder_reading import FileKind, read_each
from gated.media.music.decoding import DamagedError, Decoded, abc_tunes, decoded_abc, decoded_midi
from gated.media.music.notes import Music
from gated.text import counted

__all__ = ["is_music_file", "read_music", "read_music_folder"]

_MIDI, _ABC = (".mid", ".midi"), (".abc",)
_EXPECTED = "Expected a file of music: MIDI (.mid, .midi) or ABC (.abc)."
_AGAIN = "Save or export it again."
_DEFAULT_TEMPO = 120.0  # of MIDI, where a file has none


def is_music_file(path: Path) -> bool:
    """Return whether a file has the suffix of a file of music.

    >>> is_music_file(Path("a.MID")), is_music_file(Path("a.wav"))
    (True, False)
    """
    return path.suffix.lower() in _MIDI + _ABC


_FILES = FileKind(is_music_file, "music", "file of music", "MIDI (.mid, .midi) or ABC files (.abc)")


def read_music(path: str | Path) -> Music:
    """Read a file of music.

    Drums and notes of length zero are left out, of several tempi the first is kept, of several
    tunes of an ABC file the first is read; notes say each. Chord names and fermatas of an ABC file
    have no effect.

    Args:
        path: of a MIDI or ABC file.

    Raises:
        DataError: the file is missing, a folder, empty, of another kind, damaged, or without a
            note.
        UsageError: symusic is not installed (`pip install "gated[midi]"`).

    Example:
        >>> import tempfile
        >>> from gated.media.music import write_midi
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_midi(f"{folder}/a.mid", Music.of([0, 1], [1, 2], [60, 64], tempo=90))
        ...     music = read_music(f"{folder}/a.mid")
        >>> music.pitch.tolist(), music.duration.tolist(), music.tempo
        ([60, 64], [1.0, 2.0], 90.0)
    """
    path = Path(path)
    tunes, notes = _read(path, first=True)
    return replace(tunes[0], notes=tuple(notes))


def read_music_folder(
    folder: str | Path, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Music], list[Path], list[str]]:
    """Read all files of music in a folder and its sub-folders, in the order of their paths.

    A file that cannot be read is left out, and a note names it with the reason. Hidden files are
    ignored without a note. An ABC file gives all of its tunes.

    Args:
        folder: with files of music, at any depth.
        progress: called with the number of files read, and of all files.

    Returns:
        The pieces, the file of each, and notes on what was changed or left out.

    Raises:
        DataError: it is no folder, or has no file of music that can be read.
        UsageError: symusic is not installed (`pip install "gated[midi]"`).
    """
    return read_each(folder, _FILES, partial(_read, first=False), progress)


def _read(path: Path, first: bool) -> tuple[list[Music], list[str]]:
    """The tunes of a file, or the first of them, and notes on what was changed or left out.

    Raises:
        DataError, UsageError: as `read_music`; none of several tunes can be read.
    """
    content = read_content(path, _EXPECTED, _AGAIN)
    if not is_music_file(path):
        raise DataError(f"{path}: is not a file of music. {_EXPECTED} Check the name.")
    try:
        if path.suffix.lower() in _MIDI:
            music = _music(path.name, decoded_midi(path, content))
            return [music], list(music.notes)
        return _read_tunes(path, abc_tunes(content), first)
    except DamagedError as error:
        raise DataError(f"{path}: cannot be read: {error}. {_EXPECTED} {_AGAIN}") from error


def _read_tunes(path: Path, texts: list[str], first: bool) -> tuple[list[Music], list[str]]:
    """The tunes of an ABC file, or the first of them, and notes; a damaged one is left out.

    Raises:
        DamagedError: no tune can be read.
    """
    notes = []
    if first and len(texts) > 1:
        notes.append(f"{path.name}: the first of {len(texts):,} tunes is read.")
        texts = texts[:1]
    tunes: list[Music] = []
    failed: DamagedError | None = None
    for index, text in enumerate(texts):
        name = path.name if len(texts) == 1 else f"{path.name}, tune {index + 1:,}"
        try:
            tune = _music(name, decoded_abc(path, text))
        except DamagedError as error:
            failed = failed or error
            notes.append(f"{name} is left out: {error}.")
        else:
            tunes.append(tune)
            notes += tune.notes
    if failed is not None and not tunes:
        raise failed
    return tunes, notes


def _music(name: str, decoded: Decoded) -> Music:
    """The pitched notes of a decoded file.

    Raises:
        DamagedError: there is no note.
    """
    notes = []
    tracks = [track for track in decoded.tracks if not track.is_drum]
    drums = sum(len(track.pitch) for track in decoded.tracks if track.is_drum)
    if drums:
        notes.append(f"{name}: {counted(drums, 'note')} of drums left out.")
    parts: list[tuple[FloatArray, FloatArray, IntArray, IntArray]] = []
    empty = 0
    for track in tracks:
        sounding = track.duration > 0
        empty += int((~sounding).sum())
        if sounding.any():
            voice = np.full(sounding.sum(), len(parts))
            parts.append(
                (track.onset[sounding], track.duration[sounding], track.pitch[sounding], voice)
            )
    if empty:
        notes.append(f"{name}: {counted(empty, 'note')} of length zero left out.")
    if not parts:
        but = f" but {drums:,} of drums" if drums else ""
        raise DamagedError(f"it has no notes{but}")
    tempi = decoded.tempi or [_DEFAULT_TEMPO]
    if len(set(tempi)) > 1:
        notes.append(
            f"{name}: the first of {len(tempi):,} tempi is kept, {tempi[0]:.4g} quarter notes a "
            "minute."
        )
    onset, duration, pitch, voice = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Music.of(onset, duration, pitch, voice, tempi[0], tuple(notes))
