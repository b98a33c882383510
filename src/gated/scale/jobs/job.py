"""Runs a job from its plan to the last part of the output, and resumes one that was cut off.

    out/part-00007-of-00116.parquet     the forecasts of a bucket
    out/_gated/job.json                 the fingerprint of the plan; at the end, what was done
    out/_gated/model.gated              the model, without its table
    out/_gated/split-….rows             pieces, which are removed at the end
    out/_gated/checkpoint.gated         the state of a training, until its end

Every task writes its last file completely or not at all. So after any end, the same call finds what
is missing and does only that: nothing is lost, and nothing is done twice.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from gated.errors import DataError, GatedError, UsageError
from gated.scale.engines.engine import Engine
from gated.scale.jobs.followed import followed
from gated.scale.jobs.measured import TaskReport
from gated.scale.jobs.plan import Plan
from gated.scale.jobs.shuffle import index_name
from gated.scale.jobs.storage import JOB, STATE, Folder
from gated.scale.jobs.tasks import (
    COUNTS,
    GIVEN,
    MODEL,
    PLAN,
    ROUNDS,
    Task,
    is_done,
    output_name,
    series_count,
)
from gated.scale.partition import ERROR
from gated.text import counted, option

__all__ = ["JobProgress", "ScaledForecast", "decide", "run_job", "train"]


@dataclass(frozen=True)
class JobProgress:
    """How far a job is.

    Attributes:
        stage: "split" (reading and grouping), "decide" (fitting), "train" (training on all series)
            or "bucket" (forecasting).
        done, total: its tasks; of a training the steps of its current part.
        series, rejected: series so far, and those without a forecast.
        seconds, seconds_left: of this stage; the latter is NaN before the first task.
    """

    stage: str
    done: int
    total: int
    series: int
    rejected: int
    seconds: float
    seconds_left: float


@dataclass(frozen=True)
class ScaledForecast:
    """The forecasts of a job, in a folder of Parquet files.

    Attributes:
        out: the folder.
        files: the names of the files in it, one for each bucket.
        input_rows, input_bytes: of the table.
        series: number of series.
        rejected: series without a forecast; `errors` has the reasons.
        seconds: from the first to the last task of the last call.
        stage_seconds: processor time of each stage, over all workers of the last call.
        peak_mb: the largest memory of a worker.
        resumed: tasks that an earlier call had done.
    """

    out: str
    files: tuple[str, ...]
    input_rows: int
    input_bytes: int
    series: int = 0
    rejected: int = 0
    seconds: float = 0.0
    stage_seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    resumed: int = 0

    def table(self) -> pa.Table:
        """All forecasts in memory; `pyarrow.dataset.dataset(out)` reads them in parts."""
        folder = Folder.at(self.out)
        return pa.concat_tables(_rows(folder, name) for name in self.files)

    def errors(self) -> pa.Table:
        """The id and the reason of each series without a forecast."""
        folder, found = Folder.at(self.out), []
        for name in self.files:
            rows = _rows(folder, name, of_errors=True)
            found.append(rows.filter(pc.is_valid(rows.column(ERROR))))
        return pa.concat_tables(found)


def _rows(folder: Folder, name: str, *, of_errors: bool = False) -> pa.Table:
    """The rows of a file of the output; of the ids and reasons only.

    `parquet.read_table` of bytes leaves them to a thread of Arrow, which aborts the process if it
    frees them while Python ends.
    """
    with folder.open(name) as opened, parquet.ParquetFile(opened) as file:
        return file.read([file.schema_arrow.names[0], ERROR] if of_errors else None)


Follow = Callable[[JobProgress], None]


def run_job(
    plan: Plan,
    out: Folder,
    work: Folder | None,
    engine: Engine,
    *,
    model: bytes | None = None,
    progress: Follow | None = None,
) -> ScaledForecast:
    """Run what is not done yet of a job.

    Args:
        plan: of the job.
        out: the folder of the output.
        work: the folder of the pieces; by default one in `out`.
        engine: runs the tasks.
        model: the content of the file of a given model; None: it is fitted.
        progress: called after every task.

    Raises:
        UsageError: the folder has the output of another job, or other Parquet files; or a training
            would write its checkpoint to a storage.
        GatedError: a task failed.
    """
    state = out.below(STATE)
    working = state if work is None else work.below(plan.fingerprint)
    _require_disk(plan, working)
    done = _begin(plan, out, state)
    if done is not None:
        return done
    run = _Run(plan, working, out, engine, progress)
    try:
        run.prepare(model)
    except (DataError, UsageError):  # another call shall not find the folder taken
        for folder in (working, state):
            folder.remove()
        raise
    run.stage([Task("bucket", number) for number in range(plan.n_buckets)])
    result = run.result()
    if working != state:
        state.write(MODEL, working.read(MODEL))
    state.write(JOB, json.dumps({"plan": plan.fingerprint, "done": asdict(result)}).encode())
    _remove_pieces(working, all_files=working != state)
    return result


def decide(plan: Plan, place: Folder, engine: Engine, model: bytes | None) -> tuple[bytes, int]:
    """The content of the file of the model that a job decides on, and its number of series.

    Nothing is forecast.

    Args:
        plan: of the job.
        place: an empty folder.
        engine: runs the tasks.
        model: the content of the file of a given model; None: it is fitted.

    Raises:
        GatedError: a task failed.
    """
    _Run(plan, place, place, engine, None).prepare(model)
    return place.read(MODEL), series_count(place)


def train(plan: Plan, place: Folder, engine: Engine, progress: Follow | None) -> bytes:
    """The content of the file of the model that is trained on all series of a table.

    Args:
        plan, engine, progress: as in `run_job`.
        place: the folder of the job, on a disk that all workers reach.

    Raises:
        UsageError: the folder is in a storage.
        GatedError: the training failed.
    """
    _require_disk(plan, place)
    _Run(plan, place, place, engine, progress).prepare(None)
    return place.read(MODEL)


def _require_disk(plan: Plan, place: Folder) -> None:
    """Check that the workers of a training can share a checkpoint.

    Raises:
        UsageError: the folder is in a storage.
    """
    if plan.work.trains and place.local(MODEL) is None:
        raise UsageError(
            f"{option('work', place.label)} is in a storage. Training expects a folder on a disk "
            "that all workers reach."
        )


def _begin(plan: Plan, out: Folder, state: Folder) -> ScaledForecast | None:
    """Check that a folder is free or has this job, and return its result if it is done."""
    state.create()
    names = state.names()
    if JOB not in names:
        if any(name.endswith(".parquet") for name in out.names()):
            raise UsageError(
                f"{out.label} has Parquet files already, which are not of this job. Choose an "
                "empty folder."
            )
        state.write(JOB, json.dumps({"plan": plan.fingerprint}).encode())
        return None
    stored = json.loads(state.read(JOB))
    if stored["plan"] != plan.fingerprint:
        raise UsageError(
            f"{out.label} has the output of another job: other files, options or another version "
            "of gated. Choose another folder, or remove this one."
        )
    if "done" not in stored or not set(stored["done"]["files"]) <= out.names():
        return None
    done = stored["done"]
    return ScaledForecast(**{**done, "files": tuple(done["files"])})


@dataclass
class _Run:
    """The stages of one call."""

    plan: Plan
    working: Folder
    out: Folder
    engine: Engine
    progress: Follow | None
    reports: list[TaskReport] = field(default_factory=list)
    resumed: int = 0
    begun: float = field(default_factory=time.monotonic)

    def prepare(self, model: bytes | None) -> None:
        """Group the rows, and decide or train the model."""
        self.group(model)
        if self.plan.work.trains:
            self.train()
        else:
            self.stage([Task("decide")])

    def train(self) -> None:
        """Train the model on all series, unless that is done."""
        if MODEL in self.working.names():
            self.resumed += 1
            return
        begun = time.monotonic()

        def tell(done: int, total: int, left: float) -> None:
            if self.progress is not None:
                self.progress(
                    JobProgress("train", done, total, 0, 0, time.monotonic() - begun, left)
                )

        tell(0, 1, float("nan"))
        with followed(self.working, tell):
            self.engine.learn(self.working.address, self.plan.n_buckets)

    def group(self, model: bytes | None = None) -> None:
        """Write the plan and the given model, and group the rows."""
        plan, working = self.plan, self.working
        working.create()
        present = working.names()
        if PLAN not in present:
            working.write(PLAN, plan.to_json().encode())
        if model is not None and GIVEN not in present:
            working.write(GIVEN, model)
        self.stage([Task("split", number) for number in range(len(plan.splits))])
        if ROUNDS not in working.names():
            rounds = [json.loads(working.read(index_name(n))) for n in range(len(plan.splits))]
            content = {str(number): one["rounds"] for number, one in enumerate(rounds)}
            working.write(ROUNDS, json.dumps(content).encode())

    def stage(self, tasks: Sequence[Task]) -> None:
        """Run the tasks of a stage that are not done yet."""
        present, output = self.working.names(), self.out.names()
        missing = [task for task in tasks if not is_done(self.plan, task, present, output)]
        self.resumed += len(tasks) - len(missing)
        if not missing:
            return
        begun, before = time.monotonic(), len(tasks) - len(missing)
        self._tell(tasks[0].kind, before, len(tasks), begun, 0)
        reports = self.engine.run(self.working.address, self.out.address, missing)
        for count, report in enumerate(reports, start=1):
            self.reports.append(report)
            self._tell(report.kind, before + count, len(tasks), begun, count)

    def _tell(self, stage: str, done: int, total: int, begun: float, count: int) -> None:
        if self.progress is None:
            return
        seconds = time.monotonic() - begun
        left = seconds / count * (total - done) if count else float("nan")
        series = sum(report.series for report in self.reports)
        rejected = sum(report.rejected for report in self.reports)
        self.progress(JobProgress(stage, done, total, series, rejected, seconds, left))

    def result(self) -> ScaledForecast:
        """What is in the folder of the output, and how it was made."""
        files = tuple(output_name(self.plan, number) for number in range(self.plan.n_buckets))
        lost = set(files) - self.out.names()
        if lost:
            raise GatedError(
                f"{self.out.label}: {counted(len(lost), 'file')} of the output disappeared, the "
                f"first is {min(lost)}. Run the same call again."
            )
        seconds: dict[str, float] = {}
        for report in self.reports:
            for stage, spent in report.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
        found = ScaledForecast(
            self.out.address,
            files,
            self.plan.n_rows,
            self.plan.size,
            seconds=time.monotonic() - self.begun,
            stage_seconds=seconds,
            peak_mb=max((report.peak_mb for report in self.reports), default=0.0),
            resumed=self.resumed,
        )
        return replace(found, **self._counts(files))

    def _counts(self, files: Sequence[str]) -> dict[str, Any]:
        """The series of the output: from the reports, or from the files of earlier calls."""
        buckets = [report for report in self.reports if report.kind == "bucket"]
        series = sum(report.series for report in buckets)
        rejected = sum(report.rejected for report in buckets)
        here = {output_name(self.plan, report.number) for report in buckets}
        for name in files:
            if name not in here:
                read = _rows(self.out, name, of_errors=True)
                series += len(pc.unique(read.column(0)))
                rejected += len(read) - read.column(1).null_count
        return {"series": series, "rejected": rejected}


def _remove_pieces(working: Folder, *, all_files: bool) -> None:
    """Remove the pieces of a job that is done; or its whole folder, where it is another one."""
    if all_files:
        working.remove()
    else:
        working.remove_except({JOB, MODEL, PLAN, ROUNDS, COUNTS})
