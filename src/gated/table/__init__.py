"""Files and frames in, checked series on one regular grid of time out, and frames back.

Begin reading at `table.py`.
"""

from gated.table.ahead import split_known_future
from gated.table.calendar import Frequency
from gated.table.schema import Schema
from gated.table.season import detect_long_season, detect_season
from gated.table.static import Static
from gated.table.table import Table, read_future, read_table, to_frame

__all__ = [
    "Frequency",
    "Schema",
    "Static",
    "Table",
    "detect_long_season",
    "detect_season",
    "read_future",
    "read_table",
    "split_known_future",
    "to_frame",
]
