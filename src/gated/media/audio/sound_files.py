"""Reads many files of sound, leaves out the damaged ones, and brings them to one rate."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from gated.errors import DataError
from gated.media.audio.sound_file import Sound, read_sound
from gated.text import counted, listed

__all__ = ["changes", "read_sounds", "usual_rate"]


def read_sounds(
    files: list[Path], progress: Callable[[int, int], None] | None
) -> tuple[dict[Path, Sound], list[str]]:
    """The sounds that can be read, and a note on each of the others.

    Args:
        files: to read.
        progress: called with the number of files read, and of all files.
    """
    sounds: dict[Path, Sound] = {}
    notes = []
    for index, path in enumerate(files):
        try:
            sounds[path] = read_sound(path)
        except DataError as error:
            reason = str(error).removeprefix(str(path)).lstrip(": ")
            notes.append(f"{path} is left out: {reason}")
        if progress is not None:
            progress(index + 1, len(files))
    return sounds, notes


def usual_rate(sounds: Iterable[Sound]) -> int:
    """The most frequent rate, and the lowest of equally frequent ones."""
    rates = Counter(sound.rate for sound in sounds)
    return max(rates, key=lambda each: (rates[each], -each))


def changes(folder: Path, sounds: dict[Path, Sound], rate: int) -> list[str]:
    """Notes on the files that were mixed, divided or resampled."""
    kinds: dict[str, list[Path]] = {}
    for path, sound in sounds.items():
        if sound.channels > 1:
            kinds.setdefault("several channels mixed to one", []).append(path)
        if sound.peak > 1:
            kinds.setdefault("divided by the largest sample, which is above 1", []).append(path)
        if sound.rate != rate:
            kinds.setdefault(f"resampled from {sound.rate:,} to {rate:,} Hz", []).append(path)
    return [
        f"{folder}: {len(paths):,} of {counted(len(sounds), 'recording')} {change}: "
        f"{listed((path.relative_to(folder) for path in paths), limit=3)}."
        for change, paths in sorted(kinds.items())
    ]
