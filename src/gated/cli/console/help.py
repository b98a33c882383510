"""Changes how the help shows options: switches have no type."""

from typing import Any

from typer.core import TyperCommand

__all__ = ["Command", "hide_switch_types"]


class Command(TyperCommand):
    """One command, such as `gated forecast`."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return all parameters, including `--help`."""
        return hide_switch_types(super().get_params(ctx))


def hide_switch_types(params: list[Any]) -> list[Any]:
    """Give switches an empty metavar, because they have no value."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params
