"""How to read a column of times, what comes of it, and the refusals that all forms share."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.table.cells.dates import FIRST_YEAR, LAST_YEAR
from gated.table.io.source import Source
from gated.table.schema import TimeForm
from gated.text import counted

__all__ = ["TimeRequest", "Times", "persian", "refuse_missing", "too_far"]

_PERSIAN = re.compile(r"^1[34]\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:\D|$)")


@dataclass(frozen=True)
class Times:
    """A time column, read.

    Attributes:
        values: [R] datetime64[ns] without zone, or int64 steps.
        form: the format of the times.
        notes: what was detected or converted, one sentence each.
    """

    values: NDArray[Any]
    form: TimeForm
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TimeRequest:
    """How to read a time column.

    Attributes:
        column: its name.
        time_format: a strptime pattern, or the unit of a count since 1970 ("s", "ms", …).
        years: whether integers are years, because the given frequency is yearly.
        steps: whether integers are steps, because the given frequency is a number.
        like: the time format of the past table, if these are future times.
        by_day: whether times are brought together in steps of days or longer: then days are those
            of the wall clock.
    """

    column: str
    time_format: str | None = None
    years: bool = False
    steps: bool = False
    like: TimeForm | None = None
    by_day: bool = False


def refuse_missing(source: Source, column: str, missing: BoolArray) -> None:
    """Refuse cells without a time; the message names the first.

    Raises:
        DataError: a cell is missing.
    """
    rows = np.flatnonzero(missing)
    if len(rows):
        more = f" ({counted(len(rows), 'such row')} in all)" if len(rows) > 1 else ""
        raise DataError(
            f"{source.where(int(rows[0]))}: {column} is empty{more}. Expected a time in every "
            "row; remove the row or fill in its time."
        )


def too_far(source: Source, row: int, column: str, cell: str) -> DataError:
    """The error for a time that numpy's nanoseconds cannot hold."""
    where = f'{source.where(row)}: {column} "{cell}"'
    if _PERSIAN.match(cell):
        return persian(where)
    return DataError(
        f"{where} is out of range. Expected a time between the years {FIRST_YEAR} and {LAST_YEAR}."
    )


def persian(where: str) -> DataError:
    """The error for dates that are written in the Persian calendar.

    Args:
        where: the beginning of the message, with a date.
    """
    return DataError(
        f"{where} seems to be a date of the Persian calendar, which is not read. Convert the dates "
        "to the Gregorian calendar, for example with the package jdatetime."
    )
