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
)
from benchmarks.peers import environments
from benchmarks.peers import run as peers_benchmark
from benchmarks.peers.libraries import PEERS, parse_peers
from benchmarks.peers.report.accuracy_chart import accuracy_picture
from benchmarks.peers.report.page import readme_rows, write_page
from benchmarks.peers.report.peers_report import peers_report
from benchmarks.peers.results import PeersResults, load_results
from benchmarks.peers.run import PeersRequest
from benchmarks.peers.time_limit import TimeLimit
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()

_ALL_PEERS = ",".join(PEERS)

Names = Annotated[
    str | None,
    typer.Option(help="Data sets of one part, such as m4_hourly,shop, or paths of tables."),
]
Peers = Annotated[
    str,
    typer.Option(
        help="Some of these libraries; darts:recommended for one of its configurations, "
        "statsforecast:AutoETS for one of its methods."
    ),
]


@commands.command()
def peers(
    data: Names = None,
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Steps held out of tables that are given by path.")
    ] = None,
    peers: Peers = _ALL_PEERS,
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
    append: Annotated[
        bool,
        typer.Option("--append", help="Extend the file of --out; skip the methods it contains."),
    ] = False,
    saved: Annotated[
        Path | None, typer.Option(help="Show these results of --out; measure nothing.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw errors against seconds into this SVG file.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the results into this page, docs/results/peers.md.")
    ] = None,
    readme: Annotated[
        bool, typer.Option("--readme", help="Print rows of README's table instead.")
    ] = False,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Compare gated with other libraries: accuracy, seconds, memory, installed size."""
    _require_one(data, saved)
    if saved is not None:
        results = load_results(saved)
    else:
        request = PeersRequest(
            names=_names(str(data)),
            data=data_folder(data_dir),
            horizon=horizon,
            peers=tuple(parse_peers(peers)),
            environments=environments_dir.absolute(),
            limit=TimeLimit.parse(limit),
            threads=threads,
            seed=seed,
            validation=validation,
            trial=trial,
        )
        results = _measure(request, out, append)
    if picture is not None:
        picture.write_text(accuracy_picture(results), encoding="utf-8")
    if page is not None:
        write_page(page, results)
    _print(results, as_rows=readme, as_json=json)


def _print(results: PeersResults, *, as_rows: bool, as_json: bool) -> None:
    if as_rows:
        print(readme_rows(results), end="")
    elif as_json:
        print(results.to_json(), end="")
    else:
        print_report(peers_report(results), as_json=False)


def _measure(request: PeersRequest, out: Path | None, append: bool) -> PeersResults:
    if append and out is None:
        raise UsageError("--append is given without --out. Expected the file to extend as --out.")

    def save(so_far: PeersResults) -> None:
        if out is not None:
            out.write_text(so_far.to_json(), encoding="utf-8")

    def earlier(new: PeersResults) -> PeersResults:
        if append and out is not None and out.exists():
            return load_results(out).continued_by(new, out)
        return new

    return peers_benchmark.run(request, save, earlier)


def _names(data: str) -> tuple[str, ...]:
    names = tuple(data.split(","))
    if len(set(names)) < len(names):
        raise UsageError(f"--data is {data}. Expected each data set once.")
    return names


def _require_one(data: str | None, saved: Path | None) -> None:
    if (saved is None) == (data is None):
        given = "Neither --data nor --saved is" if data is None else "Both --data and --saved are"
        raise UsageError(
            f"{given} given. Expected --data, to measure, or --saved, to show earlier results."
        )
