"""Forecasts a table as a frame of Spark or Dask, on some workers of this machine."""

import os
import sys
import time
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from benchmarks.scale.request import ScaleRequest
from gated import scale

__all__ = ["forecast_as_frame"]


def forecast_as_frame(
    request: ScaleRequest, source: Path, out: Path, workers: int
) -> tuple[float, pa.Table]:
    """The seconds from the first reading to the last file, and the forecast by series and time.

    Starting the engine is not counted.

    Args:
        request: engine, horizon, rows of a bucket.
        source, out: folders of the table and of the forecast.
        workers: processes of Python at a time.
    """
    run = {"spark": _with_spark, "dask": _with_dask}[request.engine]
    seconds = run(request, source, out, workers)
    keys = [("unique_id", "ascending"), ("ds", "ascending")]
    return seconds, parquet.read_table(out).sort_by(keys).combine_chunks()


def _with_spark(request: ScaleRequest, source: Path, out: Path, workers: int) -> float:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    builder = SparkSession.builder.master(f"local[{workers}]")
    for name, value in (
        ("spark.ui.enabled", "false"),
        ("spark.driver.memory", "4g"),
        ("spark.sql.session.timeZone", "UTC"),
    ):
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        begin = time.monotonic()
        made = scale.forecast(
            session.read.parquet(str(source)),
            request.horizon,
            rows_per_bucket=request.rows_per_bucket,
        )
        made.write.parquet(str(out))
        return time.monotonic() - begin
    finally:
        session.stop()


def _with_dask(request: ScaleRequest, source: Path, out: Path, workers: int) -> float:
    import dask
    import dask.dataframe as dd

    with dask.config.set(scheduler="processes", num_workers=workers):
        begin = time.monotonic()
        made = scale.forecast(
            dd.read_parquet(source), request.horizon, rows_per_bucket=request.rows_per_bucket
        )
        made.to_parquet(out)
        return time.monotonic() - begin
