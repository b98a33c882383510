"""Reads and writes files of sound.

WAV files of whole numbers need no other library; all other formats are read by soundfile.
"""

import io
import wave
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.files import special_kind, write_whole
from gated.media.resampling import resampled

__all__ = [
    "LabelledRecordings",
    "Recording",
    "is_sound_file",
    "read_folder",
    "read_recording",
    "write_recording",
]

Samples = NDArray[np.float32]

_SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf")
_LEAST_RATE, _MOST_RATE = 1_000, 768_000
_FORMATS = "Expected a file of sound: WAV, FLAC, OGG or MP3."
_LAYOUT = "Expected folder/label/*.wav: one sub-folder for each label, named after it."


@dataclass(frozen=True)
class Recording:
    """Sound of one microphone.

    Attributes:
        samples: [N] float32 from −1 to 1.
        rate: samples a second.
        notes: what was changed: channels mixed, another rate.
    """

    samples: Samples
    rate: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelledRecordings:
    """The recordings of a folder with one sub-folder for each label.

    Attributes:
        recordings: all of one rate.
        labels: the label of each.
        paths: the file of each.
        rate: samples a second.
        notes: what was changed or left out, for the user.
    """

    recordings: list[Recording]
    labels: list[str]
    paths: list[Path]
    rate: int
    notes: tuple[str, ...]


def is_sound_file(path: Path) -> bool:
    """Return whether the suffix is that of a file of sound."""
    return path.suffix.lower() in _SUFFIXES


def read_recording(path: str | Path, rate: int | None = None) -> Recording:
    """Read a file of sound.

    Args:
        path: of a WAV file, or of a FLAC, OGG or MP3 file where soundfile is installed.
        rate: samples a second of the result; by default those of the file.

    Raises:
        DataError: the file is missing, empty, damaged, or no sound.
        UsageError: the format needs soundfile, which is not installed.
    """
    path = Path(path)
    special = special_kind(path)
    if special is not None:
        raise DataError(f"{path}: is {special}. {_FORMATS}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}. Check the name.") from error
    if not content:
        raise DataError(f"{path}: is an empty file. {_FORMATS}")
    found, file_rate = _decoded(path, content)  # [N, channels]
    if not _LEAST_RATE <= file_rate <= _MOST_RATE:
        raise DataError(
            f"{path}: has {file_rate:,} samples a second. Expected {_LEAST_RATE:,} to "
            f"{_MOST_RATE:,}. Save it again with another program."
        )
    if len(found) == 0:
        raise DataError(f"{path}: holds no sample of sound. Record it again, or leave it out.")
    if not np.isfinite(found).all():
        raise DataError(f"{path}: holds samples that are not finite numbers. Save it again.")
    notes = []
    if found.shape[1] > 1:
        notes.append(f"{path.name}: {found.shape[1]} channels were mixed to one.")
    samples = found.mean(1, dtype=np.float64).astype(np.float32)
    if rate is not None and rate != file_rate:
        samples = resampled(samples, file_rate, rate)
        notes.append(f"{path.name}: was resampled from {file_rate:,} to {rate:,} Hz.")
    return Recording(samples, file_rate if rate is None else rate, tuple(notes))


