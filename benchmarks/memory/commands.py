"""The commands `memory`, `influence` and `cells`."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.folders import data_folder
from benchmarks.common.options import (
    DataDir,
    Json,
    MaxSteps,
    Threads,
    command_group,
    print_report,
    whole_numbers,
)
from benchmarks.memory.cells import CELLS, TASKS
from benchmarks.memory.cells import run as train_cells
from benchmarks.memory.influence import draw, measure, report
from benchmarks.memory.models import LAYERS
from benchmarks.memory.problems import PROBLEMS
from benchmarks.memory.run import Settings
from benchmarks.memory.run import run as train_all
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()
_DEFAULTS = Settings("adding", 200)


@commands.command()
def memory(
    problem: Annotated[str, typer.Option(help=f"Problem: {', '.join(PROBLEMS)}.")] = "adding",
    steps: Annotated[int, typer.Option(min=10, help="Steps T of the problem.")] = _DEFAULTS.steps,
    layers: Annotated[
        str, typer.Option(help=f"Layers, separated by semicolons: {'; '.join(LAYERS)}.")
    ] = ";".join(LAYERS),
    hidden: Annotated[int, typer.Option(min=1, help="Features of the state.")] = _DEFAULTS.hidden,
    budget: Annotated[int, typer.Option(min=1, help="Training steps.")] = _DEFAULTS.budget,
    rate: Annotated[float, typer.Option(min=1e-6, help="Learning rate.")] = _DEFAULTS.rate,
    seeds: Annotated[str, typer.Option(help="Seeds, one training each.")] = "0",
    threads: Threads = 1,
    json: Json = False,
) -> None:
    """Train recurrent layers on problems that need memory over many steps."""
    if problem not in PROBLEMS:
        raise UsageError(f"--problem {problem} is unknown. Expected {' or '.join(PROBLEMS)}.")
    names = _known("--layers", layers, LAYERS)
    settings = Settings(problem, steps, hidden, budget=budget, rate=rate)
    print_report(train_all(settings, names, whole_numbers("--seeds", seeds), threads), json)


@commands.command()
def influence(
    out: Annotated[Path | None, typer.Option(help="Draw it into this file: .svg.")] = None,
    json: Json = False,
) -> None:
    """Measure how far back untrained layers reach, and draw it."""
    found = measure()
    if out is not None:
        draw(found, out)
    print_report(report(found), json)


@commands.command()
def cells(
    tables: Annotated[
        str, typer.Option(help=f"Tables, separated by semicolons: {'; '.join(TASKS)}.")
    ] = ";".join(TASKS),
    cells: Annotated[
        str, typer.Option(help=f"Cells, separated by semicolons: {'; '.join(CELLS)}.")
    ] = ";".join(CELLS),
    seeds: Annotated[str, typer.Option(help="Seeds, one training each.")] = "0,1,2",
    threads: Threads = 1,
    max_steps: MaxSteps = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Train the forecasting network from scratch with other recurrent cells."""
    report = train_cells(
        data_folder(data_dir),
        _known("--tables", tables, TASKS),
        _known("--cells", cells, CELLS),
        whole_numbers("--seeds", seeds),
        threads,
        max_steps,
    )
    print_report(report, json)


def _known(option: str, given: str, known: Collection[str]) -> list[str]:
    """The names of an option, separated by semicolons.

    Raises:
        UsageError: one of them is unknown.
    """
    names = [name.strip() for name in given.split(";")]
    if unknown := [name for name in names if name not in known]:
        expected = "; ".join(known)
        raise UsageError(f"{option} has {'; '.join(unknown)}. Expected some of {expected}.")
    return names
