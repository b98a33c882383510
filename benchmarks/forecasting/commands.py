"""The commands `forecast`, `backtest` and `training_parts`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.common.folders import anchors_folder, data_folder
from benchmarks.common.options import (
    AnchorsDir,
    DataDir,
    Json,
    MaxSteps,
    Threads,
    Validation,
    command_group,
    print_report,
    whole_numbers,
)
from benchmarks.forecasting import backtest as backtest_benchmark
from benchmarks.forecasting import forecast as forecast_benchmark
from benchmarks.forecasting.backtest import COVARIATES, BacktestRequest
from benchmarks.forecasting.data.datasets import DATASETS, Columns
from benchmarks.forecasting.data.training_parts import write_training_parts
from benchmarks.forecasting.forecast import ForecastRequest
from gated.errors import UsageError

__all__ = ["commands"]

commands = command_group()


@commands.command()
def forecast(
    data: Annotated[str, typer.Option(help=f"One of {', '.join(DATASETS)}, or a table's path.")],
    horizon: Annotated[
        int | None, typer.Option(min=1, help="Steps held out; required for a path.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="One fit each, such as 0,1,2.")] = "0",
    threads: Threads = 2,
    validation: Validation = False,
    covariate: Annotated[
        list[str] | None, typer.Option(help="For a path: a known future covariate; repeatable.")
    ] = None,
    id_col: Annotated[str | None, typer.Option(help="For a path: the column of ids.")] = None,
    time_col: Annotated[str | None, typer.Option(help="For a path: the column of times.")] = None,
    target_col: Annotated[
        str | None, typer.Option(help="For a path: the column of the target.")
    ] = None,
    training: Annotated[
        str, typer.Option(help="Of `gated.Forecaster`: none, tune, scratch or auto.")
    ] = "auto",
    max_steps: MaxSteps = None,
    data_dir: DataDir = None,
    anchors_dir: AnchorsDir = None,
    json: Json = False,
) -> None:
    """Fit, forecast and score with the defaults.

    With the scores of baselines and published figures for comparison.
    """
    request = ForecastRequest(
        name=data,
        data=data_folder(data_dir),
        anchors=anchors_folder(anchors_dir),
        columns=Columns(id_col, time_col, target_col, tuple(covariate or ())),
        horizon=horizon,
        validation=validation,
        seeds=whole_numbers("--seeds", seeds),
        threads=threads,
        max_steps=max_steps,
        training=training,
    )
    print_report(forecast_benchmark.run(request), json)


@commands.command()
def backtest(
    data: Annotated[str, typer.Option(help=f"One of {', '.join(COVARIATES)}.")],
    windows: Annotated[int, typer.Option(min=1, help="Number of cutoffs, one horizon apart.")] = 8,
    seeds: Annotated[str, typer.Option(help="One run each, such as 0,1,2.")] = "0",
    threads: Threads = 1,
    validation: Annotated[
        bool,
        typer.Option("--validation", help="Cut before all steps that the test's cutoffs forecast."),
    ] = False,
    max_steps: MaxSteps = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Backtest with and without covariates.

    Accuracy, coverage and seconds of both.
    """
    if data not in COVARIATES:
        raise UsageError(
            f"--data {data} is not a data set of this benchmark. Expected one of "
            f"{', '.join(COVARIATES)}."
        )
    request = BacktestRequest(
        name=data,
        data=data_folder(data_dir),
        windows=windows,
        seeds=whole_numbers("--seeds", seeds),
        threads=threads,
        validation=validation,
        max_steps=max_steps,
    )
    print_report(backtest_benchmark.run(request), json)


@commands.command("training_parts")
def training_parts(
    folder: Annotated[Path, typer.Argument(help="Output folder; one Parquet file for each table.")],
    data_dir: DataDir = None,
) -> None:
    """Write the training parts of all tables.

    They are the input of `python -m gated.pretrain --tables`.
    """
    for line in write_training_parts(folder, data_folder(data_dir)):
        print(line)
