"""Defines the options of every command that reads a table and forecasts, and checks them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Self

from gated.cli.library_keywords import ModelOptions, TableOptions
from gated.cli.options import FORECAST, OUTPUT, Option, one_path, options_of, whole_number
from gated.cli.paths import check_places
from gated.cli.requests.request import Request
from gated.errors import GatedError, UsageError
from gated.table.io.table_file import check_file

__all__ = ["TableRequest"]


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
