"""Declares the options that are keywords of `gated.read_table` and `gated.Forecaster`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import COVARIATES, TABLE, TRAINING, Option
from gated.cli.options.readers import (
    column_names,
    joined_names,
    one_source,
    one_text,
    whole_number,
    word_list,
)

__all__ = [
    "AGGREGATES",
    "LARGEST",
    "LONGEST_SEASON",
    "METHODS",
    "TRAINING_MODES",
    "ModelOptions",
    "TableOptions",
]

# Copies of values and limits of `gated.forecast` and `gated.table`, which take a second to import.
# Tests compare them.
LARGEST = {"seed": 2**63 - 1, "max_steps": 1_000_000}
LONGEST_SEASON = 1_000_000
AGGREGATES = ("sum", "mean", "median", "count", "min", "max", "first", "last")
TRAINING_MODES = ("none", "tune", "scratch", "auto")
METHODS = (
    "naive",
    "seasonal_naive",
    "drift",
    "seasonal_naive_drift",
    "seasonal_mean",
    "recent_seasonal_mean",
    "mean",
    "zero",
    "theta",
    "AutoETS",
    "AutoTheta",
    "AutoARIMA",
)


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """The options of reading the table: keywords of `gated.read_table`."""

    covariates: Annotated[
        tuple[str, ...],
        Option(
            "--covariate",
            "COLUMN",
            help="A column whose future values are known, such as a price; repeat it, or separate "
            "them by commas.",
            panel=COVARIATES,
            read=column_names,
            is_for_fitting=True,
        ),
    ] = ()
    past_covariates: Annotated[
        tuple[str, ...],
        Option(
            "--past-covariate",
            "COLUMN",
            help="A column that is known up to the present only; repeat it, or separate "
            "them by commas.",
            panel=COVARIATES,
            read=column_names,
            is_for_fitting=True,
        ),
    ] = ()
    static_df: Annotated[
        Path | str | None,
        Option(
            "--static",
            "FILE",
            help="Features that do not change: one row for each series, with its id. A series "
            "without a past is forecast from the most similar ones.",
            panel=COVARIATES,
            read=one_source,
            file="read",
        ),
    ] = None
    id_col: Annotated[
        str | None,
        Option(
            "--id-col",
            "COLUMN",
            help="The column with the label of the series; repeat it, or separate them by commas, "
            "where several columns name a series.",
            panel=TABLE,
            read=joined_names,
        ),
    ] = None
    time_col: Annotated[
        str | None,
        Option(
            "--time-col", "COLUMN", help="The column with the times.", panel=TABLE, read=one_text
        ),
    ] = None
    target_col: Annotated[
        str | None,
        Option(
            "--target-col",
            "COLUMN",
            help="The column with the values to forecast.",
            panel=TABLE,
            read=one_text,
        ),
    ] = None
    freq: Annotated[
        str | None,
        Option(
            "--freq",
            "ALIAS",
            help="The step between two times: D, h, MS … or a number.",
            panel=TABLE,
            read=one_text,
            is_for_fitting=True,
        ),
    ] = None
    season_length: Annotated[
        int | None,
        Option(
            "--season-length",
            "STEPS",
            help="Steps in the main season: 7 for daily data.",
            panel=TABLE,
            read=whole_number(least=1, most=LONGEST_SEASON),
            is_for_fitting=True,
        ),
    ] = None
    time_format: Annotated[
        str | None,
        Option(
            "--time-format",
            "PATTERN",
            help="The format of the times: %d.%m.%Y.",
            panel=TABLE,
            read=one_text,
        ),
    ] = None
    fill: Annotated[
        str | None,
        Option(
            "--fill",
            "missing|zero",
            help="The target at a step without a row. Default: missing; of sums and counts zero.",
            panel=TABLE,
            read=one_text,
            choices=("missing", "zero"),
        ),
    ] = None
    missing: Annotated[
        tuple[str, ...],
        Option(
            "--missing",
            "MARK",
            help="Cells that stand for a missing value, such as -999 or <1; repeat it, or separate "
            "them by commas. none: no number is taken as missing.",
            panel=TABLE,
            read=word_list,
        ),
    ] = ()
    decimal: Annotated[
        str | None,
        Option(
            "--decimal",
            ",|.",
            help="The decimal sign; the other one separates thousands. Default: as the cells say.",
            panel=TABLE,
            read=one_text,
            choices=(",", "."),
            is_for_fitting=True,
        ),
    ] = None
    aggregate: Annotated[
        str | None,
        Option(
            "--aggregate",
            "RULE",
            help="How several rows of one step of --freq become one: sum, mean, median, count, "
            "min, max, first or last.",
            panel=TABLE,
            read=one_text,
            choices=AGGREGATES,
            is_for_fitting=True,
        ),
    ] = None
    wide: Annotated[
        bool | None,
        Option("--wide/--long", help="Whether each column is a separate series.", panel=TABLE),
    ] = None
    sheet: Annotated[
        str | None,
        Option(
            "--sheet",
            "NAME",
            help="The sheet of a spreadsheet, the file of a .zip, or the table of a database. "
            "Default: the only table.",
            panel=TABLE,
            read=one_text,
        ),
    ] = None
    query: Annotated[
        str | None,
        Option(
            "--query",
            "SQL",
            help="A SELECT of a database, whose result is the table.",
            panel=TABLE,
            read=one_text,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """The options of fitting: keywords of `gated.Forecaster`."""

    holidays: Annotated[
        str | None,
        Option(
            "--holidays",
            "PLACE",
            help="Public holidays of a country or region: GB, DE-BY, US-CA.",
            panel=COVARIATES,
            read=one_text,
            is_for_fitting=True,
        ),
    ] = None
    training: Annotated[
        str | None,
        Option(
            "--training",
            "WAY",
            help="none: the pretrained network as it is (default). tune: fine-tune it on the "
            "table. scratch: train on this table only. auto: the one of these two with the smaller "
            "validation error. A trained network that is no better than none is not used.",
            panel=TRAINING,
            read=one_text,
            choices=TRAINING_MODES,
            is_for_fitting=True,
        ),
    ] = None
    max_steps: Annotated[
        int | None,
        Option(
            "--max-steps",
            "STEPS",
            help="The largest number of gradient steps.",
            panel=TRAINING,
            read=whole_number(least=1, most=LARGEST["max_steps"]),
            is_for_fitting=True,
        ),
    ] = None
    seed: Annotated[
        int | None,
        Option(
            "--seed",
            "NUMBER",
            help="Seed of the random numbers: the same seed gives the same forecast.",
            panel=TRAINING,
            read=whole_number(least=0, most=LARGEST["seed"]),
            is_for_fitting=True,
        ),
    ] = None
