"""Reads texts as times, and what their offsets from UTC say."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError
from gated.table.cells.dates import NOT_A_TIME, ParsedDates, parse_dates
from gated.table.io.source import Source
from gated.table.schema import TimeForm
from gated.table.time.time_request import TimeRequest, Times, too_far
from gated.table.time.zones import choose_clock, conform, offset_name
from gated.text import option

__all__ = ["from_written"]


def from_written(
    source: Source, distinct: pa.Array, codes: IntArray, request: TimeRequest
) -> Times:
    """Read the distinct texts of a column as times.

    Args:
        source: the table, for messages.
        distinct: [D] the texts.
        codes: [R] the text of each row.
        request: how to read the column.

    Raises:
        DataError: a text is no time, or some have an offset from UTC and others none.
    """
    like, column = request.like or TimeForm("datetime"), request.column
    parsed = parse_dates(
        distinct,
        f"{source.prefix}{column}",
        request.time_format,
        like.day_first,
        "" if like.kind == "digits" else like.pattern,
    )
    bad = np.flatnonzero((parsed.wall == NOT_A_TIME)[codes])
    if len(bad):
        row = int(bad[0])
        cell = distinct[int(codes[row])].as_py()
        if parsed.too_far[codes[row]]:
            raise too_far(source, row, column, cell)
        if request.time_format is not None and len(bad) == len(codes):
            raise DataError(
                f'{source.where(row)}: {column} "{cell}" does not fit '
                f"{option('time_format', request.time_format)}, and no other cell does. Correct "
                "the pattern, or leave it out to detect the form of the dates."
            )
        above = "rows above" if row > 0 else "other rows"
        raise DataError(
            f'{source.where(row)}: {column} "{cell}" is not a date. Expected '
            f"{parsed.label} as in the {above}; pass {option('time_format')} if it is written "
            "otherwise."
        )
    _refuse_mixed(source, column, codes, parsed.has_offset)
    return _with_offsets(parsed, codes, request)


def _refuse_mixed(source: Source, column: str, codes: IntArray, has_offset: BoolArray) -> None:
    if has_offset.all() or not has_offset.any():
        return
    aware = has_offset[codes]
    with_zone, without = int(np.argmax(aware)), int(np.argmin(aware))
    raise DataError(
        f"{source.where(with_zone)}: {column} has an offset from UTC, but {column} in "
        f"{source.where(without).removeprefix(source.prefix)} has none. Expected an offset in "
        "every row or in none."
    )


def _with_offsets(parsed: ParsedDates, codes: IntArray, request: TimeRequest) -> Times:
    wall = parsed.wall[codes].astype("M8[ns]")
    notes = (f"Dates are written {parsed.label}.", *parsed.notes)
    offsets = np.unique(parsed.offset)
    form = TimeForm("datetime", day_first=parsed.day_first, pattern=parsed.form)
    if not parsed.has_offset.any():
        values = conform(wall, None, request.like, request.column)
        return Times(values, form, notes)
    utc = (parsed.wall - parsed.offset)[codes].astype("M8[ns]")
    if request.like is not None:
        return Times(conform(wall, utc, request.like, request.column), request.like)
    if len(offsets) == 1:
        return Times(wall, replace(form, zone=offset_name(int(offsets[0]))), notes)
    written = f"{offset_name(int(offsets[0]))} to {offset_name(int(offsets[-1]))} as written"
    clock, converted = choose_clock(wall, None if request.by_day else written)
    if clock == "wall":
        reason = "days are those of the clock" if request.by_day else "the time of day does not"
        dropped = f"Offsets from UTC vary but {reason}; the offsets are left out."
        return Times(wall, form, (*notes, dropped))
    return Times(utc, replace(form, zone="UTC", clock="UTC"), (*notes, *converted))
