"""Latency and throughput of the pretrained network, and the size of the package."""

import statistics
import time
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pandas as pd

import gated
from benchmarks.common.measure import in_fresh_process, machine, timed
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import WindowSource
from gated.forecast.model.inference import forecast_windows
from gated.forecast.model.weights.pretrained import pretrained_network

__all__ = ["run"]

_CONTEXT, _HORIZON = 512, 48
_SERIES = 2_048
_RUNS = 7


@dataclass(frozen=True)
class _Timings:
    """The measurements of one process.

    Attributes:
        first: seconds of the first `Forecaster().predict`, loading included.
        warm: seconds of a later one.
        network: seconds of the network alone for one series.
        throughput: series per second of the network alone.
    """

    first: float
    warm: float
    network: float
    throughput: float


def run(threads: int) -> Report:
    """Measure in new processes, and sum the sizes of the package's files."""
    described = machine(threads)
    runs = [in_fresh_process(threads, _measure) for _ in range(_RUNS)]
    rows: list[Row] = [
        {
            "what": f"series per second, {_CONTEXT} hours of context, {_HORIZON} steps",
            "figure": spread([one.throughput for one in runs]),
        },
        {
            "what": "ms for one such series, warm: the network",
            "figure": spread([1e3 * one.network for one in runs]),
        },
        {
            "what": "ms for one such series, warm: Forecaster().predict(frame, h=48)",
            "figure": spread([1e3 * one.warm for one in runs]),
        },
        {
            "what": "s from the imported package to the first forecast of one series",
            "figure": spread([one.first for one in runs]),
        },
        {"what": "MB of the package's files, weights included", "figure": _package_mb()},
    ]
    columns = (Column("what", "what"), Column("figure", "median, lowest..highest", 2))
    sheet = Sheet("speed", "The pretrained network", columns, rows)
    facts: dict[str, str | int | bool] = {"threads": threads, "processes": _RUNS}
    return Report("zero_shot_speed", facts, described, [sheet])


def _measure() -> _Timings:
    hours = pd.date_range("2024-01-01", periods=_CONTEXT, freq="h")
    rng = np.random.default_rng(0)
    values = 10 + 5 * np.sin(np.arange(_CONTEXT) * np.pi / 12) + rng.normal(size=_CONTEXT)
    frame = pd.DataFrame({"unique_id": "a", "ds": hours, "y": values})
    model = gated.Forecaster()
    _, first = timed(model.predict, frame, _HORIZON)
    warm = statistics.median(timed(model.predict, frame, _HORIZON)[1] for _ in range(9))
    layout = PatchLayout.plan(24, 168, _HORIZON, _CONTEXT)
    network = pretrained_network(layout)
    many = np.tile(values, _SERIES) + rng.normal(size=_SERIES * _CONTEXT)
    source = WindowSource(
        (many - 10) / 4,
        np.zeros((len(many), 0), np.float32),
        np.zeros((len(many), 0), np.float32),
        np.arange(_SERIES + 1) * _CONTEXT,
        np.zeros(_SERIES),
        layout,
    )

    def forecast(count: int) -> float:
        series, cutoff = np.arange(count), np.full(count, _CONTEXT)
        begin = time.perf_counter()
        forecast_windows(network, source, series, cutoff, _HORIZON)
        return time.perf_counter() - begin

    forecast(1), forecast(_SERIES)
    one_series = statistics.median(forecast(1) for _ in range(50))
    all_series = statistics.median(forecast(_SERIES) for _ in range(3))
    return _Timings(first, warm, one_series, _SERIES / all_series)


def _package_mb() -> float:
    """Size of all files of the installed package: Python, data, weights, compiled kernels."""
    package = distribution("gated")
    files = [Path(str(package.locate_file(file))) for file in package.files or ()]
    own = [path for path in Path(str(gated.__file__)).parent.rglob("*") if path.is_file()]
    sizes = {path.resolve(): path.stat().st_size for path in (*files, *own) if path.is_file()}
    return sum(size for path, size in sizes.items() if "__pycache__" not in path.parts) / 1e6
