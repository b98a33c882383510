"""Reads lists of files of sound, and all files of sound in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gated.errors import DataError
from gated.files import files_below
from gated.media.audio.recordings import Recording
from gated.media.audio.sound_file import check_rate, is_sound_file
from gated.media.audio.sound_files import changes, left_out, read_sounds, usual_rate
from gated.text import counted

__all__ = ["ListedRecordings", "read_list", "sound_files_below"]


@dataclass(frozen=True)
class ListedRecordings:
    """The recordings of a list of files.

    Attributes:
        recordings: of the files that can be read, all of one rate, in the order of the list.
        positions: of their files in the list.
        rate: samples a second.
        changed: notes on what was changed: channels mixed, volume, rate.
        failed: the message of the error about each file that cannot be read.
    """

    recordings: list[Recording]
    positions: list[int]
    rate: int
    changed: tuple[str, ...]
    failed: dict[Path, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, and what was changed."""
        return (*left_out(self.failed), *self.changed)


def read_list(
    paths: Sequence[str | Path], rate: int | None = None, *, without_silent: bool = False
) -> ListedRecordings:
    """Read files of sound; those that cannot be read are left out and named.

    Args:
        paths: of the files; one may be named several times.
        rate: samples a second of the result; by default the most frequent rate of the files, and
            the lowest of equally frequent ones.
        without_silent: whether a silent file counts as one that cannot be read, as in a training.

    Raises:
        DataError: no rate is given, and no file can be read.
        UsageError: a format needs soundfile, which is not installed, or the rate is out of range.

    Example:
        >>> found = read_list(["missing.wav"], rate=8_000)
        >>> found.recordings, len(found.failed)
        ([], 1)
    """
    if rate is not None:
        check_rate(rate)
    files = [Path(path) for path in paths]
    sounds, failed = read_sounds(files, without_silent=without_silent)
    if rate is None and not sounds:
        raise DataError(
            f"None of {counted(len(failed), 'file')} can be read. Expected at least one file of "
            "sound. Record or convert them again.\n" + "\n".join(failed.values())
        )
    used = usual_rate(sounds.values()) if rate is None else rate
    at_rate = {path: Recording(sound.at(used), used) for path, sound in sounds.items()}
    positions = [index for index, path in enumerate(files) if path in sounds]
    return ListedRecordings(
        [at_rate[files[index]] for index in positions],
        positions,
        used,
        tuple(changes(None, sounds, used)),
        failed,
    )


def sound_files_below(folder: str | Path) -> list[Path]:
    """All files of sound in a folder and its sub-folders, sorted, without hidden ones.

    Raises:
        DataError: the folder is missing, cannot be listed, or has no file of sound.
    """
    expected = "Expected a folder of files of sound: WAV, FLAC, OGG or MP3."
    found = [path for path in files_below(folder, expected) if is_sound_file(path)]
    if not found:
        raise DataError(f"{folder}: has no file of sound. {expected} Check the name.")
    return found
