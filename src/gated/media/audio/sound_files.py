"""Reads many files of sound, leaves out the damaged and the silent ones, and finds one rate."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from gated.errors import DataError
from gated.media.audio.sound_file import Sound, read_sound
from gated.text import counted, listed

__all__ = ["changes", "left_out", "read_sounds", "usual_rate"]

_SILENT = 1e-4  # of the loudest sample, −80 dBFS; the last of 16 bits is at −90 dBFS


def read_sounds(
    files: Iterable[Path],
    progress: Callable[[int, int], None] | None = None,
    *,
    without_silent: bool = False,
) -> tuple[dict[Path, Sound], dict[Path, str]]:
    """The sounds that can be read, and the message of the error about each of the others.

    Args:
        files: to read, each once.
        progress: called with the number of files read, and of all files.
        without_silent: whether a silent one counts as one that cannot be read: a network cannot
            learn a word from it.

    Raises:
        UsageError: a format needs soundfile, which is not installed.
    """
    sounds: dict[Path, Sound] = {}
    failed: dict[Path, str] = {}
    chosen = list(dict.fromkeys(files))
    for index, path in enumerate(chosen):
        try:
            sound = read_sound(path)
        except DataError as error:
            failed[path] = str(error)
        else:
            reason = _silence(sound) if without_silent else ""
            if reason:
                failed[path] = f"{path}: {reason}"
            else:
                sounds[path] = sound
        if progress is not None:
            progress(index + 1, len(chosen))
    return sounds, failed


def left_out(failed: dict[Path, str]) -> list[str]:
    """A note on each file that could not be read, from the message of its error."""
    return [
        f"{path} is left out: {message.removeprefix(str(path)).lstrip(': ')}"
        for path, message in failed.items()
    ]


def usual_rate(sounds: Iterable[Sound]) -> int:
    """The most frequent rate, and the lowest of equally frequent ones."""
    rates = Counter(sound.rate for sound in sounds)
    return max(rates, key=lambda each: (rates[each], -each))


def changes(folder: Path | None, sounds: dict[Path, Sound], rate: int) -> list[str]:
    """Notes on the files that were mixed, divided or resampled.

    Args:
        folder: of all files; None where they have none in common.
        sounds: of each file.
        rate: of the result.
    """
    kinds: dict[str, list[Path]] = {}
    for path, sound in sounds.items():
        if sound.channels > 1:
            kinds.setdefault("several channels mixed to one", []).append(path)
        if sound.peak > 1:
            kinds.setdefault("divided by the largest sample, which is above 1", []).append(path)
        if sound.rate != rate:
            kinds.setdefault(f"resampled from {sound.rate:,} to {rate:,} Hz", []).append(path)
    if folder is None:
        start, shown = "", kinds
    else:
        start = f"{folder}: "
        shown = {kind: [path.relative_to(folder) for path in kinds[kind]] for kind in kinds}
    return [
        f"{start}{len(paths):,} of {counted(len(sounds), 'recording')} {change}: "
        f"{listed(paths, limit=3)}."
        for change, paths in sorted(shown.items())
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
