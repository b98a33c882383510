"""The commands `sequences`, `sequence_peers`, `training_steps`, `generation_speed`, `shipped`."""

import math
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
from benchmarks.peers.environments import DEFAULT_FOLDER
from benchmarks.sequences import generation, motion, spotting, strings
from benchmarks.sequences import run as labels
from benchmarks.sequences import shipped as shipped_models
from benchmarks.sequences.data import CASES
from benchmarks.sequences.peers import classifiers, generators
from benchmarks.sequences.pieces import PIECES
from benchmarks.sequences.speed import generation as speed
from benchmarks.sequences.speed import training_steps as steps
from benchmarks.sequences.speed.tasks import TASKS
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()

_OTHERS = {
    "fsdd_strings": strings.run,
    "fsdd_spotting": spotting.run,
    motion.NAME: motion.run,
}
_ALL = (*CASES, *PIECES, *_OTHERS)
_SETTINGS = ("hidden_size", "num_layers", "dropout", "window", "batch_size", "learning_rate")


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


@commands.command("sequence_peers")
def sequence_peers(
    data: Annotated[
        str,
        typer.Option(
            help=f"Labels: {', '.join(classifiers.DATA)}. New pieces: {', '.join(generators.DATA)}."
        ),
    ],
    seeds: Annotated[str, typer.Option(help="Seeds, one training each.")] = "0",
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Of each training, for new pieces.")
    ] = 3.0,
    ours: Annotated[
        str,
        typer.Option(help="Settings of ours, for new pieces: hidden_size=128,window=64 …"),
    ] = "",
    limit: Annotated[
        float, typer.Option(min=1, help="Seconds until another library is stopped, for labels.")
    ] = 3_600.0,
    environments_dir: Annotated[
        Path, typer.Option("--environments", help="The folder that `make peers` filled.")
    ] = DEFAULT_FOLDER,
    data_dir: DataDir = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Compare with aeon and sktime, a transformer, or sketch-rnn, in the same run."""
    chosen, folder = whole_numbers("--seeds", seeds), data_folder(data_dir)
    if data in classifiers.DATA:
        report = classifiers.run(data, folder, chosen, threads, environments_dir, limit)
    elif data in generators.DATA:
        report = generators.run(data, folder, chosen, threads, minutes, _settings(ours))
    else:
        known = ", ".join((*classifiers.DATA, *generators.DATA))
        raise UsageError(f"--data {data} is unknown. Expected one of {known}.")
    print_report(report, json)


def _settings(text: str) -> dict[str, int | float]:
    """The settings of --ours."""
    found: dict[str, int | float] = {}
    for word in filter(None, text.split(",")):
        name, _, value = word.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if name not in _SETTINGS or not math.isfinite(number):
            raise UsageError(
                f"--ours has {word}. Expected numbers for some of {', '.join(_SETTINGS)}, such as "
                "hidden_size=128,window=64."
            )
        found[name] = int(number) if number.is_integer() else number
    return found


@commands.command("training_steps")
def training_steps(
    tasks: Annotated[
        str, typer.Option(help=f"Some of: {', '.join(TASKS)}; by default all.")
    ] = ",".join(TASKS),
    quick: Annotated[
        bool, typer.Option("--quick", help="Three rounds a task, to try the benchmark.")
    ] = False,
    data_dir: DataDir = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Compare a training step of each estimator for sequences with the same on torch.nn.GRU."""
    chosen = [name.strip() for name in tasks.split(",")]
    if unknown := [name for name in chosen if name not in TASKS]:
        raise UsageError(f"--tasks has {', '.join(unknown)}. Expected some of {', '.join(TASKS)}.")
    print_report(steps.run(data_folder(data_dir), chosen, threads, quick=quick), json)


@commands.command("generation_speed")
def generation_speed(data_dir: DataDir = None, json: Json = False) -> None:
    """Time generation of each medium, and a stream of spoken digits, on one core."""
    print_report(speed.run(data_folder(data_dir)), json)


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
