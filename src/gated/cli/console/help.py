"""Changes how the help shows options: switches have no type, and no `--no-…`."""

from copy import copy
from typing import Any

from typer.core import TyperCommand

__all__ = ["Command", "hide_switch_types"]


class Command(TyperCommand):
    """One command, such as `gated forecast`."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all parameters, including `--help`."""
        return hide_switch_types(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, without the spellings that switch a switch off."""
        shown = copy(self)
        shown.params = [_without_negations(param) for param in self.params]
        super(Command, shown).format_help(ctx, formatter)


def _without_negations(param: Any) -> Any:
    shown = copy(param)
    shown.secondary_opts = [one for one in param.secondary_opts if not one.startswith("--no-")]
    return shown


def hide_switch_types(params: list[Any]) -> list[Any]:
    """Give switches an empty metavar, because they have no value."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params