def write_recording(path: str | Path, samples: Samples, rate: int) -> None:
    """Write samples [N] from −1 to 1 as a WAV file of 16 bits; larger ones are clipped.

    Raises:
        GatedError: the file cannot be written.
    """
    whole = np.clip(np.round(samples * 32_768.0), -32_768, 32_767).astype("<i2")
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
) -> LabelledRecordings:
    """Read a folder that has one sub-folder of recordings for each label.

    A file that cannot be read is left out, and a note names it.

    Args:
        folder: the folder.
        rate: samples a second of the result; by default the most frequent rate of the files.
        progress: called with the number of files read, and of all files.

    Raises:
        DataError: it is no such folder, has one label only, or a label with less than two
            recordings.
        UsageError: a format needs soundfile, which is not installed.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder}: is no folder. {_LAYOUT}")
    files, others = _files_of(folder)
    read: list[tuple[Path, Recording]] = []
    notes = []
    for index, path in enumerate(files):
        try:
            read.append((path, read_recording(path)))
        except DataError as error:
            notes.append(f"Left out: {error}")
        if progress is not None:
            progress(index + 1, len(files))
    if others:
        notes.append(f"Ignored {others} other files, which are no files of sound.")
    if not read:
        raise DataError(f"{folder}: has no file of sound in its sub-folders. {_LAYOUT}")
    _check_labels(folder, Counter(path.parent.name for path, _ in read))
    common = Counter(recording.rate for _, recording in read).most_common(1)[0][0]
    used = common if rate is None else rate
    recordings = [Recording(resampled(found.samples, found.rate, used), used) for _, found in read]
    notes += _summary([found for _, found in read], used)
    paths = [path for path, _ in read]
    return LabelledRecordings(
        recordings, [path.parent.name for path in paths], paths, used, tuple(notes)
    )


def _files_of(folder: Path) -> tuple[list[Path], int]:
    """The files of sound in the sub-folders, in order, and the number of other files."""
    inside = sorted(
        path
        for sub in folder.iterdir()
        if sub.is_dir() and not sub.name.startswith(".")
        for path in sub.iterdir()
        if path.is_file() and not path.name.startswith(".")
    )
    files = [path for path in inside if is_sound_file(path)]
    return files, len(inside) - len(files)


def _check_labels(folder: Path, counts: Counter[str]) -> None:
    if len(counts) == 1:
        raise DataError(
            f"{folder}: all recordings have the label {next(iter(counts))!r}. Expected at least "
            f"two labels. {_LAYOUT}"
        )
    for label, count in sorted(counts.items()):
        if count < 2:
            raise DataError(
                f"{folder / label}: has one recording that can be read. Expected at least two of "
                "each label, one to learn from and one to check with. Record more, or remove the "
                "folder."
            )


def _summary(read: list[Recording], rate: int) -> list[str]:
    """Notes on how many files were mixed or resampled."""
    notes = []
    mixed = sum(bool(recording.notes) for recording in read)
    if mixed:
        notes.append(f"{mixed} of {len(read)} files have several channels, which were mixed.")
    others = Counter(recording.rate for recording in read if recording.rate != rate)
    for other, count in sorted(others.items()):
        notes.append(f"{count} of {len(read)} files were resampled from {other:,} to {rate:,} Hz.")
    return notes


def _decoded(path: Path, content: bytes) -> tuple[Samples, int]:
    """[N, channels] float32, and the rate."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        try:
            return _read_wave(content)
        except _NotWholeNumbersError:
            pass  # floating-point or compressed samples, which soundfile reads
        except (wave.Error, EOFError, ValueError) as error:
            reason = str(error) or "it ends too early"
            raise DataError(f"{path}: cannot be read as WAV: {reason}. {_FORMATS}") from error
    elif path.suffix.lower() == ".wav":
        raise DataError(f"{path}: has the name of a WAV file, but is none. {_FORMATS}")
    return _read_other(path, content)


class _NotWholeNumbersError(Exception):
    """A WAV file of a format that Python's `wave` does not read."""


def _read_wave(content: bytes) -> tuple[Samples, int]:
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            channels, width = file.getnchannels(), file.getsampwidth()
            expected, rate = file.getnframes(), file.getframerate()
            data = file.readframes(expected)
    except wave.Error as error:
        if "unknown format" in str(error):
            raise _NotWholeNumbersError from error
        raise
    size = channels * width
    if len(data) < expected * size:
        raise ValueError(f"it has {len(data) // size:,} of {expected:,} samples, so it is cut off")
    values: Samples
    if width == 1:
        values = np.frombuffer(data, np.uint8).astype(np.float32) / np.float32(128) - np.float32(1)
    elif width == 3:
        bytes_ = np.frombuffer(data, np.uint8).reshape(-1, 3)
        wide = np.zeros((len(bytes_), 4), np.uint8)
        wide[:, 1:] = bytes_
        values = (wide.view("<i4")[:, 0] / 2.0**31).astype(np.float32)
    elif width in (2, 4):
        whole = np.frombuffer(data, f"<i{width}")
        values = (whole / 2.0 ** (8 * width - 1)).astype(np.float32)
    else:
        raise ValueError(f"its samples have {8 * width} bits")
    by_channel: Samples = values.reshape(-1, channels)
    return by_channel, rate


def _read_other(path: Path, content: bytes) -> tuple[Samples, int]:
    try:
        import soundfile
    except ImportError as error:
        raise UsageError(
            f"{path}: is no WAV file of whole numbers, and soundfile is not installed, which reads "
            'the other formats. Run: pip install "gated[audio]"'
        ) from error
    try:
        found: tuple[Any, int] = soundfile.read(
            io.BytesIO(content), dtype="float32", always_2d=True
        )
    except (soundfile.LibsndfileError, RuntimeError) as error:
        reason = str(error).rstrip(".").split(": ")[-1]
        raise DataError(f"{path}: cannot be read as sound: {reason}. {_FORMATS}") from error
    return found
