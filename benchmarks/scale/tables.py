"""Makes tables of many series in Parquet parts, of any size, from a seed."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv, parquet

from benchmarks.common.folders import Folder
from benchmarks.scale.request import ScaleRequest

__all__ = ["write_table"]

Values = NDArray[np.float64]

_SALES = "forecast/online_retail_daily_500.csv.gz"
_SERIES_AT_ONCE = 20_000
_WEEK = 7


def write_table(request: ScaleRequest, folder: Path) -> None:
    """Write the parts of a table; their series lie one after another, or rows in any order.

    Args:
        request: kind and size of the table, seed.
        folder: to write to.

    Raises:
        DataError: the real sales are not in the data folder.
    """
    folder.mkdir(parents=True)
    draw = _sales(request.data_dir) if request.table == "m5" else _monthly
    bounds = np.linspace(0, request.series, request.parts + 1).astype(int)
    for part, (begin, end) in enumerate(pairwise(bounds.tolist())):
        writer = None
        for first in range(begin, end, _SERIES_AT_ONCE):
            count = min(_SERIES_AT_ONCE, end - first)
            rng = np.random.default_rng([request.seed, first])
            table = _table(request, first, draw(rng, count, request.steps))
            if request.unsorted:
                table = table.take(pa.array(rng.permutation(len(table))))
            if writer is None:
                path = folder / f"part-{part:03d}.parquet"
                writer = parquet.ParquetWriter(path, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()


def _table(request: ScaleRequest, first: int, values: Values) -> pa.Table:
    count, steps = values.shape
    labels = np.array([f"shop_{n % 10}_item_{n:08d}" for n in range(first, first + count)])
    begin = np.datetime64("2011-01-29", "D")
    if request.table == "m5":
        times = (begin + np.arange(steps)).astype("M8[us]")
    else:
        times = (begin.astype("M8[M]") + np.arange(steps)).astype("M8[us]")
    ids = pa.array(labels).take(pa.array(np.repeat(np.arange(count), steps)))
    return pa.table({"unique_id": ids, "ds": np.tile(times, count), "y": values.reshape(-1)})


def _sales(data_dir: Folder) -> Callable[[np.random.Generator, int, int], Values]:
    """Draws daily sales: real ones, begun in another week, thinned out and brought to a length."""
    table = csv.read_csv(data_dir.file(_SALES))
    ids = table["unique_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    units = np.nan_to_num(table["units"].to_numpy())
    real = [units[ids == series] for series in range(ids.max() + 1)]

    def draw(rng: np.random.Generator, count: int, steps: int) -> Values:
        found = np.empty((count, steps))
        for row in range(count):
            series = real[rng.integers(len(real))]
            weeks = len(series) // _WEEK
            whole = np.roll(series[: weeks * _WEEK], _WEEK * int(rng.integers(weeks)))
            tiled = np.tile(whole, -(-steps // len(whole)))[:steps]
            found[row] = rng.binomial(np.maximum(tiled, 0).astype(np.int64), rng.uniform(0.05, 0.9))
        return found

    return draw


def _monthly(rng: np.random.Generator, count: int, steps: int) -> Values:
    """Draws monthly series: a level, a season, a trend and noise."""
    step = np.arange(steps)
    level = rng.lognormal(4, 1.2, (count, 1))
    season = 1 + rng.uniform(0, 0.4, (count, 1)) * np.sin(
        2 * np.pi * (step / 12 + rng.uniform(size=(count, 1)))
    )
    trend = 1 + rng.normal(0, 0.004, (count, 1)) * step
    noise = 1 + rng.uniform(0.02, 0.3, (count, 1)) * rng.normal(size=(count, steps))
    return np.asarray(level * season * trend * noise)
