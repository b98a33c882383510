"""Trains `Generator` on each seed, scores it in nats, and times its generation."""

import time
from typing import Any

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.sequences.pieces import PIECES, Pieces
from gated import Generator
from gated.tasks.generator.codecs import CODECS

__all__ = ["run"]

# Length and number of the pieces that are timed; a drawing of an untrained network ends soon.
_TIMED = {
    "text": (2_000, 1),
    "music": (400, 1),
    "voices": (400, 1),
    "drawing": (400, 200),
    "image": (1, 1),
}


def run(
    name: str, folder: Folder, seeds: tuple[int, ...], threads: int, *, validation: bool
) -> Report:
    """Measure one data set.

    Args:
        name: a key of `PIECES`.
        folder: of the data sets.
        seeds: one training each.
        threads: of the training; generation uses one.
        validation: score the validation part; the test part is not used.
    """
    described = machine(threads)
    case = PIECES[name]
    pieces = case.read(folder)
    params = {"medium": case.medium, **case.params}
    found = []
    for seed in seeds:
        show_progress(f"{name}, seed {seed}")
        found.append(in_fresh_process(threads, _trained, pieces, params, seed, validation))
    speeds = in_fresh_process(1, _speeds, case.medium, pieces, params)
    row: Row = {
        "pieces": len(pieces.validation if validation else pieces.test),
        "nats": float(np.mean([score for score, _, _ in found])),
        "runs": spread([score for score, _, _ in found]),
        "seconds": spread([seconds for _, seconds, _ in found]),
        "weights": found[0][2],
        "speed": speeds,
    }
    unit = CODECS[case.medium].unit
    columns = (
        Column("pieces", "pieces scored", 0),
        Column("nats", f"nats per {unit}, mean", 4),
        Column("runs", "over seeds", 4),
        Column("seconds", "seconds of training", 0),
        Column("weights", "weights", 0),
        Column("speed", "generated a second, one core", 0),
    )
    facts: dict[str, str | int | bool] = {
        "data": name,
        "seeds": ",".join(map(str, seeds)),
        "figure": "mean over the seeds, not the best",
        "validation": validation,
        "published": case.published,
    }
    return Report(
        "sequences", facts, described, [Sheet("sequences", case.protocol, columns, [row])]
    )


def _trained(
    pieces: Pieces, params: dict[str, Any], seed: int, validation: bool
) -> tuple[float, float, int]:
    """Nats a unit, seconds of training, number of weights."""
    model = Generator(**params, seed=seed)
    begin = time.perf_counter()
    model.fit(pieces.train, pieces.validation)
    seconds = time.perf_counter() - begin
    scored = pieces.validation if validation else pieces.test
    return model.score(scored), seconds, model.weights_


def _speeds(medium: str, pieces: Pieces, params: dict[str, Any]) -> float:
    """Units a second on one core; the speed does not depend on the values of the weights."""
    model = Generator(**{**params, "max_steps": 1, "batch_size": 1}).fit(pieces.train[:50])
    length, count = _TIMED[medium]
    begin = time.perf_counter()
    made = model.generate(length=length, count=count, seed=0)
    seconds = time.perf_counter() - begin
    return (count if medium == "image" else sum(map(len, made))) / seconds
