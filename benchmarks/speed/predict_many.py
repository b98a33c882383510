"""Seconds and memory of forecasting many series without training, compared with AutoETS."""

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

__all__ = [
    "PredictManyRequest",
    "Stage",
    "auto_ets_seconds",
    "make_table",
    "read_and_predict",
    "run",
]

_SEASON = 7


@dataclass(frozen=True)
class PredictManyRequest:
    """Options of the benchmark.

    Attributes:
        series: number of series.
        length: steps of each series.
        horizon: steps to forecast.
        threads: number of threads of the measured processes.
        peer_series: number of series that AutoETS forecasts.
        repeats: processes of each kind; the medians are reported.
    """

    series: int = 10_000
    length: int = 200
    horizon: int = 28
    threads: int = 2
    peer_series: int = 300
    repeats: int = 3


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
    """Write the table, and forecast it in new processes, by turns with AutoETS."""
    described = machine(request.threads)
    runs: list[list[Stage]] = []
    peer: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.csv"
        table = make_table(request.series, request.length)
        table.to_csv(path, index=False)
        few = table[: request.peer_series * request.length]
        for repeat in range(request.repeats):
            show_progress(f"run {repeat + 1} of {request.repeats}")
            runs.append(in_fresh_process(request.threads, read_and_predict, path, request.horizon))
            peer.append(
                in_fresh_process(
                    request.threads, auto_ets_seconds, few, request.horizon, request.threads
                )
            )
        megabytes = path.stat().st_size / 1e6
    stages = [_median(same) for same in zip(*runs, strict=True)]
    peers = few["unique_id"].nunique()
    return Report(
        benchmark="predict_many",
        facts={
            "series": request.series,
            "length": request.length,
            "horizon": request.horizon,
            "file_mb": round(megabytes),
            "repeats": request.repeats,
        },
        machine=described,
        sheets=_sheets(stages, request.series, peers / float(np.median(peer))),
        notes=[
            "predict holds out windows, compares the pretrained network with baselines on them, "
            "calibrates the intervals and forecasts.",
            f"AutoETS forecasts {peers} of the series in {request.threads} "
            "processes, with the same intervals.",
            "Peak memory is that of the process so far, libraries and earlier stages included.",
        ],
    )


def _sheets(stages: list[Stage], series: int, theirs: float) -> list[Sheet]:
    """Ratios, seconds and rates; `theirs` is the rate of AutoETS in series per second."""
    predicting = stages[-1].seconds
    ours = series / predicting
    return [
        Sheet(
            "ratios",
            "Ratios",
            [Column("what", "what"), Column("ratio", "ratio")],
            [
                {"what": "series per second ÷ AutoETS", "ratio": ours / theirs},
                {"what": "predict ÷ reading the table", "ratio": predicting / stages[0].seconds},
            ],
        ),
        Sheet(
            "stages",
            "Stages of one process",
            [
                Column("stage", "stage"),
                Column("seconds", "seconds", 2),
                Column("peak", "peak memory, MB", 0),
            ],
            [_row(stage) for stage in stages],
        ),
        Sheet(
            "rates",
            "Series per second",
            [Column("what", "what"), Column("rate", "per second", 0)],
            [
                {"what": "Forecaster().predict", "rate": ours},
                {"what": "AutoETS of statsforecast", "rate": theirs},
            ],
        ),
    ]


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


def read_and_predict(table: Path, h: int) -> list[Stage]:
    """Read the table and forecast it with the pretrained network: seconds and peak memory of each.

    Raises:
        GatedError: the forecast is incomplete, so that its seconds mean nothing.
    """
    past, reading = timed(
        gated.read_table, table, id_col="unique_id", time_col="ds", target_col="y"
    )
    stages = [Stage("read the table (csv)", reading, peak_memory_mb())]
    frame, predicting = timed(gated.Forecaster().predict, past, h, level=[80, 95])
    stages.append(Stage("predict, with 80 % and 95 % intervals", predicting, peak_memory_mb()))
    expected, gaps = past.n_series * h, int(frame.isna().sum(axis=None))
    if len(frame) != expected or gaps:
        raise GatedError(
            f"predict returned {len(frame):,} rows with {gaps:,} empty cells. Expected "
            f"{expected:,} rows without empty cells. Nothing is reported; run the tests of "
            "gated.Forecaster."
        )
    return stages


def auto_ets_seconds(table: pd.DataFrame, h: int, processes: int) -> float:
    """Seconds of AutoETS of statsforecast for a table, with 80 % and 95 % intervals."""
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS

    engine = StatsForecast(models=[AutoETS(season_length=_SEASON)], freq="D", n_jobs=processes)
    _, seconds = timed(engine.forecast, df=table, h=h, level=[80, 95])
    return seconds


def _median(same: tuple[Stage, ...]) -> Stage:
    """One stage of several processes: the median of each measurement."""
    seconds, peaks = ([getattr(stage, of) for stage in same] for of in ("seconds", "peak_mb"))
    return Stage(same[0].name, float(np.median(seconds)), float(np.median(peaks)))


def _row(stage: Stage) -> Row:
    return {"stage": stage.name, "seconds": stage.seconds, "peak": stage.peak_mb}
