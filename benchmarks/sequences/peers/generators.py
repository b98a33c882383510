"""Trains our generator and another network for the same wall-clock time, and scores both alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.sequences.peers import sketch_rnn, transformer
from benchmarks.sequences.peers.budget import Trained, trained_generator
from benchmarks.sequences.pieces import PIECES
from gated.tasks.generator.codecs import CODECS

__all__ = ["DATA", "run"]

_OURS = "gated"

Settings = Mapping[str, int | float]
"""Arguments of `Generator` that are not its defaults."""


@dataclass(frozen=True)
class _Pair:
    """What is compared on a data set.

    Attributes:
        peer: name of the other network.
        source: of its settings.
        note: how it is scored.
        ours, theirs: read the data set of a name, train for so many seconds with a seed, and score;
            ours with settings.
    """

    peer: str
    source: str
    note: str
    ours: Callable[[str, Settings, Folder, float, int], Trained]
    theirs: Callable[[str, Folder, float, int], Trained]


def _text(name: str, folder: Folder) -> tuple[str, str]:
    """The text before the test part, and the test part."""
    pieces = PIECES[name].read(folder)
    return "".join(pieces.train + pieces.validation), "".join(pieces.test)


def _our_text(name: str, settings: Settings, folder: Folder, seconds: float, seed: int) -> Trained:
    learned, test = _text(name, folder)
    return trained_generator("text", [learned], [test], seconds, seed, settings)


def _their_text(name: str, folder: Folder, seconds: float, seed: int) -> Trained:
    return transformer.trained_transformer(*_text(name, folder), seconds, seed)


def _our_drawings(
    name: str, settings: Settings, folder: Folder, seconds: float, seed: int
) -> Trained:
    pieces = PIECES[name].read(folder)
    return trained_generator("drawing", pieces.train, pieces.test, seconds, seed, settings)


def _their_drawings(name: str, folder: Folder, seconds: float, seed: int) -> Trained:
    pieces = PIECES[name].read(folder)
    return sketch_rnn.trained_sketch_rnn(pieces.train, pieces.test, seconds, seed)


def _drawings(name: str) -> _Pair:
    return _Pair(
        "sketch-rnn, decoder only",
        sketch_rnn.SOURCE,
        "Both are scored by the same code: the nats of offset and pen of each point, and of the "
        "end, are divided by the number of points; the scale and the smallest deviation of a "
        "distribution are the same.",
        _our_drawings,
        _their_drawings,
    )


_PAIRS: Mapping[str, _Pair] = {
    "tinyshakespeare": _Pair(
        "transformer",
        transformer.SOURCE,
        "The transformer has no state: it reads windows of 64 characters, 16 further on each time, "
        "so that each character is predicted once, from 48 to 63 characters before it and the line "
        "end before the text; ours reads the test part once with its state.",
        _our_text,
        _their_text,
    ),
    "omniglot": _drawings("omniglot"),
    "kanji": _drawings("kanji"),
}

DATA = tuple(_PAIRS)


def run(
    name: str,
    folder: Folder,
    seeds: Sequence[int],
    threads: int,
    minutes: float,
    settings: Settings,
) -> Report:
    """Compare on one data set.

    Args:
        name: one of `DATA`.
        folder: of the data sets.
        seeds: one training of each network each.
        threads: of both.
        minutes: of each training.
        settings: of ours.
    """
    described = machine(threads)
    pair = _PAIRS[name]
    rows: list[Row] = []
    changed = ", ".join(f"{key} {value}" for key, value in settings.items())
    trains = {
        _OURS: (partial(pair.ours, name, settings), changed or "defaults"),
        pair.peer: (partial(pair.theirs, name), pair.source),
    }
    for title, (train, source) in trains.items():
        found = []
        for seed in seeds:
            show_progress(f"{title}, seed {seed}")
            found.append(in_fresh_process(threads, train, folder, 60 * minutes, seed))
        rows.append(_row(title, source, found))
    columns = (
        Column("method", "method"),
        Column("nats", f"nats per {CODECS[PIECES[name].medium].unit}, mean", 4),
        Column("runs", "over seeds", 4),
        Column("steps", "steps", 0),
        Column("seconds", "seconds of training", 0),
        Column("weights", "weights", 0),
        Column("settings", "settings"),
    )
    notes = [
        f"Each schedule has as many steps as fit into {minutes:g} minutes by the time of some "
        "steps before the training. Both train on the same pieces and hold none out; the last "
        "weights are scored once.",
        pair.note,
    ]
    facts: dict[str, str | int | bool] = {
        "data": name,
        "seeds": ",".join(map(str, seeds)),
        "minutes": f"{minutes:g}",
        "figure": "mean over the seeds, not the best",
    }
    sheet = Sheet("nats", PIECES[name].protocol, columns, rows, frozenset({_OURS}))
    return Report("sequence_peers", facts, described, [sheet], notes)


def _row(title: str, settings: str, found: Sequence[Trained]) -> Row:
    return {
        "method": title,
        "nats": float(np.mean([one.nats for one in found])),
        "runs": spread([one.nats for one in found]),
        "steps": spread([one.steps for one in found]),
        "seconds": spread([one.seconds for one in found]),
        "weights": found[0].weights,
        "settings": settings,
    }
