"""Converts options to parameters that typer reads, and the typed texts to their values."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import typer

from gated.cli.options.option import PANELS, Option, check_choice, options_of
from gated.cli.options.readers import word_list

__all__ = ["read_options", "typer_parameters"]


def typer_parameters(request: type) -> list[inspect.Parameter]:
    """Return the options of a request as parameters that typer reads, sorted by panel."""
    defaults = {field.name: field.default for field in fields(request)}
    options = sorted(options_of(request).items(), key=lambda item: PANELS.index(item[1].panel))
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
        check_choice(option, typed)
    return typed
