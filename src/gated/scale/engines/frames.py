"""Forecasts the frame of an engine by its own exchange of rows, and returns a frame of its kind.

    smallest hashes   each part → its smallest hashes; merged, they name the series of the sample
    sample            each part → the rows of these series; the model is decided on them
    bucket            each part → its rows with the number of their bucket
    forecast          all rows of a bucket → forecast rows

The functions of parts and buckets are pure, so the engine may run them anywhere, and again.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from gated.errors import DataError
from gated.forecast import Forecaster
from gated.scale.columns import SeriesColumns
from gated.scale.decisions import Job
from gated.scale.engines.local import LocalEngine
from gated.scale.groups import group_count
from gated.scale.hashing import buckets_of
from gated.scale.jobs.job import decide
from gated.scale.jobs.plan import Work, bucket_count, planned
from gated.scale.jobs.storage import Folder
from gated.scale.jobs.tasks import partition_function
from gated.scale.model import loaded

__all__ = ["BUCKET", "ForecastBucket", "Frame", "forecast_frame"]

BUCKET = "gated-bucket"
"""The column with the number of the bucket, by which the engine exchanges rows."""

_HASHES = pa.schema([("hash", pa.int64()), ("rows", pa.int64())])


class Frame(Protocol):
    """A frame of an engine: distributed, and possibly not computed yet."""

    @property
    def schema(self) -> pa.Schema:
        """The columns and their types."""

    def head(self) -> pa.Table:
        """Some rows."""

    def collected(
        self, names: list[str], run: Callable[[pa.Table], pa.Table], schema: pa.Schema
    ) -> pa.Table:
        """The results of a function of the rows of each part, brought together."""

    def exchanged(
        self,
        names: list[str],
        add_bucket: "AddBucket",
        run: "ForecastBucket",
        n_buckets: int,
    ) -> Any:
        """A frame with the results of a function of all rows of each bucket."""


@dataclass(frozen=True)
class SmallestHashes:
    """The smallest hashes of a part, with its number of rows beside the first."""

    columns: SeriesColumns
    count: int

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return [K] hashes, as int64 of the same bits."""
        found = np.unique(self.columns.hashes(table))[: self.count]
        rows = np.zeros(max(1, len(found)), dtype=np.int64)
        rows[0] = len(table)
        hashes = pa.array(found.view(np.int64)) if len(found) else pa.nulls(1, pa.int64())
        return pa.table([hashes, pa.array(rows)], schema=_HASHES)


@dataclass(frozen=True)
class RowsUpTo:
    """The rows of the series with hashes up to a limit."""

    columns: SeriesColumns
    limit: int

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return some rows of a table."""
        within = self.columns.hashes(table) <= np.uint64(self.limit)
        return table.select(self.columns.names).filter(pa.array(within))


@dataclass(frozen=True)
class AddBucket:
    """The rows that are read, with the number of their bucket."""

    columns: SeriesColumns
    schema: pa.Schema
    n_buckets: int

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the table with the column `BUCKET`."""
        buckets = buckets_of(self.columns.hashes(table), self.n_buckets)
        plain = [table.column(field.name).cast(field.type) for field in self.schema]
        return pa.table([*plain, pa.array(buckets)], schema=self.with_bucket)

    @property
    def with_bucket(self) -> pa.Schema:
        """The schema of the result."""
        return self.schema.append(pa.field(BUCKET, pa.int64()))


@dataclass(frozen=True)
class ForecastBucket:
    """The forecast of the rows of one or more buckets.

    Attributes:
        model: the content of its file.
        work: what is done.
        columns: of the rows.
        rows: their schema.
        schema: the schema of the forecast.
        n_groups: of the whole table.
    """

    model: bytes
    work: Work
    columns: SeriesColumns
    rows: pa.Schema
    schema: pa.Schema
    n_groups: int

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the forecast of a table with the column `BUCKET`."""
        run = partition_function(self.work, self.columns, self.n_groups)
        model = _model(self.model)
        made = [self.schema.empty_table()]
        for bucket in sorted(pc.unique(table.column(BUCKET)).to_pylist()):
            rows = table.filter(pc.equal(table.column(BUCKET), bucket))
            columns = [rows.column(field.name).cast(field.type) for field in self.rows]
            made.append(run(pa.table(columns, schema=self.rows), model))
        return pa.concat_tables(made).combine_chunks()


@lru_cache(maxsize=1)
def _model(content: bytes) -> Forecaster:
    """The model of a process, which is loaded once."""
    return loaded(content)


def forecast_frame(frame: Frame, job: Job) -> Any:
    """Forecast a frame, and return a frame of the same kind, which may not be computed yet.

    Args:
        frame: the frame.
        job: what is done.

    Raises:
        DataError: the frame has no rows, or no series of the sample can be forecast.
        UsageError: a column or option does not fit.
    """
    job = job.decided()
    schema = _plain(frame.schema)
    columns = job.columns(schema, frame.head)
    rows = pa.schema([schema.field(name) for name in columns.names])
    count = job.work.sample_series
    found = frame.collected(list(columns.ids), SmallestHashes(columns, count), _HASHES)
    n_rows = pc.sum(found.column("rows")).as_py() or 0
    if not n_rows:
        raise DataError("The frame has no rows. Expected one row for each series and time.")
    hashes = pc.unique(found.column("hash").drop_null()).to_numpy().view(np.uint64)
    limit = int(np.sort(hashes)[:count][-1])
    sample = frame.collected(columns.names, RowsUpTo(columns, limit), rows).cast(rows)
    content, n_series = _decided(sample, job)
    n_buckets = bucket_count(n_rows, job.work.rows_per_bucket)
    n_groups = group_count(n_series, n_buckets)
    run = partition_function(job.work, columns, n_groups)
    made = run(rows.empty_table(), loaded(content)).schema
    return frame.exchanged(
        columns.names,
        AddBucket(columns, rows, n_buckets),
        ForecastBucket(content, job.work, columns, rows, made, n_groups),
        n_buckets,
    )


def _decided(sample: pa.Table, job: Job) -> tuple[bytes, int]:
    """The model and the number of series that a job of files decides on by the same sample.

    It runs in a process of one thread, as there.
    """
    with tempfile.TemporaryDirectory() as place:
        sink = pa.BufferOutputStream()
        parquet.write_table(sample, sink)
        folder = Folder.at(place)
        folder.write("sample.parquet", sink.getvalue().to_pybytes())
        files = [str(Path(place) / "sample.parquet")]
        plan = planned(files, job.work, job.columns, model=job.fingerprint)
        with LocalEngine(1) as engine:
            return decide(plan, folder.below("job"), engine, job.content)


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema without dictionaries, which may differ between parts."""
    return pa.schema(
        [
            field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in schema
        ]
    ).remove_metadata()
