"""Defines `gated.scale.forecast` and `gated.scale.backtest`, which choose the engine."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gated.errors import UsageError
from gated.forecast.config import check_whole
from gated.forecast.engine_frames import engine_of
from gated.forecast.prediction.columns import Numbers
from gated.scale.decisions import GivenModel, Job
from gated.scale.engines.engine import Engine
from gated.scale.engines.frames import Frame, forecast_frame
from gated.scale.engines.local import LocalEngine
from gated.scale.jobs.job import JobProgress, run_job
from gated.scale.jobs.plan import Work, named_columns, planned
from gated.scale.jobs.storage import Folder, parquet_files
from gated.text import did_you_mean, option

__all__ = ["ENGINES", "backtest", "forecast", "frame_of"]

ENGINES = ("local", "ray")
"""What runs the tasks of a table in Parquet files."""


def forecast(
    source: Any,
    h: int | None = None,
    *,
    model: GivenModel = None,
    level: Numbers | None = None,
    quantiles: Numbers | None = None,
    id_col: str | Sequence[str] | None = None,
    time_col: str | None = None,
    target_col: str | None = None,
    covariates: Sequence[str] | None = None,
    past_covariates: Sequence[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    work: str | os.PathLike[str] | None = None,
    engine: str | Engine | None = None,
    workers: int | None = None,
    rows_per_bucket: int = 500_000,
    sample_series: int = 1_024,
    progress: Callable[[JobProgress], None] | None = None,
) -> Any:
    """Forecast a table of many series, which may be larger than memory.

    The model is fitted once, on a sample of whole series; or it is given. All rows of a series are
    then brought together, and the series are forecast in buckets. The answer is the same to the bit
    for any order of rows, number of workers and engine.

    Args:
        source: Parquet files: a path, a folder, a pattern ("sales/*.parquet"), an address
            ("s3://bucket/sales/"), or a list of these. Or the frame of an engine: a Dataset of
            Ray, a DataFrame of Spark or Dask.
        h: steps ahead; by default that of the model.
        model: a fitted forecaster, or the path of a saved one; or one that is not fitted, whose
            hyperparameters are used for the fit. By default `Forecaster()`.
        level, quantiles: as in `Forecaster.predict`.
        id_col, time_col, target_col: column names; by default found in the first rows.
        covariates, past_covariates: as in `Forecaster.fit`. Future values are in the rows after
            the last target of each series.
        out: the folder of the output, which is made; an address for a storage.
        work: a folder for pieces of the table, about as large as the input; by default one in
            `out`. All workers must reach it.
        engine: "local" (processes of this machine; the default) or "ray".
        workers: how many processes, or tasks at a time; by default one for each processor.
        rows_per_bucket: rows of a bucket, at most, about; fewer need less memory.
        sample_series: series of the sample, at most.
        progress: called after every task.

    Returns:
        For files a `ScaledForecast`: the folder and what was done. For a frame a frame of the same
        kind. Both have the columns of `Forecaster.predict` and `gated-error`, see
        `forecast_partition`.

    Raises:
        DataError: the files cannot be read, or no series of the sample can be forecast.
        UsageError: an argument is out of range, or the folder has another job's output.
        GatedError: a file cannot be written, or a task failed again and again.
    """
    work_of = Work(
        h=h,
        level=_plain(level),
        quantiles=_plain(quantiles),
        rows_per_bucket=rows_per_bucket,
        sample_series=sample_series,
    )
    named = named_columns(id_col, time_col, target_col, covariates, past_covariates)
    return _made(source, Job(work_of, named, model), Place(out, work, engine, workers, progress))


def backtest(
    source: Any,
    h: int | None = None,
    n_windows: int = 1,
    step_size: int | None = None,
    *,
    model: GivenModel = None,
    level: Numbers | None = None,
    quantiles: Numbers | None = None,
    id_col: str | Sequence[str] | None = None,
    time_col: str | None = None,
    target_col: str | None = None,
    covariates: Sequence[str] | None = None,
    past_covariates: Sequence[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    work: str | os.PathLike[str] | None = None,
    engine: str | Engine | None = None,
    workers: int | None = None,
    rows_per_bucket: int = 500_000,
    progress: Callable[[JobProgress], None] | None = None,
) -> Any:
    """Forecast the series of a large table from past cutoffs, as `Forecaster.cross_validation`.

    The fit of each cutoff is made on the series of a bucket, see `backtest_partition`; the sample
    is used for columns and the frequency only.

    Args:
        source, h, model, level, quantiles, id_col, time_col, target_col, covariates,
            past_covariates, out, work, engine, workers, rows_per_bucket, progress: as in
            `forecast`.
        n_windows, step_size: as in `Forecaster.cross_validation`.

    Returns:
        A `ScaledForecast`, whose files have the columns of `Forecaster.cross_validation` and
        `gated-error`.

    Raises:
        DataError, UsageError, GatedError: as `forecast`.
    """
    check_whole("n_windows", n_windows, 1)
    if step_size is not None:
        check_whole("step_size", step_size, 1)
    work_of = Work(
        h=h,
        level=_plain(level),
        quantiles=_plain(quantiles),
        n_windows=n_windows,
        step_size=step_size,
        rows_per_bucket=rows_per_bucket,
    )
    named = named_columns(id_col, time_col, target_col, covariates, past_covariates)
    return _made(source, Job(work_of, named, model), Place(out, work, engine, workers, progress))


@dataclass(frozen=True)
class Place:
    """Where and how a job runs; see `forecast`."""

    out: str | os.PathLike[str] | None
    work: str | os.PathLike[str] | None
    engine: str | Engine | None
    workers: int | None
    progress: Callable[[JobProgress], None] | None


def _made(source: Any, job: Job, place: Place) -> Any:
    """Forecast a frame, or plan and run a job of Parquet files."""
    frame = frame_of(source)
    if frame is not None:
        if any(given is not None for given in vars(place).values()):
            raise UsageError(
                f"{option('out')}, {option('work')}, {option('engine')}, {option('workers')} and "
                f"{option('progress')} are of a table in files. A frame is forecast by its own "
                "engine, and becomes a frame. Leave them out."
            )
        return forecast_frame(frame, job)
    if place.out is None:
        raise UsageError(
            f"{option('out')} is missing. Expected a folder for the forecasts, such as next/."
        )
    engine, out = _engine(place.engine, place.workers), Folder.at(place.out)
    files = [file for file in parquet_files(source) if not out.holds(file)]
    if not files:
        raise UsageError(
            f"{option('out', out.label)} is the folder of the table. Choose another folder for the "
            "forecasts."
        )
    job = job.decided()
    plan = planned(files, job.work, job.columns, model=job.fingerprint)
    work = None if place.work is None else Folder.at(place.work)
    with engine:
        return run_job(plan, out, work, engine, model=job.content, progress=place.progress)


def frame_of(source: Any) -> Frame | None:
    """The frame of an engine; None for anything else. No engine is imported for it.

    >>> frame_of("sales/*.parquet") is None
    True
    """
    engine = engine_of(source)
    if engine == "ray":
        from gated.scale.engines.ray_dataset import RayDataset

        return RayDataset(source)
    if engine == "pyspark":
        from gated.scale.engines.spark_frame import SparkFrame

        return SparkFrame(source)
    if engine == "dask":
        from gated.scale.engines.dask_frame import DaskFrame

        return DaskFrame(source)
    return None


def _engine(given: str | Engine | None, workers: int | None) -> Engine:
    """The engine of a name."""
    if workers is not None:
        check_whole("workers", workers, 1)
    if given is None or given == "local":
        return LocalEngine() if workers is None else LocalEngine(workers)
    if given == "ray":
        from gated.scale.engines.ray_tasks import RayEngine

        return RayEngine(workers)
    if isinstance(given, str):
        raise UsageError(
            f"{option('engine', given)} is unknown.{did_you_mean(given, ENGINES)} Expected one of "
            f"{', '.join(ENGINES)}."
        )
    return given


def _plain(numbers: Numbers | None) -> list[float] | float | None:
    """Levels as values of JSON."""
    if numbers is None or isinstance(numbers, int | float | str):
        return numbers
    return [float(number) for number in numbers]
