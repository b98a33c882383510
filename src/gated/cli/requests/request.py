"""Defines what the requests of all commands share, and those of `demo`, `doctor` and `show`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from gated.cli.options.option import OUTPUT, Option
from gated.cli.options.parameters import read_options
from gated.cli.options.readers import one_path, whole_number
from gated.cli.output.encoding import check_table_suffix
from gated.cli.paths import check_place
from gated.errors import UsageError
from gated.tasks.limits import DEMOS, LARGEST
from gated.tasks.shipped import GENERATORS

__all__ = ["AsJson", "DemoRequest", "DoctorRequest", "Quiet", "Request", "ShowRequest"]

AsJson = Annotated[bool, Option("--json", help="Write one JSON object to stdout.", panel=OUTPUT)]
Quiet = Annotated[bool, Option("--quiet -q", help="Print errors only.", panel=OUTPUT)]


@dataclass(frozen=True, kw_only=True)
class Request:
    """The options of a command; None: not given.

    Attributes:
        reads_table: whether the command reads a table.
    """

    reads_table: ClassVar[bool] = False

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

    reads_table: ClassVar[bool] = True

    name: Annotated[
        str | None,
        Option(
            "",
            "[NAME]",
            help=f"What to show: {', '.join(DEMOS)}. By default the shop.",
            choices=DEMOS,
        ),
    ] = None
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

    out: Annotated[
        Path | None,
        Option(
            "--out -o",
            "FOLDER",
            help="Write what is made to this folder. By default the current one.",
            read=one_path,
        ),
    ] = None
    seed: Annotated[
        int | None,
        Option(
            "--seed",
            "NUMBER",
            help="Seed of what is made. By default another one each time.",
            read=whole_number(least=0, most=LARGEST["seed"]),
        ),
    ] = None

    explain: Annotated[
        bool,
        Option(
            "--explain",
            help="Show the gates of the network: what each step keeps of its memory.",
        ),
    ] = False

    def __post_init__(self) -> None:
        is_shop = self.name in (None, "shop")
        if self.seed is not None and self.name not in GENERATORS:
            raise UsageError(
                f"--seed is given, but the demo {self.name or 'shop'} makes nothing new. Leave it "
                "out."
            )
        if self.out is not None and is_shop:
            raise UsageError("--out is given, but the demo shop writes no file. Leave it out.")
        if self.explain and is_shop:
            raise UsageError(
                "--explain is given, but the demo shop has no picture of gates. Leave it out, or "
                "name another demo, such as gated demo digits --explain."
            )
        if self.out is not None and not self.out.is_dir():
            raise UsageError(f"--out {self.out}: there is no such folder. Make it first.")
        if self.table is not None and self.name not in (None, "shop"):
            raise UsageError(f"--table is of the demo shop, not of {self.name}. Leave it out.")
        if self.table is not None:
            check_table_suffix("--table", self.table, among=(".csv", ".parquet"))
            check_place("--table", self.table)


@dataclass(frozen=True, kw_only=True)
class DoctorRequest(Request):
    """The options of `gated doctor`."""

    as_json: Annotated[bool, Option("--json", help="Write one JSON object to stdout.")] = False


@dataclass(frozen=True, kw_only=True)
class ShowRequest(Request):
    """The options of `gated show`."""

    model: Annotated[Path, Option("", "MODEL", help="A model file of gated.")]
    as_json: Annotated[bool, Option("--json", help="Write one JSON object to stdout.")] = False
