"""The commands `predict_many`, `large_table`, `reading`, `startup` and `gates`."""

from typing import Annotated

import typer

from benchmarks.common.options import Json, Threads, command_group, print_report
from benchmarks.speed import gates as gates_benchmark
from benchmarks.speed import large_table as large_table_benchmark
from benchmarks.speed import predict_many as predict_many_benchmark
from benchmarks.speed import reading as reading_benchmark
from benchmarks.speed import startup as startup_benchmark
from benchmarks.speed.large_table import FORMATS, LargeTableRequest
from benchmarks.speed.predict_many import PredictManyRequest
from benchmarks.speed.reading import ReadingRequest

__all__ = ["commands"]

commands = command_group()


@commands.command("predict_many")
def predict_many(
    series: Annotated[int, typer.Option(min=1, help="Number of series.")] = 10_000,
    length: Annotated[int, typer.Option(min=1, help="Steps of each series.")] = 200,
    horizon: Annotated[int, typer.Option(min=1, help="Steps to forecast.")] = 28,
    threads: Threads = 2,
    peer_series: Annotated[int, typer.Option(min=1, help="Series that AutoETS forecasts.")] = 300,
    repeats: Annotated[int, typer.Option(min=1, help="New processes for each method.")] = 3,
    json: Json = False,
) -> None:
    """Forecast many series without training, and some of them with AutoETS.

    Seconds and peak memory of each stage; series per second.
    """
    request = PredictManyRequest(series, length, horizon, threads, peer_series, repeats)
    print_report(predict_many_benchmark.run(request), json)


@commands.command("large_table")
def large_table(
    rows: Annotated[int, typer.Option(min=2, help="Rows of the table.")] = 1_000_000,
    series: Annotated[int, typer.Option(min=1, help="Number of series in the table.")] = 10_000,
    table_format: Annotated[
        str, typer.Option("--format", help=f"{' or '.join(FORMATS)}.")
    ] = "parquet",
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Read, forecast and train on a large table.

    Seconds and peak memory of each use.
    """
    request = LargeTableRequest(rows, series, table_format, threads=threads)
    print_report(large_table_benchmark.run(request), json)


@commands.command()
def reading(
    rows: Annotated[int, typer.Option(min=100, help="Rows of the large file.")] = 1_000_000,
    threads: Threads = 2,
    repeats: Annotated[int, typer.Option(min=1, help="Times that each file is read.")] = 7,
    json: Json = False,
) -> None:
    """Read a large and a small text file.

    Seconds of gated, pandas and pyarrow.
    """
    request = ReadingRequest(rows, threads, repeats)
    print_report(reading_benchmark.run(request), json)


@commands.command()
def startup(
    repeats: Annotated[int, typer.Option(min=1, help="New interpreters for each command.")] = 7,
    json: Json = False,
) -> None:
    """Time imports and the start of the command.

    `import gated` and `gated --version`, with torch and pandas for comparison.
    """
    print_report(startup_benchmark.run(repeats), json)


@commands.command()
def gates(threads: Threads = 1, json: Json = False) -> None:
    """Time what it costs to see the gates of a layer.

    `layer.gates(x)` beside a plain call.
    """
    print_report(gates_benchmark.run(threads), json)
