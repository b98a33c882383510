"""Defines the options of every command that reads a table, and those of `read` and `future`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from gated.cli.library_keywords import TableOptions
from gated.cli.options.option import FORECAST, OUTPUT, Option, options_of
from gated.cli.options.readers import one_path, one_source, source_list, whole_number
from gated.cli.output.encoding import check_table_suffix
from gated.cli.paths import check_places
from gated.cli.requests.request import Quiet, Request
from gated.errors import UsageError
from gated.table.io.addresses import masked
from gated.table.io.table_file import check_file, table_name
from gated.text import printable

__all__ = ["FillInRequest", "GivenTableRequest", "ReadRequest", "ReadingRequest"]


@dataclass(frozen=True, kw_only=True)
class GivenTableRequest(TableOptions, Request):
    """The table, and how it is read."""

    reads_table: ClassVar[bool] = True

    table: Annotated[
        Path | str,
        Option(
            "",
            "TABLE",
            help="Past values: a text file, .xlsx, .ods, .json, .parquet, .zip …, a folder, a URL, "
            "a database, or - for stdin.",
            read=one_source,
            file="read",
        ),
    ]
    more_tables: Annotated[
        tuple[Path | str, ...],
        Option(
            "",
            "[MORE]",
            help="More files with the same columns, which are read as one table.",
            read=source_list,
            is_many=True,
        ),
    ] = ()
    quiet: Quiet = False

    @classmethod
    def of(cls, command: str, typed: Mapping[str, Any]) -> Self:
        """Make the request from the typed options; see `Request.of`.

        Raises:
            UsageError: a value is wrong, or contradicts another one.
            DataError: the table is not a readable file.
        """
        request = super().of(command, typed)
        request.check_tables()
        return request

    def check_tables(self) -> None:
        """Check the files of the table.

        Raises:
            DataError: a file is missing or not readable.
        """
        for path in self.tables:
            check_file(path)

    def __post_init__(self) -> None:
        self._check_places()

    @property
    def tables(self) -> tuple[Path | str, ...]:
        """All files of the table."""
        return (self.table, *self.more_tables)

    @property
    def source(self) -> Path | str | list[Path | str]:
        """What `gated.read_table` reads."""
        return list(self.tables) if self.more_tables else self.table

    @property
    def given_table(self) -> str | list[str]:
        """The table as typed, for `--json`; without a password."""
        shown = [masked(str(table)) for table in self.tables]
        return shown if self.more_tables else shown[0]

    @property
    def table_name(self) -> str:
        """The name of the table in messages and titles."""
        more = f" and {len(self.more_tables)} more" if self.more_tables else ""
        return f"{printable(table_name(self.table))}{more}"

    @property
    def table_keywords(self) -> dict[str, Any]:
        """The keywords of `gated.read_table` that were given."""
        return self._given(TableOptions)

    def _given(self, among: type) -> dict[str, Any]:
        """Return the options of a class whose values differ from the default."""
        values = {entry: getattr(self, entry.name) for entry in fields(among)}
        return {entry.name: value for entry, value in values.items() if value != entry.default}

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
        files: dict[str, Path | str | None] = {
            entry.name if entry.flags else "the table": getattr(self, name)
            for name, entry in options_of(type(self)).items()
            if entry.file == purpose
        }
        if purpose == "read":
            files |= {f"the table {path}": path for path in self.more_tables}
        return {name: path for name, path in files.items() if not isinstance(path, str)}


@dataclass(frozen=True, kw_only=True)
class ReadingRequest(GivenTableRequest):
    """The options of every command that reads a table and writes one result."""

    as_json: Annotated[
        bool,
        Option("--json", help="Write one JSON object with all results to stdout.", panel=OUTPUT),
    ] = False
    strict: Annotated[
        bool,
        Option(
            "--strict",
            help="End with exit code 3 if a series was left out; the others are forecast.",
            panel=OUTPUT,
        ),
    ] = False


@dataclass(frozen=True, kw_only=True)
class ReadRequest(ReadingRequest):
    """The options of `gated read`."""

    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FILE",
            help="Write the table, a row for each series and time: .csv, .parquet or .json.",
            panel=OUTPUT,
            read=one_path,
            file="written",
        ),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.out is not None:
            check_table_suffix("--out", self.out)


@dataclass(frozen=True, kw_only=True)
class FillInRequest(ReadRequest):
    """The options of `gated future`."""

    horizon: Annotated[
        int | None,
        Option(
            "--horizon",
            "STEPS",
            help="The number of steps after the last one of the table. Required.",
            panel=FORECAST,
            read=whole_number(least=1),
        ),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.horizon is None:
            raise UsageError(
                "--horizon is missing. Expected the number of steps to fill in, such as "
                f"gated future {self.table} --horizon 28 --covariate price."
            )
