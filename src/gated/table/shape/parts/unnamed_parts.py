"""Finds the parts of a time in the first columns of a table without a header: year, month, day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.table.cells.dates.regular import is_regular
from gated.table.cells.kinds import kind_of_column
from gated.table.io.source import Source
from gated.table.shape.parts.part_cells import part_numbers
from gated.table.shape.parts.part_names import Part

__all__ = ["UNNAMED_COLUMN", "UnnamedTimes", "unnamed_times"]

UNNAMED_COLUMN = re.compile(r"^column_\d+$")
# The parts after the year, the longest first: fewer of them would repeat times.
_AFTER_YEAR: tuple[tuple[Part, ...], ...] = (
    ("month", "day", "hour", "minute"),
    ("month", "day", "hour"),
    ("month", "day"),
    ("month",),
    ("day of year", "hour"),
    ("day of year",),
)
_FEWEST_ROWS = 6  # fewer rows are regular by chance


@dataclass(frozen=True)
class UnnamedTimes:
    """The columns that hold the parts of a time, and the times."""

    columns: tuple[str, ...]
    times: TimeArray


def unnamed_times(source: Source, columns: Sequence[str]) -> UnnamedTimes | None:
    """The times in the first columns without names, if their numbers are the parts of one.

    The numbers decide: years first, then months, days and so on, which make times that are all
    different, rise and are regular. At least one more column must be left for the values.
    """
    if len(source.frame) < _FEWEST_ROWS or kind_of_column(source, columns[0]) != "integer":
        return None
    years = part_numbers(source, columns[0], "year")
    if years is None:
        return None
    begin = (years - 1970).astype("M8[Y]")
    for parts in _AFTER_YEAR:
        names = columns[1 : len(parts) + 1]
        if len(columns) < len(parts) + 2:
            continue
        found: list[IntArray] = []
        for name, part in zip(names, parts, strict=True):
            numbers = part_numbers(source, name, part)
            if numbers is None or kind_of_column(source, name) != "integer":
                break
            found.append(numbers)
        if len(found) < len(parts):
            continue
        times, exist = _times(begin, dict(zip(parts, found, strict=True)))
        counts = times.astype(np.int64)
        if exist.all() and (np.diff(counts) > 0).all() and is_regular(counts):
            return UnnamedTimes((columns[0], *names), times)
    return None


def _times(begin: TimeArray, parts: dict[Part, IntArray]) -> tuple[TimeArray, BoolArray]:
    """The times of years and their parts, and which of them exist."""
    if "day of year" in parts:
        days = begin.astype("M8[D]") + (parts["day of year"] - 1)
        exist = days.astype("M8[Y]") == begin
    else:
        months = begin.astype("M8[M]") + (parts["month"] - 1)
        days = months.astype("M8[D]") + (parts.get("day", np.ones(len(begin), np.int64)) - 1)
        exist = days.astype("M8[M]") == months
    times = days.astype("M8[ns]")
    for part, unit in (("hour", "h"), ("minute", "m")):
        if part in parts:
            times = times + parts[part].astype(f"m8[{unit}]")
    return times, np.asarray(exist)
