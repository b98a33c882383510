"""Seconds and memory of forecasting many series with a saved model."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import gated
from benchmarks.common.measure import (
    in_fresh_process,
    machine,
    peak_memory_mb,
    show_progress,
    timed,
)
from benchmarks.common.report import Column, Report, Row, Sheet
from gated.errors import GatedError

__all__ = ["FITTED_SERIES", "PredictManyRequest", "Stage", "make_table", "read_and_predict", "run"]

FITTED_SERIES = 50
"""Number of series that the model is fitted to."""


@dataclass(frozen=True)
class PredictManyRequest:
    """Options of the benchmark.

    Attributes:
        series: number of series.
        length: steps of each series.
        horizon: steps to forecast.
        threads: number of threads of the measured process.
        max_steps: training steps of the model.
    """

    series: int = 10_000
    length: int = 200
    horizon: int = 28
    threads: int = 2
    max_steps: int = 20


@dataclass(frozen=True)
class Stage:
    """The measurement of one stage of a process.

    Attributes:
        name: of the stage.
        seconds: of the stage.
        peak_mb: peak memory of the process up to the end of the stage, earlier stages included.
    """

    name: str
    seconds: float
    peak_mb: float


def run(request: PredictManyRequest) -> Report:
    """Fit and save a model, write the table, and forecast it in a new process."""
    described = machine(request.threads)
    with tempfile.TemporaryDirectory() as folder:
        table, model = Path(folder) / "many.csv", Path(folder) / "model.gated"
        show_progress("writing the table, fitting a model")
        make_table(request.series, request.length).to_csv(table, index=False)
        megabytes = table.stat().st_size / 1e6
        in_fresh_process(request.threads, _fit_and_save, request, model)
        stages = in_fresh_process(request.threads, read_and_predict, table, model, request.horizon)
    _, reading, predicting = stages
    seconds = predicting.seconds
    return Report(
        benchmark="predict_many",
        facts={
            "series": request.series,
            "length": request.length,
            "horizon": request.horizon,
            "file_mb": round(megabytes),
        },
        machine=described,
        sheets=[
            Sheet(
                "ratios",
                "Ratios",
                [Column("what", "what"), Column("ratio", "ratio")],
                [{"what": "predict ÷ reading the table", "ratio": seconds / reading.seconds}],
            ),
            _stage_sheet(stages),
            Sheet(
                "rates",
                "Rate of predict alone",
                [Column("what", "what"), Column("rate", "per second", 0)],
                [
                    {"what": "series", "rate": request.series / seconds},
                    {"what": "forecast steps", "rate": request.series * request.horizon / seconds},
                ],
            ),
        ],
        notes=[
            f"The model was fitted to {min(FITTED_SERIES, request.series)} of the series for at "
            f"most {request.max_steps} steps: its size, and therefore its cost, is that of the "
            "default; its accuracy is not.",
            "Peak memory is that of the process so far, libraries and earlier stages included.",
        ],
    )


def make_table(series: int, length: int, seed: int = 0) -> pd.DataFrame:
    """Synthetic daily series, each with its level, trend, week and noise: unique_id, ds, y.

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


def _fit_and_save(request: PredictManyRequest, model: Path) -> None:
    few = make_table(min(FITTED_SERIES, request.series), request.length)
    forecaster = gated.Forecaster(h=request.horizon, max_steps=request.max_steps, training="auto")
    forecaster.fit(few).save(model)


def read_and_predict(table: Path, model: Path, h: int) -> list[Stage]:
    """Load the model, read the table, forecast it: seconds and peak memory of each stage.

    Raises:
        GatedError: the forecast is incomplete, so that its seconds mean nothing.
    """
    forecaster, loading = timed(gated.Forecaster.load, model)
    stages = [Stage("load the model", loading, peak_memory_mb())]
    past, reading = timed(
        gated.read_table, table, id_col="unique_id", time_col="ds", target_col="y"
    )
    stages.append(Stage("read the table (csv)", reading, peak_memory_mb()))
    frame, predicting = timed(forecaster.predict, past, h, level=[80, 95])
    stages.append(Stage("predict, with 80 % and 95 % intervals", predicting, peak_memory_mb()))
    expected, gaps = past.n_series * h, int(frame.isna().sum(axis=None))
    if len(frame) != expected or gaps:
        raise GatedError(
            f"predict returned {len(frame):,} rows with {gaps:,} empty cells. Expected "
            f"{expected:,} rows without empty cells. Nothing is reported; run the tests of "
            "gated.Forecaster."
        )
    return stages


def _stage_sheet(stages: list[Stage]) -> Sheet:
    columns = [
        Column("stage", "stage"),
        Column("seconds", "seconds", 2),
        Column("peak", "peak memory, MB", 0),
    ]
    rows: list[Row] = [
        {"stage": stage.name, "seconds": stage.seconds, "peak": stage.peak_mb} for stage in stages
    ]
    return Sheet("stages", "Stages of one process", columns, rows)
