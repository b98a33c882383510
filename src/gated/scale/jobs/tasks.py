"""The tasks of a job: each reads files, writes files, and may be run again at any time.

    split N     reads row groups and writes their pieces
    decide 0    reads a sample, decides the model (see `model`) and writes it
    bucket N    reads the pieces of a bucket, forecasts and writes one part of the output

A task is done if its last file exists, so that a job is resumed by running what has none.
"""

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from gated.forecast import Forecaster
from gated.scale.columns import SeriesColumns
from gated.scale.groups import group_count, in_groups
from gated.scale.jobs.measured import Stopwatch, TaskReport, peak_megabytes
from gated.scale.jobs.plan import Plan, Work
from gated.scale.jobs.shuffle import index_name, read_bucket, write_split
from gated.scale.jobs.storage import Folder
from gated.scale.model import Sample, decided_model, loaded, sample_of, stored
from gated.scale.partition import ERROR, backtest_partition, forecast_group
from gated.threads import batches_at_once

__all__ = [
    "CHECKPOINT",
    "COUNTS",
    "GIVEN",
    "MODEL",
    "PLAN",
    "PROGRESS",
    "ROUNDS",
    "Kind",
    "Task",
    "is_done",
    "output_name",
    "partition_function",
    "plan_of",
    "rounds_of",
    "run_task",
    "series_count",
]

PLAN, ROUNDS, COUNTS = "plan.json", "rounds.json", "counts.json"
"""Files in the folder of a job: the plan, the rounds of each split, the number of series."""

GIVEN, MODEL = "given.gated", "model.gated"
"""The given model, and that of the job."""

CHECKPOINT, PROGRESS = "checkpoint.gated", "progress.json"
"""A training that is not done, and how far it is."""

_FEW_GROUPS = 2
"""Groups of a table of about 200 series or fewer, unless its buckets are smaller."""

Kind = Literal["split", "decide", "bucket"]


@dataclass(frozen=True)
class Task:
    """One task: its kind and number."""

    kind: Kind
    number: int = 0


def output_name(plan: Plan, bucket: int) -> str:
    """The file of the output with the forecasts of a bucket."""
    return f"part-{bucket:05d}-of-{plan.n_buckets:05d}.parquet"


def is_done(plan: Plan, task: Task, working: set[str], output: set[str]) -> bool:
    """Whether a task was run to its end.

    Args:
        plan: of the job.
        task: which.
        working: the names of the files in the folder of the job.
        output: those in the folder of the output.
    """
    if task.kind == "bucket":
        return output_name(plan, task.number) in output
    return (index_name(task.number) if task.kind == "split" else MODEL) in working


def run_task(working: str, output: str, task: Task, workers: int = 1) -> dict[str, Any]:
    """Run a task, and return the values of a `TaskReport`.

    Args:
        working: the address of the folder of the job.
        output: the address of the folder of the output.
        task: which.
        workers: of the job. A task that runs alone computes so many batches at the same time.

    Raises:
        GatedError: the model cannot be fitted, or a file cannot be written.
        OSError: a file cannot be read; it may be tried again.
    """
    folder = Folder.at(working)
    plan, watch = plan_of(working), Stopwatch()
    report = TaskReport(task.kind, task.number, seconds=watch.seconds)
    if task.kind == "split":
        report = replace(report, rows=write_split(plan, folder, task.number, watch))
    elif task.kind == "decide":
        with watch.timing("decide"), batches_at_once(workers):
            given = None if plan.model is None else loaded(folder.read(GIVEN))
            sample = _sample(plan, folder)
            model = decided_model(sample.rows, plan.columns, plan.work, given)
            folder.write(COUNTS, json.dumps({"series": sample.n_series}).encode())
            folder.write(MODEL, stored(model))
    else:
        report = _forecast_bucket(plan, folder, Folder.at(output), watch, report)
    place = f"{platform.node()}:{os.getpid()}"
    return {**asdict(report), "peak_mb": peak_megabytes(), "process": place}


def _forecast_bucket(
    plan: Plan, folder: Folder, output: Folder, watch: Stopwatch, report: TaskReport
) -> TaskReport:
    """Forecast a bucket, and write its part of the output."""
    bucket = report.number
    with watch.timing("read"):
        rows = read_bucket(plan, folder, rounds_of(folder.address), bucket)
    model = _model(folder.address, folder.read(PLAN))
    with watch.timing("forecast"):
        n_groups = group_count(series_count(folder), plan.n_buckets)
        made = partition_function(plan.work, plan.columns, n_groups)(rows, model)
    with watch.timing("write"):
        sink = pa.BufferOutputStream()
        parquet.write_table(made, sink, compression="zstd")
        output.write(output_name(plan, bucket), sink.getvalue().to_pybytes())
    rejected = len(made) - made.column(ERROR).null_count
    series = len(pc.unique(made.column(0)))
    return replace(report, rows=len(rows), series=series, rejected=rejected)


def partition_function(
    work: Work, columns: SeriesColumns, n_groups: int
) -> Callable[[pa.Table, Forecaster], pa.Table]:
    """What is done with the rows of a bucket and a model; a backtest fits on the whole bucket."""
    asked: dict[str, Any] = {"h": work.h, "level": work.level, "quantiles": work.quantiles}
    if work.n_windows:
        asked |= {"n_windows": work.n_windows, "step_size": work.step_size}
        return partial(backtest_partition, **asked)

    def forecast(rows: pa.Table, model: Forecaster) -> pa.Table:
        run = partial(forecast_group, model=model, is_small=n_groups <= _FEW_GROUPS, **asked)
        return in_groups(rows, columns, n_groups, run)

    return forecast


def series_count(folder: Folder) -> int:
    """About how many series the table has; it is known after the task `decide`."""
    return int(json.loads(folder.read(COUNTS))["series"])


def _sample(plan: Plan, folder: Folder) -> Sample:
    """The sample, from as many buckets as it needs."""
    rounds = rounds_of(folder.address)
    parts = (read_bucket(plan, folder, rounds, bucket) for bucket in range(plan.n_buckets))
    return sample_of(parts, plan.columns, plan.work)


def plan_of(working: str) -> Plan:
    """The plan of a job, by the address of its folder."""
    return _plan(Folder.at(working).read(PLAN))


def rounds_of(working: str) -> dict[int, int]:
    """The rounds of each split, by the address of the folder of the job."""
    return _rounds(Folder.at(working).read(ROUNDS))


# A process runs many tasks of a job. The next job may have the same folder.
@lru_cache(maxsize=2)
def _plan(content: bytes) -> Plan:
    return Plan.from_json(content.decode())


@lru_cache(maxsize=2)
def _rounds(content: bytes) -> dict[int, int]:
    return {int(split): count for split, count in json.loads(content).items()}


@lru_cache(maxsize=2)
def _model(working: str, plan: bytes) -> Forecaster:
    return loaded(Folder.at(working).read(MODEL))
