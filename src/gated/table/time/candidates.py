"""Checks from a sample of its cells whether a column holds times as numbers, or in a format."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import FloatArray
from gated.table.cells.dates.patterns import times_by_pattern
from gated.table.cells.dates.regular import is_regular
from gated.table.cells.dates.spans import FIRST_YEAR, LAST_YEAR, NOT_A_TIME
from gated.table.cells.numbers import MISSING_SPELLINGS, column_text
from gated.table.cells.regex import all_match, replaced
from gated.table.io.source import LOOK_ROWS, Source
from gated.table.time.calendar_numbers import (
    EPOCH_UNITS,
    epoch_unit,
    is_time_name,
    meaning_of,
)

__all__ = ["fits_format", "looks_like_times"]

NUMBER = r"^[+-]?(\d{1,18}|1\d{18})([.,]\d*)?([eE]\+?\d{1,2})?$"  # 1.7e18 ns since 1970
FEWEST = 3  # distinct numbers; fewer do not show a regular step
MINUTE = 60 * EPOCH_UNITS["s"]
MOST = 0.5  # share of the cells that must have the given format


def looks_like_times(source: Source, column: str) -> bool:
    """Whether the numbers of a column are times, such as 201901, 1949.0833 or 1704067200.0.

    Numbers in a column without a name for times must also be regular as times.
    """
    numbers = _numbers(_sample(source, column))
    if numbers is None:
        return False
    is_named = is_time_name(column)
    meaning = meaning_of(numbers, column)
    if meaning is not None:
        return is_named or (len(numbers) >= FEWEST and is_regular(meaning.read(numbers)))
    if is_named and numbers[0] >= FIRST_YEAR * 100 and numbers[-1] < (LAST_YEAR + 1) * 100:
        return True  # months written YYYYMM with an error, to be named when they are read
    unit = epoch_unit(numbers[0], numbers[-1])
    if unit is None:
        return False
    times = (numbers * EPOCH_UNITS[unit]).astype(np.int64)
    # Order numbers count by one; times since 1970 that are whole minutes apart are no such count.
    minutes = np.round(np.diff(times) / MINUTE)
    return is_named or bool((minutes >= 1).all() and is_regular(times))


def fits_format(source: Source, column: str, time_format: str) -> bool:
    """Whether most cells of a column have a format: a strptime pattern or a unit since 1970.

    Raises:
        UsageError: the format is not a strptime pattern.
    """
    cells = _sample(source, column)
    if not len(cells):
        return False
    if time_format in EPOCH_UNITS:
        numbers = _numbers(cells)
        return numbers is not None and epoch_unit(numbers[0], numbers[-1]) == time_format
    # A frame's whole numbers may be written 201901.0.
    cells = replaced(cells, r"^(\d+)\.0*$", r"\1")
    seconds, _ = times_by_pattern(cells, time_format)
    return float((seconds != NOT_A_TIME).mean()) > MOST


def _sample(source: Source, column: str) -> pa.Array:
    """Distinct cells of the first rows that have any, as text without the missing ones."""
    for rows in source.parts(column):
        text = column_text(rows.head(LOOK_ROWS))
        text = pc.unique(pc.utf8_trim_whitespace(text.combine_chunks()).drop_null())
        text = text.filter(pc.invert(pc.is_in(text, value_set=pa.array(MISSING_SPELLINGS))))
        if len(text):
            return text
    return pa.array([], pa.string())


def _numbers(texts: pa.Array) -> FloatArray | None:
    """The distinct numbers of texts, ascending; None if a text is not a number."""
    if not all_match(texts, NUMBER):
        return None
    numbers = pc.cast(pc.replace_substring(texts, ",", "."), pa.float64()).to_numpy()
    return np.unique(numbers)
