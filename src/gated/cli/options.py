"""Defines the class of an option and the readers of its values.

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

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_type_hints

import typer

from gated.errors import UsageError
from gated.table.io.addresses import is_address
from gated.text import did_you_mean, grouped

__all__ = [
    "BACKTEST",
    "COVARIATES",
    "FORECAST",
    "GENERATION",
    "LARGEST_COUNT",
    "OUTPUT",
    "TABLE",
    "TRAINING",
    "Option",
    "column_names",
    "height_and_width",
    "joined_names",
    "number_list",
    "one_number",
    "one_path",
    "one_source",
    "one_text",
    "options_of",
    "read_options",
    "source_list",
    "typer_parameters",
    "whole_number",
    "word_list",
]

FORECAST, BACKTEST, COVARIATES = "Forecast", "Backtest", "Covariates"
OUTPUT, TRAINING, GENERATION = "Output", "Training", "Generation"
TABLE = "Table (by default, columns are found by name and type)"
LARGEST_COUNT = 10**15
"""The largest number of steps, cutoffs and so on: a larger number is a typing error."""
_PANELS = (
    "",
    FORECAST,
    BACKTEST,
    COVARIATES,
    GENERATION,
    OUTPUT,
    TRAINING,
    TABLE,
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


def read_options(request: type, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the given options by the name of the field.

    Args:
        request: the class whose fields are the options.
        typed: the result of typer for each field: the texts of an option, the path of an argument,
            True or False for a switch; None where the option was not given.

    Raises:
        UsageError: a text is not valid for its option.
    """
    given = {name: found for name, found in typed.items() if found is not None}
    return {
        name: _read(option, given[name])
        for name, option in options_of(request).items()
        if name in given
    }


def _read(option: Option, typed: Any) -> Any:
    """Return the value of one option, argument or switch."""
    if option.read is not None:
        is_single = not option.flags and not option.is_many
        return option.read(option, [typed] if is_single else typed)
    if option.choices:
        _check_choice(option, typed)
    return typed


def typer_parameters(request: type) -> list[inspect.Parameter]:
    """Return the options of a request as parameters that typer reads, sorted by panel."""
    defaults = {field.name: field.default for field in fields(request)}
    options = sorted(options_of(request).items(), key=lambda item: _PANELS.index(item[1].panel))
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_typer_default(option, defaults[name]),
            annotation=_typer_type(option),
        )
        for name, option in options
    ]


def _typer_default(option: Option, default: object) -> Any:
    if not option.flags:
        is_needed = default is MISSING
        return typer.Argument(
            ... if is_needed else None,
            metavar=option.metavar,
            help=option.help,
            autocompletion=_completion(option),
        )
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
    is_value = shown not in (MISSING, None, False, "")
    return typer.Option(
        None,
        *_spellings(option),
        metavar=option.metavar,
        help=f"{option.help} Default: {shown}." if is_value else option.help,
        rich_help_panel=option.panel or None,
        autocompletion=_completion(option),
    )


def _spellings(option: Option) -> list[str]:
    """Return the spellings; a switch can be switched off, if a file or a variable set it."""
    spellings = option.flags.split()
    if option.is_switch and "/" not in option.flags:
        return [f"{one}/--no-{one[2:]}" if one[:2] == "--" else one for one in spellings]
    return spellings


def _completion(option: Option) -> Callable[[str], list[str]] | None:
    """Return the words that a shell offers; None for names of files.

    After a comma, the next word of a list is offered.
    """
    words = option.choices or option.offered
    if not words:
        return None

    def offer(incomplete: str) -> list[str]:
        before, comma, _ = incomplete.rpartition(",") if option.read is word_list else ("",) * 3
        return [f"{before}{comma}{word}" for word in words]

    return offer


def _typer_type(option: Option) -> Any:
    """Return the type for typer: lists of texts, because typer silently keeps only the last value.

    The readers convert texts to values, because typer's errors do not repeat the typed text.
    """
    if not option.flags:
        is_text = option.is_text or bool(option.choices) or option.read is not None
        if option.is_many:
            return list[str] if is_text else list[Path]
        return str if is_text else Path
    return bool | None if option.read is None else list[str] | None


def one_text(option: Option, typed: Sequence[str]) -> str:
    """Read one text.

    Raises:
        UsageError: the option was given more than once, or its value is not one of the choices.
    """
    if len(typed) > 1:
        values = ", ".join(f"`{value}`" for value in typed)
        raise UsageError(
            f"{option.name} was given {len(typed)} times: {values}. Expected one value. Keep one "
            "of them."
        )
    _check_choice(option, typed[0])
    return typed[0]


def source_list(_: Option, typed: Sequence[str]) -> tuple[Path | str, ...]:
    """Read the tables of an argument that takes all values to the end of the command."""
    return tuple(map(_source, typed))


