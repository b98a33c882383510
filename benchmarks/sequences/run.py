"""Trains `SequenceClassifier` with the parameters of a case on each cut and seed, and scores it."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.sequences.data import CASES, Fold
from gated import SequenceClassifier

__all__ = ["measure", "run"]

_SHARE = 5  # one in five training sequences of a label is held out with --validation


def run(
    name: str, folder: Folder, seeds: tuple[int, ...], threads: int, *, validation: bool
) -> Report:
    """Measure one data set.

    Args:
        name: a key of `CASES`.
        folder: of the data sets.
        seeds: one training each.
        threads: of the training.
        validation: score on a fifth of the training part; the test part is not used.
    """
    described = machine(threads)
    case = CASES[name]
    folds = case.folds(folder)
    if validation:
        folds = [_inner(fold) for fold in folds]
    rows: list[Row] = []
    for fold in folds:
        found = []
        for seed in seeds:
            show_progress(f"{name}, {fold.name}, seed {seed}")
            found.append(in_fresh_process(threads, measure, fold, case.params, seed))
        rows.append(
            {
                "fold": fold.name,
                "sequences": len(fold.test),
                "accuracy": float(np.mean([accuracy for accuracy, _, _ in found])),
                "runs": spread([accuracy for accuracy, _, _ in found]),
                "seconds": spread([seconds for _, seconds, _ in found]),
                "weights": found[0][2],
            }
        )
    if len(rows) > 1:
        means = [float(str(row["accuracy"])) for row in rows]
        rows.append({"fold": "mean", "accuracy": float(np.mean(means))})
        rows.append({"fold": "worst", "accuracy": min(means)})
    columns = (
        Column("fold", "test part"),
        Column("sequences", "sequences", 0),
        Column("accuracy", "accuracy %, mean", 2),
        Column("runs", "over seeds", 2),
        Column("seconds", "seconds of training", 0),
        Column("weights", "weights", 0),
    )
    sheet = Sheet("sequences", case.protocol, columns, rows)
    facts: dict[str, str | int | bool] = {
        "data": name,
        "seeds": ",".join(map(str, seeds)),
        "figure": "mean over the seeds, not the best",
        "validation": validation,
        "published": case.published,
    }
    return Report("sequences", facts, described, [sheet])


def measure(fold: Fold, params: Mapping[str, Any], seed: int) -> tuple[float, float, int]:
    """Accuracy in percent, seconds of training, number of weights."""
    model = SequenceClassifier(rate=fold.rate, **params, seed=seed)
    begin = time.perf_counter()
    model.fit(fold.train, fold.train_labels)
    seconds = time.perf_counter() - begin
    return 100 * model.score(fold.test, fold.test_labels), seconds, model.weights_


def _inner(fold: Fold) -> Fold:
    """A cut of the training part: every fifth sequence of a label is the test part."""
    is_test = np.zeros(len(fold.train), dtype=bool)
    for label in np.unique(fold.train_labels):
        is_test[np.flatnonzero(fold.train_labels == label)[::_SHARE]] = True
    return replace(
        fold,
        train=[fold.train[index] for index in np.flatnonzero(~is_test)],
        train_labels=fold.train_labels[~is_test],
        test=[fold.train[index] for index in np.flatnonzero(is_test)],
        test_labels=fold.train_labels[is_test],
    )
