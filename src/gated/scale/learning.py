"""Trains a network on a table in Parquet files, on several workers.

    split      the rows are grouped in buckets, as for a forecast
    learn      worker r of W reads the sample and the buckets r, r + W, r + 2·W …, some at a time;
               all train one network, whose gradients are averaged after each step; worker 0 writes
               the model

Worker 0 writes a checkpoint from time to time. After any end the same call continues from there.
"""

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from torch import distributed

from gated.errors import DataError
from gated.files import write_whole
from gated.forecast import Forecaster
from gated.forecast.config import ForecasterConfig
from gated.forecast.inputs import GivenTable, as_read, horizon_for
from gated.forecast.model_file.header import OF_THE_TABLE
from gated.forecast.model_file.model_file import save_model
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.shared_trainer import SharedTrainer
from gated.forecast.typical_level import with_typical_level
from gated.scale.columns import SortedRows
from gated.scale.isolating import quiet, usable
from gated.scale.jobs.plan import Plan
from gated.scale.jobs.shuffle import read_bucket
from gated.scale.jobs.storage import Folder
from gated.scale.jobs.tasks import CHECKPOINT, COUNTS, MODEL, PROGRESS, plan_of, rounds_of
from gated.scale.model import sample_of, stored
from gated.scale.training_rows import TrainingRows, portions
from gated.table import Table, read_table
from gated.table.cells.numbers import KEEP_CODES
from gated.train import Progress, seeded
from gated.train.checkpoint import resumable
from gated.train.workers import Workers

__all__ = ["join_and_learn", "learn"]

_SECONDS = 30.0  # between two checkpoints
_SECONDS_OF_PROGRESS = 1.0


def join_and_learn(working: str, rank: int, count: int, meeting: str) -> None:
    """Join the other workers of this machine, and train; see `learn`.

    Args:
        working: the address of the folder of the job.
        rank: the number of this worker.
        count: how many workers there are.
        meeting: the address of a file in which the workers find each other.
    """
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=count)
    try:
        learn(working)
    finally:
        distributed.destroy_process_group()


def learn(working: str) -> None:
    """Train as one worker of the process group that this process has joined.

    Args:
        working: the address of the folder of the job, on a disk that all workers reach.

    Raises:
        DataError: no series of the sample, or none of this worker, can be read.
        GatedError: the checkpoint is damaged or of other data.
    """
    workers, folder, plan = Workers.joined(), Folder.at(working), plan_of(working)
    buckets = partial(read_bucket, plan, folder, rounds_of(working))
    params: dict[str, Any] = {**(plan.work.params or {}), "h": plan.work.h}
    columns = plan.columns
    given: dict[str, Any] = {
        "id_col": list(columns.ids) or None,
        "time_col": columns.time,
        "target_col": columns.target,
        "freq": params["freq"],
        "season_length": params["season_length"],
        "covariates": plan.work.covariates,
        "past_covariates": plan.work.past_covariates,
    }
    found = sample_of(map(buckets, range(plan.n_buckets)), columns, plan.work)
    sample = _readable(found.rows, plan, given)
    given |= {**as_read(sample), "missing": [*sample.schema.missing, KEEP_CODES], "like": sample}

    def read(numbers: Sequence[int]) -> Table:
        return GivenTable.of(_readable(pa.concat_tables(map(buckets, numbers)), plan, given)).past

    own = TrainingRows(portions(plan.n_rows, plan.n_buckets, workers.rank, workers.count), read)
    fitted, h = _trained(plan, params, sample, own, workers, folder)
    if workers.rank == 0:
        folder.write(COUNTS, json.dumps({"series": found.n_series}).encode())
        folder.write(MODEL, _model(params, h, fitted, sample))


def _readable(rows: pa.Table, plan: Plan, given: dict[str, Any]) -> Table:
    """The series that can be read, at most all."""
    read = partial(read_table, **given)
    with quiet():
        found = usable(SortedRows.sort(rows, plan.columns), read, read)
    if not found.made:
        reason = next(iter(found.reasons.values()), "there is none.")
        raise DataError(f"No series of a worker can be read. The first one: {reason}")
    return found.made[0]


def _checkpoint(folder: Folder, workers: Workers) -> Path:
    """The file from which this worker resumes: its own copy, as only worker 0 writes the first."""
    place = folder.local(CHECKPOINT)
    assert place is not None
    if workers.rank == 0:
        return place
    copied = place.with_name(f"{place.name}.{workers.rank}")
    copied.unlink(missing_ok=True)
    if place.exists():
        write_whole(copied, place.read_bytes())
    return copied


def _trained(
    plan: Plan,
    params: dict[str, Any],
    sample: Table,
    own: TrainingRows,
    workers: Workers,
    folder: Folder,
) -> tuple[Fitted, int]:
    """The result of the training, and its horizon; the same for every worker."""
    settings = ForecasterConfig(
        **{name: value for name, value in params.items() if name not in OF_THE_TABLE}
    )
    past = GivenTable.of(sample).past
    h = horizon_for(past, plan.work.h)
    place = _checkpoint(folder, workers)
    workers.wait()  # until all have their copy of the checkpoint
    written = told = time.monotonic()
    with resumable(place) as checkpoint, seeded(int(settings.seed)) as generator:

        def follow(stage: str, step: Progress) -> None:
            nonlocal written, told
            now = time.monotonic()
            if workers.rank:
                return
            if now - written > _SECONDS:
                checkpoint.write()
                written = now
            if now - told > _SECONDS_OF_PROGRESS:
                folder.write(PROGRESS, json.dumps({"stage": stage, **asdict(step)}).encode())
                told = now

        trainer = SharedTrainer(
            past, own, plan.n_rows, h, settings, generator, workers, follow, checkpoint
        )
        return trainer.run(), h


def _model(params: dict[str, Any], h: int, fitted: Fitted, sample: Table) -> bytes:
    """The content of the file of the model, with the typical level of the sample."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / MODEL
        save_model(path, params, h, fitted, sample, with_table=False)
        return stored(with_typical_level(Forecaster.load(path), sample, h))
