"""Tables of many series, a model for them, and an engine within this process."""

import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from gated import Forecaster
from gated.scale.jobs.measured import TaskReport
from gated.scale.jobs.tasks import run_task
from gated.scale.learning import join_and_learn

MONTHS = 40


@dataclass
class InProcess:
    """Runs tasks one after another in this process, in the given or the opposite order.

    A fit computes as many batches at once as there are workers.
    """

    reverse: bool = False
    workers: int = 1

    def run(self, working, output, tasks):
        for task in reversed(tasks) if self.reverse else tasks:
            yield TaskReport(**run_task(working, output, task, self.workers))

    def learn(self, working, most):
        with tempfile.TemporaryDirectory() as place:
            join_and_learn(working, 0, 1, (Path(place) / "meeting").as_uri())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def monthly(n: int, first: int = 0, seed: int = 0) -> pa.Table:
    """A table of n monthly series of different levels."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(3, 1, n)[:, None]
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(MONTHS) / 12)
    y = level * (season + 0.1 * rng.normal(size=(n, MONTHS)))
    months = (np.datetime64("2020-01") + np.arange(MONTHS)).astype("M8[us]")
    labels = [f"shop {number}" for number in range(first, first + n)]
    return pa.table(
        {"unique_id": np.repeat(labels, MONTHS), "ds": np.tile(months, n), "y": y.reshape(-1)}
    )


def intermittent(n: int, first: int = 0, seed: int = 1) -> pa.Table:
    """A table of n monthly series with many zeros, some with the code -999 for a missing value."""
    rng = np.random.default_rng(seed)
    y = rng.poisson(rng.uniform(0.05, 0.9, (n, 1)), (n, MONTHS)).astype(float)
    y[::3, 7] = -999.0
    return monthly(n, first).set_column(2, "y", pa.array(y.reshape(-1)))


def unusable() -> pa.Table:
    """A series without a value, and one with two rows of one time."""
    times = np.array(["2020-01", "2020-02", "2020-01", "2020-01", "2020-02"], "M8[us]")
    labels = ["empty", "empty", "twice", "twice", "twice"]
    return pa.table({"unique_id": labels, "ds": times, "y": [None, None, 1.0, 2.0, 3.0]})


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    """The rows in another order."""
    return table.take(pa.array(np.random.default_rng(seed).permutation(len(table))))


def write_parts(table: pa.Table, folder, bounds, row_group_size=300) -> None:
    """Write the rows between bounds as Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (begin, end) in enumerate(pairwise(bounds)):
        path = folder / f"part-{number:03d}.parquet"
        parquet.write_table(table.slice(begin, end - begin), path, row_group_size=row_group_size)


def content(result) -> dict[str, bytes]:
    """The files of an output."""
    return {name: (Path(result.out) / name).read_bytes() for name in result.files}


def in_order(table: pa.Table) -> pa.Table:
    """The rows by series and time."""
    keys = [("unique_id", "ascending"), ("ds", "ascending")]
    return table.sort_by(keys).combine_chunks()


@pytest.fixture(scope="session")
def model() -> Forecaster:
    return Forecaster(h=3).fit(monthly(20, seed=5))
