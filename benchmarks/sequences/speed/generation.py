"""Times the generation of each medium on one core, and a stream of labelled sound.

The speed does not depend on the values of the weights, so that a network with the defaults is timed
after one training step; the models of the package are timed as they are.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, Spread, spread
from benchmarks.sequences.data import CASES
from benchmarks.sequences.motion import read_dances
from benchmarks.sequences.pieces import PIECES, Pieces
from gated import Generator
from gated.tasks.generator.codecs import CODECS
from gated.tasks.shipped import GENERATORS, shipped_classifier, shipped_generator

__all__ = ["run", "units_a_second", "untrained"]

# Length and number of the pieces that are timed; a drawing of an untrained network ends soon.
_TIMED = {
    "text": (2_000, 1),
    "music": (400, 1),
    "voices": (400, 1),
    "drawing": (400, 200),
    "image": (1, 3),
    "motion": (2_000, 1),
}
_DATA = {
    "text": "tinyshakespeare",
    "music": "nottingham",
    "voices": "jsb_16ths",
    "drawing": "omniglot",
    "image": "mnist_binarised",
}
_LEARNED = 50  # pieces of the one training step
_REPEATS = 5
_DIGITS = "digits"  # the classifier of the package
_PARTS_A_SECOND = 20  # of a stream


def run(folder: Folder) -> Report:
    """Time the media and the models of the package.

    Args:
        folder: of the data sets.
    """
    described = machine(1)
    generated: list[Row] = []
    for medium in CODECS:
        show_progress(f"generation of {medium}")
        generated.append(in_fresh_process(1, _of_defaults, medium, folder))
    for name in GENERATORS:
        show_progress(f"generation by {name}")
        generated.append(in_fresh_process(1, _of_shipped, name))
    show_progress(f"stream of {_DIGITS}")
    stream = in_fresh_process(1, _stream, folder)
    generation = Sheet(
        "generation",
        "Generation on one core, higher is better",
        (
            Column("medium", "medium"),
            Column("network", "network"),
            Column("weights", "weights", 0),
            Column("speed", "a second", 0),
            Column("unit", "unit"),
            Column("state", "state, bytes", 0),
        ),
        generated,
    )
    streams = Sheet(
        "stream",
        f"Stream of sound, {_PARTS_A_SECOND} parts a second; lower is better",
        (
            Column("model", "model"),
            Column("real_time", "share of real time", 5),
            Column("part_us", "a part, µs", 0),
            Column("state", "state, bytes", 0),
            Column("seconds", "seconds of sound", 0),
        ),
        [stream],
    )
    notes = [f"Medians of {_REPEATS} repetitions, with the lowest and the highest."]
    return Report("sequences", {"part": "generation"}, described, [generation, streams], notes)


def units_a_second(model: Generator) -> float:
    """Units of the medium that a fitted generator makes in a second, from nothing.

    Args:
        model: of a medium of `_TIMED`; draws with the seed 0.
    """
    length, count = _TIMED[model.medium]
    begin = time.perf_counter()
    made = model.generate(length=length, count=count, seed=0)
    seconds = time.perf_counter() - begin
    if model.medium == "image":
        return count / seconds
    if model.medium == "motion":
        return sum(len(motion.values) for motion in made) / seconds
    return sum(map(len, made)) / seconds


def untrained(pieces: list[Any], params: dict[str, Any]) -> Generator:
    """A generator after one training step on the first pieces."""
    return Generator(**{**params, "max_steps": 1, "batch_size": 1}).fit(pieces[:_LEARNED])


def _of_defaults(medium: str, folder: Folder) -> Row:
    return _row(untrained(_pieces(medium, folder).train, {"medium": medium}), "defaults")


def _pieces(medium: str, folder: Folder) -> Pieces:
    if medium == "motion":
        dances = read_dances(folder)
        return Pieces(dances.train, dances.validation, dances.test)
    return PIECES[_DATA[medium]].read(folder)


def _of_shipped(name: str) -> Row:
    return _row(shipped_generator(name), f"{name}, of the package")


def _row(model: Generator, network: str) -> Row:
    stream = model.stream()
    return {
        "medium": model.medium,
        "network": network,
        "weights": model.weights_,
        "speed": _repeated(partial(units_a_second, model)),
        "unit": CODECS[model.medium].unit + "s",
        "state": stream.state.nbytes,
    }


def _stream(folder: Folder) -> Row:
    """Read the test clips of the digits in small parts, each as a stream of its own."""
    model = shipped_classifier()
    (fold,) = CASES["fsdd"].folds(folder)
    assert fold.rate is not None
    part = fold.rate // _PARTS_A_SECOND
    clips = [np.split(clip, range(part, len(clip), part)) for clip in fold.test]
    length = sum(map(len, fold.test)) / fold.rate

    def read() -> float:
        begin = time.perf_counter()
        for clip in clips:
            stream = model.stream()
            for each in clip:
                stream.push(each)
        return time.perf_counter() - begin

    seconds = _repeated(read)
    begun = model.stream()
    begun.push(clips[0][0])
    return {
        "model": f"{_DIGITS}, of the package",
        "real_time": _scaled(seconds, 1 / length),
        "part_us": _scaled(seconds, 1e6 / sum(map(len, clips))),
        "state": begun.state.nbytes,
        "seconds": length,
    }


def _repeated(measure: Callable[[], float]) -> float | Spread:
    measure()  # the first one allocates
    return spread([measure() for _ in range(_REPEATS)])


def _scaled(value: float | Spread, factor: float) -> float | Spread:
    if isinstance(value, Spread):
        return Spread(value.median * factor, value.low * factor, value.high * factor)
    return value * factor
