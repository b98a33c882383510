"""Reads many files of sound, leaves out the damaged and the silent ones, and finds one rate."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from gated.errors import DataError
from gated.media.audio.sound_file import Sound, read_sound
from gated.text import counted, listed

__all__ = ["changes", "read_sounds", "usual_rate"]

_SILENT = 1e-4  # of the loudest sample, −80 dBFS; the last of 16 bits is at −90 dBFS


def read_sounds(
    files: list[Path], progress: Callable[[int, int], None] | None
) -> tuple[dict[Path, Sound], list[str]]:
    """The sounds that can be read and are not silent, and a note on each of the others.

    Args:
        files: to read.
        progress: called with the number of files read, and of all files.
    """
    sounds: dict[Path, Sound] = {}
    notes = []
    for index, path in enumerate(files):
        try:
            sound = read_sound(path)
            reason = _silence(sound)
        except DataError as error:
            reason = str(error).removeprefix(str(path)).lstrip(": ")
        if reason:
            notes.append(f"{path} is left out: {reason}")
        else:
            sounds[path] = sound
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


def _silence(sound: Sound) -> str:
    """Why a sound is silent; empty if it is not."""
    peak = float(np.abs(sound.samples).max())
    if len(sound.samples) > 1 and np.ptp(sound.samples) == 0:
        found = "all its samples are equal"
    elif peak < _SILENT:
        found = f"its loudest sample is at −{-20 * math.log10(peak):.0f} dBFS"
    else:
        return ""
    return (
        f"it is silent ({found}). Expected a loudest sample of −80 dBFS or more. Record it again, "
        "or remove the file."
    )
