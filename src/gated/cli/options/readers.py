"""Reads the typed texts of options: numbers, words, paths, names of columns."""

import math
from collections.abc import Sequence
from pathlib import Path

from gated.cli.options.option import Option, Reader, check_choice
from gated.errors import UsageError
from gated.table.io.addresses import is_address
from gated.text import grouped

__all__ = [
    "LARGEST_COUNT",
    "column_names",
    "height_and_width",
    "joined_names",
    "number_list",
    "one_number",
    "one_path",
    "one_source",
    "one_text",
    "source_list",
    "whole_number",
    "word_list",
]

LARGEST_COUNT = 10**15
"""The largest number of steps, cutoffs and so on: a larger number is a typing error."""


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
    check_choice(option, typed[0])
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
        check_choice(option, word)
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
