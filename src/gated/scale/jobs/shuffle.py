"""Brings all rows of a series together on disk: input files to pieces, pieces to buckets.

A split (a few row groups) is read in rounds. Each round is one file with a piece for every bucket,
so that there are few files, and reading a bucket reads one range of each:

    offsets   [B + 1] int64, of the pieces within the file
    pieces    [B] streams of Arrow, compressed; those of empty buckets have no bytes

The last file of a split, its index, is written when all rounds are. A task that is run again
writes the same files again.
"""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import ipc, parquet

from gated.arrays import IntArray
from gated.errors import DataError
from gated.scale.hashing import buckets_of
from gated.scale.jobs.measured import Stopwatch
from gated.scale.jobs.plan import Plan
from gated.scale.jobs.storage import Folder, located

__all__ = ["index_name", "read_bucket", "write_split"]

_ROWS_READ = 131_072  # of a row group that are decoded at once
_COMPRESSED = ipc.IpcWriteOptions(compression="lz4")


def index_name(split: int) -> str:
    """The file of a split that is written last."""
    return f"split-{split:06d}.json"


def _round_name(split: int, number: int) -> str:
    return f"split-{split:06d}-{number:04d}.rows"


def write_split(plan: Plan, folder: Folder, split: int, watch: Stopwatch) -> int:
    """Write the pieces of a split, and return the number of its rows.

    Raises:
        OSError: a file of the input cannot be read.
        GatedError: a piece cannot be written.
    """
    rounds = rows = 0
    for table in _rounds(plan, split, watch):
        with watch.timing("group"):
            content = _pieces(plan, table)
        with watch.timing("write"):
            folder.write(_round_name(split, rounds), content)
        rounds, rows = rounds + 1, rows + len(table)
    index = json.dumps({"rounds": rounds, "rows": rows})
    folder.write(index_name(split), index.encode())
    return rows


def read_bucket(plan: Plan, folder: Folder, rounds: dict[int, int], bucket: int) -> pa.Table:
    """All rows of a bucket, in the order of the input.

    Args:
        plan: of the job.
        folder: with the pieces.
        rounds: of each split.
        bucket: which.

    Raises:
        OSError: a piece cannot be read.
    """
    tables: list[pa.Table] = []
    for split, count in sorted(rounds.items()):
        for number in range(count):
            with folder.open(_round_name(split, number)) as file:
                file.seek(8 * bucket)
                begin, end = np.frombuffer(file.read(16), dtype="<i8").tolist()
                if end > begin:
                    file.seek(begin)
                    with ipc.open_stream(file.read_buffer(end - begin)) as stream:
                        tables.append(stream.read_all())
    return pa.concat_tables(tables) if tables else plan.arrow_schema.empty_table()


def _rounds(plan: Plan, split: int, watch: Stopwatch) -> Iterator[pa.Table]:
    """The rows of a split, some hundred thousand at a time."""
    schema, most = plan.arrow_schema, 2 * plan.work.rows_per_bucket
    held: list[pa.Table] = []
    for groups in plan.splits[split]:
        system, path = located(plan.files[groups.file])
        with system.open_input_file(path) as opened, parquet.ParquetFile(opened) as file:
            batches = file.iter_batches(
                _ROWS_READ, row_groups=range(groups.begin, groups.end), columns=schema.names
            )
            while True:
                with watch.timing("read"):
                    batch = next(batches, None)
                if batch is None:
                    break
                if held and sum(map(len, held)) + len(batch) > most:
                    yield pa.concat_tables(held)
                    held = []
                held.append(_as_planned(batch, schema))
    if held:
        yield pa.concat_tables(held)


def _as_planned(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """Rows with the planned types and order of columns; a column that a file lacks is missing."""
    table = pa.Table.from_batches([batch])
    columns = [
        _cast(table.column(field.name), field)
        if field.name in table.column_names
        else pa.chunked_array([pa.nulls(len(table), field.type)])
        for field in schema
    ]
    return pa.table(columns, schema=schema.remove_metadata())


def _cast(column: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    try:
        return column.cast(field.type)
    except pa.ArrowInvalid as problem:
        raise DataError(
            f"Column {field.name} has the type {column.type} in one file; with the others it "
            f"becomes {field.type}, which cannot hold all values ({problem}). Write the column "
            "with one type in all files."
        ) from problem


def _pieces(plan: Plan, table: pa.Table) -> bytes:
    """The content of the file of a round."""
    buckets = buckets_of(plan.columns.hashes(table), plan.n_buckets)
    ordered, bounds = _by_bucket(table, buckets, plan.n_buckets)
    sink = pa.BufferOutputStream()
    offsets = np.zeros(plan.n_buckets + 1, dtype="<i8")
    sink.write(offsets.tobytes())
    for bucket in range(plan.n_buckets):
        offsets[bucket] = sink.tell()
        begin, end = bounds[bucket], bounds[bucket + 1]
        if end > begin:
            with ipc.new_stream(sink, ordered.schema, options=_COMPRESSED) as stream:
                stream.write_table(ordered.slice(begin, end - begin))
    offsets[-1] = sink.tell()
    content = bytearray(sink.getvalue())
    content[: offsets.nbytes] = offsets.tobytes()
    return bytes(content)


def _by_bucket(
    table: pa.Table, buckets: IntArray, n_buckets: int
) -> tuple[pa.Table, NDArray[np.int64]]:
    """The rows by bucket, in their order within each; and [B+1] where each bucket begins."""
    narrow = buckets.astype(np.uint16) if n_buckets <= 1 << 16 else buckets
    order = np.argsort(narrow, kind="stable")  # a radix sort for 16 bits
    counts = np.bincount(buckets, minlength=n_buckets)
    return table.combine_chunks().take(pa.array(order)), np.append(0, np.cumsum(counts))
