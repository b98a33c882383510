"""Chooses the time, target and id columns of a table: by name first, then by type.

Each choice is written into a note. If several columns fit a role, the error lists these columns
and the parameter that names one of them.
"""

import numpy as np

from gated.errors import DataError
from gated.table.cells.numbers import read_numbers
from gated.table.columns.names import KNOWN_NAMES, ROW_NUMBERS, UNNAMED, plain
from gated.table.columns.repeated_columns import refuse_repeated
from gated.table.columns.request import COUNT, Request, Roles
from gated.table.columns.roles.choice import NUMERIC, Choice
from gated.table.columns.roles.id_columns import find_ids
from gated.table.columns.roles.row_totals import has_total
from gated.table.columns.roles.target_column import closing_price, find_target, only_number
from gated.table.columns.roles.time_column import find_time
from gated.table.io.source import Source
from gated.table.time.number_times import is_date_name, refuse_days_and_months
from gated.text import listed, option

__all__ = ["choose_roles"]

NAMELESS_PARTS = "column_1/column_2"  # parts of the time in a table without a header
NO_TIME = "time: no time column; the rows are steps 0, 1, 2, … in input order."


def choose_roles(source: Source, request: Request) -> Roles:
    """Choose the role of each column.

    Raises:
        UsageError: a given name is not a column, or is given twice.
        DataError: no column, or more than one, fits a role.
    """
    roles = _chosen(Choice(source, request))
    refuse_repeated(source, roles, request)
    return roles


def _chosen(choice: Choice) -> Roles:
    request = choice.request
    _drop_row_numbers(choice)
    choice.time = request.time_col or find_time(choice)
    choice.take(choice.time)
    if choice.time is not None:
        _drop_row_numbers(choice)
    else:
        _refuse_days_and_months(choice)
    if request.counts_rows:
        return _counting_roles(choice)
    if _is_wide(choice):
        return _wide_roles(choice)
    choice.target = choice.target or find_target(choice)
    choice.take(choice.target)
    ids = request.id_col or find_ids(choice)
    choice.take(ids)
    choice.taken.update(choice.id_parts(ids))
    target = choice.target or only_number(choice)
    choice.take(target)
    _add_notes(choice, target, ids)
    covariates = request.all_covariates
    return Roles(choice.time, ids, (target,), covariates, False, tuple(choice.notes))


def _counting_roles(choice: Choice) -> Roles:
    ids = choice.request.id_col or find_ids(choice)
    choice.take(ids)
    _add_notes(choice, COUNT, ids)
    covariates = choice.request.all_covariates
    return Roles(choice.time, ids, (COUNT,), covariates, False, tuple(choice.notes), True)


def _is_wide(choice: Choice) -> bool:
    if choice.request.wide is not None:
        return choice.request.wide
    others = choice.columns[1:]
    is_wide = (
        choice.time == choice.columns[0]
        and len(others) >= 2
        and choice.taken == {choice.time}
        and (
            not any(plain(choice.written(name)) in KNOWN_NAMES for name in others)
            or has_total(choice.source, others)
        )
        and all(choice.kinds[name] in NUMERIC for name in others)
        and not choice.times_repeat
        and closing_price(choice) is None
        and not (choice.time or "").startswith(NAMELESS_PARTS)
    )
    if not is_wide:
        return False
    helpers = choice.helpers(by_name=True)
    choice.notes += [f"left out: `{name}` {reason}." for name, reason in helpers.items()]
    choice.columns = [name for name in choice.columns if name not in helpers]
    return len(choice.columns) > 2


def _wide_roles(choice: Choice) -> Roles:
    series, text = choice.free(NUMERIC), choice.free({"text", "date", "other"})
    if text or not series:
        reason = f"{listed(text)} is not numeric" if text else "no other column is left"
        raise DataError(
            f"{choice.source.prefix}{option('wide')} makes every column but the time a series, "
            f"but {reason}. Expected one column of times and a numeric column for each series."
        )
    otherwise = f" Pass {option('target_col')} to forecast only one of them."
    choice.notes += [
        f"time: column `{choice.time}`." if choice.time is not None else NO_TIME,
        f"series: each of the {len(series)} {'other ' if choice.time else ''}columns is one."
        + ("" if choice.request.wide else otherwise),
    ]
    return Roles(choice.time, None, tuple(series), (), True, tuple(choice.notes))


def _drop_row_numbers(choice: Choice) -> None:
    """Leave out the row numbers that pandas, R and databases write as the first column."""
    first = next((name for name in choice.columns if name not in choice.taken), None)
    if first is None or len(choice.columns) < 2:
        return
    begins: tuple[int, ...] = (0, 1) if plain(first) in ROW_NUMBERS else ()
    if first in UNNAMED:  # 1, 2, 3, … may be the steps, if no other column has the times
        begins = (0,) if choice.time is None else (0, 1)
    if begins and choice.kinds[first] == "integer":
        numbers = read_numbers(choice.source, first).values
        is_index = plain(first) in ("index", "unnamed:_0")
        if is_index and choice.time is not None and len(numbers):  # rows of a longer table
            begins += (int(numbers[0]),)
        if any((numbers == np.arange(begin, begin + len(numbers))).all() for begin in begins):
            choice.columns.remove(first)
            choice.notes.append(f"left out: `{first}` has only row numbers.")


def _refuse_days_and_months(choice: Choice) -> None:
    """Refuse a table whose dates lack the year, which would be no times but numbers.

    Raises:
        DataError: a column of dates has days and months only.
    """
    for name in filter(is_date_name, choice.free({"integer"})):
        try:
            numbers = read_numbers(choice.source, name).values
        except DataError:  # a wrong cell is named when the column is read
            continue
        refuse_days_and_months(choice.source, np.unique(numbers[np.isfinite(numbers)]), name)


def _add_notes(choice: Choice, target: str, ids: str | None) -> None:
    if choice.time is not None:
        choice.notes.append(f"time: column `{choice.time}`.")
    elif text := choice.free({"text"}):
        raise DataError(
            f"{choice.source.prefix}no column holds dates or numbered steps; "
            f"{listed(text)} could not be read as times. Name the time column with "
            f"{option('time_col')} and its format with {option('time_format')}."
        )
    else:
        choice.notes.append(NO_TIME)
    counted = choice.request.counts_rows
    choice.notes.append("target: the number of rows." if counted else f"target: column `{target}`.")
    if ids is None:
        choice.notes.append(f"series: a single series, named `{target}`.")
        others = choice.free({"text"}) if choice.request.aggregate is not None else []
        if others:
            choice.notes.append(
                f"The rows of all {listed(others)} are brought together; "
                f"{option('id_col')} makes a series of each value of a column."
            )
    else:
        parts = choice.id_parts(ids)
        labels = f"combination of {listed(parts)}" if parts else f"value of column `{ids}`"
        choice.notes.append(f"series: one for each {labels}.")
    unused = choice.free({"integer", "number", "boolean"})
    unused = [name for name in unused if name not in choice.id_parts(ids)]
    if unused and not counted:
        choice.notes.append(
            f"not used: {listed(unused)}; name them with {option('covariates')} if their "
            "future values are known."
        )
