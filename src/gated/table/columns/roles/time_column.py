"""Chooses the column of times: by its given format, by name and kind, or by its numbers."""

import numpy as np

from gated.errors import DataError
from gated.table.cells.numbers import read_numbers
from gated.table.columns.names import KNOWN_NAMES, STEP_NAMES, TIME_NAMES, UNNAMED, plain
from gated.table.columns.roles.choice import NUMERIC, Choice
from gated.table.columns.roles.elapsed import is_elapsed
from gated.table.columns.roles.events import are_separated
from gated.table.columns.roles.interval_times import likely_times
from gated.table.time.candidates import fits_format, looks_like_times
from gated.table.time.number_times import DATE_NAMES, YEAR_NAMES

__all__ = ["find_time"]

FIRST_YEAR, LAST_YEAR = 1700, 2200  # whole numbers that may be years
DENSE = 1.2  # years a row; those of a table in no order have few gaps
FEWEST_STEPS = 4  # of years in order, under a name that says nothing
ALMOST = 0.9  # of the numbers; rows that number facts on a device have no date


def find_time(choice: Choice) -> str | None:
    """Find the time column by its given format, by name and kind, by kind, or by its numbers.

    Raises:
        DataError: several columns could be the time.
    """
    by_format = _of_given_format(choice)
    if len(by_format) == 1:
        return by_format[0]
    found = _time_by_name(choice)
    if found is not None and _may_be_calendar(choice, found):
        return found
    # Numbered steps are not taken while another column of numbers looks like times.
    numbers = [
        name
        for name in choice.free({"integer", "number"})
        if name != found
        and plain(choice.written(name)) not in KNOWN_NAMES
        and looks_like_times(choice.source, name)
    ]
    numbers = _likely(choice, numbers)
    if len(numbers) > 1 or (numbers and found is not None):
        raise choice.ambiguous("time_col", [*numbers, *([found] if found else [])])
    return numbers[0] if numbers else found


def _of_given_format(choice: Choice) -> list[str]:
    """The columns that are written in the given time format."""
    pattern = choice.request.time_format
    if pattern is None:
        return []
    return [
        name
        for name in choice.free({"text", "date", "integer", "number"})
        if fits_format(choice.source, name, pattern)
    ]


def _may_be_calendar(choice: Choice, name: str) -> bool:
    if choice.kinds[name] not in NUMERIC:
        return True
    return plain(choice.written(name)) == "year" or looks_like_times(choice.source, name)


def _time_by_name(choice: Choice) -> str | None:
    """Find the time column by name and kind, by kind, by name, or as evenly spaced numbers."""
    for tier in TIME_NAMES:
        named = [name for name in choice.free() if plain(choice.written(name)) in tier]
        fitting = [name for name in named if _may_be_time(choice, name)]
        if len(fitting) > 1:
            fitting = [name for name in fitting if choice.kinds[name] == "date"] or fitting
            fitting = _likely(choice, fitting)
        if len(fitting) > 1:
            raise choice.ambiguous("time_col", fitting)
        if fitting and not _has_finer_dates(choice, fitting[0]):
            return fitting[0]
    dates = _likely(choice, choice.free({"date"}))
    if len(dates) > 1:
        raise choice.ambiguous("time_col", dates)
    return dates[0] if dates else _time_of_numbers(choice)


def _time_of_numbers(choice: Choice) -> str | None:
    """Find years by name or place, numbers by name, or evenly spaced ones."""
    years = [name for name in choice.free({"integer"}) if _holds_years(choice, name)]
    if len(years) == 1:
        return years[0]
    named = [name for name in choice.free() if plain(choice.written(name)) in STEP_NAMES]
    first = choice.columns[0]
    if named and (named[0] != first or choice.kinds[first] != "text"):
        return named[0]
    if len(choice.free(NUMERIC - {"empty"})) > 0 and is_elapsed(choice.source, first):
        choice.columns.remove(first)
        choice.notes.append(f"left out: `{first}` is the time since the begin, in even steps.")
        return None
    if named:
        return named[0]
    if first in UNNAMED and choice.kinds[first] == "integer" and len(choice.free(NUMERIC)) > 1:
        gaps = np.diff(read_numbers(choice.source, first).values)
        if len(gaps) and gaps[0] > 0 and (gaps == gaps[0]).all():
            return first
    return None


def _holds_years(choice: Choice, name: str) -> bool:
    """Whether whole numbers are years, by the name in some language or in order at the left.

    In a table without a header they may stand beside labels with which no year repeats.
    """
    is_named = plain(choice.written(name)) in YEAR_NAMES | DATE_NAMES
    is_left, has_others = name == choice.columns[0], len(choice.free(NUMERIC)) >= 2
    if not is_named and not (has_others and (is_left or choice.has_no_names)):
        return False
    try:
        numbers = read_numbers(choice.source, name).values
    except DataError:  # a wrong cell is named when the column is read
        return False
    if not ((numbers >= FIRST_YEAR) & (numbers <= LAST_YEAR)).all():
        return False
    distinct, steps = np.unique(numbers), np.diff(numbers)
    if is_named or len(distinct) <= FEWEST_STEPS:
        return is_named
    if is_left and bool((steps > 0).all() or (steps < 0).all()):
        return True
    if not choice.has_no_names or np.ptp(distinct) >= 2 * len(distinct):
        return False
    if is_left and len(distinct) == len(numbers) and np.ptp(distinct) <= DENSE * len(numbers):
        return True
    labels = [*choice.free({"text"}), *choice.separating_numbers(name)]
    return bool(labels) and are_separated(choice.source, name, labels)


def _has_finer_dates(choice: Choice, name: str) -> bool:
    """Whether a column of numbers stands beside dates that are as many or more: its years."""
    if choice.kinds[name] == "date":
        return False
    if plain(choice.written(name)) == "index":  # of the rows, where there are dates
        return bool(choice.free({"date"}))
    least = max(ALMOST * choice.source.frame[name].n_unique(), 2)
    dates = choice.free({"date"})
    return any(choice.source.frame[date].n_unique() >= least for date in dates)


def _likely(choice: Choice, names: list[str]) -> list[str]:
    """Of several columns of times, those that can be meant; the others are left out."""
    if len(names) < 2:
        return names
    likely, notes = likely_times(choice.source, names)
    choice.notes += notes
    choice.taken.update(name for name in names if name not in likely)
    choice.columns = [name for name in choice.columns if name in likely or name not in names]
    return likely


def _may_be_time(choice: Choice, name: str) -> bool:
    if choice.kinds[name] == "date":
        return True
    if choice.kinds[name] == "integer" and plain(choice.written(name)) in STEP_NAMES:
        return True
    return choice.kinds[name] in ("integer", "number") and looks_like_times(choice.source, name)
