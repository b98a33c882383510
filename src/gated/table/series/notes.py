"""Notes on steps without a row, and on series that were left out."""

import numpy as np

from gated.arrays import BoolArray
from gated.table.schema import Fill
from gated.table.series.empty_times import empty_times
from gated.table.series.panel import Panel
from gated.text import counted, option, shown_time

__all__ = ["gap_notes", "rejection_notes"]


def gap_notes(panel: Panel, added: BoolArray, fill: Fill | None, filled: str) -> tuple[str, ...]:
    """Notes on steps without a row, and on the times at which none ever is.

    Args:
        panel: the series.
        added: [R] whether a step had no row.
        fill: the target there, if the caller chose it.
        filled: the target there.
    """
    if not added.any():
        return ()
    first, series = int(np.argmax(added)), panel.any_of(added)
    where = f"first: {shown_time(panel.ds[first])}"
    if len(series) > 1:
        label = panel.ids[int(np.argmax(series))]
        where = f"in {int(series.sum()):,} of {len(series):,} series; {where} of `{label}`"
    other, what = ("missing", "0") if filled == "zero" else ("zero", "not observed")
    otherwise = "not observed" if filled == "zero" else "0"
    choice = f" ({option('fill', other)} takes them as {otherwise})" if fill is None else ""
    empty = empty_times(panel.ds, added) if panel.ds.dtype.kind == "M" else ""
    note = (
        f"{int(added.sum()):,} of {counted(len(added), 'step')} had no row ({where}); "
        f"taken as {what}{choice}."
    )
    return (note, empty) if empty else (note,)


def rejection_notes(rejected: dict[str, str]) -> tuple[str, ...]:
    """A note on the series that were left out, with the reason of the first."""
    if not rejected:
        return ()
    label, reason = next(iter(rejected.items()))
    return (f"{counted(len(rejected), 'series', 'series')} left out; first `{label}`: {reason}",)
