"""Reads options from environment variables: GATED_HORIZON is --horizon."""

import os
from collections.abc import Mapping
from difflib import get_close_matches

from gated.cli.settings.setting import ALONE, Named, Setting, named_options
from gated.errors import UsageError

__all__ = [
    "CONFIG_VARIABLE",
    "OTHER_VARIABLES",
    "read_environment",
    "unknown_variables",
    "variable",
]

_PREFIX = "GATED_"
CONFIG_VARIABLE = "GATED_CONFIG"
OTHER_VARIABLES = (
    *("GATED_INSTRUCTION_SETS", "GATED_ISA", "GATED_REQUIRE_NATIVE", "GATED_TRACEBACK"),
    CONFIG_VARIABLE,
)
"""Variables of gated that are no options of a command."""
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
_SIMILAR = 0.8  # of two names, from 0 to 1: only a typing error is reported


def variable(name: str) -> str:
    """Return the variable of an option.

    >>> variable("season-length")
    'GATED_SEASON_LENGTH'
    """
    return _PREFIX + name.replace("-", "_").upper()


def read_environment(command: str, request: type) -> list[Setting]:
    """Read the options of a command; an empty variable is not set.

    Raises:
        UsageError: the variable of a switch is neither yes nor no.
    """
    if command in ALONE:
        return []
    found = {name: os.environ.get(variable(name), "") for name in named_options(request)}
    return [
        _setting(named, variable(name), found[name])
        for name, named in named_options(request).items()
        if found[name]
    ]


def unknown_variables(commands: Mapping[str, type]) -> list[str]:
    """Return a sentence for each variable whose name is nearly that of an option."""
    known = {variable(name) for request in commands.values() for name in named_options(request)}
    known |= set(OTHER_VARIABLES)
    sentences = []
    for name in sorted(os.environ):
        if not name.startswith(_PREFIX) or name in known:
            continue
        if close := get_close_matches(name, known, n=1, cutoff=_SIMILAR):
            sentences.append(f"The variable {name} has no effect. Did you mean {close[0]}?")
    return sentences


def _setting(named: Named, key: str, text: str) -> Setting:
    if not named.is_switch:
        return Setting.of(named, [text], key, key)
    if text.lower() not in (*_YES, *_NO):
        raise UsageError(f"{key} is `{text}`. Expected 1 or 0, for yes or no.")
    return Setting(named, (text.lower() in _YES) != named.is_negative, key, key)
