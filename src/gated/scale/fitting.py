"""Defines `gated.scale.fit`, which trains a forecaster on several workers."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.forecast.config import check_whole
from gated.libraries import require_torch
from gated.scale.decisions import Job
from gated.scale.engines.engine import Engine
from gated.scale.engines.local import LocalEngine
from gated.scale.engines.ray_tasks import RayEngine
from gated.scale.jobs.job import JobProgress, train
from gated.scale.jobs.plan import Work, named_columns, planned
from gated.scale.jobs.storage import Folder, parquet_files
from gated.scale.model import loaded
from gated.text import did_you_mean, option

__all__ = ["fit"]

_ENGINES = ("local", "ray")


def fit(
    source: str | os.PathLike[str] | Sequence[Any],
    h: int | None = None,
    *,
    model: Forecaster | None = None,
    id_col: str | Sequence[str] | None = None,
    time_col: str | None = None,
    target_col: str | None = None,
    covariates: Sequence[str] | None = None,
    past_covariates: Sequence[str] | None = None,
    work: str | os.PathLike[str],
    engine: str = "local",
    workers: int = 2,
    rows_per_bucket: int = 100_000,
    sample_series: int = 1_024,
    progress: Callable[[JobProgress], None] | None = None,
) -> Forecaster:
    """Train a forecaster on a table of many series, on several workers.

    Each worker has a part of the series, and all train one network. Whether training helps is
    decided on the held-out windows of the sample, as `Forecaster.fit` does on its table.

    Args:
        source: Parquet files, as in `gated.scale.forecast`.
        h: the horizon; by default that of the model.
        model: hyperparameters; by default `Forecaster(training="tune")`.
        id_col, time_col, target_col, covariates, past_covariates: as in `Forecaster.fit`.
        work: a folder for pieces of the table and the checkpoint, on a disk that all workers
            reach. The same call resumes a training that was cut off; at the end it is emptied.
        engine: "local" (processes of this machine) or "ray" (Ray Train).
        workers: how many. A worker has about a million rows in memory at a time. Another number
            gives other weights, as each worker draws its own windows.
        rows_per_bucket: rows of a bucket, at most, about; each worker has one bucket at least.
        sample_series: series of the sample, at most.
        progress: called after every task of the grouping, and while the network is trained.

    Returns:
        A fitted forecaster without its table: give it to `gated.scale.forecast`, or save it.

    Raises:
        DataError: the files cannot be read, or no series of the sample can be used.
        UsageError: an argument is out of range, or the model needs no training.
        GatedError: the training failed.
    """
    model = Forecaster(training="tune") if model is None else model
    if not isinstance(model, Forecaster):
        raise UsageError(f"model is {model!r}. Expected a Forecaster that is to be trained.")
    check_whole("workers", workers, 1)
    if model.training == "none" or model.is_fitted:
        raise UsageError(
            f"{option('model')} is fitted, or needs no training. Expected one that is to be "
            f"trained, such as Forecaster({option('training', 'tune')})."
        )
    require_torch("Training a forecaster")
    if engine not in _ENGINES:
        raise UsageError(
            f"{option('engine', engine)} is unknown.{did_you_mean(engine, _ENGINES)} "
            f"Expected one of {', '.join(_ENGINES)}."
        )
    named = named_columns(id_col, time_col, target_col, covariates, past_covariates)
    asked = Work(h=h, rows_per_bucket=rows_per_bucket, sample_series=sample_series)
    job = Job(asked, named, model).decided()
    plan = planned(parquet_files(source), job.work, job.columns)
    if workers > plan.n_buckets:
        raise UsageError(
            f"{option('workers', str(workers))} does not fit a table of {plan.n_buckets} buckets. "
            f"Expected at least one bucket for each: give fewer {option('rows_per_bucket')}."
        )
    folder = Folder.at(work).below(plan.fingerprint)
    running: Engine = LocalEngine(workers) if engine == "local" else RayEngine(workers)
    with running:
        fitted = loaded(train(plan, folder, running, progress))
    folder.remove()
    return fitted
