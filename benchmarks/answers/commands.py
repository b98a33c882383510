"""The commands `answers` and `conversation`."""

from typing import Annotated

import typer

from benchmarks.answers import conversation as dialogues
from benchmarks.answers import run as tasks
from benchmarks.answers.babi import SHIPPED_TASKS
from benchmarks.answers.published import PUBLISHED
from benchmarks.common.folders import data_folder
from benchmarks.common.options import (
    DataDir,
    Json,
    Threads,
    command_group,
    print_report,
    whole_numbers,
)
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()


@commands.command()
def answers(
    numbers: Annotated[
        str, typer.Option("--tasks", help="Numbers of bAbI's tasks; by default all that can be.")
    ] = "",
    networks: Annotated[
        str,
        typer.Option(
            help="task: a network for each; joint: one for all; package: that of gated demo "
            "answers, without a training."
        ),
    ] = "task",
    seed: Annotated[int, typer.Option(help="Seed of the first start.")] = 0,
    validation: Annotated[
        bool, typer.Option("--validation", help="Score on a part of the training parts.")
    ] = False,
    data_dir: DataDir = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Train on the bAbI tasks, and score the answers and the sentences that are named with them."""
    if networks not in ("task", "joint", "package"):
        raise UsageError(f"--networks {networks} is unknown. Expected task, joint or package.")
    known = SHIPPED_TASKS if networks == "package" else tuple(PUBLISHED)
    chosen = whole_numbers("--tasks", numbers) if numbers else known
    if unknown := [str(number) for number in chosen if number not in known]:
        listed = ", ".join(map(str, known))
        raise UsageError(f"--tasks has {', '.join(unknown)}. Expected some of {listed}.")
    folder = data_folder(data_dir)
    kind: tasks.Networks = networks  # type: ignore[assignment]  # checked above
    report = tasks.run(folder, chosen, seed, threads, networks=kind, validation=validation)
    print_report(report, json)


@commands.command()
def conversation(
    data: Annotated[str, typer.Option(help=f"Data set: {', '.join(dialogues.DATA)}.")],
    seeds: Annotated[str, typer.Option(help="Seeds, one cut and training each.")] = "0,1,2",
    data_dir: DataDir = None,
    threads: Threads = 2,
    json: Json = False,
) -> None:
    """Train on dialogues, and compare the replies with TF-IDF and a bag of words."""
    if data not in dialogues.DATA:
        known = ", ".join(dialogues.DATA)
        raise UsageError(f"--data {data} is unknown. Expected one of {known}.")
    report = dialogues.run(data, data_folder(data_dir), whole_numbers("--seeds", seeds), threads)
    print_report(report, json)
