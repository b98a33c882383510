"""Reads the labelled sequences of the benchmark: a training part and a test part each."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.folders import Folder

__all__ = ["CASES", "FSDD_TEST_TAKES", "Case", "Fold", "fsdd_clips"]

FSDD_TEST_TAKES = 5  # takes 0 to 4 are the official test part
_FULL_SCALE = 32_768.0
_PERMUTATION = 0  # seed of the order of the pixels


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
        params: of `SequenceClassifier`, where they are not the defaults.
    """

    protocol: str
    published: str
    folds: Callable[[Folder], list[Fold]]
    params: Mapping[str, Any] = field(default_factory=dict)


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


def _mnist(is_permuted: bool) -> Callable[[Folder], list[Fold]]:
    """Each image is a sequence of 784 steps of one value, row by row or in one random order."""

    def read(folder: Folder) -> list[Fold]:
        with np.load(folder.file("images/mnist.npz"), allow_pickle=False) as file:
            images = {part: file[f"x_{part}"] for part in ("train", "test")}
            labels = {part: file[f"y_{part}"] for part in ("train", "test")}
        steps = {part: _pixels(images[part]) for part in images}
        if is_permuted:
            order = np.random.default_rng(_PERMUTATION).permutation(steps["train"].shape[1])
            steps = {part: values[:, order] for part, values in steps.items()}
        return [
            Fold(
                "given", list(steps["train"]), labels["train"], list(steps["test"]), labels["test"]
            )
        ]

    return read


def _pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[n, 784, 1] the pixels from 0 to 1."""
    return images.reshape(len(images), -1, 1).astype(np.float32) / np.float32(255)


_MNIST_PROTOCOL = (
    "MNIST pixel by pixel, 784 steps of one value, the given cut (60,000 and 10,000 images)"
)
_MNIST_PARAMS = {
    "hidden_size": 52,
    "batch_size": 32,
    "max_steps": 10_000,
    "augment": False,
    "validation": 0.05,
}

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
        {"hidden_size": 96},
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
    "mnist_pixels": Case(
        f"{_MNIST_PROTOCOL}, row by row",
        "GRU 96.2 %, LSTM 87.2 %, TCN 99.0 % (arXiv 1803.01271)",
        _mnist(is_permuted=False),
        _MNIST_PARAMS,
    ),
    "mnist_permuted": Case(
        f"{_MNIST_PROTOCOL}, in one random order",
        "GRU 87.3 %, LSTM 85.7 %, TCN 97.2 % (arXiv 1803.01271); zoneout LSTM 93.1 % "
        "(arXiv 1606.01305); each with another order",
        _mnist(is_permuted=True),
        {**_MNIST_PARAMS, "max_steps": 6_000, "dropout": 0.0, "chrono": 200},
    ),
}