def one_source(option: Option, typed: Sequence[str]) -> Path | str:
    """Read a table: the path of a file, or the address of one or of a database, which stays text.

    >>> option = Option("--future", help="", read=one_source)
    >>> one_source(option, ["sqlite:///shop.db"])
    'sqlite:///shop.db'
    """
    return _source(one_text(option, typed))


def _source(text: Path | str) -> Path | str:
    return str(text) if is_address(str(text)) else _user_path(Path(text))


def one_path(option: Option, typed: Sequence[str]) -> Path:
    """Read the path of one file; `~` is the user's folder."""
    return _user_path(Path(one_text(option, typed)))


def _user_path(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # the user does not exist: keep the path as it is
        return path


def column_names(option: Option, typed: Sequence[str]) -> tuple[str, ...]:
    """Read the names of columns.

    A name may contain a comma, so `gated.read_table` parts a text at its commas, where the columns
    of the table are known.

    >>> option = Option("--covariate", help="", read=column_names)
    >>> column_names(option, ["price", "open"])
    ('price', 'open')
    """
    return tuple(typed)


def joined_names(option: Option, typed: Sequence[str]) -> str:
    """Read the names of columns whose labels are joined; `gated.read_table` finds such a column.

    >>> joined_names(Option("--id-col", help=""), ["store", "item"])
    'store/item'
    """
    return "/".join(typed)


def word_list(option: Option, typed: Sequence[str]) -> tuple[str, ...]:
    """Read words that are separated by commas or given by repeated options.

    Raises:
        UsageError: a word is not one of the choices.

    >>> option = Option("--against", help="", read=word_list)
    >>> word_list(option, ["naive,theta", "drift"])
    ('naive', 'theta', 'drift')
    """
    words = [word.strip() for text in typed for word in text.split(",")]
    for word in words:
        _check_choice(option, word)
    return tuple(words)


def whole_number(*, least: int, most: int = LARGEST_COUNT) -> Reader:
    """Make a reader of one whole number from `least` to `most`.

    >>> whole_number(least=1)(Option("--horizon", help=""), ["28"])
    28
    """

    def read(option: Option, typed: Sequence[str]) -> int:
        text = one_text(option, typed)
        expected = f"Expected a whole number, at least {least}."
        if most != LARGEST_COUNT:
            expected = f"Expected a whole number from {least} to {most:,}."
        try:
            value = int(text)
        except ValueError:
            raise UsageError(f"{option.name} {text} is not a whole number. {expected}") from None
        if value < least:
            raise UsageError(f"{option.name} {text} is too small. {expected}")
        if value > most:
            raise UsageError(f"{option.name} is {grouped(value)}: too large. {expected}")
        return value

    return read


def one_number(*, example: str) -> Reader:
    """Make a reader of one number.

    >>> one_number(example="500")(Option("--enough", help=""), ["500"])
    500.0
    """

    def read(option: Option, typed: Sequence[str]) -> float:
        text = one_text(option, typed)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise UsageError(
                f"{option.name} {text} is not a number. Expected a number, such as "
                f"{option.name} {example}."
            )
        return value

    return read


def height_and_width(option: Option, typed: Sequence[str]) -> tuple[int, int]:
    """Read a size in pixels: HEIGHTxWIDTH, or one number for both.

    Raises:
        UsageError: it is none.

    >>> option = Option("--size", help="", read=height_and_width)
    >>> height_and_width(option, ["28x32"]), height_and_width(option, ["28"])
    ((28, 32), (28, 28))
    """
    text = one_text(option, typed)
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) > 2 or not all(side.strip().isdecimal() for side in sides):
        raise UsageError(
            f"{option.name} {text} is no size. Expected height and width in pixels, such as "
            f"{option.name} 28x32, or one number for both."
        )
    return int(sides[0]), int(sides[-1])


def number_list(*, example: str) -> Reader:
    """Make a reader of numbers that are separated by commas or given by repeated options.

    >>> number_list(example="80,95")(Option("--level", help=""), ["80,90", "95"])
    (80.0, 90.0, 95.0)
    """

    def read(option: Option, typed: Sequence[str]) -> tuple[float, ...]:
        values = []
        for text in typed:
            for part in text.split(","):
                try:
                    values.append(float(part))
                except ValueError:
                    raise UsageError(
                        f'{option.name} {text}: "{part.strip()}" is not a number. Expected '
                        f"numbers separated by commas, such as {option.name} {example}."
                    ) from None
        return tuple(dict.fromkeys(values))  # without repeated values

    return read


def _check_choice(option: Option, word: str) -> None:
    if option.choices and word not in option.choices:
        raise UsageError(
            f"{option.name} {word} is unknown.{did_you_mean(word, option.choices)} Expected one "
            f"of {', '.join(option.choices)}."
        )
