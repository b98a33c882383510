"""The commands `sequences` and `shipped`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.folders import data_folder
from benchmarks.common.options import (
    DataDir,
    Json,
    Threads,
    command_group,
    print_report,
    whole_numbers,
)
from benchmarks.sequences import generation, motion, spotting, strings
from benchmarks.sequences import run as labels
from benchmarks.sequences import shipped as shipped_models
from benchmarks.sequences.data import CASES
from benchmarks.sequences.pieces import PIECES
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()

_OTHERS = {
    "fsdd_strings": strings.run,
    "fsdd_spotting": spotting.run,
    motion.NAME: motion.run,
}
_ALL = (*CASES, *PIECES, *_OTHERS)


@commands.command()
def sequences(
    data: Annotated[str, typer.Option(help=f"Data set: {', '.join(_ALL)}.")],
    seeds: Annotated[str, typer.Option(help="Seeds, one training each.")] = "0,1,2",
    validation: Annotated[
        bool, typer.Option("--validation", help="Score on a part of the training part.")
    ] = False,
    data_dir: DataDir = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Train on sequences, and score their labels, strings or the nats of new ones."""
    if data not in _ALL:
        raise UsageError(f"--data {data} is unknown. Expected one of {', '.join(_ALL)}.")
    chosen, folder = whole_numbers("--seeds", seeds), data_folder(data_dir)
    if data in _OTHERS:
        report = _OTHERS[data](folder, chosen, threads, validation=validation)
    else:
        run = generation.run if data in PIECES else labels.run
        report = run(data, folder, chosen, threads, validation=validation)
    print_report(report, json)


@commands.command()
def shipped(
    name: Annotated[str, typer.Option(help=f"Model: {', '.join(shipped_models.MODELS)}.")],
    out: Annotated[Path, typer.Option(help="Folder for the model and its card.")],
    trained: Annotated[
        Path | None, typer.Option(help="A model that was trained so before, to be scored.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Train a model that comes with the package, score it once, and write its card."""
    if name not in shipped_models.MODELS:
        known = ", ".join(shipped_models.MODELS)
        raise UsageError(f"--name {name} is unknown. Expected one of {known}.")
    shipped_models.run(name, data_folder(data_dir), out, trained)
