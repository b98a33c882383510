"""Defines the options of every command that forecasts the steps after the end of a table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from gated.cli.options.option import COVARIATES, FORECAST, Option, options_of
from gated.cli.options.readers import one_path, one_source
from gated.cli.requests.forecasting.table_request import TableRequest
from gated.errors import UsageError

__all__ = ["FutureRequest"]


@dataclass(frozen=True, kw_only=True)
class FutureRequest(TableRequest):
    """The options of a command that forecasts the steps ahead, with a saved model or a new one."""

    X_df: Annotated[
        Path | str | None,
        Option(
            "--future",
            "FILE",
            help="Future values of the covariates. Default: the rows at the end of the table that "
            "have no target.",
            panel=COVARIATES,
            read=one_source,
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

    def __post_init__(self) -> None:
        self._check_model()
        super().__post_init__()

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
