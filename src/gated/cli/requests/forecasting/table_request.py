"""Defines the options of every command that reads a table and forecasts, and checks them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from gated.cli.library_keywords import ModelOptions
from gated.cli.options.option import FORECAST, OUTPUT, Option
from gated.cli.options.readers import one_path, whole_number
from gated.cli.requests.forecasting.reading_request import ReadingRequest
from gated.errors import GatedError, UsageError

__all__ = ["TableRequest"]


@dataclass(frozen=True, kw_only=True)
class TableRequest(ModelOptions, ReadingRequest):
    """The options of every command that reads a table and forecasts.

    Fields that are passed to methods of `gated.Forecaster` have the names of their keywords.
    """

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
            "--out -o",
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

    @classmethod
    def of(cls, command: str, typed: Mapping[str, Any]) -> Self:
        """Make the request from the typed options; see `Request.of`.

        Raises:
            UsageError: a value is wrong, or contradicts another one, or --horizon is missing.
            DataError: the table is not a readable file.
        """
        if typed["horizon"] is not None:
            return super().of(command, typed)
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
        super().__post_init__()

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The keywords of `gated.Forecaster` that were given."""
        return self._given(ModelOptions)

    def _check_training(self) -> None:
        if self.max_steps is not None and self.training in (None, "none"):
            raise UsageError(
                "--max-steps has no effect, because nothing is trained. Leave it out, or train "
                "with --training auto."
            )
