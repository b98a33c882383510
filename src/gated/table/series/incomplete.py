"""Finds a first and last step of which the table has only a part, such as a month cut off.

The last step is left out if its last row comes much earlier than in all steps before.
"""

import numpy as np

from gated.arrays import IntArray
from gated.table.series.panel import Panel
from gated.table.time.binning import begin_of, end_of, step_of
from gated.table.time.grid import Grid, Steps
from gated.text import shown_time

__all__ = ["without_incomplete_steps"]

ENOUGH_STEPS = 4  # whole steps with which the last one is compared
CLEARLY = 2  # times the largest distance of the others


def without_incomplete_steps(
    rows: Panel, steps: Panel, grid: Grid
) -> tuple[Panel, tuple[str, ...]]:
    """Leave out the last step of the table if it is incomplete, and note an incomplete first one.

    Args:
        rows: the rows with their own times.
        steps: one row for each step of `grid`.
        grid: the grid.
    """
    if isinstance(grid, Steps) or rows.ds.dtype.kind != "M":
        return steps, ()
    times = np.unique(rows.ds[~np.isnan(rows.y)])
    if not len(times):
        return steps, ()
    labels = step_of(grid, times)
    first = np.flatnonzero(np.append(True, labels[1:] != labels[:-1]))
    last = np.append(first[1:], len(labels)) - 1
    label = labels[first]
    notes: list[str] = []
    if _is_cut_off((times[first] - begin_of(grid, label)).astype(np.int64)):
        notes.append(
            f"The first step, {shown_time(label[0])}, may be incomplete: its first row is of "
            f"{shown_time(times[0])}."
        )
    to_end = (end_of(grid, label) - times[last]).astype(np.int64)[::-1]
    known = f"the rows of the step {shown_time(label[-1])} end with {shown_time(times[-1])}"
    if not _is_cut_off(to_end):
        pause = (
            to_end[1:].max()
            if len(to_end) > ENOUGH_STEPS
            else np.diff(times).astype(np.int64).max(initial=0)
        )
        if to_end[0] > int(pause):
            notes.append(f"The last step may be incomplete: {known}. If so, remove these rows.")
        return steps, tuple(notes)
    kept = steps.ds != label[-1]
    if bool((steps.ds > label[-1]).any()) or not steps.any_of(kept).all():
        return steps, (*notes, f"The last step is incomplete: {known}.")
    notes.append(f"The last step is incomplete and was left out: {known}.")
    return steps.of_rows(kept), tuple(notes)


def _is_cut_off(distance: IntArray) -> bool:
    """Whether the first distance is much larger than all others."""
    others = distance[1:]
    return len(others) >= ENOUGH_STEPS and bool(distance[0] > CLEARLY * others.max())
