"""Forecasts a Dataset of Ray."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from gated.scale.engines.engine import ONE_THREAD
from gated.scale.engines.frames import BUCKET, AddBucket, ForecastBucket
from gated.scale.engines.ray_tasks import require_ray

__all__ = ["RayDataset"]

_MOST_PARTS = 200  # of the exchange; each may have several buckets


@dataclass(frozen=True)
class RayDataset:
    """A `ray.data.Dataset`; see `Frame`."""

    dataset: Any

    @property
    def schema(self) -> pa.Schema:
        """The columns and their types."""
        require_ray()
        found = self.dataset.schema().base_schema
        return found if isinstance(found, pa.Schema) else self.head().schema

    def head(self) -> pa.Table:
        """Some rows."""
        batches = self.dataset.iter_batches(batch_size=10_000, batch_format="pyarrow")
        return next(iter(batches))

    def collected(
        self, names: list[str], run: Callable[[pa.Table], pa.Table], schema: pa.Schema
    ) -> pa.Table:
        """The results of a function of the rows of each part, brought together."""
        parts = self.dataset.select_columns(names) if names else self.dataset
        made = parts.map_batches(run, batch_format="pyarrow", batch_size=None, zero_copy_batch=True)
        tables = [
            table.select(schema.names).cast(schema)
            for table in made.iter_batches(batch_size=None, batch_format="pyarrow")
            if len(table)
        ]
        return pa.concat_tables([schema.empty_table(), *tables])

    def exchanged(
        self,
        names: list[str],
        add_bucket: AddBucket,
        run: ForecastBucket,
        n_buckets: int,
    ) -> Any:
        """A Dataset with the results of a function of all rows of each bucket."""

        def forecast(bucket: pa.Table) -> pa.Table:  # Ray wants a function with a name
            return run(bucket)

        rows = self.dataset.select_columns(names).map_batches(
            add_bucket, batch_format="pyarrow", batch_size=None
        )
        parts = min(n_buckets, _MOST_PARTS)
        return rows.groupby(BUCKET, num_partitions=parts).map_groups(
            forecast, batch_format="pyarrow", runtime_env={"env_vars": ONE_THREAD}
        )
