"""Compares the shipped network on NumPy with its torch module, over every table of the benchmarks.

Both compute in float32, and round the same sums in another order. The distance of each from the
same module in float64 shows how large the effect of rounding is.
"""

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np

from benchmarks.common.folders import Folder
from benchmarks.common.measure import show_progress
from benchmarks.common.report import Row
from benchmarks.zero_shot.forecasts import cutoff_forecasts, unadapted_data
from benchmarks.zero_shot.tasks import GIFT_EVAL, OTHERS, Task
from gated.arrays import FloatArray
from gated.forecast.data.windows import Window
from gated.forecast.model.network import NetworkOutput
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.numeric import converted, torch_primitives

__all__ = ["TASKS", "compare", "measure"]

TASKS = tuple({(task.table, task.h): task for task in (*GIFT_EVAL, *OTHERS)}.values())
"""Every table, at each horizon of the benchmark `zero_shot`."""


def measure(folder: Folder, tasks: Sequence[Task] = TASKS) -> list[Row]:
    """A row for each table and horizon.

    Raises:
        DataError: the file of a table is missing.
    """
    rows = []
    for task in tasks:
        show_progress(f"{task.table}, {task.h} steps")
        rows.append(compare(task, folder))
    return rows


def compare(task: Task, folder: Folder) -> Row:
    """The largest differences between forecasts of all quantiles, in millionths.

    They are divided by the standard deviation or the mean absolute value of the series before its
    first cutoff, or by the largest value of the forecast. Where one of these is 0, the window is
    left out of it.
    """
    table = task.read(folder)
    cutoffs = task.cutoffs(table.lengths)
    data = unadapted_data(table, task.h, cutoffs)
    network = pretrained_network(data.source.layout)
    module = TrainableNetwork.of(network)
    by_numpy = cutoff_forecasts(network, data, task.h, cutoffs)
    by_torch = cutoff_forecasts(module, data, task.h, cutoffs)
    by_float64 = cutoff_forecasts(_InFloat64(module), data, task.h, cutoffs)
    pasts = [
        table.y[begin : end - cutoffs * task.h]
        for begin, end in zip(table.offsets[:-1], table.offsets[1:], strict=True)
    ]
    spread = np.repeat([float(np.nanstd(past)) for past in pasts], cutoffs)
    size = np.repeat([float(np.nanmean(np.abs(past))) for past in pasts], cutoffs)
    forecast = np.abs(by_torch).max(axis=(1, 2))
    return {
        "what": task.table,
        "h": task.h,
        "windows": len(by_numpy),
        "spread": _millionths(by_numpy - by_torch, spread),
        "size": _millionths(by_numpy - by_torch, size),
        "forecast": _millionths(by_numpy - by_torch, forecast),
        "numpy": _millionths(by_numpy - by_float64, spread),
        "torch": _millionths(by_torch - by_float64, spread),
    }


class _InFloat64:
    """A network of torch that computes in float64; the module changes."""

    def __init__(self, module: TrainableNetwork) -> None:
        self._module = module.double()

    def run_all(self, windows: Sequence[Window]) -> list[NetworkOutput]:
        exact = [converted(window, lambda array: array.astype(np.float64)) for window in windows]
        with patch.object(torch_primitives, "float32", lambda tensor: tensor.double()):
            return self._module.run_all(exact)


def _millionths(difference: FloatArray, size: FloatArray) -> float:
    """The largest absolute difference [M, h, Q], in millionths of sizes [M] that are not 0."""
    is_sized = size > 0
    shares = np.abs(difference).max(axis=(1, 2))[is_sized] / size[is_sized]
    return 1e6 * float(shares.max(initial=0.0))
