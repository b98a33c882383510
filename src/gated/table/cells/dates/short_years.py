"""Decides the century of years of two digits, and asks where they run over it, as from 68 to 69."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from gated.arrays import BoolArray, IntArray
from gated.errors import DataError
from gated.table.cells.dates.spans import LAST_YEAR, YEARS_AHEAD

__all__ = ["refuse_turn_of_short_years", "seconds_of_short_years", "short_year_notes"]

NEAR = 3  # years between two rows, with a few that are missing


_CENTURY = 1200  # months


def seconds_of_short_years(seconds: IntArray, is_time: BoolArray) -> IntArray:
    """[K] the seconds since 1970 of times read with %y, of the century before if all are far ahead.

    >>> far = np.array(["2049-01-31T10", "2055-02-28T00"], "M8[s]").astype(np.int64)
    >>> seconds_of_short_years(far, np.array([True, True])).astype("M8[s]").astype(str).tolist()
    ['1949-01-31T10:00:00', '1955-02-28T00:00:00']
    """
    days = np.where(is_time, seconds, 0).astype("M8[s]").astype("M8[D]")
    months = days.astype("M8[M]")
    recent = is_time & (months >= np.datetime64("2000-01"))
    if not recent.any():
        return seconds
    first = int(months[recent].min().astype("M8[Y]").astype(np.int64)) + 1970
    if first <= datetime.now(UTC).year + YEARS_AHEAD:
        return seconds
    earlier = (months - _CENTURY).astype("M8[D]") + (days - months.astype("M8[D]"))
    moved = seconds + 86_400 * (earlier - days).astype(np.int64)
    return np.where(recent, moved, seconds)


def short_year_notes(written: IntArray, years: IntArray) -> list[str]:
    """What years of two digits are read as.

    Args:
        written, years: [K] as they are written, and as they are read.
    """
    short = written != years
    if not short.any():
        return []
    shown = [int(np.argmin(np.where(short, years, LAST_YEAR))), int(np.argmax(years * short))]
    texts = list(dict.fromkeys(f"{written[index]:02d} as {years[index]}" for index in shown))
    return [f"Years of two digits: {' and '.join(texts)}."]


def refuse_turn_of_short_years(
    written: IntArray, years: IntArray, texts: pa.Array, where: str
) -> None:
    """Refuse years of two digits that go on where their century would change.

    69 to 99 are 1969 to 1999, and the others are of this century. Years such as 25 to 79
    are neither: they are 1925 to 1979, or 2025 to 2079.

    Args:
        written, years: [K] as they are written, and as they are read; 0 where there is none.
        texts: [K] the cells, for messages.
        where: file and column, for the beginning of a message.

    Raises:
        DataError: they go on there.
    """
    is_short = (years > 0) & (written != years) & (written < 100)
    low, high = is_short & (years >= 2000), is_short & (years < 2000)
    if not low.any() or not high.any():
        return
    last, first = (
        int(np.argmax(np.where(low, written, -1))),
        int(np.argmin(np.where(high, written, 100))),
    )
    if written[first] - written[last] > NEAR:
        return
    raise DataError(
        f'{where} "{texts[last]}" and "{texts[first]}" have years of two digits, which go on from '
        f"{written[last]} to {written[first]}: of the last century, or of this one. Write the "
        "years with four digits."
    )
