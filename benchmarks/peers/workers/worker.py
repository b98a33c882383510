"""The common part of all workers: reads the job, times fit and predict, writes the forecast.

A worker runs in the environment of one library, where this project is not installed: this module
imports only the standard library, numpy and pandas.

The first argument is a folder with `job.json`, `past.csv` (unique_id, ds, y, covariates) and
`future.csv` (unique_id, ds, covariates); the worker writes `forecast.npz` and `cost.json` into it.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
Model = TypeVar("Model")


@dataclass(frozen=True)
class Job:
    """The forecast that a worker must make.

    Attributes:
        past: unique_id, ds, y, covariates.
        future: unique_id, ds, covariates, h rows for each series.
        h: steps to forecast.
        season_length: steps of a season.
        freq: pandas' name of the step, or 1 where the steps are numbered.
        levels: of the intervals, in percent.
        deciles: the quantile levels of the scores.
        covariates: names of the covariates with known future that the method may use.
        method: name of the method within the library.
        settings: arguments of the method; all others keep their defaults.
        seed: of all random numbers.
        threads: number of threads that the method may use.
    """

    past: pd.DataFrame
    future: pd.DataFrame
    h: int
    season_length: int
    freq: str | int
    levels: list[int]
    deciles: list[float]
    covariates: list[str]
    method: str
    settings: dict[str, Any]
    seed: int
    threads: int

    @property
    def quantiles(self) -> list[float]:
        """The quantile levels that the scores need, rising: deciles and ends of the intervals."""
        ends = [end for low, high in map(interval_ends, self.levels) for end in (low, high)]
        return sorted({*self.deciles, *ends})

    @property
    def is_dated(self) -> bool:
        """Whether the steps have dates instead of numbers."""
        return isinstance(self.freq, str)


@dataclass(frozen=True)
class WorkerForecast:
    """The forecast of a method.

    Attributes:
        ids: [N] labels of the series.
        points: [N, h].
        deciles: [N, h, 9]; None if the method forecasts points only.
        intervals: level to lower and upper ends, [N, h] each.
    """

    ids: list[str]
    points: FloatArray
    deciles: FloatArray | None = None
    intervals: dict[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    @classmethod
    def of_quantiles(cls, job: Job, ids: list[str], values: FloatArray) -> "WorkerForecast":
        """From values [N, h, Q] at the job's quantile levels; the points are the medians."""
        by_level = {quantile: values[..., i] for i, quantile in enumerate(job.quantiles)}
        deciles = np.stack([by_level[quantile] for quantile in job.deciles], axis=-1)
        intervals = {}
        for level in job.levels:
            low, high = interval_ends(level)
            intervals[level] = (by_level[low], by_level[high])
        return cls(ids, by_level[0.5], deciles, intervals)


def interval_ends(level: int) -> tuple[float, float]:
    """The quantile levels of the ends of an interval, such as 0.025 and 0.975 for 95."""
    return round((100 - level) / 200, 4), round((100 + level) / 200, 4)


def run(
    fit: Callable[[Job], Model],
    predict: Callable[[Job, Model], WorkerForecast],
    *,
    processes: int = 1,
) -> None:
    """Read the job, fit, forecast, and write the forecast and its costs.

    Args:
        fit: makes a fitted model of the table; preparing the library's own tables is included.
        predict: makes the first forecast after that, as arrays.
        processes: number of processes that the library starts; their memory is counted.
    """
    folder = Path(sys.argv[1])
    job = read(folder)
    begin = time.perf_counter()
    model = fit(job)
    fitted = time.perf_counter()
    forecast = predict(job, model)
    done = time.perf_counter()
    cost = {
        "fit_seconds": fitted - begin,
        "predict_seconds": done - fitted,
        "peak_mb": peak_mb(min(processes, len(forecast.ids))),
    }
    write(folder, forecast, cost)


def read(folder: Path) -> Job:
    """Read the job of a folder."""
    content = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    dates = ["ds"] if isinstance(content["freq"], str) else []
    past, future = (
        pd.read_csv(folder / f"{name}.csv", dtype={"unique_id": str}, parse_dates=dates)
        for name in ("past", "future")
    )
    return Job(past=past, future=future, **content)


def write(folder: Path, forecast: WorkerForecast, cost: dict[str, float]) -> None:
    """Write the forecast and its costs into the folder."""
    arrays = {"ids": np.array(forecast.ids, dtype=str), "points": forecast.points}
    if forecast.deciles is not None:
        arrays["deciles"] = forecast.deciles
    for level, (low, high) in forecast.intervals.items():
        arrays[f"lo_{level}"], arrays[f"hi_{level}"] = low, high
    np.savez(folder / "forecast.npz", **arrays)  # type: ignore[arg-type]
    (folder / "cost.json").write_text(json.dumps(cost), encoding="utf-8")


def peak_mb(processes: int) -> float:
    """The peak memory so far, in MB (10^6 bytes, resident).

    Several processes are counted as that many times the largest of them. Memory that they share
    is counted more than once, so that the result is an upper bound.
    """
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _UNIT if processes > 1 else 0
    return (_own_peak() + processes * child) / 1e6


_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of getrusage


def _own_peak() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux, exec keeps the parent's peak in getrusage; VmHWM starts from zero.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def series_of(job: Job) -> dict[str, pd.DataFrame]:
    """Label to the past of each series, in the order of the table."""
    return {str(name): part for name, part in job.past.groupby("unique_id", sort=False)}


def column(frame: pd.DataFrame, name: str, h: int) -> FloatArray:
    """A column [N, h] of a long table with h rows for each series."""
    return frame[name].to_numpy(dtype=np.float64).reshape(-1, h)


def ids_of(frame: pd.DataFrame, h: int) -> list[str]:
    """The labels [N] of a long table with h rows for each series."""
    return [str(name) for name in frame["unique_id"].to_numpy()[::h]]
