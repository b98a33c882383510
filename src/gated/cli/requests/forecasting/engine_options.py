"""Declares the options of forecasting a table of many files on several processes or machines."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import SEVERAL, Option
from gated.cli.options.readers import one_source, one_text, whole_number
from gated.errors import UsageError

__all__ = ["ENGINES", "EngineOptions", "check_for_engine"]

# Copies of values of `gated.scale`, which takes a second to import. Tests compare them.
ENGINES = ("local", "ray")

_USED = {
    *("table", "more_tables", "quiet", "strict", "horizon", "out", "model", "level", "quantiles"),
    *("id_col", "time_col", "target_col", "covariates", "past_covariates"),
    *("freq", "season_length", "holidays", "training", "max_steps", "seed"),
    *("engine", "workers", "work"),
}


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """The options of `gated.scale.forecast`; None: the table is read in one piece."""

    engine: Annotated[
        str | None,
        Option(
            "--engine",
            "local|ray",
            help="Forecast Parquet files that may be larger than memory, in processes of this "
            "machine or on a cluster of Ray. TABLE is a path, a folder, a pattern in quotation "
            "marks or an address, --out a folder. The same command continues after an "
            "interruption.",
            panel=SEVERAL,
            read=one_text,
            choices=ENGINES,
        ),
    ] = None
    workers: Annotated[
        int | None,
        Option(
            "--workers",
            "NUMBER",
            help="Processes, or tasks at a time. Default: one for each processor.",
            panel=SEVERAL,
            read=whole_number(least=1, most=100_000),
        ),
    ] = None
    work: Annotated[
        Path | str | None,
        Option(
            "--work",
            "FOLDER",
            help="A folder for pieces of the table, about as large as the input. Default: one in "
            "the folder of --out.",
            panel=SEVERAL,
            read=one_source,
        ),
    ] = None


def check_for_engine(engine: str | None, given: Iterable[tuple[str, str]]) -> None:
    """Raise an error for options that need an engine, or that it does not have.

    Args:
        engine: the engine; None without one.
        given: field and name of each option that was given.

    Raises:
        UsageError: for the first of them.
    """
    for field, name in given:
        if engine is None and field in ("workers", "work"):
            raise UsageError(f"{name} has no effect without --engine. Leave it out, or add it.")
        if engine is not None and field not in _USED:
            raise UsageError(
                f"{name} needs the table in one piece, which --engine {engine} does not read. "
                "Leave out one of them."
            )
