"""Command-line options that several benchmarks share, and the output of a report."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.report import Report
from gated.errors import UsageError

__all__ = [
    "AnchorsDir",
    "DataDir",
    "Json",
    "MaxSteps",
    "Threads",
    "Validation",
    "command_group",
    "print_report",
    "save_report",
    "whole_numbers",
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Threads = Annotated[int, typer.Option(min=1, help="Number of threads of the measured process.")]
Validation = Annotated[
    bool,
    typer.Option("--validation", help="Cut one horizon earlier; the test part is not read."),
]
MaxSteps = Annotated[
    int | None, typer.Option(min=1, help="Shorten the training, to try the benchmark.")
]
DataDir = Annotated[Path | None, typer.Option(help="Folder of the data sets.")]
AnchorsDir = Annotated[Path | None, typer.Option(help="Folder of the published figures.")]


def command_group() -> typer.Typer:
    """An empty group, to which one room of benchmarks adds its commands."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def whole_numbers(option: str, text: str) -> tuple[int, ...]:
    """The distinct whole numbers of an option's text, such as "0,1,2".

    Raises:
        UsageError: the text contains something else, or a number twice.

    >>> whole_numbers("--seeds", "0,1")
    (0, 1)
    """
    try:
        numbers = tuple(int(word) for word in text.split(","))
    except ValueError as error:
        raise UsageError(f"{option} is {text}. Expected whole numbers, such as 0,1,2.") from error
    if len(set(numbers)) < len(numbers):
        raise UsageError(f"{option} is {text}. Expected each number once.")
    return numbers


def print_report(report: Report, as_json: bool) -> None:
    """Print a report to stdout, as tables or as JSON."""
    if as_json:
        print(report.to_json())
    else:
        report.show()


def save_report(report: Report, path: Path | None) -> None:
    """Write a report as JSON, where a path is given."""
    if path is not None:
        path.write_text(report.to_json() + "\n", encoding="utf-8")
