"""Seconds and memory of forecasting many series at once with a model that is already there."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import gated
from benchmarks.common.measure import in_fresh_process, machine, peak_memory_mb, timed
from benchmarks.common.report import Column, Report, Sheet, Value

__all__ = ["Request", "Stage", "make_table", "read_and_predict", "run"]

SAMPLE = 50
"""Series that the model is fitted on."""


@dataclass(frozen=True)
class Request:
    """What is asked for: series of so many steps, forecast so many steps ahead."""

    series: int = 10_000
    length: int = 200
    horizon: int = 28
    threads: int = 2
    max_steps: int = 20


@dataclass(frozen=True)
class Stage:
    """One stage of the measured process.

    Attributes:
        name: what was done.
        seconds: it took.
        peak_mb: the process's peak memory when it was done, earlier stages included.
    """

    name: str
    seconds: float
    peak_mb: float


def run(request: Request) -> Report:
    """Fit a small model, write the table, and forecast it in a process of its own."""
    where = machine(request.threads)
    with tempfile.TemporaryDirectory() as folder:
        table, model = Path(folder) / "many.csv", Path(folder) / "small.gated"
        print("writing the table, fitting a small model …", file=sys.stderr, flush=True)
        make_table(request.series, request.length).to_csv(table, index=False)
        megabytes = table.stat().st_size / 1e6
        in_fresh_process(request.threads, _fit_small, request, model)
        stages = in_fresh_process(request.threads, read_and_predict, table, model, request.horizon)
    _, reading, predicting = stages
    total = predicting.seconds
    return Report(
        benchmark="predict_many",
        facts={
            "series": request.series,
            "length": request.length,
            "horizon": request.horizon,
            "file_mb": round(megabytes),
        },
        machine=where,
        sheets=[
            Sheet(
                "ratios",
                "Ratios",
                [Column("what", "what"), Column("ratio", "ratio")],
                [{"what": "predict ÷ reading the table", "ratio": total / reading.seconds}],
            ),
            _stage_sheet(stages),
            Sheet(
                "rates",
                "Rate of predict alone",
                [Column("what", "what"), Column("rate", "per second", 0)],
                [
                    {"what": "series", "rate": request.series / total},
                    {"what": "forecast steps", "rate": request.series * request.horizon / total},
                ],
            ),
        ],
        notes=[
            f"The model was fitted on {min(SAMPLE, request.series)} of the series for at most "
            f"{request.max_steps} steps: its size, and so its cost, is the default's, its "
            "forecasts are not worth reading.",
            "Peak memory is the process's so far, libraries and earlier stages included.",
        ],
    )


def make_table(series: int, length: int, seed: int = 0) -> pd.DataFrame:
    """Daily series with a level, a trend, a week and noise of their own: unique_id, ds, y.

    >>> make_table(2, 3)["unique_id"].tolist()
    ['s0', 's0', 's0', 's1', 's1', 's1']
    """
    random = np.random.default_rng(seed)
    level = random.lognormal(3.0, 1.0, (series, 1))
    trend = 1 + random.normal(0, 0.2, (series, 1)) * np.linspace(0, 1, length)
    week = random.uniform(0.5, 1.5, (series, 7))[:, np.arange(length) % 7]
    noise = random.normal(1, 0.1, (series, length))
    days = pd.date_range("2024-01-01", periods=length, freq="D")
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{number}" for number in range(series)], length),
            "ds": np.tile(days.to_numpy(), series),
            "y": (level * trend * week * noise).reshape(-1).round(2),
        }
    )


def _fit_small(request: Request, model: Path) -> None:
    sample = make_table(min(SAMPLE, request.series), request.length)
    forecaster = gated.Forecaster(h=request.horizon, max_steps=request.max_steps, training="auto")
    forecaster.fit(sample).save(model)


def read_and_predict(table: Path, model: Path, h: int) -> list[Stage]:
    """Load the model, read the table, forecast it: seconds and peak memory of each."""
    forecaster, loading = timed(gated.Forecaster.load, model)
    stages = [Stage("load the model", loading, peak_memory_mb())]
    past, reading = timed(
        gated.read_table, table, id_col="unique_id", time_col="ds", target_col="y"
    )
    stages.append(Stage("read the table (csv)", reading, peak_memory_mb()))
    frame, predicting = timed(forecaster.predict, past, h, level=[80, 95])
    stages.append(Stage("predict, with 80 % and 95 % intervals", predicting, peak_memory_mb()))
    expected = past.n_series * h
    if len(frame) != expected or frame.isna().any(axis=None):
        raise RuntimeError(f"predict gave {len(frame)} rows or gaps; expected {expected} without.")
    return stages


def _stage_sheet(stages: list[Stage]) -> Sheet:
    columns = [
        Column("stage", "stage"),
        Column("seconds", "seconds", 2),
        Column("peak", "peak memory, MB", 0),
    ]
    rows: list[dict[str, Value]] = [
        {"stage": stage.name, "seconds": stage.seconds, "peak": stage.peak_mb} for stage in stages
    ]
    return Sheet("stages", "Stages of one process", columns, rows)
