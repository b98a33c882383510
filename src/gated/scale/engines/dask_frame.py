"""Forecasts a DataFrame of Dask."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from gated.scale.engines.frames import BUCKET, AddBucket, ForecastBucket

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DaskFrame"]

_HEAD_ROWS = 10_000
_MOST_PARTS = 2_000  # of the exchange; each may have several buckets

Run = Callable[[pa.Table], pa.Table]

# Threads of one process forecast one after another: filters of warnings belong to the process.
_one_forecast = Lock()


@dataclass(frozen=True)
class DaskFrame:
    """A `dask.dataframe.DataFrame`; see `Frame`. Its index is not read."""

    frame: Any

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns and their types, as the first rows have them."""
        return self.head().schema

    def head(self) -> pa.Table:
        """Some rows."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Insufficient elements")  # of a small table
            rows = self.frame.head(_HEAD_ROWS, npartitions=-1)
        return pa.Table.from_pandas(rows, preserve_index=False)

    def collected(self, names: list[str], run: Run, schema: pa.Schema) -> pa.Table:
        """The results of a function of the rows of each part, brought together."""
        import dask

        rows = self._schema_of(names)
        parts = self.frame[rows.names].to_delayed()
        made = dask.compute(*(dask.delayed(_of_part)(part, run, rows) for part in parts))
        return pa.concat_tables([schema.empty_table(), *(table.cast(schema) for table in made)])

    def exchanged(
        self, names: list[str], add_bucket: AddBucket, run: ForecastBucket, n_buckets: int
    ) -> Any:
        """A DataFrame with the results of a function of all rows of each bucket."""
        rows = self._schema_of(names)
        keyed = self.frame[names].map_partitions(
            _keyed, add_bucket, rows, meta=_lossless(add_bucket.with_bucket.empty_table())
        )
        parts = keyed.shuffle(on=BUCKET, npartitions=min(n_buckets, _MOST_PARTS))
        empty = run.schema.empty_table().to_pandas()
        label = run.schema.names[0]
        given = self.frame.dtypes.get(label)
        if getattr(given, "numpy_dtype", None) is not None:  # it may have missing ids
            empty = empty.astype({label: given})
        return parts.map_partitions(_forecast, run, add_bucket.with_bucket, empty, meta=empty)

    def _schema_of(self, names: list[str]) -> pa.Schema:
        """The schema of some columns; of one, if none is named: its rows are counted."""
        chosen = names or self.schema.names[:1]
        return pa.schema([self.schema.field(name) for name in chosen])


def _of_part(part: "pd.DataFrame", run: Run, schema: pa.Schema) -> pa.Table:
    return run(pa.Table.from_pandas(part, schema=schema, preserve_index=False))


def _keyed(part: "pd.DataFrame", add_bucket: AddBucket, schema: pa.Schema) -> "pd.DataFrame":
    """The rows with their buckets."""
    return _lossless(_of_part(part, add_bucket, schema))


def _forecast(
    part: "pd.DataFrame", run: ForecastBucket, schema: pa.Schema, empty: "pd.DataFrame"
) -> "pd.DataFrame":
    """The forecast of the buckets of a part, with the types of an empty one."""
    with _one_forecast:
        made = _of_part(part, run, schema)
    frame: pd.DataFrame = made.to_pandas()
    label = made.column_names[0]
    frame[label] = _lossless(made.select([label]))[label]  # a missing number makes no fractions
    return frame.astype(empty.dtypes)


def _lossless(table: pa.Table) -> "pd.DataFrame":
    """A frame with the types of Arrow, so that missing numbers stay what they are."""
    import pandas as pd

    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame
