"""Prints the summary of a table that a command has read, and lists the settings of a report."""

from typing import TYPE_CHECKING, Any

from gated.cli.console.messages import Messages
from gated.table import Table
from gated.text import counted

if TYPE_CHECKING:
    from gated import Forecaster

__all__ = ["print_table_summary", "report_settings"]

_REJECTED_SHOWN = 5


def print_table_summary(messages: Messages, name: str, table: Table) -> None:
    """Print what was read, repaired and left out."""
    steps, series = counted(table.n_rows, "step"), f"{table.n_series:,} series"
    messages.write("Read", f"{name}: {steps} of {series}, {table.span(table.ds)}.")
    messages.write("", *table.notes)
    left_out = list(table.rejected.items())
    if len(left_out) > 1:  # a single one is in the notes
        shown = [f"`{label}`: {reason}" for label, reason in left_out[:_REJECTED_SHOWN]]
        if len(left_out) > _REJECTED_SHOWN:
            shown.append(f"and {len(left_out) - _REJECTED_SHOWN:,} more; --json lists them all.")
        messages.write("Left out", *shown)


def report_settings(name: str, model: "Forecaster") -> dict[str, Any]:
    """Return the settings that a report lists: the table's name and the given hyperparameters."""
    settings = {"holidays": model.holidays, "max steps": model.max_steps, "seed": model.seed}
    given = {setting: value for setting, value in settings.items() if value is not None}
    return {"table": name, **given}
