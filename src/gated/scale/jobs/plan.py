"""Plans a job: which rows each task reads, which columns, and how many buckets there are.

The plan is written to the job's folder as JSON. It depends on the files and options only, so that
the same call makes the same plan again, and a job that was cut off is resumed.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import pyarrow as pa
from pyarrow import parquet

from gated._version import __version__
from gated.errors import DataError
from gated.forecast.config import check_whole
from gated.scale.columns import SeriesColumns
from gated.scale.jobs.storage import located
from gated.table.columns.joined_columns import at_commas, joined_name, parts_of, with_joined
from gated.table.columns.request import Request
from gated.table.columns.roles.choose import choose_roles
from gated.table.io.source import open_source
from gated.text import listed, option

__all__ = [
    "Plan",
    "RowGroups",
    "Work",
    "bucket_count",
    "chosen_columns",
    "named_columns",
    "planned",
]

_HEAD_ROWS = 10_000  # rows in which the columns are found by name and type
_READERS = 16  # footers that are read at once


@dataclass(frozen=True)
class Work:
    """What a job does; all values are of JSON.

    Attributes:
        h: steps ahead; None: that of the model.
        level, quantiles: as in `Forecaster.predict`.
        params: the hyperparameters of a forecaster that is fitted on a sample; None: the model is
            given.
        covariates, past_covariates: columns of the table.
        n_windows, step_size: those of a backtest; `n_windows` is 0 for a forecast.
        rows_per_bucket: rows of a bucket, about, at most.
        sample_series, sample_rows: of the sample, at most.
    """

    h: int | None = None
    level: list[float] | float | None = None
    quantiles: list[float] | float | None = None
    params: dict[str, Any] | None = None
    covariates: list[str] | None = None
    past_covariates: list[str] | None = None
    n_windows: int = 0
    step_size: int | None = None
    rows_per_bucket: int = 500_000
    sample_series: int = 1_024
    sample_rows: int = 2_000_000

    def check(self) -> None:
        """Check the sizes.

        Raises:
            UsageError: one is no whole number of at least 1.
        """
        if self.h is not None:
            check_whole("h", self.h, 1)
        check_whole("rows_per_bucket", self.rows_per_bucket, 1)
        check_whole("sample_series", self.sample_series, 1)

    @property
    def trains(self) -> bool:
        """Whether a network is trained on all series, and not the pretrained one used."""
        return self.params is not None and self.params["training"] != "none" and not self.n_windows


@dataclass(frozen=True)
class RowGroups:
    """Consecutive row groups of a Parquet file.

    Attributes:
        file: index of the file.
        begin, end: the first row group, and the one after the last.
    """

    file: int
    begin: int
    end: int


@dataclass(frozen=True)
class Plan:
    """All that the tasks of a job need to know.

    Attributes:
        work: what is done.
        columns: the columns that are read.
        schema: their types, by which the parts are read; base64 of Arrow's form.
        files: paths or addresses of the input.
        sizes: bytes of each file.
        changed: when each file was written, in nanoseconds.
        splits: the row groups that each task of the first phase reads.
        n_rows: rows of the input.
        n_buckets: number of buckets, and of output files.
        model: fingerprint of a given model.
        version: of gated.
    """

    work: Work
    columns: SeriesColumns
    schema: str
    files: list[str]
    sizes: list[int]
    changed: list[int]
    splits: list[list[RowGroups]]
    n_rows: int
    n_buckets: int
    model: str | None = None
    version: str = field(default=__version__)

    def to_json(self) -> str:
        """The plan as text."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The plan of a text of `to_json`."""
        stored = json.loads(text)
        columns = stored["columns"]
        columns["ids"], columns["others"] = tuple(columns["ids"]), tuple(columns["others"])
        changed = {
            "work": Work(**stored["work"]),
            "columns": SeriesColumns(**columns),
            "splits": [[RowGroups(**one) for one in split] for split in stored["splits"]],
        }
        return cls(**{**stored, **changed})

    @property
    def arrow_schema(self) -> pa.Schema:
        """The types of the columns."""
        return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(self.schema)))

    @property
    def fingerprint(self) -> str:
        """A text that differs between plans."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:32]

    @property
    def size(self) -> int:
        """Bytes of the input."""
        return sum(self.sizes)


def planned(
    files: Sequence[str],
    work: Work,
    columns_of: Callable[[pa.Schema, Callable[[], pa.Table]], SeriesColumns],
    *,
    model: str | None = None,
) -> Plan:
    """Plan a job.

    Args:
        files: paths or addresses of Parquet files.
        work: what is done.
        columns_of: chooses the columns, given the schema and a function that reads the first rows.
        model: fingerprint of the given model.

    Raises:
        DataError: a file is damaged, has no rows or other columns, or no column fits a role.
        UsageError: a named column does not exist.
    """
    with ThreadPoolExecutor(_READERS) as pool:
        footers = list(pool.map(_footer, files))
    schema = _common_schema(files, [one.schema for one in footers])
    n_rows = sum(sum(one.rows) for one in footers)
    if not n_rows:
        raise DataError(f"{files[0]}: the table has no rows. Expected one row for each time step.")
    columns = columns_of(schema, lambda: _head(files, footers))
    read = pa.schema([schema.field(name) for name in columns.names])
    return Plan(
        work,
        columns,
        base64.b64encode(read.serialize()).decode(),
        list(files),
        [one.size for one in footers],
        [one.changed for one in footers],
        _splits([one.rows for one in footers], 2 * work.rows_per_bucket),
        n_rows,
        bucket_count(n_rows, work.rows_per_bucket),
        model,
    )


def bucket_count(n_rows: int, rows_per_bucket: int) -> int:
    """The number of buckets of a table, a power of two: the same for every engine.

    >>> bucket_count(1_000, 500_000), bucket_count(58_000_000, 500_000)
    (1, 128)
    """
    least = max(1, -(-n_rows // rows_per_bucket))
    return 1 << (least - 1).bit_length()


def chosen_columns(names: list[str], head: Callable[[], pa.Table], named: Request) -> SeriesColumns:
    """Find the columns by name and type, as `gated.read_table` does.

    Args:
        names: of all columns.
        head: reads the first rows.
        named: the columns that the user named.

    Raises:
        DataError: no column, or more than one, fits a role; or there is no time column.
        UsageError: a named column does not exist.

    >>> chosen_columns(["y", "unique_id", "ds"], lambda: None, Request())
    SeriesColumns(ids=('unique_id',), time='ds', target='y', others=())
    """
    named = _at_commas(named, names)
    others = named.all_covariates
    is_usual = {"unique_id", "ds", "y"} <= set(names)
    if is_usual and not (named.id_col or named.time_col or named.target_col or others):
        return SeriesColumns(("unique_id",), "ds", "y")  # no need to look at the rows
    roles = choose_roles(with_joined(open_source(head()), named.id_col), named)
    if roles.wide or roles.time is None or roles.ids is None:
        raise DataError(
            f"The table with the columns {listed(names)} has no id column or no time column. "
            "Expected one row for each series and time. Name the columns with "
            f"{option('id_col')}, {option('time_col')} and {option('target_col')}."
        )
    ids = parts_of(roles.ids, names) or (roles.ids,)
    return SeriesColumns(ids, roles.time, roles.targets[0], others)


def _at_commas(named: Request, names: list[str]) -> Request:
    """The same with the columns of a text with commas one by one, as the reader takes them."""
    return replace(
        named,
        id_col=named.id_col and joined_name(at_commas([named.id_col], names)),
        covariates=at_commas(named.covariates, names),
        past_covariates=at_commas(named.past_covariates, names),
    )


@dataclass(frozen=True)
class _Footer:
    """A file: schema, rows of each row group, bytes, and the time of the last change."""

    schema: pa.Schema
    rows: list[int]
    size: int
    changed: int


def _footer(file: str) -> _Footer:
    system, path = located(file)
    try:
        info = system.get_file_info(path)
        with system.open_input_file(path) as opened, parquet.ParquetFile(opened) as read:
            meta = read.metadata
            rows = [meta.row_group(n).num_rows for n in range(meta.num_row_groups)]
            return _Footer(read.schema_arrow, rows, int(info.size or 0), int(info.mtime_ns or 0))
    except (pa.ArrowException, OSError) as problem:
        raise DataError(
            f"{file}: cannot be read as a Parquet file ({problem}). Write it again, or "
            "leave it out."
        ) from problem


def _common_schema(files: Sequence[str], schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The columns of all files, with types that hold the values of each."""
    plain = [pa.schema([_decoded(one) for one in schema]) for schema in schemas]
    distinct = list(dict.fromkeys(plain))
    try:
        return pa.unify_schemas(distinct, promote_options="permissive")
    except pa.ArrowException as problem:
        first = next(file for file, one in zip(files, plain, strict=True) if one != plain[0])
        raise DataError(
            f"{files[0]} and {first}: a column has different types ({problem}). Expected one type "
            "in all files."
        ) from problem


