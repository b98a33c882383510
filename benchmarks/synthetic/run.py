"""Milliseconds of drawing a batch of synthetic windows, and of the training step that uses it."""

import time

import torch

from benchmarks.common.measure import in_fresh_process, machine
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.pretrain.curriculum import KINDS, Curriculum, TableKind
from gated.pretrain.run import RunConfig

__all__ = ["run"]

_WINDOWS, _RUNS = 256, 5


def run(threads: int) -> Report:
    """Measure every kind of table in new processes."""
    described = machine(threads)
    runs = [in_fresh_process(threads, _measure) for _ in range(_RUNS)]
    rows: list[Row] = [
        {
            "kind": kind,
            "share": KINDS[kind].share,
            "drawn": spread([one[kind][0] for one in runs]),
            "ratio": spread([one[kind][0] / one[kind][1] for one in runs]),
        }
        for kind in KINDS
    ]
    columns = (
        Column("kind", "kind of table"),
        Column("share", "share of batches", 2),
        Column("drawn", "ms to draw a batch", 1),
        Column("ratio", "÷ ms of a training step", 3),
    )
    sheet = Sheet("synthetic", "Drawing windows, and training on them", columns, rows)
    facts: dict[str, str | int | bool] = {"threads": threads, "windows": _WINDOWS, "runs": _RUNS}
    return Report("synthetic", facts, described, [sheet])


def _measure() -> dict[str, tuple[float, float]]:
    """Kind of table to the milliseconds of `draw_and_train`."""
    config = RunConfig(1, batch_size=_WINDOWS)
    network, generator = config.network(), torch.Generator().manual_seed(0)
    return {name: draw_and_train(name, kind, network, generator) for name, kind in KINDS.items()}


def draw_and_train(
    name: str, kind: TableKind, network: TrainableNetwork, generator: torch.Generator
) -> tuple[float, float]:
    """Milliseconds of drawing a batch of one kind, and of a training step on it."""
    curriculum = Curriculum(_WINDOWS, {name: kind})
    drawing, training = [], []
    for _ in range(4):
        begin = time.perf_counter()
        batch = curriculum.draw(generator)
        drawn = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16):
            output = network(batch.window, batch.dense, batch.leads)
        network.loss(output).backward()  # type: ignore[no-untyped-call]
        training.append(time.perf_counter() - drawn)
        drawing.append(drawn - begin)
    return 1e3 * sorted(drawing)[1], 1e3 * sorted(training)[1]
