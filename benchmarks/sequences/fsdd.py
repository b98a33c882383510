"""Strings and hours of spoken digits, made of takes of the Free Spoken Digit Dataset by a seed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.folders import Folder
from benchmarks.sequences.data import FSDD_TEST_TAKES, fsdd_clips
from gated.tasks.transcriber.learning.joined import JoinedString, Joiner, coloured_noise

__all__ = ["RATE", "Hour", "Takes", "hour_of", "parts", "read_takes", "strings_of"]

RATE = 8_000
_VALIDATION_TAKES = 5  # the last of the training part
_LAST_TAKE = 50
_SHORTEST, _LONGEST, _GAP = 3, 7, 0.3  # digits, digits, seconds
_BACKGROUND = 45.0  # decibels below the mean level of the digits, in every part of an hour

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Takes:
    """Recordings of digits.

    Attributes:
        clips: samples of each.
        digits: [n] 0 to 9.
    """

    clips: list[Samples]
    digits: NDArray[np.int64]


def read_takes(folder: Folder, first: int, last: int) -> Takes:
    """The takes from `first` up to `last`, without `last`, of every speaker and digit."""
    clips, digits, _, takes = fsdd_clips(folder)
    chosen = np.flatnonzero((takes >= first) & (takes < last))
    return Takes([clips[index] for index in chosen], digits[chosen].astype(np.int64))


def parts(validation: bool) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Takes to train on, to set thresholds on, and to score: `read_takes`' first and last.

    With `validation` all are of the training part, takes 5 to 49.
    """
    test = (0, FSDD_TEST_TAKES)
    last = _LAST_TAKE
    if validation:
        test, last = (last - _VALIDATION_TAKES, last), last - _VALIDATION_TAKES
    middle = last - _VALIDATION_TAKES
    return (FSDD_TEST_TAKES, middle), (middle, last), test


def strings_of(takes: Takes, count: int, seed: int) -> list[JoinedString]:
    """Strings of 3 to 7 takes at random, with gaps of 0 to 300 ms of digital silence."""
    joiner = Joiner(takes.clips, takes.digits, RATE, _SHORTEST, _LONGEST, _GAP)
    random = np.random.default_rng(seed)
    return [joiner.draw(random) for _ in range(count)]


@dataclass(frozen=True)
class Hour:
    """Noise, gaps and strings of digits, one after another.

    Attributes:
        samples: [N].
        digits: [U] of each word.
        spans: [U, 2] begin and end of each in seconds.
    """

    samples: Samples
    digits: NDArray[np.int64]
    spans: NDArray[np.float64]


def hour_of(takes: Takes, seed: int, without: int | None = None, hours: float = 1.0) -> Hour:
    """Draw an hour.

    Half of its parts are strings of 1 to 7 takes, three tenths noise of 1 to 5 s at −20 to 0 dB
    of a take, two tenths gaps of 1 to 5 s. Noise 45 dB below the mean level of the takes
    is everywhere: 28 dB below the quietest speaker.

    Args:
        takes: the recordings.
        seed: of everything.
        without: a digit that the hour does not have.
        hours: length.
    """
    kept = np.flatnonzero(takes.digits != without)
    joiner = Joiner(
        [takes.clips[index] for index in kept], takes.digits[kept], RATE, 1, _LONGEST, _GAP
    )
    random = np.random.default_rng(seed)
    level = float(np.mean([np.sqrt(np.mean(clip**2)) for clip in takes.clips]))
    samples: list[Samples] = []
    digits, spans, at = [], [], 0
    while at < hours * 3_600 * RATE:
        kind, count = random.random(), round(random.uniform(1, 5) * RATE)
        if kind < 0.5:
            string = joiner.draw(random)
            part = string.samples
            digits.append(string.symbols)
            spans.append((at + string.spans) / RATE)
        elif kind < 0.8:
            loud = level * 10 ** (random.uniform(-20, 0) / 20)
            part = coloured_noise(count, random) * np.float32(loud)
        else:
            part = np.zeros(count, dtype=np.float32)
        samples.append(part)
        at += len(part)
    quiet = np.float32(level * 10 ** (-_BACKGROUND / 20))
    whole = np.concatenate(samples)
    whole += quiet * random.standard_normal(len(whole), dtype=np.float32)
    return Hour(np.clip(whole, -1, 1), np.concatenate(digits), np.concatenate(spans))
