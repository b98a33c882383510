"""Finds columns of numbers that no one forecasts: row numbers, places, constants, decimal years."""

import re
from collections.abc import Sequence

import numpy as np

from gated.arrays import FloatArray
from gated.errors import DataError
from gated.table.cells.numbers import read_numbers
from gated.table.columns.names import ROW_NUMBERS, plain
from gated.table.io.source import Source
from gated.table.time.times import TimeRequest, read_times

__all__ = ["SAME", "UNNAMED_COLUMN", "helper_columns"]

COUNTERS = ROW_NUMBERS | {
    "reading", "entry_id", "_id", "objectid", "object_id", "fid", "rn", "obs", "scan", "row_id",
    "record_number", "record_no", "recordid", "table",
}  # fmt: skip
PLACE = re.compile(r"(?:^|[._])(?:lat|latitude|lon|long|lng|longitude)(?:$|[_(])")
FLAG = re.compile(r"(?:^|_)(?:flag|quality|qc)(?:$|_)|品質|均質")
MOST_FLAGS = 10  # distinct whole numbers of a flag
DECIMAL = re.compile(r"dec|frac|year")
UNNAMED_COLUMN = re.compile(r"^column_\d+$")
SAME = "is the same in every row"
NEAR = 0.1  # years; offices write the middle, the begin or the end of a month
EARLY, LATE = 1600, 2300
FEWEST_ROWS = 3  # fewer rows are equal by chance


def helper_columns(
    source: Source, names: Sequence[str], time: str | None, *, by_name: bool = False
) -> dict[str, str]:
    """Columns of numbers that are no values to forecast, with the reason for each.

    Args:
        source: the table.
        names: columns of numbers.
        time: the column of the times; None if there is none.
        by_name: whether only columns with the name of a helper, or without a name, are looked at.
    """
    found: dict[str, str] = {}
    if len(source.frame) < FEWEST_ROWS:
        return found
    looked_at = [name for name in names if not by_name or _has_helper_name(name)]
    for name in looked_at:
        if PLACE.search(plain(name)):
            found[name] = "is a place"
        elif FLAG.search(plain(name)) and _is_flag(source, name):
            found[name] = "has flags of quality"
        elif plain(name) in COUNTERS and _counts_rows(source, name):
            found[name] = "numbers the rows"
        elif source.frame[name].n_unique() == 1:
            found[name] = SAME
    may_be_years = [
        name
        for name in looked_at
        if name not in found and EARLY <= _first_number(source, name) <= LATE
    ]
    years = _decimal_years(source, time) if time is not None and may_be_years else None
    for name in may_be_years:
        numbers = _numbers(source, name)
        if years is not None and numbers is not None and (np.abs(numbers - years) < NEAR).all():
            found[name] = "is the time as a decimal year"
    return found


def _has_helper_name(name: str) -> bool:
    patterns = (PLACE, FLAG, DECIMAL, UNNAMED_COLUMN)
    written = plain(name)
    return written in COUNTERS or any(pattern.search(written) for pattern in patterns)


def _numbers(source: Source, name: str) -> FloatArray | None:
    try:
        return read_numbers(source, name).values
    except DataError:  # the column that is taken is read again, and names the cell
        return None


def _first_number(source: Source, name: str) -> float:
    try:
        return float(str(source.frame[name][0]).strip().replace(",", "."))
    except ValueError:
        return np.nan


def _is_flag(source: Source, name: str) -> bool:
    numbers = _numbers(source, name)
    if numbers is None:
        return False
    distinct = np.unique(numbers[np.isfinite(numbers)])
    return len(distinct) <= MOST_FLAGS and bool((distinct == np.round(distinct)).all())


def _counts_rows(source: Source, name: str) -> bool:
    numbers = _numbers(source, name)
    return numbers is not None and bool((np.abs(np.diff(numbers)) == 1).all())


def _decimal_years(source: Source, time: str) -> FloatArray | None:
    try:
        times = read_times(source, TimeRequest(time)).values
    except DataError:
        return None
    if times.dtype.kind != "M":
        return None
    year = times.astype("M8[Y]")
    since = (times - year.astype(times.dtype)) / np.timedelta64(365, "D")
    return np.asarray(year.astype(np.int64) + 1970 + since, dtype=np.float64)
