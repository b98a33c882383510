"""Trains the forecasting network from scratch on real tables, with other cells in its blocks.

The season memory, the scaling, the training and the selection of the best step stay as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import geometric_mean, median
from unittest.mock import patch

import numpy as np
from torch import Tensor, nn

from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress, timed
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.zero_shot.forecasts import cutoff_forecasts
from benchmarks.zero_shot.gift_eval_scores import score, windows_of
from benchmarks.zero_shot.tasks import Task
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.dataset import build_dataset
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.training.trainer import Trainer
from gated.nn import GRU, LSTM, RNN, MinGRU
from gated.nn.init import chrono
from gated.table.as_of import as_of
from gated.train import seeded

__all__ = ["CELLS", "TASKS", "run"]

TASKS = {
    task.table: task
    for task in (
        Task("m4_hourly", 48, 24, windows=1),
        Task("m3_monthly", 18, 12, windows=1),
        Task("births", 30, 7, windows=12),
    )
}
"""The tables by name, each with its windows: hours, months, and days with yearly effects."""

_YEAR = 52  # patches: weeks of days; the longest memory that chrono prepares


class _FeedForward(nn.Module):
    """No recurrence: a patch is read alone. It has as many weights as a GRU."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, 3 * width), nn.Tanh(), nn.Linear(3 * width, width)
        )

    def forward(self, inputs: Tensor, _: object = None) -> tuple[Tensor, None]:
        """[B, T, width] features of each step of the inputs [B, T, width]."""
        return self.layers(inputs), None


CELLS: dict[str, Callable[[int], nn.Module]] = {
    "feed-forward": _FeedForward,
    "RNN": lambda width: RNN(width, width, batch_first=True),
    "LSTM": lambda width: LSTM(width, width, batch_first=True),
    "GRU": lambda width: GRU(width, width, batch_first=True),
    "GRU, reset before": lambda width: GRU(width, width, batch_first=True, reset="before"),
    "GRU, chrono": lambda width: chrono(GRU(width, width, batch_first=True), _YEAR),
    "minGRU": lambda width: MinGRU(width, width, batch_first=True),
}
"""Name to a function of the number of features; "GRU" is the cell of the product."""


@dataclass(frozen=True)
class Trained:
    """One training.

    Attributes:
        mase: of the network alone, on the test windows.
        loss: of the best step, on the held-out windows.
        seconds: of the training.
        weights: of the network.
    """

    mase: float
    loss: float
    seconds: float
    weights: int


def run(
    data: Folder,
    tables: Sequence[str],
    cells: Sequence[str],
    seeds: Sequence[int],
    threads: int,
    max_steps: int | None,
) -> Report:
    """Train each cell on each table with each seed."""
    described = machine(threads)
    found: dict[tuple[str, str], list[Trained]] = {}
    for table in tables:
        for cell in cells:
            for seed in seeds:
                show_progress(f"{table}, {cell}, seed {seed}")
                one = in_fresh_process(threads, measure, TASKS[table], data, cell, seed, max_steps)
                found.setdefault((table, cell), []).append(one)
    facts: dict[str, str | int | bool] = {
        "seeds": ", ".join(map(str, seeds)),
        "shortened": max_steps is not None,
    }
    notes = [
        "Each network is trained from scratch on the part before the test windows, and selected on "
        "held-out windows of that part; its forecast is scored alone, without a baseline."
    ]
    sheets = [_sheet(table, cells, found) for table in tables]
    if len(tables) > 1:
        sheets.insert(0, _overall(tables, cells, found))
    return Report("cells", facts, described, sheets, notes)


def measure(task: Task, data: Folder, cell: str, seed: int, max_steps: int | None) -> Trained:
    """Train one network, and score it on the windows of a task."""
    table = task.read(data)
    cutoffs = task.cutoffs(table.lengths)
    past, _ = as_of(table, table.lengths - cutoffs * task.h)
    settings = ForecasterConfig(seed=seed, max_steps=max_steps, training="scratch")
    with blocks_with(cell), seeded(seed) as generator:
        trainer = Trainer(past, task.h, settings, generator)
        best, seconds = timed(trainer.train, "scratch")
        network = TrainableNetwork(trainer.config)
    network.load_state_dict(best.weights)
    network.eval()
    shown = np.arange(table.n_rows) < np.repeat(table.offsets[1:] - cutoffs * task.h, table.lengths)
    rows = build_dataset(
        table,
        trainer.profile,
        trainer.config.layout,
        np.zeros((table.n_series, task.h, 0)),
        shown,
    )
    quantiles = cutoff_forecasts(network, rows, task.h, cutoffs)
    windows = list(windows_of(table, task.h, cutoffs))
    usable = np.array([bool(np.isfinite(each.y).any()) for each in windows])
    scored = [each for each, is_usable in zip(windows, usable, strict=True) if is_usable]
    mase = score(scored, quantiles[usable], task.season).mase
    weights = sum(each.numel() for each in network.parameters())
    return Trained(mase, best.score, seconds, weights)


@contextmanager
def blocks_with(cell: str) -> Iterator[None]:
    """Inside, the blocks of new networks have another cell instead of the GRU."""

    def made(width: int, _: int, *, batch_first: bool) -> nn.Module:
        assert batch_first  # as all cells here are
        return CELLS[cell](width)

    with patch("gated.nn.blocks.GRU", made):
        yield


def _sheet(table: str, cells: Sequence[str], found: dict[tuple[str, str], list[Trained]]) -> Sheet:
    rows: list[Row] = [
        {
            "cell": cell,
            "mase": spread([one.mase for one in found[table, cell]]),
            "loss": spread([one.loss for one in found[table, cell]]),
            "seconds": spread([one.seconds for one in found[table, cell]]),
            "weights": found[table, cell][0].weights,
        }
        for cell in cells
    ]
    columns = (
        Column("cell", "cell"),
        Column("mase", "MASE", 3),
        Column("loss", "loss on held-out windows", 4),
        Column("seconds", "seconds", 0),
        Column("weights", "weights"),
    )
    task = TASKS[table]
    return Sheet(table, f"{table}, {task.h} steps ahead, {task.windows} window(s)", columns, rows)


def _overall(
    tables: Sequence[str], cells: Sequence[str], found: dict[tuple[str, str], list[Trained]]
) -> Sheet:
    """MASE of each cell relative to that of the GRU, over all tables."""
    base = "GRU" if "GRU" in cells else cells[0]

    def mid(table: str, cell: str) -> float:
        return median(one.mase for one in found[table, cell])

    rows: list[Row] = [
        {
            "cell": cell,
            "ratio": geometric_mean([mid(table, cell) / mid(table, base) for table in tables]),
        }
        for cell in cells
    ]
    columns = (Column("cell", "cell"), Column("ratio", f"MASE relative to {base}", 3))
    return Sheet("overall", "Geometric mean of the tables, median of the seeds", columns, rows)
