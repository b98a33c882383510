"""The commands `recurrences` and `roofline`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.options import (
    Json,
    command_group,
    print_report,
    save_report,
    whole_numbers,
)
from benchmarks.layers import run as layers_benchmark
from benchmarks.layers.cases import KINDS
from benchmarks.layers.request import LayersRequest
from benchmarks.layers.results.layers_markdown import performance_section
from benchmarks.layers.results.layers_report import load_layers_report
from benchmarks.layers.results.roofline import roofline_picture

__all__ = ["commands"]

commands = command_group()


@commands.command()
def recurrences(
    quick: Annotated[
        bool, typer.Option("--quick", help="A few shapes: under two minutes.")
    ] = False,
    threads: Annotated[
        str, typer.Option(help="Numbers of threads, one run each, such as 1,2.")
    ] = "2",
    kinds: Annotated[str, typer.Option(help=f"Some of {','.join(KINDS)}.")] = ",".join(KINDS),
    out: Annotated[Path | None, typer.Option(help="Write the results to this JSON file.")] = None,
    saved: Annotated[
        Path | None, typer.Option(help="Show these results of --out; measure nothing.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a section of docs/results/performance.md.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare RNN, LSTM and GRU with torch.nn.

    Seconds of forward, training and streaming steps, and memory of training.
    """
    if saved is not None:
        report = load_layers_report(saved)
    else:
        numbers = whole_numbers("--threads", threads)
        request = LayersRequest.of(kinds.split(","), numbers, quick=quick)
        report = layers_benchmark.run(request)
    save_report(report, out)
    if markdown:
        print(performance_section(report), end="")
    else:
        print_report(report, json)


@commands.command()
def roofline(
    results: Annotated[Path, typer.Argument(help="The file that `recurrences --out` wrote.")],
    picture: Annotated[Path, typer.Argument(help="The SVG file to write.")],
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Number of threads of the cells; by default the largest."),
    ] = None,
) -> None:
    """Draw the roofline of a run of `recurrences`."""
    picture.write_text(roofline_picture(load_layers_report(results), threads), encoding="utf-8")
