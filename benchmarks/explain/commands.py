"""The commands `explain` and `explain_labels`."""

from typing import Annotated

import typer

from benchmarks.common.folders import data_folder
from benchmarks.common.options import DataDir, Json, Threads, command_group, print_report
from benchmarks.explain import labels
from benchmarks.explain import run as explain_benchmark
from benchmarks.explain.windows import TABLES
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()


@commands.command()
def explain(
    tables: Annotated[str, typer.Option(help=f"Tables: {', '.join(TABLES)}.")] = ",".join(TABLES),
    windows: Annotated[int, typer.Option(min=2, help="Windows of each table.")] = 6,
    data_dir: DataDir = None,
    threads: Threads = 1,
    json: Json = False,
) -> None:
    """Compare what explanations name with what forecasts depend on."""
    names = tables.split(",")
    if unknown := [name for name in names if name not in TABLES]:
        known = ", ".join(TABLES)
        raise UsageError(f"--tables has {', '.join(unknown)}. Expected some of {known}.")
    print_report(explain_benchmark.run(data_folder(data_dir), names, windows, threads), json)


@commands.command("explain_labels")
def explain_labels(
    clips: Annotated[int, typer.Option(min=2, help="Clips of spoken digits.")] = 100,
    data_dir: DataDir = None,
    threads: Threads = 1,
    json: Json = False,
) -> None:
    """Compare contributions to a label with what the label depends on."""
    print_report(labels.run(data_folder(data_dir), clips, threads), json)
