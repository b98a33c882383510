"""Reads options from a TOML file: keys for all commands, and a table for each command."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gated.cli.options.readers import one_path, one_source, source_list
from gated.cli.settings.setting import ALONE, Named, Setting, named_options
from gated.errors import UsageError
from gated.table.io.addresses import is_address
from gated.text import did_you_mean

__all__ = ["read_config"]

_LARGEST = 1_000_000  # bytes: a larger file is no list of options
_STDIN = "-"
# A line that begins a table, and a line that gives a key; names may be quoted.
_TABLE_LINE = re.compile(r"\s*\[\s*[\"']?(?P<name>[^\]\"']+?)[\"']?\s*\]")
_KEY_LINE = re.compile(r"\s*(?P<name>[\w.\-\"' ]+?)\s*=")


def read_config(path: Path, command: str, commands: Mapping[str, type]) -> list[Setting]:
    """Read the options of one command; those of its own table come after those for all commands.

    Args:
        path: of the file.
        command: the name of the command.
        commands: the request of each command, by its name.

    Raises:
        UsageError: the file cannot be read, or a key or a value in it is wrong.
    """
    text = _read(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(f"{path} is not valid TOML: {problem}.") from problem
    return _Config(path, text.splitlines(), command, commands).settings(content)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"--config {path}: there is no such file.") from None
    except OSError as problem:
        raise UsageError(
            f"--config {path}: the file cannot be read ({problem.strerror})."
        ) from problem
    if len(content) > _LARGEST:
        raise UsageError(
            f"--config {path}: the file is larger than {_LARGEST:,} bytes. Expected a TOML file "
            "with options."
        )
    try:
        return content.decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except UnicodeDecodeError as problem:
        raise UsageError(
            f"--config {path}: the file is not UTF-8 (byte {problem.start:,}). Save it as UTF-8."
        ) from problem


@dataclass(frozen=True)
class _Config:
    """A file, and the command that is run.

    Attributes:
        path: of the file.
        lines: its text, for the numbers of lines in messages.
        command: the name of the command.
        commands: the request of each command, by its name.
    """

    path: Path
    lines: Sequence[str]
    command: str
    commands: Mapping[str, type]

    def settings(self, content: Mapping[str, Any]) -> list[Setting]:
        """Return the settings of the command, after a check of all names in the file."""
        shared = {key: value for key, value in content.items() if not isinstance(value, dict)}
        of_all = {
            name: named
            for request in self.commands.values()
            for name, named in named_options(request).items()
        }
        self._check_names(shared, of_all, "", [*of_all, *self.commands])
        for table, entries in content.items():
            if not isinstance(entries, dict):
                continue
            if table not in self.commands:
                raise UsageError(
                    f"{self._place('', table)}: there is no command `{table}`."
                    f"{did_you_mean(table, self.commands)} Expected the table of a command, such "
                    "as [forecast]."
                )
            self._check_names(entries, named_options(self.commands[table]), table)
        own = named_options(self.commands[self.command])
        found: list[Setting] = []
        tables = [] if self.command in ALONE else [("", shared)]
        for table, entries in (*tables, (self.command, content.get(self.command, {}))):
            named = {_plain(key): (key, value) for key, value in entries.items()}
            found += [
                self._setting(own[name], key, value, self._place(table, key))
                for name, (key, value) in named.items()
                if name in own
            ]
        return found

    def _check_names(
        self,
        entries: Mapping[str, Any],
        known: Mapping[str, Named],
        table: str,
        suggested: Sequence[str] = (),
    ) -> None:
        of = f"option of gated {table}" if table else "option of any command"
        for key in entries:
            if _plain(key) not in known:
                raise UsageError(
                    f"{self._place(table, key)}: `{key}` is no {of}."
                    f"{did_you_mean(_plain(key), suggested or known)}"
                )

    def _setting(self, named: Named, key: str, value: Any, place: str) -> Setting:
        """Return the value of a key, with its type checked."""
        if named.is_switch:
            if not isinstance(value, bool):
                raise UsageError(f"{place}: `{key}` is {_shown(value)}. Expected true or false.")
            return Setting(named, value != named.is_negative, key, place)
        texts = []
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, bool) or not isinstance(each, (str, int, float)):
                raise UsageError(
                    f"{place}: `{key}` has the value {_shown(each)}. Expected a text, a number or "
                    "a list of them."
                )
            texts.append(str(each))
        if named.option.read in (one_path, one_source, source_list) or not named.option.flags:
            texts = [self._resolved(text) for text in texts]
        return Setting.of(named, texts, key, place)

    def _resolved(self, path: str) -> str:
        """Return a path of the file: it starts in the folder of the file."""
        if path == _STDIN or path.startswith("~") or is_address(path):
            return path
        return str(self.path.parent / path)

    def _place(self, table: str, key: str) -> str:
        """Return the file, and the line of a key of a table; of a table if the key is one."""
        current = ""
        for number, line in enumerate(self.lines, start=1):
            if header := _TABLE_LINE.match(line):
                current = header["name"]
                is_found = not table and current == key
            else:
                entry = _KEY_LINE.match(line)
                name = re.sub("[\"' ]", "", entry["name"]) if entry else ""
                is_found = f"{current}.{name}".strip(".") == f"{table}.{key}".strip(".")
            if is_found:
                return f"{self.path}, line {number}"
        return str(self.path)


def _plain(key: str) -> str:
    """Return a key with hyphens, as the options are spelled: `season_length` is accepted too."""
    return key.replace("_", "-")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    return f'"{value}"' if isinstance(value, str) else str(value)
