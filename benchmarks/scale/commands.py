"""The command `scale`."""

from typing import Annotated

import typer

from benchmarks.common.folders import data_folder
from benchmarks.common.options import DataDir, Json, command_group, print_report, whole_numbers
from benchmarks.scale import run as scale_benchmark
from benchmarks.scale.request import ENGINES, FRAMES, PARTS, TABLES, ScaleRequest

__all__ = ["commands"]

commands = command_group()


@commands.command()
def scale(
    part: Annotated[str, typer.Option(help=f"{', '.join(PARTS)}.")] = "workers",
    table: Annotated[
        str, typer.Option(help=f"{' or '.join(TABLES)}: 1,900 days or 60 months.")
    ] = "months",
    series: Annotated[int, typer.Option(min=1, help="Number of series.")] = 2_000,
    parts: Annotated[int, typer.Option(min=1, help="Number of Parquet files.")] = 4,
    unsorted: Annotated[
        bool, typer.Option("--unsorted", help="Put the rows of a file in random order.")
    ] = False,
    engine: Annotated[str, typer.Option(help=f"{', '.join((*ENGINES, *FRAMES))}.")] = "local",
    workers: Annotated[str, typer.Option(help="Numbers of workers.")] = "1,2",
    rows_per_bucket: Annotated[
        int, typer.Option(min=100, help="Rows that are forecast together.")
    ] = 500_000,
    kills: Annotated[int, typer.Option(min=1, help="Workers that are killed.")] = 20,
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of a training. By default as usual.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the table and the kills.")] = 0,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Forecast many series in many files, on several workers.

    Rows, series and bytes a second of each worker, processor time of each stage, peak memory; the
    overhead over Forecaster.predict; series lost or doubled by killed workers; a training.
    """
    request = ScaleRequest(
        part,
        table,
        series,
        parts,
        unsorted,
        engine,
        whole_numbers("--workers", workers),
        rows_per_bucket,
        kills,
        max_steps,
        seed,
        data_folder(data_dir),
    )
    print_report(scale_benchmark.run(request), json)
