"""Writes the year into the dates of DATEV, which are a day and a month: `3101` is January 31."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["with_datev_days"]

HEAD = re.compile(r'^"?(?:EXTF|DTVF)"?;')
FISCAL_YEAR, FIRST_DAY = 12, 14  # places of days written YYYYMMDD in the line above the header
COLUMN = "Belegdatum"
DAY_AND_MONTH = r"^(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])$"


def with_datev_days(
    table: pa.Table, lines_above: Sequence[str]
) -> tuple[pa.Table, tuple[str, ...]]:
    """Make complete dates of the days and months of bookings, from the begin of the fiscal year.

    Args:
        table: the columns as text.
        lines_above: the lines above the header.

    Returns:
        The table, and a note if dates were completed.

    Example:
        >>> head = '"EXTF";700;21;"Buchungsstapel";13;;;;;;1;1;20230701;4;20230701;20240630'
        >>> with_datev_days(pa.table({"Belegdatum": ["107", "3101"]}), [head])[0].to_pylist()
        [{'Belegdatum': '2023-07-01'}, {'Belegdatum': '2024-01-31'}]
    """
    if not lines_above or not HEAD.match(lines_above[0]) or COLUMN not in table.column_names:
        return table, ()
    cells = [cell.strip('" \r\n') for cell in lines_above[0].split(";")]
    begins = [cells[place] for place in (FIRST_DAY, FISCAL_YEAR) if place < len(cells)]
    begin = next((cell for cell in begins if re.fullmatch(r"\d{8}", cell)), None)
    column = table[COLUMN]
    texts = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    if begin is None or not pc.all(pc.match_substring_regex(texts, DAY_AND_MONTH)).as_py():
        return table, ()
    numbers = np.asarray(texts.cast(pa.int64()).to_numpy())
    day, month = numbers // 100, numbers % 100
    is_before = month * 100 + day < int(begin[4:])
    year = int(begin[:4]) + is_before
    dates = [
        f"{y:04d}-{m:02d}-{d:02d}"
        for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)
    ]
    place = table.column_names.index(COLUMN)
    first = f"{begin[:4]}-{begin[4:6]}-{begin[6:]}"
    note = f"`{COLUMN}` has days and months; the first line says that they are from {first} on."
    return table.set_column(place, COLUMN, pa.array(dates, pa.string())), (note,)
