"""Places ticks on a time axis: whole hours, days, weeks, months or years, and their names."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["DateTicks", "date_ticks"]

DateArray = npt.NDArray[np.datetime64]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Unit of numpy, units between two ticks, and about how many seconds these are.
_STEPS = (
    *(("s", n, n) for n in (1, 5, 15, 30)),
    *(("m", n, 60 * n) for n in (1, 5, 15, 30)),
    *(("h", n, 3600 * n) for n in (1, 3, 6, 12)),
    *(("D", n, 86_400 * n) for n in (1, 2, 7, 14)),
    *(("M", n, 2_629_746 * n) for n in (1, 2, 3, 6)),
    *(("Y", n, 31_556_952 * n) for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)


@dataclass(frozen=True)
class DateTicks:
    """Ticks of a time axis.

    Attributes:
        at: `[K]` datetime64[s], rising.
        names: text below each: "14:00", "7 Nov", "Nov" or "2011".
        contexts: the larger unit (day or year) where it changes, else an empty string.
    """

    at: DateArray
    names: list[str]
    contexts: list[str]


def date_ticks(first: np.datetime64, last: np.datetime64, count: int = 8) -> DateTicks:
    """Return about `count` round dates within [first, last], or fewer.

    Weeks begin on Monday. Times have no zone, and are written as they are.

    >>> ticks = date_ticks(np.datetime64("2011-09-17"), np.datetime64("2012-02-09"))
    >>> ticks.names
    ['Oct', 'Nov', 'Dec', 'Jan', 'Feb']
    >>> ticks.contexts
    ['2011', '', '', '2012', '']
    """
    start, end = first.astype("M8[s]"), last.astype("M8[s]")
    seconds = float((end - start).astype(np.int64))
    unit, step, _ = next((one for one in _STEPS if seconds <= one[2] * count), _STEPS[-1])
    # numpy counts from 1970-01-01: weeks from a Monday after it, years from the year 0.
    origin = {"D": 4 if step >= 7 else 0, "Y": -1970}.get(unit, 0)
    begin = int(start.astype(f"M8[{unit}]").astype(np.int64))
    begin += (origin - begin) % step
    stop = int(end.astype(f"M8[{unit}]").astype(np.int64)) + 1
    at = np.arange(begin, stop, step).astype(f"M8[{unit}]").astype("M8[s]")
    at = at[(start <= at) & (at <= end)]
    names, contexts = _names(at, unit)
    changed = [k == 0 or contexts[k] != contexts[k - 1] for k in range(len(at))]
    shown = [one if new else "" for one, new in zip(contexts, changed, strict=True)]
    return DateTicks(at, names, shown)


def _names(at: DateArray, unit: str) -> tuple[list[str], list[str]]:
    """Return the name of each date in its unit, and the name of the larger unit."""
    years = at.astype("M8[Y]").astype(np.int64) + 1970
    months = at.astype("M8[M]").astype(np.int64) % 12
    days = (at.astype("M8[D]") - at.astype("M8[M]")).astype(np.int64) + 1
    year = [str(one) for one in years]
    if unit == "Y":
        return year, [""] * len(at)
    if unit == "M":
        return [_MONTHS[month] for month in months], year
    day = [f"{one} {_MONTHS[month]}" for one, month in zip(days, months, strict=True)]
    if unit == "D":
        return day, year
    clock = (at - at.astype("M8[D]")).astype(np.int64)
    digits = [f"{s // 3600:02d}:{s // 60 % 60:02d}" for s in clock]
    if unit == "s":
        digits = [f"{one}:{s % 60:02d}" for one, s in zip(digits, clock, strict=True)]
    return digits, day
