"""Tells months with a year of two digits ("Jan-19") from months with a day ("Jan-01")."""

import numpy as np
import pyarrow as pa

from gated.arrays import BoolArray
from gated.errors import DataError
from gated.table.cells.dates.regular import coverage
from gated.table.cells.dates.spans import DAY, NOT_A_TIME, days_of, part
from gated.text import option

__all__ = ["refuse_days_without_year"]

LEAP_YEAR = "2000"  # in which every day of a month exists
LONGEST_MONTH = 31


def refuse_days_without_year(
    parts: pa.StructArray, matched: BoolArray, texts: pa.Array, where: str
) -> None:
    """Refuse dates of a month and a number that may be a day.

    The number is the year if it is 0 or above 31 somewhere, or if the months are more regular
    than the days. After the month, as in "Jan-19", one number in all rows is the year too.

    Args:
        parts: [K] strings b and y, null where the text has another form.
        matched: [K] whether the text has this form.
        texts: [K] the cells, for messages.
        where: file and column, for the beginning of a message.

    Raises:
        DataError: the number may be the day.
    """
    numbers = part(parts, "y", 0)[matched]
    if (numbers == 0).any() or (numbers > LONGEST_MONTH).any():
        return
    names = [field.name for field in parts.type]
    is_first = names[0] == "b"
    if is_first and len(np.unique(numbers)) < 2:
        return
    as_days = pa.StructArray.from_arrays(
        [parts.field("b"), parts.field("y"), pa.array([LEAP_YEAR] * len(parts))],
        names=["b", "d", "y"],
    )
    months, days = days_of(parts)[0][matched], days_of(as_days)[0][matched]
    month_share = coverage(months * DAY) if (months != NOT_A_TIME).all() else 0.0
    day_share = coverage(days * DAY) if (days != NOT_A_TIME).all() else 0.0
    if month_share > day_share:
        return
    example = texts[int(np.argmax(matched))].as_py()
    pattern = example.replace(str(parts[int(np.argmax(matched))]["y"]), "%y")
    name = "".join(letter for letter in pattern.replace("%y", "") if letter.isalpha())
    pattern = pattern.replace(name, "%b" if len(name) <= 3 else "%B")
    raise DataError(
        f'{where} "{example}" has a month and a number that may be the day or the year. If it is '
        f"the year, pass {option('time_format', pattern)}; if it is the day, write the year in "
        "every cell, as in 2021-04-30."
    )
