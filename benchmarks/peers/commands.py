"""The command `peers`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.folders import data_folder
from benchmarks.common.options import (
    DataDir,
    Json,
    Threads,
    Validation,
    command_group,
    print_report,
    save_report,
)
from benchmarks.peers import environments
from benchmarks.peers import run as peers_benchmark
from benchmarks.peers.accuracy_chart import accuracy_picture
from benchmarks.peers.libraries import PEERS, parse_peers
from benchmarks.peers.peers_report import load_peers_report, markdown_section
from benchmarks.peers.run import PeersRequest
from benchmarks.peers.time_limit import TimeLimit
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()


@commands.command()
def peers(
    data: Annotated[
        str | None,
        typer.Option(help="m4_hourly, shop, etth1, vic, or another data set of one part."),
    ] = None,
    peers: Annotated[
        str, typer.Option(help="Some of these libraries, separated by commas.")
    ] = ",".join(PEERS),
    limit: Annotated[
        str, typer.Option(help="Seconds until a method is stopped: 400 or 400,darts=240.")
    ] = "1800",
    threads: Threads = 2,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 0,
    validation: Validation = False,
    trial: Annotated[
        bool, typer.Option("--trial", help="Few training steps each, to try the benchmark.")
    ] = False,
    environments_dir: Annotated[
        Path, typer.Option("--environments", help="The folder that `make peers` filled.")
    ] = environments.DEFAULT_FOLDER,
    out: Annotated[
        Path | None, typer.Option(help="Write the results to this JSON file after each method.")
    ] = None,
    saved: Annotated[
        Path | None, typer.Option(help="Show these results of --out; measure nothing.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw errors against seconds into this SVG file.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a section of docs/results/peers.md.")
    ] = False,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Compare gated with other libraries: accuracy, seconds, memory, installed size."""
    _require_one(data, saved)
    if saved is not None:
        report = load_peers_report(saved)
    else:
        request = PeersRequest(
            name=str(data),
            data=data_folder(data_dir),
            peers=tuple(parse_peers(peers)),
            environments=environments_dir.absolute(),
            limit=TimeLimit.parse(limit),
            threads=threads,
            seed=seed,
            validation=validation,
            trial=trial,
        )
        report = peers_benchmark.run(request, lambda so_far: save_report(so_far, out))
    if picture is not None:
        picture.write_text(accuracy_picture(report), encoding="utf-8")
    if markdown:
        print(markdown_section(report), end="")
    else:
        print_report(report, json)


def _require_one(data: str | None, saved: Path | None) -> None:
    if (saved is None) == (data is None):
        given = "Neither --data nor --saved is" if data is None else "Both --data and --saved are"
        raise UsageError(
            f"{given} given. Expected --data, to measure, or --saved, to show earlier results."
        )
