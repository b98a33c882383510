"""Defines the options of `gated watch`, and checks them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from gated.cli.options.option import FORECAST, OUTPUT, Option
from gated.cli.options.readers import number_list, one_number, one_path, whole_number
from gated.cli.requests.forecasting.reading_request import GivenTableRequest
from gated.errors import UsageError

__all__ = ["UNLIKELY", "WatchRequest"]

UNLIKELY = 0.001  # a copy of a value of `gated.forecast`, which takes a second to import


@dataclass(frozen=True, kw_only=True)
class WatchRequest(GivenTableRequest):
    """The options of `gated watch`; None: not given."""

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
    level: Annotated[
        tuple[float, ...] | None,
        Option(
            "--level",
            "PERCENT",
            help="Prediction intervals: 80,95. Default: 80.",
            panel=FORECAST,
            read=number_list(example="80,95"),
        ),
    ] = None
    unlikely: Annotated[
        float,
        Option(
            "--unlikely",
            "PROBABILITY",
            help="Flag values that are less likely than this under the forecast made before.",
            panel=FORECAST,
            read=one_number(example="0.001"),
        ),
    ] = UNLIKELY
    is_fixed: Annotated[
        bool,
        Option("--fixed-widths", help="Do not adapt the widths of the intervals.", panel=FORECAST),
    ] = False
    new_series: Annotated[
        bool,
        Option("--new-series", help="Rows of unknown series begin new ones.", panel=FORECAST),
    ] = False
    model: Annotated[
        Path | None,
        Option(
            "--model",
            "FILE",
            help="Watch with a model that gated forecast --save wrote.",
            panel=FORECAST,
            read=one_path,
            file="read",
        ),
    ] = None
    state: Annotated[
        Path | None,
        Option(
            "--state",
            "FILE",
            help="Go on from this file if it exists, instead of the table; it is written at the "
            "end and every minute.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None
    strict: Annotated[
        bool,
        Option("--strict", help="Stop at the first row that cannot be used.", panel=OUTPUT),
    ] = False

    @classmethod
    def of(cls, command: str, typed: Mapping[str, Any]) -> Self:
        """Make the request from the typed options; see `Request.of`.

        Raises:
            UsageError: a value is wrong, or contradicts another one, or --horizon is missing.
            DataError: the table is not a readable file.
        """
        if typed["horizon"] is None:
            raise UsageError(
                "--horizon is missing. Expected the number of steps to forecast, such as four "
                f"weeks of daily data:\n  gated {command} {typed['table']} --horizon 28"
            )
        return super().of(command, typed)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.unlikely <= 1:
            raise UsageError(
                f"--unlikely is {self.unlikely:g}. Expected a probability from 0 to 1, such as "
                "0.001."
            )
        if "-" in (str(self.table), *map(str, self.more_tables)):
            raise UsageError(
                "The table is -, but stdin has the new rows. Expected a file of the past. Name one."
            )
        given = {"--covariate": self.covariates, "--past-covariate": self.past_covariates}
        for name, value in {**given, "--static": self.static_df}.items():
            if value:
                raise UsageError(f"gated watch uses no covariates. Leave out {name}.")
