"""Turns times that stand across the columns into rows: one row for each series and time.

The columns are dates, years or numbered steps; months or quarters beside a column of years; hours
beside a column of dates; or other parts of times.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gated.arrays import IntArray, TimeArray
from gated.errors import DataError
from gated.table.cells.kinds import Kind, kind_of_column
from gated.table.cells.numbers import column_text
from gated.table.columns.joined_columns import JOINT
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.table.shape.header_times import header_times, times_of_format, unclear_months
from gated.table.shape.label_columns import label_columns
from gated.table.shape.parts.part_cells import month_numbers, part_numbers, season_years
from gated.table.shape.parts.part_names import Part, part_of
from gated.table.shape.parts_across import days_across, weekdays_across, years_across
from gated.table.shape.sections import without_sections
from gated.table.shape.summary_rows import without_total, without_totals_of_months
from gated.table.time.times import TimeRequest, read_times
from gated.text import counted, grouped, listed, option

__all__ = ["Turned", "turned"]

_NUMERIC: frozenset[Kind] = frozenset({"integer", "number", "boolean", "empty"})
_LOOKED_AT = 40  # columns of times whose kind is looked at; many tables have thousands
_HOUR = re.compile(r"^(?:h|hr|hour|he|hora|stunde)[ _.]?(?P<n>\d{1,2})$")
_CLOCK = re.compile(
    r"^(?P<h>\d{1,2})(?::(?P<m>\d\d)(?::00)?)?(?P<half> ?[ap]\.?m\.?)?"
    r"(?: ?(?:-|–|to|bis) ?\d{1,2}(?::\d\d)?(?: ?[ap]\.?m\.?)?)?$"
)
_DAY = 24 * 60  # minutes
_QUARTER = re.compile(
    r"^(?:(?:qtr|[qtk])[ _.]?(?P<a>[1-4])|(?P<b>[1-4])\.? ?(?:quarter|quartal|trimestre))$"
)
_ROMAN = ("i", "ii", "iii", "iv")
_MONTH_NUMBER = re.compile(r"^(?:[Mm]|month[ _]?)?0?(\d{1,2})$", re.I)
_WATER_YEAR = re.compile(r"water|hydro|fiscal|^[wf]\.?y\.?$", re.I)
_FEWEST_HOURS = 4  # columns named 09:00, 10:00 … of a table of hours of opening


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


def turned(
    source: Source, kept: Collection[str], time_col: str | None, time_format: str | None
) -> Turned | None:
    """Turn columns of times into rows; None if the table has none.

    Args:
        source: the table.
        kept: columns that the caller named, which are no times.
        time_col: the column of years or dates that the caller named.
        time_format: strptime pattern of the times in the header.

    Raises:
        DataError: the columns may be months or weeks.
    """
    columns = [name for name in source.frame.columns if name not in kept]
    return (
        _months(source, columns, time_col)
        or _parts(source, columns, time_col)
        or _hours(source, columns, time_col)
        or (_times(source, columns, time_format) if time_col is None else None)
    )


def _parts(source: Source, columns: Sequence[str], time_col: str | None) -> Turned | None:
    """Weekdays beside weeks, days beside months, years beside months or weeks."""
    found = weekdays_across(source, columns) or days_across(source, columns)
    notes: tuple[str, ...] = ()
    if found is None:
        years = [name for name in columns if name.strip().isdigit()]
        if len(years) > 1:
            source, notes = without_totals_of_months(source, columns[0]) or without_total(
                source, years
            )
        found = years_across(source, columns)
    if found is None or time_col not in (None, *found.used):
        return None
    if not _are_numeric(source, found.columns):
        return None
    taken = {*found.columns, *found.used}
    others = [name for name in source.frame.columns if name not in taken]
    labels = label_columns(source, others, found.columns[0], beside=found.used)
    kept = [name for name in source.frame.columns if name not in found.used[1:]]
    turned = _melted(source.only(kept), labels, found.columns, found.time, found.ds)
    turned = replace(turned, notes=(*notes, *turned.notes))
    if found.exists.all():
        return turned
    in_rows = found.exists.reshape(len(found.columns), -1).T.reshape(-1)
    return replace(turned, source=turned.source.filtered(in_rows))


def _times(source: Source, columns: Sequence[str], time_format: str | None) -> Turned | None:
    """Columns named by dates, years or steps, where no other column holds dates."""
    found = header_times(columns)
    first = next(iter(found), None)
    if first is not None and kind_of_column(source, first) == "text":
        del found[first]  # V1 of R has the names of the series, and V2 the first values
    if time_format is not None:
        found = times_of_format(columns, time_format) or found
    names = list(found) or unclear_months(columns)
    if not names or not _are_numeric(source, names):
        return None
    others = [name for name in source.frame.columns if name not in names]
    kinds = {name: kind_of_column(source, name) for name in others}
    if "date" in kinds.values():
        return None
    if not found and set(kinds.values()) != {"text"}:
        return None
    if not found:
        raise DataError(
            f"{source.prefix}the columns `{names[0]}` to `{names[-1]}` may be months written "
            f"YYYYMM, or weeks. Pass {option('time_format', '%Y%m')} to read months; write weeks "
            "as 2024-W01."
        )
    labels = label_columns(source, others, next(iter(found)))
    notes: tuple[str, ...] = ()
    if len(labels) == 1:
        source, notes = without_sections(source, labels[0], list(found))
    ds = np.repeat(np.array(list(found.values())), len(source.frame))
    turned = _melted(source, labels or _numbers_of_rows(source, kinds), list(found), "ds", ds)
    return replace(turned, notes=(*notes, *turned.notes))


def _months(source: Source, columns: Sequence[str], time_col: str | None) -> Turned | None:
    """Columns named as the twelve months, or the four quarters, beside a column of years."""
    names = pa.array([name.strip() for name in columns])
    numbers = dict(zip(columns, month_numbers(names).to_pylist(), strict=True))
    months = {name: number - 1 for name, number in numbers.items() if number is not None}
    if is_numbered := not months:
        months = _numbered_months(columns)
    if sorted(months.values()) != list(range(12)):
        months = _quarters(columns)
        is_numbered = False
        if sorted(months.values()) != [0, 3, 6, 9]:
            return None
    if not _are_numeric(source, list(months)):
        return None
    for year in (name for name in columns if time_col in (None, name) and name not in months):
        is_likely = part_of(year, "year") or (not is_numbered and year == columns[0])
        if not (is_likely or year == time_col):
            continue
        years = part_numbers(source, year, "year")
        if years is None:
            years, offsets = season_years(source, year), _of_seasons(months)
        else:
            offsets = _of_water_years(year, months)
        if years is None or not offsets:
            continue
        begin, months = (years - 1970).astype("M8[Y]").astype("M8[M]"), offsets
        ds = np.concatenate([(begin + offset).astype("M8[ns]") for offset in months.values()])
        others = [name for name in source.frame.columns if name not in months and name != year]
        labels = label_columns(source, others, next(iter(months)), beside=[year])
        return _melted(source, labels, list(months), year, ds)
    return None


def _quarters(columns: Sequence[str]) -> dict[str, int]:
    """The first months, from 0, of columns named as quarters, such as Q1, or I to IV."""
    names = {name: name.strip().casefold() for name in columns}
    matches = {name: match for name, text in names.items() if (match := _QUARTER.match(text))}
    found = {name: int(match["a"] or match["b"]) for name, match in matches.items()}
    found = found or {
        name: _ROMAN.index(text) + 1 for name, text in names.items() if text in _ROMAN
    }
    return {name: 3 * (number - 1) for name, number in found.items()}


def _numbered_months(columns: Sequence[str]) -> dict[str, int]:
    """The months, from 0, of columns named 1 to 12, M01 to M12 or m1 to m12; else empty."""
    found = {
        name: int(match[1]) for name in columns if (match := _MONTH_NUMBER.match(name.strip()))
    }
    in_order = list(found.values()) == list(range(1, 13))
    return {name: number - 1 for name, number in found.items()} if in_order else {}


def _of_water_years(year: str, months: dict[str, int]) -> dict[str, int]:
    """The months of a water year or a fiscal year: those before January are of the year before.

    Such a year is named by the calendar year in which it ends.
    """
    numbers = list(months.values())
    begin = numbers[0]
    is_turned = numbers == [(begin + offset) % 12 for offset in range(12)]
    if begin == 0 or not is_turned or not _WATER_YEAR.search(year):
        return months
    return {name: month - 12 * (month >= begin) for name, month in months.items()}


def _of_seasons(months: dict[str, int]) -> dict[str, int]:
    """The months of years such as 2019/20: those before the first column are of the second year.

    They are none if the columns begin with January: it may be of either year.
    """
    numbers = list(months.values())
    begin, step = numbers[0], 12 // len(numbers)
    if begin == 0 or numbers != [(begin + step * place) % 12 for place in range(len(numbers))]:
        return {}
    return {name: month + 12 * (month < begin) for name, month in months.items()}


def _hours(source: Source, columns: Sequence[str], time_col: str | None) -> Turned | None:
    """Columns named as the times of a day, or as hours of opening, beside a column of dates."""
    minutes = _minutes(columns)
    if not minutes or not _are_numeric(source, list(minutes)):
        return None
    others = [name for name in source.frame.columns if name not in minutes]
    kinds = {name: kind_of_column(source, name) for name in others}
    dates = [name for name in others if kinds[name] == "date" and time_col in (None, name)]
    parts: tuple[str, ...]
    if len(dates) == 1:
        days, parts = read_times(source, TimeRequest(dates[0])).values, (dates[0],)
    elif dates or time_col is not None or (found := _days_of_parts(source, others)) is None:
        return None
    else:
        days, parts = found
    ds = np.concatenate([days + np.timedelta64(minute, "m") for minute in minutes.values()])
    free = [name for name in others if name not in parts]
    labels = label_columns(source, free, next(iter(minutes)), beside=parts)
    labels = [name for name in labels if source.frame[name].n_unique() > 1 or kinds[name] == "text"]
    return _melted(source, labels, list(minutes), JOINT.join(parts), ds)


def _minutes(columns: Sequence[str]) -> dict[str, int]:
    """The minutes since midnight of columns named HE01 or 00:15; empty if they are no whole day.

    At least `_FEWEST_HOURS` columns named by the clock, such as 09:00, are hours of opening.
    """
    names = {name: name.strip().casefold() for name in columns}
    numbered = {
        name: int(match["n"]) for name, text in names.items() if (match := _HOUR.match(text))
    }
    hours = list(numbered.values())
    if hours in (list(range(24)), list(range(1, 25))):
        return {name: 60 * (hour - hours[0]) for name, hour in numbered.items()}
    clocks = {name: match for name, text in names.items() if (match := _CLOCK.match(text))}
    if not all(match["m"] or match["half"] for match in clocks.values()):
        return {}
    minutes = {name: _minute_of(match) for name, match in clocks.items()}
    found = list(minutes.values())
    if found and found[-1] == 0 and found[0] > 0:  # from 00:15 to 00:00, the ends of intervals
        minutes[list(minutes)[-1]] = found[-1] = _DAY
    steps = {after - before for before, after in pairwise(found)}
    if len(found) < _FEWEST_HOURS or len(steps) != 1 or min(steps) <= 0:
        return {}
    if len(found) * min(steps) == _DAY and found[0] == min(steps) == 60:  # 01:00 to 24:00
        return {name: minute - 60 for name, minute in minutes.items()}
    return minutes


def _minute_of(match: re.Match[str]) -> int:
    hour, half = int(match["h"]), (match["half"] or "").strip()[:1]
    hour = hour % 12 + 12 * (half == "p") if half else hour
    return 60 * hour + int(match["m"] or 0)


def _days_of_parts(
    source: Source, columns: Sequence[str]
) -> tuple[TimeArray, tuple[str, str, str]] | None:
    """The days of columns for year, month and day, and the names of these columns."""
    found: dict[Part, tuple[str, IntArray]] = {}
    parts: tuple[Part, ...] = ("year", "month", "day")
    for part in parts:
        for name in columns:
            if part_of(name, part) and (numbers := part_numbers(source, name, part)) is not None:
                found[part] = (name, numbers)
                break
        else:
            return None
    months = (found["year"][1] - 1970).astype("M8[Y]").astype("M8[M]") + (found["month"][1] - 1)
    days = months.astype("M8[D]") + (found["day"][1] - 1)
    if (days.astype("M8[M]") != months).any():
        return None
    return days.astype("M8[ns]"), (found["year"][0], found["month"][0], found["day"][0])


def _numbers_of_rows(source: Source, kinds: dict[str, Kind]) -> list[str]:
    """The only column beside the times, if it has a whole number of its own for each row."""
    rows = len(source.frame)
    if rows > 1 and list(kinds.values()) == ["integer"]:
        return [name for name in kinds if source.frame[name].n_unique() == rows]
    return []


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
    chunks = [chunk for part in _texts(frame, columns) for chunk in part.chunks]
    arrays[value] = pa.chunked_array(chunks, pa.string()).take(in_rows)
    melted = replace(
        source,
        frame=nw.from_native(pa.table(arrays), eager_only=True),
        input_rows=origin if source.input_rows is None else source.input_rows[origin],
    )
    used = {*labels, *columns, time}
    left_out = [name for name in frame.columns if name not in used]
    notes = [
        *totals,
        f"The columns `{columns[0]}` to `{columns[-1]}` are times; the table was turned, so that "
        f"{counted(rows, 'row')} became {grouped(len(ds))}.",
    ]
    if left_out:
        notes.append(f"not used: {listed(left_out)}.")
    return Turned(melted, time, value, tuple(notes))


def _texts(frame: nw.DataFrame[Any] | ParquetColumns, columns: Sequence[str]) -> list[Any]:
    """The columns as text."""
    native = None if isinstance(frame, ParquetColumns) else frame.to_native()
    if isinstance(native, pa.Table):  # narwhals takes a hundred times as long for each column
        chosen = native.select(list(columns))
        if all(map(pa.string().equals, chosen.schema.types)):
            return list(chosen.columns)
    return [column_text(frame[name]) for name in columns]
