"""The command `live`."""

from typing import Annotated

import typer

from benchmarks.common.options import DataDir, Json, Threads, command_group, print_report
from benchmarks.live import run as live_benchmark
from benchmarks.live.run import PARTS, LiveRequest

__all__ = ["commands"]

commands = command_group()


@commands.command()
def live(
    part: Annotated[
        str | None,
        typer.Option(help=f"Only one of {', '.join(PARTS)}; by default all but equality."),
    ] = None,
    length: Annotated[int, typer.Option(min=500, help="Values of the long series.")] = 10_000,
    many: Annotated[int, typer.Option(min=1, help="Series that are updated at once.")] = 1_000,
    series: Annotated[int, typer.Option(min=1, help="Drawn series of each kind of shift.")] = 10,
    repeats: Annotated[int, typer.Option(min=3, help="Updates that are timed.")] = 30,
    threads: Threads = 1,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Time commands, warm forecasts and live states.

    Seconds, megabytes of the installation, bytes, the difference from forecasting the whole past,
    and the coverage of 80 % intervals after a shift of level, scale or season, with and without
    adapting. Equality compares the shipped network on NumPy with torch, over the data sets.
    """
    request = LiveRequest(part, length, many, series, repeats, threads, data_dir)
    print_report(live_benchmark.run(request), json)
