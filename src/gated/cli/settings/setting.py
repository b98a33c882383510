"""Defines an option that was set outside the command line, and the names of such options."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields

from gated.cli.options.option import Option, options_of
from gated.errors import UsageError
from gated.table.io.addresses import masked

__all__ = ["ALONE", "Named", "Setting", "named_options"]

ALONE = frozenset({"demo"})
"""Commands for which options of all commands are not meant: --table of the demo writes a file."""


@dataclass(frozen=True)
class Named:
    """An option under one of its names.

    Attributes:
        field: the field of the request.
        option: its entry.
        is_negative: whether the name is that of the opposite, as `long` of `--wide/--long`.
    """

    field: str
    option: Option
    is_negative: bool = False

    @property
    def is_switch(self) -> bool:
        """Whether the option has no value."""
        return self.option.is_switch


@dataclass(frozen=True)
class Setting:
    """The value of an option, from a file or an environment variable.

    Attributes:
        named: the option.
        typed: the value as typer would pass it: texts of an option, one text of an argument, True
            or False for a switch; None: not given.
        key: its name as it is written there.
        place: where it is written, for messages.
        more: further texts of an argument.
    """

    named: Named
    typed: list[str] | str | bool | None
    key: str
    place: str
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The key and its value, for a message; without a password."""
        if isinstance(self.typed, bool):
            return f"{self.key} {'yes' if self.typed else 'no'}"
        typed = [self.typed] if isinstance(self.typed, str) else self.typed or []
        return f"{self.key} {' and '.join(masked(text) for text in (*typed, *self.more))}"

    def check(self) -> None:
        """Check the value.

        Raises:
            UsageError: it is not valid for the option; the message names the place.
        """
        if self.named.option.read is None or not isinstance(self.typed, list):
            return
        try:
            self.named.option.read(self.named.option, self.typed)
        except UsageError as error:
            raise UsageError(f"{self.place}: {error}") from error

    @classmethod
    def of(cls, named: Named, texts: list[str], key: str, place: str) -> "Setting":
        """Make the setting of an option or an argument from its texts."""
        if named.option.flags or not texts:
            return cls(named, texts or None, key, place)
        return cls(named, texts[0], key, place, tuple(texts[1:]))


def named_options(request: type) -> Mapping[str, Named]:
    """Return the options of a command by their names outside the command line.

    Those are the long spellings of its options, and the names of its arguments, in small letters,
    of those that every call needs: `table` and `model`.
    """
    found: dict[str, Named] = {}
    needed = {field.name for field in fields(request) if field.default is MISSING}
    for field, option in options_of(request).items():
        if not option.flags:
            if field in needed and not option.is_many and not option.is_text:
                found[option.name.lower()] = Named(field, option)
            continue
        for spelling in option.flags.split():
            name, _, opposite = spelling.partition("/")
            if name.startswith("--"):
                found[name[2:]] = Named(field, option)
            if opposite:
                found[opposite[2:]] = Named(field, option, is_negative=True)
    return found
