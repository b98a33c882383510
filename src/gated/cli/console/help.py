"""How the help shows options: switches without the type that typer would print behind them."""

from typing import Any

from typer.core import TyperCommand

__all__ = ["Command", "hide_switch_types"]


class Command(TyperCommand):
    """One command, such as `gated forecast`."""

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters, `--help` included."""
        return hide_switch_types(super().get_params(ctx))


def hide_switch_types(params: list[Any]) -> list[Any]:
    """Give switches an empty metavar: they have no value, so `<bool>` says nothing."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
    return params
