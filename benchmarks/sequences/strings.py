"""Trains `Transcriber` with its defaults on single digits, and scores strings, read as a stream."""

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.sequences.fsdd import RATE, Takes, parts, read_takes, strings_of
from gated import Transcriber
from gated.tasks.transcriber.decoding.error_rate import symbol_errors
from gated.tasks.transcriber.learning.joined import JoinedString

__all__ = ["PROTOCOL", "run"]

PROTOCOL = (
    "FSDD, 8 kHz: 500 strings of 3 to 7 takes of any speakers, gaps of 0 to 300 ms, read in parts "
    "of 50 ms; strings of takes 0-4, training on takes 5-49"
)
_STRINGS, _SEED = 500, 15  # the test strings
_PART = RATE // 20


@dataclass(frozen=True)
class _Measured:
    """Figures of one training; `delays` in milliseconds after the end of a word."""

    errors: float
    right: float
    delays: tuple[float, float]
    real_time: float
    state: int
    seconds: float
    weights: int


def run(folder: Folder, seeds: tuple[int, ...], threads: int, *, validation: bool) -> Report:
    """Measure strings of digits.

    Args:
        folder: of the data sets.
        seeds: one training each.
        threads: of the training.
        validation: score strings of takes 45 to 49, and train on takes 5 to 44.
    """
    described = machine(threads)
    (first, _), (_, last), test = parts(validation)
    train, strings = (
        read_takes(folder, first, last),
        strings_of(read_takes(folder, *test), _STRINGS, _SEED),
    )
    rows: list[Row] = []
    found = []
    for seed in seeds:
        show_progress(f"fsdd_strings, seed {seed}")
        one = in_fresh_process(threads, _measure, train, strings, seed)
        found.append(one)
        rows.append(_row(str(seed), one))
    rows.append(
        {
            "seed": "mean",
            "errors": float(np.mean([one.errors for one in found])),
            "right": float(np.mean([one.right for one in found])),
            "seconds": spread([one.seconds for one in found]),
        }
    )
    columns = (
        Column("seed", "seed"),
        Column("errors", "digit error %", 2),
        Column("right", "strings right %", 1),
        Column("delay", "95 % of digits given ms after their end", 0),
        Column("latest", "latest", 0),
        Column("real_time", "stream, share of real time", 4),
        Column("state", "state, bytes", 0),
        Column("seconds", "seconds of training", 0),
        Column("weights", "weights", 0),
    )
    facts: dict[str, str | int | bool] = {
        "data": "fsdd_strings",
        "seeds": ",".join(map(str, seeds)),
        "figure": "mean over the seeds, not the best",
        "validation": validation,
        "published": "none",
    }
    return Report("sequences", facts, described, [Sheet("sequences", PROTOCOL, columns, rows)])


def _row(seed: str, one: _Measured) -> Row:
    return {
        "seed": seed,
        "errors": one.errors,
        "right": one.right,
        "delay": one.delays[0],
        "latest": one.delays[1],
        "real_time": one.real_time,
        "state": one.state,
        "seconds": one.seconds,
        "weights": one.weights,
    }


def _measure(train: Takes, strings: list[JoinedString], seed: int) -> _Measured:
    model = Transcriber(rate=RATE, join=(3, 7), symbols=list(range(10)), seed=seed)
    begin = time.perf_counter()
    model.fit(train.clips, train.digits)
    seconds = time.perf_counter() - begin
    return score(model, strings, seconds)


def score(model: Transcriber, strings: list[JoinedString], seconds: float = 0.0) -> _Measured:
    """Read strings as streams."""
    errors, delays, length, state = [], [], 0, 0
    begin = time.perf_counter()
    for string in strings:
        stream, found, given = model.stream(), [], []
        for start in range(0, len(string.samples), _PART):
            new = stream.push(string.samples[start : start + _PART])
            found += [one.symbol for one in new]
            given += [start + _PART] * len(new)
        state = stream.state.nbytes
        last = [one.symbol for one in stream.finish()]
        errors.append(symbol_errors(found + last, string.symbols.tolist()))
        length += len(string.samples)
        if errors[-1] == 0:  # only then it is known which word was given when
            ends = string.spans[: len(given), 1]
            delays += ((np.array(given) - ends) / RATE * 1_000).tolist()
    elapsed = time.perf_counter() - begin
    digits = sum(len(string.symbols) for string in strings)
    return _Measured(
        100 * sum(errors) / digits,
        100 * float(np.mean(np.array(errors) == 0)),
        (float(np.percentile(delays, 95)), max(delays)) if delays else (np.nan, np.nan),
        elapsed / (length / RATE),
        state,
        seconds,
        model.weights_,
    )
