"""Defines the options of each command as fields of a request, and checks the requests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from gated.cli.console.output import check_table_suffix
from gated.cli.library_keywords import METHODS, ModelOptions, TableOptions
from gated.cli.options import (
    BACKTEST,
    COVARIATES,
    FORECAST,
    OUTPUT,
    TRAINING,
    Option,
    number_list,
    one_path,
    one_text,
    options_of,
    read_options,
    whole_number,
    word_list,
)
from gated.cli.places import check_place, check_places
from gated.errors import GatedError, UsageError
from gated.table.io.table_file import check_file

__all__ = ["BacktestRequest", "DemoRequest", "DoctorRequest", "ForecastRequest", "Request", "flag"]

By = Literal["overall", "series", "cutoff", "step"]

_CHECKPOINT_SUFFIX = ".gated-checkpoint"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The options of a command; None: not given."""

    @classmethod
    def of(cls, command: str, typed: Mapping[str, Any]) -> Self:
        """Make the request from the typed options.

        Args:
            command: the name of the command, for messages.
            typed: the result of typer for each field; None where an option was not given.

        Raises:
            UsageError: a value is wrong, or contradicts another one.
        """
        return cls(**read_options(cls, typed))


@dataclass(frozen=True, kw_only=True)
class DemoRequest(Request):
    """The options of `gated demo`; None: not given."""

    table: Annotated[
        Path | None,
        Option(
            "--table",
            "FILE",
            help="Only write the shop's table to this file, for the other commands: .csv or "
            ".parquet.",
            read=one_path,
            file="written",
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.table is not None:
            check_table_suffix("--table", self.table, among=(".csv", ".parquet"))
            check_place("--table", self.table)


@dataclass(frozen=True, kw_only=True)
class DoctorRequest(Request):
    """The options of `gated doctor`."""

    as_json: Annotated[bool, Option("--json", help="Write one JSON object to stdout.")] = False


@dataclass(frozen=True, kw_only=True)
class TableRequest(ModelOptions, TableOptions, Request):
    """The options of every command that reads a table and forecasts.

    Fields that are passed to methods of `gated.Forecaster` have the names of their keywords.
    """

    table: Annotated[
        Path,
        Option(
            "",
            "TABLE",
            help="Past values: .csv, .tsv, .txt (also .gz) or .parquet.",
            file="read",
        ),
    ]
    horizon: Annotated[
        int,
        Option(
            "--horizon",
            "STEPS",
            help="The number of steps to forecast. Required.",
            panel=FORECAST,
            read=whole_number(least=1),
        ),
    ]
    out: Annotated[
        Path | None,
        Option(
            "--out",
            "FILE",
            help="Write the forecasts: .csv, .parquet or .json.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    report: Annotated[
        Path | None,
        Option(
            "--report",
            "FILE",
            help="Write a page with charts of every series: .html.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    as_json: Annotated[
        bool,
        Option("--json", help="Write one JSON object with all results to stdout.", panel=OUTPUT),
    ] = False
    quiet: Annotated[bool, Option("--quiet", help="Print errors only.", panel=OUTPUT)] = False

    @classmethod
    def of(cls, command: str, typed: Mapping[str, Any]) -> Self:
        """Make the request from the typed options; see `Request.of`.

        Raises:
            UsageError: a value is wrong, or contradicts another one, or --horizon is missing.
            DataError: the table is not a readable file.
        """
        if typed["horizon"] is not None:
            request = super().of(command, typed)
            check_file(request.table.expanduser())
            return request
        missing = (
            "--horizon is missing. Expected the number of steps to forecast, such as four weeks of "
            f"daily data:\n  gated {command} {typed['table']} --horizon 28"
        )
        try:
            cls.of(command, {**typed, "horizon": ["1"]})
        except GatedError as other:  # both in one message, so that one correction is enough
            raise UsageError(f"{other}\nAlso, {missing}") from other
        raise UsageError(missing)

    def __post_init__(self) -> None:
        self._check_training()
        self._check_places()

    @property
    def table_keywords(self) -> dict[str, Any]:
        """The keywords of `gated.read_table` that were given."""
        return self._given(TableOptions)

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The keywords of `gated.Forecaster` that were given."""
        return self._given(ModelOptions)

    def _given(self, among: type) -> dict[str, Any]:
        """Return the options of a class whose values differ from the default."""
        values = {entry: getattr(self, entry.name) for entry in fields(among)}
        return {entry.name: value for entry, value in values.items() if value != entry.default}

    def _check_training(self) -> None:
        if self.max_steps is not None and self.training in (None, "none"):
            raise UsageError(
                "--max-steps has no effect, because nothing is trained. Leave it out, or train "
                "with --training auto."
            )

    def without(self, options: Iterable[str]) -> Self:
        """Return the request without the files of some options, given by their fields."""
        not_given: dict[str, Any] = dict.fromkeys(options)
        return replace(self, **not_given)

    def _check_places(self) -> None:
        check_places(self._files("read"), self._files("written"), self._reserved())

    def _reserved(self) -> dict[str, Path | None]:
        """Return the files that the command may write without an option."""
        return {}

    def _files(self, purpose: str) -> dict[str, Path | None]:
        return {
            entry.name if entry.flags else "the table": getattr(self, name)
            for name, entry in options_of(type(self)).items()
            if entry.file == purpose
        }


@dataclass(frozen=True, kw_only=True)
class ForecastRequest(TableRequest):
    """The options of `gated forecast`; None: not given."""

    level: Annotated[
        tuple[float, ...] | None,
        Option(
            "--level",
            "PERCENT",
            help="Prediction intervals: 80,95. Default: 80, or none with --quantiles.",
            panel=FORECAST,
            read=number_list(example="80,95"),
        ),
    ] = None
    quantiles: Annotated[
        tuple[float, ...] | None,
        Option(
            "--quantiles",
            "SHARES",
            help="Quantiles between 0 and 1: 0.1,0.9.",
            panel=FORECAST,
            read=number_list(example="0.1,0.9"),
        ),
    ] = None
    X_df: Annotated[
        Path | None,
        Option(
            "--future",
            "FILE",
            help="Future values of the covariates. Default: the rows at the end of the table that "
            "have no target.",
            panel=COVARIATES,
            read=one_path,
            file="read",
        ),
    ] = None
    model: Annotated[
        Path | None,
        Option(
            "--model",
            "FILE",
            help="Forecast with a model that --save wrote; nothing is fitted.",
            panel=FORECAST,
            read=one_path,
            file="read",
        ),
    ] = None
    explain: Annotated[
        bool,
        Option(
            "--explain",
            help="Print the past steps with the largest weights in the forecast.",
            panel=OUTPUT,
        ),
    ] = False
    save: Annotated[
        Path | None,
        Option(
            "--save",
            "FILE",
            help="Write the fitted model, for --model.",
            panel=TRAINING,
            read=one_path,
            file="written",
            is_for_fitting=True,
        ),
    ] = None
    checkpoint: Annotated[
        Path | None,
        Option(
            "--checkpoint --resume",
            "FILE",
            help="The file that an interrupted training (Ctrl-C) leaves, and from which the next "
            "run resumes. Default: the name of the table with the suffix "
            f"{_CHECKPOINT_SUFFIX}, in the folder of --out.",
            panel=TRAINING,
            read=one_path,
            file="written",
            is_for_fitting=True,
        ),
    ] = None

    def __post_init__(self) -> None:
        self._check_model()
        super().__post_init__()

    @property
    def resumable(self) -> Path:
        """The checkpoint's path: the given one, or one in the folder of --out."""
        if self.checkpoint is not None:
            return self.checkpoint
        folder = self.out.parent if self.out is not None else Path()
        name = self.table.name.removesuffix(".gz")
        return folder / (Path(name).stem + _CHECKPOINT_SUFFIX)

    def _reserved(self) -> dict[str, Path | None]:
        is_named = self.checkpoint is not None or self.model is not None
        return {"the checkpoint that Ctrl-C leaves": None if is_named else self.resumable}

    def _check_model(self) -> None:
        """Raise an error for options that have no effect on a fitted model."""
        if self.model is None:
            return
        unused = [
            entry.name
            for name, entry in options_of(type(self)).items()
            if entry.is_for_fitting and name in self._given(type(self))
        ]
        if unused:
            raise UsageError(
                f"--model {self.model} is fitted already, so {' and '.join(unused)} would change "
                "nothing. Leave it out, or leave out --model to fit a new model."
            )


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


_FLAGS = {
    name: entry.name
    for kind in (ForecastRequest, BacktestRequest)
    for name, entry in options_of(kind).items()
}


def flag(name: str, value: str | None = None) -> str:
    """Return the option of a keyword of Python; for `gated.text.option_style`.

    >>> flag("season_length"), flag("freq", "YS"), flag("covariates")
    ('--season-length', '--freq YS', '--covariate')
    """
    return _FLAGS[name] if value is None else f"{_FLAGS[name]} {value}"
