"""Reads the labelled sequences of the benchmark: a training part and a test part each."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.folders import Folder

__all__ = ["CASES", "FSDD_TEST_TAKES", "Case", "Fold", "fsdd_clips"]

FSDD_TEST_TAKES = 5  # takes 0 to 4 are the official test part
_FULL_SCALE = 32_768.0


@dataclass(frozen=True)
class Fold:
    """One cut of a data set.

    Attributes:
        name: which part is the test part.
        train, test: arrays (steps, channels), or samples of sound.
        train_labels, test_labels: of each.
        rate: samples a second of sound; None for steps.
    """

    name: str
    train: list[NDArray[np.float32]]
    train_labels: NDArray[Any]
    test: list[NDArray[np.float32]]
    test_labels: NDArray[Any]
    rate: int | None = None


@dataclass(frozen=True)
class Case:
    """A data set with its protocol.

    Attributes:
        protocol: one line for the report.
        published: figures of others, with their protocol where it differs.
        folds: reads the cuts.
    """

    protocol: str
    published: str
    folds: Callable[[Folder], list[Fold]]


def _fsdd(folder: Folder) -> list[Fold]:
    clips, labels, _, takes = fsdd_clips(folder)
    return [_cut("takes 0-4", clips, labels, takes < FSDD_TEST_TAKES, takes >= FSDD_TEST_TAKES)]


def _fsdd_speakers(folder: Folder) -> list[Fold]:
    clips, labels, speakers, _ = fsdd_clips(folder)
    return [
        _cut(str(name), clips, labels, speakers == name, speakers != name)
        for name in np.unique(speakers)
    ]


def fsdd_clips(
    folder: Folder,
) -> tuple[list[NDArray[np.float32]], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The clips of the Free Spoken Digit Dataset: samples, digit, speaker, take."""
    with np.load(folder.file("speech/fsdd_8khz.npz"), allow_pickle=False) as file:
        offsets, audio = file["offset"], file["audio"].astype(np.float32) / _FULL_SCALE
        clips = [audio[a:b] for a, b in itertools.pairwise(offsets)]
        return clips, file["label"], file["speaker"], file["take"]


def _cut(
    name: str,
    clips: list[NDArray[np.float32]],
    labels: NDArray[Any],
    is_test: NDArray[np.bool_],
    is_train: NDArray[np.bool_],
) -> Fold:
    return Fold(
        name,
        [clips[index] for index in np.flatnonzero(is_train)],
        labels[is_train],
        [clips[index] for index in np.flatnonzero(is_test)],
        labels[is_test],
        rate=8_000,
    )


def _uea(name: str) -> Callable[[Folder], list[Fold]]:
    def read(folder: Folder) -> list[Fold]:
        train, train_labels = _read_ts(folder.file(f"speech/{name}_TRAIN.ts"))
        test, test_labels = _read_ts(folder.file(f"speech/{name}_TEST.ts"))
        return [Fold("given", train, train_labels, test, test_labels)]

    return read


def _read_ts(path: Path) -> tuple[list[NDArray[np.float32]], NDArray[Any]]:
    """Read a file of the UEA archive: channels between colons, the label at the end of a line."""
    sequences, labels = [], []
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index("@data") + 1 :]:
        *channels, label = line.split(":")
        rows = [np.array(channel.split(","), dtype=np.float32) for channel in channels]
        sequences.append(np.stack(rows, axis=1))
        labels.append(label)
    return sequences, np.array(labels)


CASES = {
    "fsdd": Case(
        "FSDD, 8 kHz: takes 0-4 of each speaker and digit are the test part (300 of 3,000 clips)",
        "BiLSTM 98.4 %, convolutions 99.7 % (both other cuts)",
        _fsdd,
    ),
    "fsdd_speakers": Case(
        "FSDD, 8 kHz: six folds, each speaker once the test part (500 clips), all takes",
        "none",
        _fsdd_speakers,
    ),
    "japanese_vowels": Case(
        "JapaneseVowels, the given cut of the UEA archive (270 and 370 sequences)",
        "98.9 to 99.2 % (several), ROCKET 96.2 %, LSTM 79.7 %",
        _uea("JapaneseVowels"),
    ),
    "basic_motions": Case(
        "BasicMotions, the given cut of the UEA archive (40 and 40 sequences)",
        "100 % (nearly every method)",
        _uea("BasicMotions"),
    ),
}
