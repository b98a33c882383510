"""Reads files and frames into checked series on one regular time grid, and converts results back.

Begin reading at `table.py`, then `reader.py`. The names below load when they are first used, so
that the command line can check a path without importing pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    "tidy_frame",
    "to_frame",
]

_HOME = {
    "Frequency": "time.calendar",
    "NewRows": "new_rows",
    "Schema": "schema",
    "Static": "series.static_features",
    "Table": "table",
    "detect_long_season": "time.season",
    "detect_season": "time.season",
    "future_frame": "frames",
    "missing_future": "frames",
    "read_future": "reader",
    "read_new_rows": "new_rows",
    "read_table": "reader",
    "split_known_future": "known_future",
    "tidy_frame": "frames",
    "to_frame": "schema",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
