"""Reads the numbers of days, weeks or months of Google Analytics, whose start is written above."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["with_nth_days"]

_UNITS = {"hour": "h", "day": "D", "week": "W", "month": "M"}
_NTH = re.compile(r"^(?:nth (?P<unit>hour|day|week|month)|(?P<index>hour|day|week|month) index)$")
_START = re.compile(r"(?:start date\W*|^\W*)(?P<date>20\d{2}-?[01]\d-?[0-3]\d)(?:\D|$)")
_NUMBER = r"^\d{1,6}$"


def with_nth_days(table: pa.Table, above: Sequence[str]) -> tuple[pa.Table, tuple[str, ...]]:
    """Replace a column of numbers of days by dates, if the lines above the header have the first.

    Args:
        table: the columns of the file.
        above: the lines above its header.

    >>> table = pa.table({"Nth day": ["0000", "0001"], "Users": ["5", "7"]})
    >>> dated, notes = with_nth_days(table, ["# Start date: 20240131"])
    >>> dated["Nth day"].to_pylist(), notes[0]
    (['2024-01-31', '2024-02-01'], '`Nth day` counts from 2024-01-31, as a line above says.')
    """
    found = next((match for line in above if (match := _START.search(line.casefold()))), None)
    if found is None:
        return table, ()
    for place, name in enumerate(table.column_names):
        match = _NTH.match(name.strip().casefold())
        texts = table.column(name).cast(pa.string())
        if match is None or not pc.all(pc.match_substring_regex(texts, _NUMBER)).as_py():
            continue
        digits = found["date"].replace("-", "")
        start = np.datetime64(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
        unit = _UNITS[match["unit"] or match["index"]]
        numbers = pc.cast(texts, pa.int64()).to_numpy()
        first = start.astype("M8[M]") if unit == "M" else start.astype("M8[D]")
        times = (first if unit != "h" else start.astype("M8[h]")) + numbers.astype(f"m8[{unit}]")
        shown = np.datetime_as_string(times.astype("M8[h]" if unit == "h" else "M8[D]"))
        cells = pa.array([f"{text}:00" if unit == "h" else text for text in shown.tolist()])
        note = f"`{name}` counts from {start}, as a line above says."
        return table.set_column(place, name, pa.chunked_array([cells])), (note,)
    return table, ()
