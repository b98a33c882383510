"""Reads files and frames into checked series on one regular time grid, and converts results back.

Begin reading at `table.py`, then `reader.py`. The names below load when they are first used, so
that the command line can check a path without importing pandas.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

if TYPE_CHECKING:
    from gated.table.array_table import table_of_arrays
    from gated.table.frames import future_frame, missing_future, tidy_frame
    from gated.table.known_future import split_known_future
    from gated.table.new_rows import NewRows, read_new_rows
    from gated.table.reader import read_future, read_table
    from gated.table.schema import Schema, to_frame
    from gated.table.series.static_features import Static
    from gated.table.table import Table
    from gated.table.time.calendar import Frequency
    from gated.table.time.season import detect_long_season, detect_season

__all__ = [
    "Frequency",
    "NewRows",
    "Schema",
    "Static",
    "Table",
    "detect_long_season",
    "detect_season",
    "future_frame",
    "missing_future",
    "read_future",
    "read_new_rows",
    "read_table",
    "split_known_future",
    "table_of_arrays",
    "tidy_frame",
    "to_frame",
]

__getattr__, __dir__ = loaded_on_use(
    __name__,
    {
        "Frequency": "gated.table.time.calendar",
        "NewRows": "gated.table.new_rows",
        "Schema": "gated.table.schema",
        "Static": "gated.table.series.static_features",
        "Table": "gated.table.table",
        "detect_long_season": "gated.table.time.season",
        "detect_season": "gated.table.time.season",
        "future_frame": "gated.table.frames",
        "missing_future": "gated.table.frames",
        "read_future": "gated.table.reader",
        "read_new_rows": "gated.table.new_rows",
        "read_table": "gated.table.reader",
        "split_known_future": "gated.table.known_future",
        "table_of_arrays": "gated.table.array_table",
        "tidy_frame": "gated.table.frames",
        "to_frame": "gated.table.schema",
    },
)
