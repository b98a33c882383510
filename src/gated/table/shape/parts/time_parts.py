"""Joins parts of a time in several columns: date and clock, year and month, year and week."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import BoolArray, IntArray, TimeArray
from gated.errors import DataError
from gated.table.cells.dates.spans import iso_mondays
from gated.table.cells.kinds import kind_of_column
from gated.table.cells.numbers import column_text
from gated.table.cells.plain import plain_kinds
from gated.table.columns.joined_columns import JOINT
from gated.table.io.source import Source
from gated.table.shape.filled_down import with_filled_down
from gated.table.shape.parts.half_hours import half_hours_of_day
from gated.table.shape.parts.part_cells import (
    clock_seconds,
    is_clock,
    is_month_names,
    part_numbers,
    season_years,
)
from gated.table.shape.parts.part_names import Part, is_part, part_of
from gated.table.shape.parts.unnamed_parts import (
    UNNAMED_COLUMN,
    unnamed_hours,
    unnamed_times,
)
from gated.table.time.candidates import looks_like_times
from gated.table.time.times import TimeRequest, read_times
from gated.text import listed

__all__ = ["JoinedTime", "with_joined_time"]

# What may stand beside a column of dates, and beside one of years.
_BESIDE_DATE: tuple[tuple[Part, ...], ...] = (
    ("clock",),
    ("hour", "minute"),
    ("hour",),
    ("period",),
)
_BESIDE_YEAR: tuple[tuple[Part, ...], ...] = (
    ("month", "day", "clock"),
    ("month", "day", "hour", "minute"),
    ("month", "day", "hour"),
    ("month", "day"),
    ("day of year", "hour"),
    ("day of year",),
    ("week",),
    ("month",),
    ("quarter",),
    ("half",),
)
_ANY_BESIDE = frozenset(part for parts in (*_BESIDE_DATE, *_BESIDE_YEAR) for part in parts)
_DIGITS_OF_DATE = 8  # YYYYMMDD
_FISCAL = re.compile(r"^(?:fy|fiscal)", re.IGNORECASE)
_FISCAL_NOTE = (
    "Fiscal years are written as if they began on January 1 of the year that they are named by."
)
_MONTHS_OF: tuple[tuple[Part, int], ...] = (("half", 6), ("quarter", 3), ("month", 1))
_SECONDS = {"hour": 3600, "minute": 60, "period": 1800}


@dataclass(frozen=True)
class JoinedTime:
    """A column of times that was made of parts.

    Attributes:
        source: the table with the joined column first, without its parts.
        column: its name: those of the parts with a slash between.
        notes: what was joined, and how the parts were read, one sentence each.
    """

    source: Source
    column: str
    notes: tuple[str, ...]


def with_joined_time(
    source: Source,
    taken: Collection[str],
    time_col: str | None,
    time_format: str | None,
    *,
    asks: bool = True,
) -> JoinedTime | None:
    """Join the columns that hold the parts of the time; None if there are none.

    A date is joined with the time of day only if dates repeat, and a year with months, weeks or
    quarters only if there is no column of dates and years repeat.

    Args:
        source: the table.
        taken: columns that have another role.
        time_col: the column of times or dates that the caller named; None: it is looked for.
        time_format: strptime pattern of the dates; None: it is detected.
        asks: whether numbers 1 to 24 without a name are a question; else they are no hours.

    Raises:
        DataError: the parts of a row make no time, such as February 30.
    """
    free = [name for name in source.frame.columns if name not in taken or name == time_col]
    numbers_only = plain_kinds(source)
    others = [name for name in free if name not in numbers_only]
    clocks = [name for name in others if is_clock(source, name)]
    months = [name for name in others if is_month_names(source, name)]
    has_part = any(is_part(name, _ANY_BESIDE) for name in free)
    is_named = not any(UNNAMED_COLUMN.match(name) for name in free)
    if is_named and not clocks and not months and not has_part:
        return None
    is_nameless = all(UNNAMED_COLUMN.match(name) for name in source.frame.columns)
    if is_nameless and time_col is None and (found := unnamed_times(source, free)) is not None:
        return _joined(source, found.columns, found.times)
    dates = [name for name in free if _is_date(source, name)]
    dates = [name for name in dates if time_col in (None, name)]
    if not any(part_of(name, "clock") for name in free if name not in dates):
        dates = [name for name in dates if name not in clocks]  # 01.01.24 may be a time of day
    clocks = [name for name in clocks if name not in dates]
    dates = [name for name in dates if not _has_fiscal_years(source, name)]
    if dates:
        if len(dates) > 1:
            return None
        others = [name for name in free if name != dates[0]]
        joined = _beside_date(source, dates[0], others, clocks, time_format)
        return joined or _beside_unnamed_date(source, dates[0], others, time_format, asks=asks)
    years = [name for name in free if part_of(name, "year") and time_col in (None, name)]
    if not years and months:  # names of months beside numbers such as 2024, under any name
        years = [name for name in free if kind_of_column(source, name) == "integer"]
    for year in years:
        if (seasons := season_years(source, year)) is not None:
            return _beside_season(source, year, seasons, free)
        filled = with_filled_down(source, year)
        numbers = part_numbers(filled, year, "year")
        if numbers is not None and _repeats(numbers):
            others = [name for name in free if name != year]
            joined = _beside_year(filled, year, numbers, others, months)
            if joined is None or filled is source:
                return joined
            said = f"The empty cells of `{year}` repeat the year above them."
            return replace(joined, notes=(*joined.notes, said))
    return None


def _is_date(source: Source, name: str) -> bool:
    """Whether a column has dates, as text or as whole numbers written YYYYMMDD."""
    kind = kind_of_column(source, name)
    if kind != "integer":
        return kind == "date"
    first = str(source.frame[name][0]).strip()
    return len(first) == _DIGITS_OF_DATE and looks_like_times(source, name)


def _has_fiscal_years(source: Source, name: str) -> bool:
    """Whether a column has years such as FY2024 or 2023/24, which look like dates."""
    if not part_of(name, "year") and not _FISCAL.match(name):
        return False
    if part_numbers(source, name, "year") is not None:
        return True
    return season_years(source, name) is not None


def _repeats(values: IntArray) -> bool:
    return len(np.unique(values)) < len(values)


def _beside_date(
    source: Source,
    date: str,
    others: Sequence[str],
    clocks: Sequence[str],
    time_format: str | None,
) -> JoinedTime | None:
    """Join a date with the time of day, if dates repeat and have no time of day themselves."""
    if source.frame[date].n_unique() == len(source.frame):
        return None
    for parts in _BESIDE_DATE:
        found = _columns_of(source, parts, others)
        if found is None and parts == ("clock",) and clocks:
            # Of several, the first: an interval is written as its start and its end.
            found = {clocks[0]: np.asarray(clock_seconds(source, clocks[0]))}
        if found is None or all(len(np.unique(values)) == 1 for values in found.values()):
            continue
        try:
            read = read_times(source, TimeRequest(date, time_format=time_format))
        except DataError:  # 01.02.2024 may be decided by the times of day beside it
            if time_format is not None:
                raise
            values = dict(zip(parts, found.values(), strict=True))
            return _joined_as_text(source, (date, *found), values)
        days = read.values
        if days.dtype.kind != "M" or (days != days.astype("M8[D]")).any():
            return None
        values, said = dict(zip(parts, found.values(), strict=True)), read.notes
        if "period" in values:
            values["period"], notes = half_hours_of_day(days, values["period"])
            said = (*said, *notes)
        times = days + (_seconds(values) * 1_000_000_000).astype("m8[ns]")
        joined = _joined(source, (date, *found), times, _ends(source, others))
        return replace(joined, notes=(*joined.notes, *said))
    return None


def _beside_unnamed_date(
    source: Source, date: str, others: Sequence[str], time_format: str | None, *, asks: bool
) -> JoinedTime | None:
    """Join a date without a name with the hours in the column beside it."""
    if not UNNAMED_COLUMN.match(date):
        return None
    try:
        read = read_times(source, TimeRequest(date, time_format=time_format))
    except DataError:  # a wrong cell is named when the column is read
        return None
    days = read.values
    if days.dtype.kind != "M" or (days != days.astype("M8[D]")).any():
        return None
    found = unnamed_hours(source, date, days, others, asks=asks)
    if found is None:
        return None
    hours = next(iter(found.values()))
    joined = _joined(source, (date, *found), days + hours.astype("m8[h]"))
    return replace(joined, notes=(*joined.notes, *read.notes))


def _ends(source: Source, others: Sequence[str]) -> list[str]:
    """Columns with the ends of the intervals whose begins are the times."""
    ends = [name for name in others if part_of(name, "clock end")]
    return [name for name in ends if clock_seconds(source, name) is not None]


def _joined_as_text(
    source: Source, columns: tuple[str, ...], values: dict[Part, IntArray]
) -> JoinedTime:
    """Join a date and its time of day as text, so that both decide the order of day and month."""
    # 24:00 stays 24:00: it is the end of the day, not its begin.
    clocks = pa.array([_clock(seconds) for seconds in _seconds(values).tolist()])
    days = column_text(source.frame[columns[0]])
    texts = pc.binary_join_element_wise(days, pa.chunked_array([clocks]), " ")
    name = JOINT.join(columns)
    times = read_times(source.with_column(name, texts), TimeRequest(name))
    joined = _joined(source, columns, times.values)
    return replace(joined, notes=(*joined.notes, *times.notes[1:]))


def _clock(seconds: int) -> str:
    minutes = seconds // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds % 60:02d}"


def _beside_year(
    source: Source, year: str, years: IntArray, others: Sequence[str], months: Sequence[str]
) -> JoinedTime | None:
    """Join a year with months and days, weeks or quarters."""
    for parts in _BESIDE_YEAR:
        found = _columns_of(source, parts, others)
        if found is None and parts == ("month",) and len(months) == 1:
            numbers = part_numbers(source, months[0], "month")
            found = None if numbers is None else {months[0]: numbers}
        if found is not None:
            values = dict(zip(parts, found.values(), strict=True))
            times, wrong = _since_year(years, values)
            columns = (year, *found)
            if wrong.any():
                row = int(np.argmax(wrong))
                cells = _cells(source, columns, row)
                raise DataError(
                    f"{source.where(row)}: {listed(columns)} are {cells}, which is no date. "
                    "Expected parts that make a date in every row."
                )
            joined = _joined(source, columns, times)
            if _FISCAL.match(str(source.frame[year][0])) or _FISCAL.match(year):
                return replace(joined, notes=(*joined.notes, _FISCAL_NOTE))
            return joined
    return None


def _beside_season(
    source: Source, year: str, seasons: IntArray, free: Sequence[str]
) -> JoinedTime | None:
    """Join years such as 2019/20 with months: the first month of each year is that of its row.

    The first year may be written from a later month on; the other ones show where a year begins.
    """
    found = _columns_of(source, ("month",), [name for name in free if name != year])
    if found is None:
        return None
    column, months = next(iter(found.items()))
    order = np.flatnonzero(np.diff(seasons) > 0) + 1
    begins = np.unique(months[order])
    if len(begins) != 1 or begins[0] == 1:  # with January first, it may be of either year
        return None
    times, _ = _since_year(seasons + (months < begins[0]), {"month": months})
    return _joined(source, (year, column), times)


def _cells(source: Source, columns: Sequence[str], row: int) -> str:
    """The cells of a row, for a message."""
    return ", ".join(str(source.frame[name][row]) for name in columns)


def _joined(
    source: Source, columns: tuple[str, ...], times: TimeArray, ends: Sequence[str] = ()
) -> JoinedTime:
    name = JOINT.join(columns)
    added = source.with_column(name, pa.array(times.astype("M8[ns]")))
    kept = [column for column in added.frame.columns if column not in (*columns, *ends)]
    notes = [f"time: the columns {listed(columns)} were joined to one time."]
    if ends:
        notes.append(f"{listed(ends)}, the end of each interval, is not used.")
    return JoinedTime(added.only(kept), name, tuple(notes))


def _since_year(years: IntArray, parts: dict[Part, IntArray]) -> tuple[TimeArray, BoolArray]:
    """The times of years and the other parts, and which of them do not exist."""
    begin = (years - 1970).astype("M8[Y]")
    wrong = np.zeros(len(years), dtype=np.bool_)
    if "week" in parts:
        mondays, exist = iso_mondays(years, parts["week"])
        days, wrong = mondays.astype("M8[D]"), ~exist
    elif "day of year" in parts:
        days = begin.astype("M8[D]") + (parts["day of year"] - 1)
        wrong = days.astype("M8[Y]") != begin
    else:
        part, length = next((part, length) for part, length in _MONTHS_OF if part in parts)
        month = length * (parts[part] - 1) + 1
        months = begin.astype("M8[M]") + (month - 1)
        days = months.astype("M8[D]") + (parts.get("day", np.ones_like(years)) - 1)
        wrong = days.astype("M8[M]") != months
    return days.astype("M8[ns]") + (_seconds(parts) * 1_000_000_000).astype("m8[ns]"), wrong


def _seconds(parts: dict[Part, IntArray]) -> IntArray:
    """The seconds since midnight."""
    total = np.zeros(len(next(iter(parts.values()))), dtype=np.int64)
    for part, values in parts.items():
        if part == "clock":
            total += values
        elif part in _SECONDS:
            total += _SECONDS[part] * (values - (part == "period"))
    return total


def _columns_of(
    source: Source, parts: Sequence[Part], others: Sequence[str]
) -> dict[str, IntArray] | None:
    """Column to its values, for each part; None if a part has no column."""
    found: dict[str, IntArray] = {}
    for part in parts:
        for name in others:
            if name in found or not part_of(name, part):
                continue
            values = (
                clock_seconds(source, name) if part == "clock" else part_numbers(source, name, part)
            )
            if values is not None:
                found[name] = values
                break
        else:
            return None
    return found
