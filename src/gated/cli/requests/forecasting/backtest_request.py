"""Defines the options of `gated backtest`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from gated.cli.library_keywords import METHODS
from gated.cli.options.option import BACKTEST, OUTPUT, Option
from gated.cli.options.readers import number_list, one_path, one_text, whole_number, word_list
from gated.cli.requests.forecasting.table_request import TableRequest

__all__ = ["BacktestRequest"]

By = Literal["overall", "series", "cutoff", "step"]


@dataclass(frozen=True, kw_only=True)
class BacktestRequest(TableRequest):
    """The options of `gated backtest`; None: not given."""

    n_windows: Annotated[
        int,
        Option(
            "--windows",
            "NUMBER",
            help="The number of cutoffs.",
            panel=BACKTEST,
            read=whole_number(least=1),
        ),
    ] = 4
    step_size: Annotated[
        int | None,
        Option(
            "--step-size",
            "STEPS",
            help="Steps from one cutoff to the next. Default: the horizon.",
            panel=BACKTEST,
            read=whole_number(least=1),
        ),
    ] = None
    refit: Annotated[
        bool,
        Option("--refit", help="Fit at each cutoff, not only once at the first.", panel=BACKTEST),
    ] = False
    level: Annotated[
        tuple[float, ...],
        Option(
            "--level",
            "PERCENT",
            help="Prediction intervals to score.",
            panel=BACKTEST,
            read=number_list(example="80,95"),
        ),
    ] = (80, 95)
    against: Annotated[
        tuple[str, ...] | None,
        Option(
            "--against",
            "METHODS",
            help=f"Competitors, separated by commas: {', '.join(METHODS)}. Default: naive, "
            "seasonal_naive, drift, seasonal_mean.",
            panel=BACKTEST,
            read=word_list,
            choices=METHODS,
        ),
    ] = None
    by: Annotated[
        By,
        Option(
            "--by",
            "GROUP",
            help="One row of scores for each series, cutoff or step.",
            panel=OUTPUT,
            read=one_text,
            choices=("overall", "series", "cutoff", "step"),
        ),
    ] = "overall"
    scores: Annotated[
        Path | None,
        Option(
            "--scores",
            "FILE",
            help="Write the scores: .csv, .parquet or .json.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
