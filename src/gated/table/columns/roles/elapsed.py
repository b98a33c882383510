"""Finds columns of the time since a begin: seconds of a logger, 00:01:00, PT0H15M."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gated.arrays import FloatArray
from gated.table.cells.numbers import TEXT_TYPES, column_text
from gated.table.cells.regex import extracted
from gated.table.columns.names import UNNAMED
from gated.table.io.parquet import ParquetColumns
from gated.table.io.source import Source
from gated.table.time.calendar_numbers import EARLY
from gated.table.time.candidates import looks_like_times

__all__ = ["is_elapsed"]

_NAME = re.compile(
    r"elapsed|duration|laufzeit|^x_value|^(?:milli|micro)s|^(?:time|t|zeit)?[ _]*[\[(]?"
    r"(?:s|sec|secs|seconds|ms|msec|us|sekunden)[\])]?$",
    re.I,
)
_NUMBER = r"^(?P<s>\d+(?:\.\d+)?)$"
_CLOCK = r"^(?P<h>\d+):(?P<m>[0-5]\d):(?P<s>[0-5]\d(?:\.\d+)?)$"
_ISO = r"^PT?(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?$"
_SIZES = {"h": 3600, "m": 60, "s": 1}
_FEWEST = 4  # rows; fewer are even by chance
_EVEN = 0.01  # of the step


def is_elapsed(source: Source, column: str) -> bool:
    """Whether the first column is the time since a begin, in even steps: then the rows are steps.

    Numbers need the name of such a column, or no name and a fraction: 0.0, 0.1, 0.2.
    """
    frame = source.frame
    is_plain = isinstance(frame, ParquetColumns) or frame.schema[column] not in TEXT_TYPES
    if is_plain or len(frame) < _FEWEST:
        return False
    cells = pc.replace_substring(pc.utf8_trim_whitespace(column_text(frame[column])), ",", ".")
    first = str(cells[1].as_py())
    is_number = re.match(_NUMBER, first) is not None
    if is_number and not (_NAME.search(column) or (column in UNNAMED and "." in first)):
        return False
    if is_number and looks_like_times(source, column):  # decimal years, 201901
        return False
    pattern = next((one for one in (_NUMBER, _CLOCK, _ISO) if re.match(one, first)), None)
    seconds = None if pattern is None else _seconds(cells, pattern)
    if seconds is None or seconds[0] >= EARLY:  # a count since 1970
        return False
    steps = np.diff(seconds)
    step = float(np.median(steps))
    return step > 0 and bool((np.abs(steps - step) <= _EVEN * step).all())


def _seconds(cells: pa.ChunkedArray, pattern: str) -> FloatArray | None:
    fields = extracted(cells.combine_chunks(), pattern)
    if fields.null_count:
        return None
    total = np.zeros(len(fields))
    for name, size in _SIZES.items():
        if f"<{name}>" in pattern:
            text = pc.struct_field(fields, name)
            digits = pc.if_else(pc.equal(text, ""), "0", text)
            total += size * pc.cast(digits, pa.float64()).to_numpy(zero_copy_only=False)
    return total
