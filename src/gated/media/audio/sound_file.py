"""Decodes one file of sound: WAV files by itself, all other formats with soundfile."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.files import read_content
from gated.media.audio.resampling import resampled
from gated.media.audio.riff import UnknownCodecError, is_riff, read_riff
from gated.text import option

__all__ = ["Sound", "check_rate", "is_sound_file", "read_sound"]

_LEAST_RATE, _MOST_RATE = 1_000, 768_000
_SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf")
_BLOCK = 65_536
_EXPECTED = "Expected a file of sound: WAV, FLAC, OGG or MP3."
_AGAIN = "Record or convert it again."


@dataclass(frozen=True)
class Sound:
    """The sound of a file at the file's own rate, before notes are made.

    Attributes:
        samples: float32 [N] from −1 to 1, N ≥ 1; the mean of the channels.
        rate: samples a second.
        channels: of the file.
        peak: the largest absolute value of the file; where it is above 1, the samples were divided
            by it.
    """

    samples: NDArray[np.float32]
    rate: int
    channels: int
    peak: float

    def at(self, rate: int) -> NDArray[np.float32]:
        """Return the samples at another rate; what resampling lifts above 1 is clipped."""
        if rate == self.rate:
            return self.samples
        return np.clip(resampled(self.samples, self.rate, rate), -1, 1)


def is_sound_file(path: Path) -> bool:
    """Return whether a file has the suffix of a file of sound.

    >>> is_sound_file(Path("a.WAV")), is_sound_file(Path("a.txt"))
    (True, False)
    """
    return path.suffix.lower() in _SUFFIXES


def read_sound(path: Path) -> Sound:
    """Read a file of sound at its own rate.

    Raises:
        DataError: it is missing, a folder, no sound, damaged, cut off, without a sample, or has
            samples that are not finite.
        UsageError: the format needs soundfile, which is not installed.
    """
    values, rate = _decoded(path, read_content(path, _EXPECTED, _AGAIN))
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise DataError(
            f"{path}: has {rate:,} samples a second. Expected {_LEAST_RATE:,} to {_MOST_RATE:,}. "
            f"{_AGAIN}"
        )
    if len(values) == 0:
        raise DataError(
            f"{path}: the sound has length 0. Expected at least one sample. Record it again, or "
            "remove the file."
        )
    if not np.isfinite(values).all():
        raise DataError(
            f"{path}: has samples that are not finite (NaN or infinite). Expected numbers from −1 "
            f"to 1. {_AGAIN}"
        )
    peak = float(np.abs(values).max())
    mixed = values.mean(axis=1, dtype=np.float64) / max(peak, 1.0)
    return Sound(mixed.astype(np.float32), rate, values.shape[1], peak)


def check_rate(rate: int) -> None:
    """Check the rate that a caller gave.

    Raises:
        UsageError: it is out of range.
    """
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise UsageError(
            f"{option('rate', str(rate))} is given. Expected {_LEAST_RATE:,} to {_MOST_RATE:,} "
            "samples a second. Choose the rate of most recordings, such as 16000."
        )


def _decoded(path: Path, content: bytes) -> tuple[NDArray[np.float32], int]:
    """Samples, float32 [N, channels], and rate."""
    if not is_riff(content):
        return _with_soundfile(path, content, "is no WAV file")
    try:
        return read_riff(content)
    except UnknownCodecError as codec:
        return _with_soundfile(path, content, str(codec))
    except ValueError as error:
        raise DataError(
            f"{path}: cannot be read: {error}. Expected a complete WAV file. {_AGAIN}"
        ) from error


def _with_soundfile(path: Path, content: bytes, why: str) -> tuple[NDArray[np.float32], int]:
    """Samples, float32 [N, channels], and rate; `why` this file needs soundfile."""
    if not is_sound_file(path) or (path.suffix.lower() == ".wav" and not is_riff(content)):
        raise DataError(f"{path}: is not a file of sound. {_EXPECTED} Check the name.")
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: without the C library libsndfile
        raise UsageError(
            f"{path}: {why}. Expected a WAV file of uncompressed samples, because soundfile, which "
            'reads other formats, is not installed. Install it with pip install "gated[audio]".'
        ) from error
    blocks: list[NDArray[np.float32]] = []
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            # In blocks: the header of a damaged file can promise more samples than memory holds.
            while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
                blocks.append(block)
            promised, rate = file.frames, int(file.samplerate)
            guessed = file.format == "MP3"  # its header has no number of samples
    except RuntimeError as error:
        reason = str(error).rstrip(".").split(": ")[-1]
        raise DataError(f"{path}: cannot be read: {reason}. {_EXPECTED} {_AGAIN}") from error
    count = sum(map(len, blocks))
    if count < promised and not guessed:
        raise DataError(
            f"{path}: is cut off: it has {count:,} of {promised:,} samples. Expected a complete "
            f"file. {_AGAIN}"
        )
    return np.concatenate(blocks) if blocks else np.zeros((0, 1), np.float32), rate