def _decoded(column: pa.Field) -> pa.Field:
    kind = column.type
    return column.with_type(kind.value_type) if pa.types.is_dictionary(kind) else column


def _head(files: Sequence[str], footers: Sequence[_Footer]) -> pa.Table:
    """The first rows of the first file that has rows."""
    file = next(file for file, footer in zip(files, footers, strict=True) if sum(footer.rows))
    system, path = located(file)
    with system.open_input_file(path) as opened, parquet.ParquetFile(opened) as read:
        return pa.Table.from_batches([next(read.iter_batches(_HEAD_ROWS))])


def _splits(rows: Sequence[Sequence[int]], most: int) -> list[list[RowGroups]]:
    """Group row groups so that each split has at most `most` rows, or is a single row group."""
    splits: list[list[RowGroups]] = []
    held, current = 0, list[RowGroups]()
    for file, groups in enumerate(rows):
        for group, count in enumerate(groups):
            if current and held + count > most:
                splits.append(current)
                held, current = 0, []
            if current and current[-1].file == file:
                current[-1] = RowGroups(file, current[-1].begin, group + 1)
            else:
                current.append(RowGroups(file, group, group + 1))
            held += count
    return [*splits, current] if current else splits


def named_columns(
    id_col: str | Sequence[str] | None,
    time_col: str | None,
    target_col: str | None,
    covariates: Sequence[str] | None,
    past_covariates: Sequence[str] | None,
) -> Request:
    """The columns that a user named."""
    return Request(
        joined_name(id_col),
        time_col,
        target_col,
        tuple(covariates or ()),
        tuple(past_covariates or ()),
    )
