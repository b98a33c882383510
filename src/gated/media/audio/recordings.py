"""Reads and writes files of sound, and folders with one sub-folder of recordings for each label.

WAV files need no other library; FLAC, OGG, MP3 and compressed WAV files are read by soundfile.
"""

import io
import wave
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.files import write_whole
from gated.media.audio.resampling import resampled
from gated.media.audio.sound_file import Sound, check_rate, is_sound_file, read_sound
from gated.media.audio.sound_files import changes, left_out, read_sounds, usual_rate
from gated.text import counted, listed, roughly

__all__ = [
    "LabelledRecordings",
    "Recording",
    "is_sound_file",
    "read_folder",
    "read_recording",
    "resampled",
    "write_recording",
]

_LAYOUT = "Expected folder/label/*.wav: one sub-folder for each label, named after it."


@dataclass(frozen=True)
class Recording:
    """Sound of one channel.

    Attributes:
        samples: float32 [N] from −1 to 1, N ≥ 1.
        rate: samples a second.
        notes: what was changed: channels mixed, volume, rate.
    """

    samples: NDArray[np.float32]
    rate: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelledRecordings:
    """The recordings of a folder with one sub-folder for each label.

    Attributes:
        recordings: all of one rate, in the order of their paths.
        labels: the label of each.
        paths: the file of each.
        rate: samples a second.
        notes: what was changed or left out.
    """

    recordings: list[Recording]
    labels: list[str]
    paths: list[Path]
    rate: int
    notes: tuple[str, ...]


def read_recording(path: str | Path, rate: int | None = None) -> Recording:
    """Read a file of sound.

    Several channels are mixed to their mean. Samples outside −1 to 1, which files of floating-point
    numbers and MP3 can have, are divided by the largest. Notes say both, and a change of rate.
    An OGG, MP3 or AIFF file that is cut off is read as far as it goes: libsndfile reports no error.

    Args:
        path: of a WAV file; of a FLAC, OGG or MP3 file where soundfile is installed.
        rate: samples a second of the result; by default those of the file.

    Raises:
        DataError: the file is missing, a folder, no sound, damaged, cut off, without a sample, or
            has samples that are not finite.
        UsageError: the format needs soundfile, which is not installed (`pip install
            "gated[audio]"`), or the rate is out of range.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_recording(f"{folder}/clip.wav", np.zeros(16_000, dtype=np.float32), 16_000)
        ...     recording = read_recording(f"{folder}/clip.wav", rate=8_000)
        >>> recording.samples.shape, recording.notes
        ((8000,), ('clip.wav: resampled from 16,000 to 8,000 Hz.',))
    """
    if rate is not None:
        check_rate(rate)
    path = Path(path)
    sound = read_sound(path)
    used = sound.rate if rate is None else rate
    notes = []
    if sound.channels > 1:
        notes.append(f"{path.name}: {sound.channels} channels mixed to one.")
    if sound.peak > 1:
        notes.append(
            f"{path.name}: divided by its largest sample, {roughly(sound.peak)}, to lie between "
            "−1 and 1."
        )
    if used != sound.rate:
        notes.append(f"{path.name}: resampled from {sound.rate:,} to {used:,} Hz.")
    return Recording(sound.at(used), used, tuple(notes))


