"""Writes the periods of a report as a reader expects them in a letter."""

from typing import Any

from numpy.typing import NDArray

from gated.table.time.calendar import Frequency
from gated.table.time.grid import DAY, Months, Steps, Ticks
from gated.text import counted

__all__ = ["MONTHS", "day_text", "span_text", "steps_text"]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
"""The names of the months, January first."""


def steps_text(h: int, frequency: Frequency) -> str:
    """A number of steps with the noun of the frequency.

    >>> steps_text(28, Frequency.of("D")), steps_text(1, Frequency.of("W-SUN"))
    ('28 days', '1 week')
    >>> steps_text(5, Frequency.of("10min"))
    '5 steps'
    """
    return counted(h, frequency.noun)


def span_text(times: NDArray[Any], frequency: Frequency, *, short: bool = False) -> str:
    """The first and the last of some times [2] of the wall clock.

    Args:
        times: [2].
        frequency: of the table: months have no day, days no time of day.
        short: months as three letters, and no year of days.

    >>> import numpy as np
    >>> days = np.array(["2011-12-10", "2012-01-06"], "M8[ns]")
    >>> span_text(days, Frequency.of("D")), span_text(days, Frequency.of("D"), short=True)
    ('10 December 2011 to 6 January 2012', '10 Dec to 6 Jan')
    >>> span_text(np.array(["2012-06-03", "2012-06-30"], "M8[ns]"), Frequency.of("D"))
    '3 to 30 June 2012'
    >>> span_text(np.array(["1961-01", "1962-12"], "M8[ns]"), Frequency.of("MS"))
    'January 1961 to December 1962'
    >>> span_text(np.array([801, 828]), Frequency.of("1"))
    'steps 801 to 828'
    """
    grid = frequency.grid
    first, last = times
    if isinstance(grid, Steps):
        return f"step {first:,}" if first == last else f"steps {first:,} to {last:,}"
    if isinstance(grid, Months):
        begin, end = (_month(time, years=grid.size % 12 == 0, short=short) for time in times)
        if begin == end:
            return end
        if short and begin[-4:] == end[-4:]:
            begin = begin[:-5]
        return f"{begin} to {end}"
    if isinstance(grid, Ticks) and grid.size < DAY:
        parts = [f"{day_text(time, short=short)} {str(time)[11:16]}" for time in times]
        return parts[0] if first == last else " to ".join(parts)
    end = day_text(last, short=short)
    same_month = first.astype("M8[M]") == last.astype("M8[M]")
    if first.astype("M8[D]") == last.astype("M8[D]"):
        return end
    if same_month:
        return f"{_day(first)} to {end}"
    begin = day_text(first, short=short)
    if first.astype("M8[Y]") == last.astype("M8[Y]") and not short:
        begin = begin.rsplit(" ", 1)[0]
    return f"{begin} to {end}"


def day_text(time: Any, *, short: bool = False) -> str:
    """A day as text.

    >>> import numpy as np
    >>> day_text(np.datetime64("2011-12-10")), day_text(np.datetime64("2011-12-10"), short=True)
    ('10 December 2011', '10 Dec')
    """
    month = MONTHS[int(time.astype("M8[M]").astype(int)) % 12]
    if short:
        return f"{_day(time)} {month[:3]}"
    return f"{_day(time)} {month} {_year(time)}"


def _month(time: Any, *, years: bool, short: bool) -> str:
    if years:
        return _year(time)
    month = MONTHS[int(time.astype("M8[M]").astype(int)) % 12]
    return f"{month[:3] if short else month} {_year(time)}"


def _day(time: Any) -> str:
    return str(int(str(time.astype("M8[D]"))[-2:]))


def _year(time: Any) -> str:
    return str(time.astype("M8[Y]"))
