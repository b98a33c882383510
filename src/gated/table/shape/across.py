"""Turns times that stand across the columns into rows: one row for each series and time.

The columns are dates, years or numbered steps; months or quarters beside a column of years; hours
beside a column of dates; or other parts of times.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gated.table.cells.kinds import Kind, kind_of_column
from gated.table.cells.numbers import column_text
from gated.table.io.source import Source
from gated.table.shape.header_times import header_times
from gated.table.shape.part_cells import month_numbers, part_numbers
from gated.table.shape.part_names import part_of
from gated.table.shape.parts_across import (
    clocks_across,
    days_across,
    weekdays_across,
    years_across,
)
from gated.table.shape.summary_rows import filtered, without_total
from gated.table.time.times import TimeRequest, read_times
from gated.text import counted, grouped, listed

__all__ = ["Turned", "turned"]

_NUMERIC: frozenset[Kind] = frozenset({"integer", "number", "boolean", "empty"})
_LOOKED_AT = 40  # columns of times whose kind is looked at; many tables have thousands
_HOUR = re.compile(
    r"^(?:(?:h|hr|hour|he|hora|stunde)[ _.]?(?P<n>\d{1,2})|(?P<h>\d{1,2}):00(?::00)?)$"
)
_QUARTER = re.compile(
    r"^(?:(?:qtr|[qtk])[ _.]?(?P<a>[1-4])|(?P<b>[1-4])\.? ?(?:quarter|quartal|trimestre))$"
)
_FEWEST_HOURS = 4  # columns named 09:00, 10:00 … of a table of hours of opening
_LABEL_ENDINGS = ("id", "name", "code")


@dataclass(frozen=True)
class Turned:
    """A table whose columns of times became rows.

    Attributes:
        source: the table: its other columns, the times, the values.
        time, value: names of the two new columns.
        notes: what was turned, and which columns were left out.
    """

    source: Source
    time: str
    value: str
    notes: tuple[str, ...]


def turned(source: Source, kept: Collection[str], time_col: str | None) -> Turned | None:
    """Turn columns of times into rows; None if the table has none.

    Args:
        source: the table.
        kept: columns that the caller named, which are no times.
        time_col: the column of years or dates that the caller named.
    """
    columns = [name for name in source.frame.columns if name not in kept]
    return (
        _months(source, columns, time_col)
        or _parts(source, columns, time_col)
        or _hours(source, columns, time_col)
        or (_times(source, columns) if time_col is None else None)
    )


def _parts(source: Source, columns: Sequence[str], time_col: str | None) -> Turned | None:
    """Weekdays beside weeks, days beside months, years beside months, times of day beside dates."""
    found = (
        weekdays_across(source, columns)
        or days_across(source, columns)
        or clocks_across(source, columns)
    )
    notes: tuple[str, ...] = ()
    if found is None:
        years = [name for name in columns if name.strip().isdigit()]
        source, notes = without_total(source, years) if len(years) > 1 else (source, ())
        found = years_across(source, columns)
    if found is None or time_col not in (None, *found.used):
        return None
    if not _are_numeric(source, found.columns):
        return None
    labels = [
        name
        for name in source.frame.columns
        if name not in (*found.columns, *found.used)
        and _is_label(name, kind_of_column(source, name))
    ]
    kept = [name for name in source.frame.columns if name not in found.used[1:]]
    turned = _melted(source.only(kept), labels, found.columns, found.time, found.ds)
    turned = replace(turned, notes=(*notes, *turned.notes))
    if found.exists.all():
        return turned
    in_rows = found.exists.reshape(len(found.columns), -1).T.reshape(-1)
    return replace(turned, source=filtered(turned.source, in_rows))


def _times(source: Source, columns: Sequence[str]) -> Turned | None:
    """Columns named by dates, years or steps, where no other column holds dates."""
    found = header_times(columns)
    if not found or not _are_numeric(source, list(found)):
        return None
    others = [name for name in source.frame.columns if name not in found]
    kinds = {name: kind_of_column(source, name) for name in others}
    if "date" in kinds.values():
        return None
    values = np.array(list(found.values()))
    ds = np.repeat(values, len(source.frame))
    labels = [name for name in others if _is_label(name, kinds[name])]
    return _melted(source, labels or _numbers_of_rows(source, kinds), list(found), "ds", ds)


def _months(source: Source, columns: Sequence[str], time_col: str | None) -> Turned | None:
    """Columns named as the twelve months, or the four quarters, beside a column of years."""
    names = pa.array([name.strip() for name in columns])
    numbers = dict(zip(columns, month_numbers(names).to_pylist(), strict=True))
    months = {name: number - 1 for name, number in numbers.items() if number is not None}
    if sorted(months.values()) != list(range(12)):
        matches = {name: _QUARTER.match(name.strip().casefold()) for name in columns}
        months = {
            name: 3 * (int(match["a"] or match["b"]) - 1)
            for name, match in matches.items()
            if match
        }
        if sorted(months.values()) != [0, 3, 6, 9]:
            return None
    if not _are_numeric(source, list(months)):
        return None
    for year in (name for name in columns if time_col in (None, name) and name not in months):
        if not (part_of(year, "year") or year == columns[0] or year == time_col):
            continue
        years = part_numbers(source, year, "year")
        if years is None:
            continue
        begin = (years - 1970).astype("M8[Y]").astype("M8[M]")
        ds = np.concatenate([(begin + offset).astype("M8[ns]") for offset in months.values()])
        labels = [
            name
            for name in source.frame.columns
            if name not in months and name != year and _is_label(name, kind_of_column(source, name))
        ]
        return _melted(source, labels, list(months), year, ds)
    return None


def _hours(source: Source, columns: Sequence[str], time_col: str | None) -> Turned | None:
    """Columns named as the 24 hours, or as hours of opening, beside a column of dates."""
    matches = {name: _HOUR.match(name.strip().casefold()) for name in columns}
    hours = {name: int(match["n"] or match["h"]) for name, match in matches.items() if match}
    first = min(hours.values(), default=-1)
    clocks = sum(match is not None and bool(match["h"]) for match in matches.values())
    if _FEWEST_HOURS <= len(hours) == clocks < 24:  # 09:00 to 17:00: hours of opening
        count, first = len(hours), 0
        begin = min(hours.values())
    else:
        count, begin = 24, first
    if first not in (0, 1) or sorted(hours.values()) != list(range(begin, begin + count)):
        return None
    if not _are_numeric(source, list(hours)):
        return None
    others = [name for name in source.frame.columns if name not in hours]
    kinds = {name: kind_of_column(source, name) for name in others}
    dates = [name for name in others if kinds[name] == "date" and time_col in (None, name)]
    if len(dates) != 1:
        return None
    days = read_times(source, TimeRequest(dates[0])).values
    ds = np.concatenate([days + np.timedelta64(hour - first, "h") for hour in hours.values()])
    labels = [name for name in others if name != dates[0] and _is_label(name, kinds[name])]
    return _melted(source, labels, list(hours), dates[0], ds)


def _numbers_of_rows(source: Source, kinds: dict[str, Kind]) -> list[str]:
    """The only column beside the times, if it has a whole number of its own for each row."""
    rows = len(source.frame)
    if rows > 1 and list(kinds.values()) == ["integer"]:
        return [name for name in kinds if source.frame[name].n_unique() == rows]
    return []


def _is_label(name: str, kind: Kind) -> bool:
    """Whether a column may name series: text, or whole numbers with the name of an id."""
    plain = name.strip().casefold().replace(" ", "_")
    return kind == "text" or (kind == "integer" and plain.rpartition("_")[2] in _LABEL_ENDINGS)


def _are_numeric(source: Source, columns: Sequence[str]) -> bool:
    chosen = np.unique(np.linspace(0, len(columns) - 1, _LOOKED_AT).astype(int))
    kinds = [kind_of_column(source, columns[index]) for index in chosen]
    numeric = sum(kind in _NUMERIC for kind in kinds)  # a wrong cell is named when it is read
    return 2 * numeric > len(kinds) and any(kind != "empty" for kind in kinds)


def _melted(
    source: Source, labels: Sequence[str], columns: Sequence[str], time: str, ds: NDArray[Any]
) -> Turned:
    """A row for each row and column; `ds` [K · R] are the times, column after column."""
    ds = ds.reshape(len(columns), len(source.frame))
    source, totals = without_total(source, columns) if labels else (source, ())
    rows, frame = len(source.frame), source.frame
    ds = ds[:, :rows].reshape(-1)
    value = next(name for name in ("value", "y", "target") if name not in (*labels, time))
    origin = np.repeat(np.arange(rows), len(columns))
    in_rows = pa.array(np.arange(len(ds)).reshape(len(columns), rows).T.reshape(-1))
    arrays: dict[str, Any] = {
        name: column_text(frame[name]).take(pa.array(origin)) for name in labels
    }
    arrays[time] = pa.array(ds).take(in_rows)
    parts = [column_text(frame[name]).chunks for name in columns]
    cells = pa.chunked_array([chunk for part in parts for chunk in part], pa.string())
    arrays[value] = cells.take(in_rows)
    melted = replace(
        source,
        frame=nw.from_native(pa.table(arrays), eager_only=True),
        input_rows=origin if source.input_rows is None else source.input_rows[origin],
    )
    left_out = [name for name in frame.columns if name not in (*labels, *columns, time)]
    notes = [
        *totals,
        f"The columns `{columns[0]}` to `{columns[-1]}` are times; the table was turned, so that "
        f"{counted(rows, 'row')} became {grouped(len(ds))}.",
    ]
    if left_out:
        notes.append(f"not used: {listed(left_out)}.")
    return Turned(melted, time, value, tuple(notes))
