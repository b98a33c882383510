"""Of several columns of times, finds the one that can be meant: the start of intervals."""

from collections.abc import Sequence

import numpy as np

from gated.errors import DataError
from gated.table.io.source import Source
from gated.table.time.times import TimeRequest, read_times
from gated.text import listed

__all__ = ["likely_times"]

MOST = 0.95  # share of the intervals that fit; those at a change of the clock do not
LEAST_LENGTH = 0.8  # of the step: a week from Monday to Sunday is 6 days, and the step is 7


def likely_times(source: Source, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns that can be the time, and notes on the others.

    A column with the same time in all rows is none; of the start and the end of an interval, the
    start is taken, and of columns that are equal in every row, the first.
    """
    varied = [name for name in names if source.frame[name].n_unique() > 1]
    same = [name for name in names if name not in varied]
    notes = [f"not used: `{name}` has the same time in every row." for name in same if varied]
    distinct = {name: source.frame[name].n_unique() for name in varied}
    most = max(distinct.values(), default=0)
    finest = [name for name in varied if distinct[name] >= MOST * most]  # the others are days
    if len(finest) == len(varied) > 1 and all(
        _are_equal(source, finest[0], name) for name in finest[1:]
    ):
        others = listed(finest[1:])
        return finest[:1], [*notes, f"not used: {others}, the same times as `{finest[0]}`."]
    if len(finest) != 2:
        return varied or list(names), notes
    for start, end in (finest, finest[::-1]):
        if _are_intervals(source, start, end):
            note = f"not used: `{end}` is the end of the interval that begins at `{start}`."
            return [start], [*notes, note]
    return varied, notes


def _are_equal(source: Source, first: str, second: str) -> bool:
    """Whether two columns have the same text or time in every row."""
    one, other = source.frame[first].to_list(), source.frame[second].to_list()
    return bool(one == other)


def _are_intervals(source: Source, start: str, end: str) -> bool:
    try:
        begins, ends = (read_times(source, TimeRequest(name)).values for name in (start, end))
    except DataError:  # the column that is taken is read again, and names the cell
        return False
    if begins.dtype.kind != "M" or ends.dtype.kind != "M":
        return False
    steps = np.diff(np.unique(begins)).astype(np.int64)
    if not len(steps):
        return False
    lengths = (ends - begins).astype(np.int64)
    low, high = LEAST_LENGTH * steps.min(), np.median(steps) * (2 - LEAST_LENGTH)
    return bool(((lengths >= low) & (lengths <= high)).mean() >= MOST)
