"""Reads the pieces that the generators of the benchmark learn from, in three parts."""

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.folders import Folder

__all__ = ["PIECES", "PieceCase", "Pieces"]

_MNIST_TRAIN = 50_000  # the other 10,000 training images are the validation part
_HELD_OUT = (0.20, 0.24, 0.62, 0.66)  # two stretches of a text: begin and end, shares of it
_DRAW = 0  # seed of the binarisation


@dataclass(frozen=True)
class Pieces:
    """One cut of a data set into pieces of a medium."""

    train: list[Any]
    validation: list[Any]
    test: list[Any]


@dataclass(frozen=True)
class PieceCase:
    """A data set of pieces with its protocol.

    Attributes:
        medium: of `Generator`.
        protocol: one line for the report.
        published: figures of others.
        read: reads the cut.
        params: of `Generator`, where they are not the defaults.
    """

    medium: str
    protocol: str
    published: str
    read: Callable[[Folder], Pieces]
    params: Mapping[str, Any] = field(default_factory=dict)


def _arrays(name: str) -> Callable[[Folder], Pieces]:
    """Of a file with the parts train, valid and test end to end, and the length of each piece."""

    def read(folder: Folder) -> Pieces:
        with np.load(folder.file(name), allow_pickle=False) as file:
            return Pieces(*(_split(file, part) for part in ("train", "valid", "test")))

    return read


def _split(file: Any, part: str) -> list[NDArray[Any]]:
    values = file[part]
    ends = np.concatenate([[0], np.cumsum(file[f"{part}_len"])])
    return [values[a:b] for a, b in itertools.pairwise(ends)]


def _chorales(folder: Folder) -> Pieces:
    stored = json.loads(folder.file("music/jsb-16th-separated.json").read_text(encoding="utf-8"))
    return Pieces(
        *([np.array(piece) for piece in stored[part]] for part in ("train", "valid", "test"))
    )


def _shakespeare(folder: Folder) -> Pieces:
    text = folder.file("text/tinyshakespeare.txt").read_text(encoding="utf-8")
    train, test = text[: int(0.9 * len(text))], text[int(0.9 * len(text)) :]
    ends = [round(share * len(train)) for share in _HELD_OUT]
    parts = [train[begin:end] for begin, end in itertools.pairwise([0, *ends, len(train)])]
    return Pieces(parts[::2], parts[1::2], [test])


def _digits(folder: Folder) -> Pieces:
    with np.load(folder.file("images/mnist.npz"), allow_pickle=False) as file:
        train, test = file["x_train"], file["x_test"]
    generator = np.random.default_rng(_DRAW)
    drawn = [generator.random(part.shape) < part / 255 for part in (train, test)]
    return Pieces(list(drawn[0][:_MNIST_TRAIN]), list(drawn[0][_MNIST_TRAIN:]), list(drawn[1]))


_ROLLS = (
    "piano rolls, true past given; total ÷ predicted frames, pooled; first frame of a piece not "
    "scored"
)
_STROKES = "the given cut; deltas ÷ their standard deviation in training; nats of offset and pen"

PIECES = {
    "jsb": PieceCase(
        "music",
        f"JSB Chorales, {_ROLLS}",
        "GRU 8.43, TCN 8.10 (arXiv 1803.01271); RNN-NADE 5.56 (arXiv 1206.6392)",
        _arrays("music/JSB_Chorales.npz"),
        {"max_steps": 800, "batch_size": 16},
    ),
    "nottingham": PieceCase(
        "music",
        f"Nottingham, {_ROLLS}",
        "GRU 3.46, TCN 3.07 (arXiv 1803.01271); RNN-NADE 2.31 (arXiv 1206.6392)",
        _arrays("music/Nottingham.npz"),
        {"max_steps": 1_600, "batch_size": 16},
    ),
    "jsb_16ths": PieceCase(
        "voices",
        "JSB Chorales at 16ths, four voices in order; nats per note, the first step included",
        "BachBot (LSTM) 0.477; TonicNet (GRU, other tokens) 0.220",
        _chorales,
    ),
    "omniglot": PieceCase(
        "drawing", f"omniglot strokes, {_STROKES}", "none", _arrays("strokes/omniglot.npz")
    ),
    "kanji": PieceCase(
        "drawing", f"short kanji strokes, {_STROKES}", "none", _arrays("strokes/short_kanji.npz")
    ),
    "mnist_binarised": PieceCase(
        "image",
        "MNIST, our draw: one Bernoulli draw of each pixel, fixed; 50, 10 and 10 thousand images",
        "NADE 88.3, DARN 84.1, DRAW 81.0, PixelRNN 79.2 (the published draw)",
        _digits,
    ),
    "tinyshakespeare": PieceCase(
        "text",
        "tinyshakespeare, first 90 % to learn from, last 10 % scored in one pass, state carried",
        "nanoGPT on a CPU 1.88 in 3 min, on an A100 1.470",
        _shakespeare,
    ),
}
