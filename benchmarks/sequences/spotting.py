"""Trains `Transcriber` with its defaults on single digits, and spots each digit in an hour."""

import time
from dataclasses import dataclass

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.sequences.fsdd import RATE, Takes, hour_of, parts, read_takes
from gated import Transcriber
from gated.tasks.transcriber.spotting import LEAST_SCORE, Spotted, threshold_for

__all__ = ["PROTOCOL", "run"]

PROTOCOL = (
    "FSDD, 8 kHz: each digit spotted in one hour of noise, gaps and all digits of takes 0-4 (about "
    "2,500 words of 300 clips, noise 45 dB below their mean level everywhere); "
    "training on takes 5-44, threshold of at most 1 false alarm an hour set on takes 45-49"
)
_PUBLISHED = "7.6 % misses at 0.5 false alarms an hour (harder sound)"
_TEST_SEED, _BACKGROUND_SEED = 16, 17
_LATE = 0.2  # seconds after a word within which it must be found


@dataclass(frozen=True)
class Found:
    """What was found of one digit in the test hour.

    Attributes:
        words: how often it was said.
        misses: how often it was not found.
        false_alarms: findings without the digit.
        best_misses: misses where the threshold is set on the test hour itself.
    """

    words: int
    misses: int
    false_alarms: int
    best_misses: int


def run(folder: Folder, seeds: tuple[int, ...], threads: int, *, validation: bool) -> Report:
    """Measure word spotting.

    Args:
        folder: of the data sets.
        seeds: one training each.
        threads: of the training.
        validation: score takes 45 to 49, set thresholds on 40 to 44, and train on 5 to 39.
    """
    described = machine(threads)
    train, middle, test = (read_takes(folder, *part) for part in parts(validation))
    rows: list[Row] = []
    for seed in seeds:
        show_progress(f"fsdd_spotting, seed {seed}")
        found, seconds = in_fresh_process(threads, _measure, train, middle, test, seed)
        rows.append(_row(str(seed), found, seconds))
    columns = (
        Column("seed", "seed"),
        Column("words", "words", 0),
        Column("misses", "misses %", 2),
        Column("worst", "of the worst digit", 2),
        Column("false_alarms", "false alarms an hour, mean of the digits", 2),
        Column("best_misses", "misses % at 1 false alarm in the test hour", 2),
        Column("seconds", "seconds of training", 0),
    )
    facts: dict[str, str | int | bool] = {
        "data": "fsdd_spotting",
        "seeds": ",".join(map(str, seeds)),
        "validation": validation,
        "published": _PUBLISHED,
    }
    return Report("sequences", facts, described, [Sheet("sequences", PROTOCOL, columns, rows)])


def _row(seed: str, found: list[Found], seconds: float) -> Row:
    words = sum(one.words for one in found)
    return {
        "seed": seed,
        "words": words,
        "misses": 100 * sum(one.misses for one in found) / words,
        "worst": max(100 * one.misses / one.words for one in found),
        "false_alarms": float(np.mean([one.false_alarms for one in found])),
        "best_misses": 100 * sum(one.best_misses for one in found) / words,
        "seconds": seconds,
    }


def _measure(train: Takes, middle: Takes, test: Takes, seed: int) -> tuple[list[Found], float]:
    model = Transcriber(rate=RATE, join=(3, 7), symbols=list(range(10)), seed=seed)
    begin = time.perf_counter()
    model.fit(train.clips, train.digits)
    seconds = time.perf_counter() - begin
    return score(model, middle, test), seconds


def score(model: Transcriber, middle: Takes, test: Takes, hours: float = 1.0) -> list[Found]:
    """Spot each digit in an hour of the test takes, with thresholds of the middle takes."""
    hour = hour_of(test, _TEST_SEED, hours=hours)
    [every] = model.spot([hour.samples], threshold=LEAST_SCORE)
    found = []
    for digit in range(10):
        background = hour_of(middle, _BACKGROUND_SEED, without=digit, hours=hours)
        threshold = model.spotting_threshold([background.samples], [digit], false_alarms=1.0)
        mine = [one for one in every if one.symbol == digit]
        spans = hour.spans[hour.digits == digit]
        found.append(_compared(mine, spans, threshold, hours))
    return found


def _compared(found: list[Spotted], spans: np.ndarray, threshold: float, hours: float) -> Found:
    """Compare the findings of one digit with the words that were said."""
    best = np.full(len(spans), -np.inf)  # score of each word
    wrong = []
    for one in found:
        inside = np.flatnonzero((spans[:, 0] <= one.end) & (one.end <= spans[:, 1] + _LATE))
        if len(inside):
            best[inside[0]] = max(best[inside[0]], one.score)
        else:
            wrong.append(one.score)
    on_test = threshold_for(wrong, hours, 1.0)
    return Found(
        len(spans),
        int((best <= threshold).sum()),
        sum(score > threshold for score in wrong),
        int((best <= on_test).sum()),
    )