def write_recording(path: str | Path, samples: NDArray[np.float32], rate: int) -> None:
    """Write a WAV file of one channel and 16 bits, completely or not at all.

    Args:
        path: of the file; an existing one is replaced.
        samples: [N] from −1 to 1; larger ones are clipped.
        rate: samples a second.

    Raises:
        UsageError: the samples are no sound of one channel, or the rate is out of range.
        GatedError: the file cannot be written.
    """
    check_rate(rate)
    values = np.asarray(samples)
    if values.ndim != 1 or values.dtype.kind != "f" or not np.isfinite(values).all():
        raise UsageError(
            f"{path}: samples of the shape {list(values.shape)} and the type {values.dtype} are "
            "given, or samples that are not finite. Expected finite floating-point numbers [N] "
            "from −1 to 1. Mix the channels, or divide whole numbers by their largest value."
        )
    whole = np.clip(np.round(values * 32_768.0), -32_768, 32_767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(whole.tobytes())
    write_whole(path, buffer.getvalue())


def read_folder(
    folder: str | Path,
    rate: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    for_training: bool = True,
) -> LabelledRecordings:
    """Read a folder that has one sub-folder of recordings for each label.

    A file that cannot be read is left out, and a note names it with the reason; for a training also
    a silent one (all samples equal, or none of −80 dBFS). Only hidden files are ignored without a
    note.

    Args:
        folder: with sub-folders, named after the labels.
        rate: samples a second of the result; by default the most frequent rate of the files, and
            the lowest of equally frequent ones.
        progress: called with the number of files read, and of all files.
        for_training: whether at least two labels, and two recordings of each, must be there; to
            score a model, one recording is enough.

    Raises:
        DataError: it is no such folder, none of its recordings can be read, or there are fewer
            labels or recordings than a training needs.
        UsageError: a format needs soundfile, which is not installed, or the rate is out of range.
    """
    if rate is not None:
        check_rate(rate)
    folder = Path(folder)
    files, notes = _files_of(folder)
    sounds, failed = read_sounds(files, progress, without_silent=for_training)
    notes += left_out(failed)
    if for_training:
        _check_labels(folder, files, list(sounds))
    _check_some(folder, sounds, failed)
    used = usual_rate(sounds.values()) if rate is None else rate
    notes += changes(folder, sounds, used)
    return LabelledRecordings(
        [Recording(sound.at(used), used) for sound in sounds.values()],
        [path.parent.name for path in sounds],
        list(sounds),
        used,
        tuple(notes),
    )


def _files_of(folder: Path) -> tuple[list[Path], list[str]]:
    """The files of sound of all labels, sorted, and notes on everything else in the folder."""
    if not folder.exists():
        raise DataError(f"{folder}: there is no such folder. {_LAYOUT} Check the name.")
    if not folder.is_dir():
        raise DataError(f"{folder}: is not a folder. {_LAYOUT} Name the folder above the labels.")
    files: list[Path] = []
    stray: list[Path] = []  # outside the layout
    notes = []
    for entry in _entries(folder):
        if not entry.is_dir():
            stray.append(entry)
            continue
        inside = _entries(entry)
        sound = [path for path in inside if is_sound_file(path) and not path.is_dir()]
        if not sound:
            notes.append(f"{entry}: has no file of sound; it is not used as a label.")
        files += sound
        stray += [path for path in inside if path not in set(sound)]
    unlabelled = [path for path in stray if path.is_dir() or is_sound_file(path)]
    if unlabelled:
        names = listed(path.relative_to(folder) for path in unlabelled)
        notes.append(f"{folder}: left out, because they are not at folder/label/file: {names}.")
    others = len(stray) - len(unlabelled)
    if others:
        notes.append(f"{folder}: {counted(others, 'file')} of other kinds than sound left out.")
    if not files:
        raise DataError(
            f"{folder}: has no file of sound in a sub-folder. {_LAYOUT} Move the recordings of "
            "each label into a folder of their own."
        )
    return files, notes


def _entries(folder: Path) -> list[Path]:
    """What a folder contains, sorted, without hidden files."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be listed ({error.strerror}). {_LAYOUT} Check the permissions."
        ) from error


def _check_some(folder: Path, sounds: dict[Path, Sound], failed: dict[Path, str]) -> None:
    if not sounds:
        raise DataError(
            f"{folder}: none of its {counted(len(failed), 'recording')} can be read. Expected at "
            "least one. Record or convert them again.\n" + "\n".join(failed.values())
        )


def _check_labels(folder: Path, files: list[Path], read: list[Path]) -> None:
    labels = sorted({path.parent.name for path in files})
    if len(labels) == 1:
        raise DataError(
            f"{folder}: all recordings have the label `{labels[0]}`. Expected at least two labels, "
            "as folder/label/*.wav. Add a sub-folder with recordings of another label."
        )
    counts = Counter(path.parent.name for path in read)
    few = [label for label in labels if counts[label] < 2]
    if few:
        raise DataError(
            f"{folder}: {counted(len(few), 'label')} with fewer than two recordings that can be "
            f"read and are not silent: {listed(f'{label} ({counts[label]})' for label in few)}. "
            "Expected two or more files folder/label/*.wav for each label, to train with one and "
            "check with another. Add recordings, or remove the sub-folder."
        )
