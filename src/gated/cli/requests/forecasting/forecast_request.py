"""Defines the options of `gated forecast`, and checks them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import FORECAST, TRAINING, Option, options_of
from gated.cli.options.readers import number_list, one_number, one_path, one_text, whole_number
from gated.cli.requests.forecasting.engine_options import EngineOptions, check_for_engine
from gated.cli.requests.forecasting.future_request import FutureRequest
from gated.errors import UsageError
from gated.table.io.table_file import table_name

__all__ = ["MOST_PATHS", "PERIODS", "ForecastRequest"]

# Copies of values of `gated.forecast`, which takes a second to import. Tests compare them.
PERIODS = ("horizon", "day", "week", "month", "quarter", "year")
MOST_PATHS = 1_000_000
_CHECKPOINT_SUFFIX = ".gated-checkpoint"


@dataclass(frozen=True, kw_only=True)
class ForecastRequest(EngineOptions, FutureRequest):
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
    paths: Annotated[
        int | None,
        Option(
            "--paths",
            "NUMBER",
            help="Write this many paths of the future instead of the forecast.",
            panel=FORECAST,
            read=whole_number(least=1, most=MOST_PATHS),
        ),
    ] = None
    totals: Annotated[
        str | None,
        Option(
            "--totals",
            "PERIOD",
            help="Write totals with intervals instead of the forecast: of the horizon, or of each "
            "day, week, month, quarter or year; of each series and of all.",
            panel=FORECAST,
            read=one_text,
            choices=PERIODS,
        ),
    ] = None
    enough: Annotated[
        float | None,
        Option(
            "--enough",
            "NUMBER",
            help="Print the probability that the total over the horizon is at most this number.",
            panel=FORECAST,
            read=one_number(example="500"),
        ),
    ] = None
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
        given, options = self._given(type(self)), options_of(type(self))
        check_for_engine(self.engine, [(name, options[name].name) for name in given])
        self._check_content()
        super().__post_init__()

    def check_tables(self) -> None:
        """Check the files of the table; an engine looks for its files itself.

        Raises:
            DataError: a file is missing or not readable.
        """
        if self.engine is None:
            super().check_tables()

    @property
    def resumable(self) -> Path:
        """The checkpoint's path: the given one, or one in the folder of --out."""
        if self.checkpoint is not None:
            return self.checkpoint
        folder = self.out.parent if self.out is not None else Path()
        name = Path(table_name(self.table)).name.removesuffix(".gz")
        return folder / (Path(name).stem + _CHECKPOINT_SUFFIX)

    def _check_places(self) -> None:
        if self.engine is None:
            super()._check_places()
        elif self.out is None:
            raise UsageError(
                f"--out is missing. Expected a folder for the files that --engine {self.engine} "
                "writes, such as --out next/."
            )

    def _reserved(self) -> dict[str, Path | None]:
        is_named = self.checkpoint is not None or self.model is not None
        return {"the checkpoint that Ctrl-C leaves": None if is_named else self.resumable}

    def _check_content(self) -> None:
        """Raise an error for two requests of what to write."""
        if self.paths is not None and self.totals is not None:
            raise UsageError(
                f"--paths {self.paths} and --totals {self.totals} are two contents of one file. "
                "Give one of them, and run the command again for the other."
            )
