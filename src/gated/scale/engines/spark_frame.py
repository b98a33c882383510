"""Forecasts a DataFrame of Spark."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from gated.errors import UsageError
from gated.scale.engines.frames import BUCKET, AddBucket, ForecastBucket

__all__ = ["SparkFrame"]

_HEAD_ROWS = 10_000
_ROWS_AT_ONCE = 1_000_000  # of a part: Spark hands over batches of 10,000
_MOST_PARTS = 2_000  # of the exchange; each may have several buckets

Run = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True)
class SparkFrame:
    """A `pyspark.sql.DataFrame`; see `Frame`.

    Its times with a zone are wall clock times of the session's zone, as Spark shows them.

    Raises:
        UsageError: this Spark has no `applyInArrow`.
    """

    frame: Any

    def __post_init__(self) -> None:
        if not hasattr(self.frame, "toArrow"):
            raise UsageError(
                "This DataFrame is of a Spark before version 4, which cannot exchange groups as "
                'tables of Arrow. Install a later one: pip install "gated[spark]".'
            )

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns and their types."""
        zone = self.frame.sparkSession.conf.get("spark.sql.session.timeZone")
        found = self.frame.limit(0).toArrow().schema
        return _with_zone(found, zone)

    def head(self) -> pa.Table:
        """Some rows."""
        return self.frame.limit(_HEAD_ROWS).toArrow().cast(self.schema)

    def collected(self, names: list[str], run: Run, schema: pa.Schema) -> pa.Table:
        """The results of a function of the rows of each part, brought together."""
        names = names or self.schema.names[:1]  # of one, if none is named: its rows are counted
        rows, of_part = self._numbered(names), _of_batches(names, run)
        types = self._types(schema, _numbered(schema.names))
        return rows.mapInArrow(of_part, types).toArrow().rename_columns(schema.names).cast(schema)

    def exchanged(
        self, names: list[str], add_bucket: AddBucket, run: ForecastBucket, n_buckets: int
    ) -> Any:
        """A DataFrame with the results of a function of all rows of each bucket."""

        keyed = add_bucket.with_bucket
        numbers = _numbered(keyed.names)

        def forecast(bucket: pa.Table) -> pa.Table:
            return _plain(run(bucket.rename_columns(keyed.names)))

        rows = self._numbered(names).mapInArrow(
            _of_batches(names, add_bucket), self._types(keyed, numbers)
        )
        key = numbers[keyed.get_field_index(BUCKET)]
        parts = rows.repartition(min(n_buckets, _MOST_PARTS), key)
        types = self._types(run.schema, run.schema.names)
        return parts.groupBy(key).applyInArrow(forecast, types)

    def _numbered(self, names: list[str]) -> Any:
        """Some columns, with numbers as names: Spark cannot hand over all names, such as "a.b"."""
        quoted = [f"`{name.replace('`', '``')}`" for name in names]
        return self.frame.select(*quoted).toDF(*_numbered(names))

    def _types(self, schema: pa.Schema, names: list[str]) -> Any:
        """A schema of Spark: columns of a type of the input have its type of Spark, too."""
        from pyspark.sql import types

        known = {
            pa.float64(): types.DoubleType(),
            pa.int64(): types.LongType(),
            pa.string(): types.StringType(),
            pa.timestamp("ns"): types.TimestampNTZType(),
        }
        own = zip(self.schema.types, self.frame.schema.fields, strict=True)
        known |= {kind: field.dataType for kind, field in own}
        fields = zip(names, schema.types, strict=True)
        return types.StructType([types.StructField(name, known[kind]) for name, kind in fields])


def _numbered(names: list[str]) -> list[str]:
    return [f"c{number}" for number in range(len(names))]


def _of_batches(
    names: list[str], run: Run
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """A function of the batches of a part, from one of rows: it is called for many batches at once.

    Args:
        names: of the columns, which have numbers in Spark.
        run: the function.
    """

    def called(held: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
        made = _plain(run(pa.Table.from_batches(held).rename_columns(names)))
        batches: list[pa.RecordBatch] = made.rename_columns(
            _numbered(made.column_names)
        ).to_batches()
        return batches

    def of_part(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: list[pa.RecordBatch] = []
        for batch in batches:
            held.append(batch)
            if sum(map(len, held)) >= _ROWS_AT_ONCE:
                yield from called(held)
                held = []
        if held:
            yield from called(held)

    return of_part


def _with_zone(schema: pa.Schema, zone: str | None) -> pa.Schema:
    """The schema with another zone of its times with a zone."""
    return pa.schema(
        [
            field.with_type(pa.timestamp("us", zone))
            if pa.types.is_timestamp(field.type) and field.type.tz is not None
            else field
            for field in schema
        ]
    )


def _plain(table: pa.Table) -> pa.Table:
    """A table with the types that Spark takes back: microseconds, in UTC if there is a zone."""
    fields = [
        field.with_type(pa.timestamp("us", None if field.type.tz is None else "UTC"))
        if pa.types.is_timestamp(field.type)
        else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
