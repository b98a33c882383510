"""What every worker does: read the task, time the work, write the forecast.

A worker runs in the environment of one library, where this project is not installed: nothing here
but the standard library, numpy and pandas.

The folder, its first argument, holds `task.json`, `past.csv` (unique_id, ds, y, covariates) and
`future.csv` (unique_id, ds, covariates); into it go `forecast.npz` and `cost.json`.
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
class Task:
    """What is asked for.

    Attributes:
        past: unique_id, ds, y, covariates.
        future: unique_id, ds, covariates, h rows a series.
        h: steps to forecast.
        season_length: steps of a season.
        freq: pandas' name of the step, or 1 where the steps are numbered.
        levels: of the intervals, in percent.
        deciles: the quantiles of the scores.
        covariates: names of the columns that are known ahead, and may be used.
        method: of several in one library, which.
        settings: what is given to the method; all else is left to its defaults.
        seed: of everything random.
        threads: of the machine that may be used.
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
        """All that the scores need, rising: the deciles and the ends of the intervals."""
        ends = [end for low, high in map(interval_ends, self.levels) for end in (low, high)]
        return sorted({*self.deciles, *ends})

    @property
    def is_dated(self) -> bool:
        """Whether the steps have dates, not numbers."""
        return isinstance(self.freq, str)


@dataclass(frozen=True)
class Forecast:
    """What a method said.

    Attributes:
        ids: [N].
        points: [N, h].
        deciles: [N, h, 9]; None where only points are forecast.
        intervals: level to lower and upper ends, [N, h] each.
    """

    ids: list[str]
    points: FloatArray
    deciles: FloatArray | None = None
    intervals: dict[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    @classmethod
    def of_quantiles(cls, task: Task, ids: list[str], values: FloatArray) -> "Forecast":
        """From [N, h, Q], the task's quantiles; the points are the medians."""
        where = {quantile: values[..., i] for i, quantile in enumerate(task.quantiles)}
        deciles = np.stack([where[quantile] for quantile in task.deciles], axis=-1)
        intervals = {}
        for level in task.levels:
            low, high = interval_ends(level)
            intervals[level] = (where[low], where[high])
        return cls(ids, where[0.5], deciles, intervals)


def interval_ends(level: int) -> tuple[float, float]:
    """The quantiles at the ends of an interval, such as 0.025 and 0.975 for 95."""
    return round((100 - level) / 200, 4), round((100 + level) / 200, 4)


def run(
    fit: Callable[[Task], Model], predict: Callable[[Task, Model], Forecast], *, jobs: int = 1
) -> None:
    """Read the task, fit, forecast, write.

    Args:
        fit: from the table to a fitted model; whatever the library needs made of it counts.
        predict: the first forecast after that, back to arrays.
        jobs: processes that the library starts; their memory counts.
    """
    folder = Path(sys.argv[1])
    task = read(folder)
    begin = time.perf_counter()
    model = fit(task)
    fitted = time.perf_counter()
    forecast = predict(task, model)
    done = time.perf_counter()
    cost = {
        "fit_seconds": fitted - begin,
        "predict_seconds": done - fitted,
        "peak_mb": peak_mb(min(jobs, len(forecast.ids))),
    }
    write(folder, forecast, cost)


def read(folder: Path) -> Task:
    """The task of a folder."""
    words = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    dates = ["ds"] if isinstance(words["freq"], str) else []
    past, future = (
        pd.read_csv(folder / f"{name}.csv", dtype={"unique_id": str}, parse_dates=dates)
        for name in ("past", "future")
    )
    return Task(past=past, future=future, **words)


def write(folder: Path, forecast: Forecast, cost: dict[str, float]) -> None:
    """Leave the forecast and what it cost in the folder."""
    arrays = {"ids": np.array(forecast.ids, dtype=str), "points": forecast.points}
    if forecast.deciles is not None:
        arrays["deciles"] = forecast.deciles
    for level, (low, high) in forecast.intervals.items():
        arrays[f"lo_{level}"], arrays[f"hi_{level}"] = low, high
    np.savez(folder / "forecast.npz", **arrays)  # type: ignore[arg-type]
    (folder / "cost.json").write_text(json.dumps(cost), encoding="utf-8")


def peak_mb(jobs: int) -> float:
    """The most memory held so far, in MB (10^6 bytes, resident).

    Of several processes that work at once, the largest is counted as often as there are; what they
    share with the first is counted again, so that this is the most that it can be.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _PAGE if jobs > 1 else 0
    return (_own_peak() + jobs * children) / 1e6


_PAGE = 1 if sys.platform == "darwin" else 1024  # getrusage's unit in bytes


def _own_peak() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        # Linux carries getrusage's figure from the parent over exec; VmHWM begins anew.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PAGE


def series_of(task: Task) -> dict[str, pd.DataFrame]:
    """Each series' past, in the order of the table."""
    return {str(name): part for name, part in task.past.groupby("unique_id", sort=False)}


def column(frame: pd.DataFrame, name: str, h: int) -> FloatArray:
    """[N, h] of a long table with h rows a series."""
    return frame[name].to_numpy(dtype=np.float64).reshape(-1, h)


def ids_of(frame: pd.DataFrame, h: int) -> list[str]:
    """[N] of a long table with h rows a series."""
    return [str(name) for name in frame["unique_id"].to_numpy()[::h]]
