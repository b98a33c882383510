"""Brings the options of a file and of the environment together, and says which took effect."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gated.cli.settings.config_file import read_config
from gated.cli.settings.environment import CONFIG_VARIABLE, read_environment, unknown_variables
from gated.cli.settings.setting import Setting

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True)
class Settings:
    """The options of one command that were set outside the command line.

    Attributes:
        config: the file; None if none was named.
        of_file: by the field of the request.
        of_environment: by the field of the request; they come before those of the file.
        notes: on variables that are nearly those of gated.
    """

    config: Path | None
    of_file: Mapping[str, Setting]
    of_environment: Mapping[str, Setting]
    notes: tuple[str, ...] = ()

    @property
    def defaults(self) -> dict[str, Any]:
        """The values as typer would pass them, by the field of the request."""
        return {name: setting.typed for name, setting in self._all.items()}

    def applied(self, typed: Collection[str]) -> "Settings":
        """Return those that were not typed on the command line too, with their values checked.

        Raises:
            UsageError: a value is not valid for its option.
        """
        chosen = {
            name: setting
            for name, setting in self._all.items()
            if name not in typed and setting.typed is not None
        }
        for setting in chosen.values():
            setting.check()
        of_file = {name: at for name, at in self.of_file.items() if chosen.get(name) is at}
        others = {name: at for name, at in self.of_environment.items() if name in chosen}
        return Settings(self.config, of_file, others, self.notes)

    @property
    def more_tables(self) -> list[Path]:
        """The files of a table after its first one."""
        setting = self._all.get("table")
        return [Path(text) for text in setting.more] if setting is not None else []

    @property
    def sentences(self) -> list[str]:
        """What took effect, and from where."""
        found = []
        for origin, settings in (
            (str(self.config), self.of_file),
            ("the environment", self.of_environment),
        ):
            if settings:
                texts = ", ".join(setting.text for setting in settings.values())
                found.append(f"From {origin}: {texts}.")
        return [*found, *self.notes]

    @property
    def _all(self) -> dict[str, Setting]:
        return {**self.of_file, **self.of_environment}


def read_settings(config: Path | None, command: str, commands: Mapping[str, type]) -> Settings:
    """Read the options of a command from a file and from the environment.

    No file is read that was not named: one that lies in the folder by chance has no effect.

    Args:
        config: the file that was typed; None: the one that GATED_CONFIG names, if it is set.
        command: the name of the command.
        commands: the request of each command, by its name.

    Raises:
        UsageError: the file cannot be read, or a key or a value in it is wrong.
    """
    if config is None and os.environ.get(CONFIG_VARIABLE):
        config = Path(os.environ[CONFIG_VARIABLE])
    of_file = read_config(config, command, commands) if config is not None else []
    return Settings(
        config,
        {setting.named.field: setting for setting in of_file},
        {setting.named.field: setting for setting in read_environment(command, commands[command])},
        tuple(unknown_variables(commands)),
    )
