"""Files and frames in, checked series on one regular grid of time out, and frames back.

Begin reading at `table.py`, then `read_table.py`.
"""

from gated.table.known_future import split_known_future
from gated.table.read_table import read_future, read_table
from gated.table.schema import Schema, to_frame
from gated.table.series.static_features import Static
from gated.table.table import Table
from gated.table.time.calendar import Frequency
from gated.table.time.season import detect_long_season, detect_season

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
