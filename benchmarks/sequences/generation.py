"""Trains `Generator` on each seed, scores it in nats, and times its generation."""

import time
from typing import Any

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.sequences.pieces import PIECES, Pieces
from benchmarks.sequences.speed.generation import units_a_second, untrained
from gated import Generator
from gated.tasks.generator.codecs import CODECS

__all__ = ["run"]


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
    speed = in_fresh_process(1, _speed, pieces, params)
    row: Row = {
        "pieces": len(pieces.validation if validation else pieces.test),
        "nats": float(np.mean([score for score, _, _ in found])),
        "runs": spread([score for score, _, _ in found]),
        "seconds": spread([seconds for _, seconds, _ in found]),
        "weights": found[0][2],
        "speed": speed,
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


def _speed(pieces: Pieces, params: dict[str, Any]) -> float:
    """Units a second on one core."""
    return units_a_second(untrained(pieces.train, params))
