"""Tests what the contributions to a label name: frames of spoken digits are replaced.

The frames that a method ranks first are replaced, and the log-odds of the label must fall:
comprehensiveness (DeYoung et al. 2020, arXiv 1911.03429), the mean fall for the shares of `SHARES`.
Replacements: the mean frame of the training, and the quietest frame of the clip.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.sequences.data import CASES
from gated.arrays import FloatArray
from gated.tasks.classifier.contributions import label_contributions
from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.integrated_gradients import log_odds
from gated.tasks.shipped import shipped_classifier

__all__ = ["SHARES", "measure", "run"]

SHARES = (0.05, 0.1, 0.2, 0.5)
_DRAWS = 1_000  # of a bootstrap

Frames = NDArray[np.float32]
Score = Callable[[list[Frames]], FloatArray]
"""Log-odds [n] of one label for clips of equal length."""


def run(folder: Folder, clips: int, threads: int) -> Report:
    """Compare the rankings of frames.

    Args:
        folder: of the data sets.
        clips: of the test part of FSDD, evenly chosen.
        threads: of the measured process.
    """
    described = machine(threads)
    (fold,) = CASES["fsdd"].folds(folder)
    chosen = np.linspace(0, len(fold.test) - 1, clips).astype(int)
    show_progress("spoken digits")
    falls, seconds = in_fresh_process(threads, measure, [fold.test[index] for index in chosen])
    ours = np.array(falls["contributions"])
    rows: list[Row] = []
    for name, found in falls.items():
        ratios = _bootstrapped(ours, np.array(found))
        rows.append(
            {
                "method": name,
                "fall": float(np.mean(found)),
                "ratio": float(ours.mean() / np.mean(found)),
                "low": float(ratios[0]),
                "high": float(ratios[1]),
                "seconds": median(seconds[name]),
            }
        )
    columns = (
        Column("method", "frames ranked by"),
        Column("fall", "fall of the log-odds", 2),
        Column("ratio", "ours ÷", 2),
        Column("low", "95 % from", 2),
        Column("high", "to", 2),
        Column("seconds", "seconds a clip", 3),
    )
    title = "Comprehensiveness of contributions to a label; a larger fall is better"
    facts: dict[str, str | int | bool] = {"data": "fsdd, test part", "clips": clips}
    return Report("explain_labels", facts, described, [Sheet("labels", title, columns, rows)])


def measure(clips: list[Frames]) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """The falls of each clip, and the seconds of each ranking, by method."""
    stored = shipped_classifier()._fitted
    network, random = stored.network, np.random.default_rng(0)
    falls: dict[str, list[float]] = {}
    seconds: dict[str, list[float]] = {}
    for clip in clips:
        frames = stored.frontend.steps(clip)
        score = _score_of(network, frames)
        for name, rank in _METHODS.items():
            begin = time.perf_counter()
            order = np.argsort(-rank(network, frames, score, random))
            seconds.setdefault(name, []).append(time.perf_counter() - begin)
            falls.setdefault(name, []).append(_fall(network, frames, score, order))
    return falls, seconds


def _score_of(network: LabelNetwork, frames: Frames) -> Score:
    def logits(clips: list[Frames]) -> torch.Tensor:
        lengths = np.array([len(clip) for clip in clips])
        found = network.logits(PaddedBatch(np.stack(clips), lengths))
        return torch.from_numpy(found / network.temperature)

    label = int(logits([frames])[0].argmax())
    return lambda clips: np.asarray(log_odds(logits(clips), label).double().numpy())


def _fall(network: LabelNetwork, frames: Frames, score: Score, order: NDArray[np.intp]) -> float:
    """The mean fall over the shares and the replacements."""
    mean = network.model.mean_step()
    quiet = frames[frames.sum(1).argmin()]
    changed = []
    for replacement in (mean, quiet):
        for share in SHARES:
            other = frames.copy()
            other[order[: max(round(share * len(frames)), 1)]] = replacement
            changed.append(other)
    return float(score([frames])[0] - score(changed).mean())


def _contributions(
    network: LabelNetwork, frames: Frames, _: Score, __: np.random.Generator
) -> FloatArray:
    return label_contributions(network, [frames], None)[0].steps


def _occlusion(
    network: LabelNetwork, frames: Frames, score: Score, _: np.random.Generator
) -> FloatArray:
    """The fall when one frame alone is the mean of the training."""
    changed = np.repeat(frames[None], len(frames), 0)
    places = np.arange(len(frames))
    changed[places, places] = network.model.mean_step()
    return np.asarray(score([frames])[0] - score(list(changed)))


def _loudness(_: LabelNetwork, frames: Frames, __: Score, ___: np.random.Generator) -> FloatArray:
    return np.asarray(np.exp(frames.astype(np.float64)).sum(1))


def _at_random(
    _: LabelNetwork, frames: Frames, __: Score, random: np.random.Generator
) -> FloatArray:
    return random.random(len(frames))


_METHODS: dict[str, Callable[[LabelNetwork, Frames, Score, np.random.Generator], FloatArray]] = {
    "contributions": _contributions,
    "occlusion of each frame": _occlusion,
    "loudness": _loudness,
    "random order": _at_random,
}


def _bootstrapped(ours: FloatArray, others: FloatArray) -> FloatArray:
    """The range of 95 % of the ratio of means over redrawn clips."""
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(ours), (_DRAWS, len(ours)))
    ratios = ours[drawn].mean(1) / others[drawn].mean(1)
    return np.asarray(np.quantile(ratios, [0.025, 0.975]))
