"""Finds the parts of a time in the first columns of a table without a header: year, month, day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.errors import DataError
from gated.table.cells.dates.regular import is_regular
from gated.table.cells.kinds import kind_of_column
from gated.table.io.source import Source
from gated.table.shape.parts.part_cells import part_numbers
from gated.table.shape.parts.part_names import Part
from gated.text import option

__all__ = ["UNNAMED_COLUMN", "UnnamedTimes", "unnamed_hours", "unnamed_times"]

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
_HOURS = 24
_FEWEST_DAYS = 2  # with a row for each hour


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


def unnamed_hours(
    source: Source, date: str, days: TimeArray, others: Sequence[str], *, asks: bool
) -> dict[str, IntArray] | None:
    """The column without a name beside dates without a name that has the hours 0 to 23 of each day.

    Args:
        source: the table.
        date: the column of the dates.
        days: [R] the dates.
        others: the other columns.
        asks: whether numbers 1 to 24 are a question.

    Raises:
        DataError: the numbers are 1 to 24 on each day: hours, or the numbers of series.
    """
    columns = source.frame.columns
    place = columns.index(date) + 1
    name = columns[place] if place < len(columns) else ""
    if len(others) < 2 or name not in others or kind_of_column(source, name) != "integer":
        return None
    if not (UNNAMED_COLUMN.match(date) and UNNAMED_COLUMN.match(name)):
        return None
    hours = part_numbers(source, name, "hour")
    if hours is None:
        return None
    distinct, day = np.unique(days, return_inverse=True)
    found = np.zeros((len(distinct), _HOURS + 1), dtype=np.int64)
    np.add.at(found, (day, hours), 1)
    if found.max() > 1:
        return None
    whole = found.sum(axis=1) == _HOURS
    if whole.sum() < _FEWEST_DAYS or not whole[1:-1].all():
        return None
    if found[:, 0].any():
        return {name: hours} if not found[:, _HOURS].any() else None
    if not asks:
        return None
    raise DataError(
        f"{source.prefix}`{name}` has the numbers 1 to {_HOURS} on each day of `{date}`: hours, or "
        f"the numbers of series. Write a header that names it `hour`, or pass "
        f"{option('id_col', name)} if it names series."
    )
