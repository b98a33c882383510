"""What every command that reads a table says of it, and in its report."""

from typing import TYPE_CHECKING

from gated.cli.console.messages import Messages
from gated.table import Table
from gated.text import counted, shown_time

if TYPE_CHECKING:
    from gated import Forecaster

__all__ = ["report_settings", "say_what"]

_REJECTED_SHOWN = 5


def say_what(messages: Messages, name: str, table: Table) -> None:
    """Say what was read, repaired and left out."""
    steps, series = counted(table.n_rows, "step"), f"{table.n_series:,} series"
    begin, end = shown_time(table.ds.min()), shown_time(table.last_ds.max())
    messages.tell("Read", f"{name}: {steps} of {series}, {begin} to {end}.")
    messages.tell("", *table.notes)
    left_out = list(table.rejected.items())
    if len(left_out) > 1:  # one alone is told in the notes
        shown = [f"`{label}`: {reason}" for label, reason in left_out[:_REJECTED_SHOWN]]
        if len(left_out) > _REJECTED_SHOWN:
            shown.append(f"and {len(left_out) - _REJECTED_SHOWN:,} more; --json lists them all.")
        messages.tell("Left out", *shown)


def report_settings(name: str, model: "Forecaster") -> dict[str, object]:
    """What a report tells of a table's name and a model's settings: those that were given."""
    asked = {"holidays": model.holidays, "max steps": model.max_steps, "seed": model.seed}
    return {"table": name, **{what: value for what, value in asked.items() if value is not None}}
