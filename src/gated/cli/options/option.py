"""Defines the class of an option.

A command's options are the fields of a dataclass in `gated.cli.requests`:

    seed: Annotated[
        int | None,
        Option(
            "--seed",
            "NUMBER",
            help="Seed of the random numbers.",
            panel=TRAINING,
            read=whole_number(least=0),
        ),
    ] = None

The entry defines the flag, its line in the help, its completion in the shell, the check of its
value, and the attribute of the request with its default.
"""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any, Literal, TypeAlias, get_type_hints

from gated.errors import UsageError
from gated.text import did_you_mean

__all__ = [
    "BACKTEST",
    "COVARIATES",
    "FORECAST",
    "GENERATION",
    "OUTPUT",
    "PANELS",
    "SEVERAL",
    "TABLE",
    "TRAINING",
    "Option",
    "Reader",
    "check_choice",
    "options_of",
]

FORECAST, BACKTEST, COVARIATES = "Forecast", "Backtest", "Covariates"
OUTPUT, TRAINING, GENERATION = "Output", "Training", "Generation"
SEVERAL = "Many files"
TABLE = "Table (by default, columns are found by name and type)"
PANELS = (
    "",
    FORECAST,
    BACKTEST,
    COVARIATES,
    GENERATION,
    OUTPUT,
    TRAINING,
    TABLE,
    SEVERAL,
)  # in the help's order


@dataclass(frozen=True)
class Option:
    """One option of a command.

    Attributes:
        flags: the spellings, separated by spaces; empty for an argument.
        metavar: the placeholder of its value in the help; empty for a switch.
        help: its description; the default is added if it is a value.
        panel: the part of the help that shows it.
        read: converts the typed texts to the value; None for a switch and a path as an argument.
        choices: the accepted words; any text if empty.
        offered: further words that the completion in a shell offers, but that are not checked.
        file: whether the value names a file to be "read" or "written".
        is_for_fitting: whether it has no effect on a model that is fitted already.
        is_many: whether an argument takes all values to the end of the command.
        is_text: whether an argument is text, and not a path.
    """

    flags: str
    metavar: str = ""
    _: KW_ONLY
    help: str
    panel: str = ""
    read: "Reader | None" = None
    choices: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    file: Literal["read", "written"] | None = None
    is_for_fitting: bool = False
    is_many: bool = False
    is_text: bool = False

    @property
    def name(self) -> str:
        """The name of the option in a message: its first spelling; `--wide` for `--wide/--long`."""
        return self.flags.split()[0].partition("/")[0] if self.flags else self.metavar.strip("[]")

    @property
    def is_switch(self) -> bool:
        """Whether the option has no value."""
        return bool(self.flags) and self.read is None


Reader: TypeAlias = Callable[[Option, Sequence[str]], Any]
"""Converts the typed texts, one for each time the option was given, to a value."""


def options_of(request: type) -> dict[str, Option]:
    """Return the options of a request by the name of the field."""
    hints = get_type_hints(request, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(request)}


def check_choice(option: Option, word: str) -> None:
    """Check that a word is one of the choices, where the option has some.

    Raises:
        UsageError: it is none.
    """
    if option.choices and word not in option.choices:
        raise UsageError(
            f"{option.name} {word} is unknown.{did_you_mean(word, option.choices)} Expected one "
            f"of {', '.join(option.choices)}."
        )
