"""Parses dates written as text into nanoseconds."""

from gated.table.cells.dates.forms import looks_like_dates
from gated.table.cells.dates.parse import ParsedDates, parse_dates
from gated.table.cells.dates.spans import FIRST_YEAR, LAST_YEAR, NOT_A_TIME, SECOND

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "NOT_A_TIME",
    "SECOND",
    "ParsedDates",
    "looks_like_dates",
    "parse_dates",
]
