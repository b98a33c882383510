"""Finds the columns whose values tell rows of the same time apart: the likely series ids."""

from collections.abc import Sequence
from itertools import combinations

from gated.table.cells.kinds import kind_of_column
from gated.table.columns.joined_columns import joined_name
from gated.table.columns.request import Roles
from gated.table.columns.roles.separating import numbered, row_codes
from gated.table.io.source import Source
from gated.text import joined, option

__all__ = ["separating_columns", "separating_sentence"]

MOST_COLUMNS = 8  # columns that are tried
LEAST_FILLED = 0.2  # share of all series and times that have a row
LEAST_ROWS = 2  # rows a series on average; a column with fewer numbers the rows


def separating_columns(source: Source, roles: Roles) -> tuple[str, ...]:
    """The one or two free columns with which no time occurs twice in a series; else none.

    Columns of text and of whole numbers are tried. A column that differs in almost every row
    numbers the rows, and does not name series.

    Args:
        source: the whole table.
        roles: the roles of its columns.
    """
    if roles.time is None or roles.wide:
        return ()
    given = [name for name in (roles.time, roles.ids) if name is not None]
    taken = {*given, *roles.used}
    rows = len(source.frame)
    kinds = {name: kind_of_column(source, name) for name in source.frame.columns}
    free = [
        name
        for kind in ("text", "integer")
        for name in source.frame.columns
        if name not in taken
        and kinds[name] == kind
        and 1 < source.frame[name].n_unique() <= rows / LEAST_ROWS
    ][:MOST_COLUMNS]
    codes = {name: row_codes(source, name) for name in (*given, *free)}

    def count(names: Sequence[str]) -> int:
        return int(numbered([codes[name] for name in names]).max()) + 1

    def name_series(names: Sequence[str]) -> bool:
        """Whether the labels have several rows, at many of all times; labels of events do not."""
        series = count([*given[1:], *names])
        return rows >= LEAST_ROWS * series and rows >= LEAST_FILLED * series * count(given[:1])

    for size in (1, 2):
        for names in combinations(free, size):
            if count([*given, *names]) == rows and name_series(names):
                return names
    return ()


def separating_sentence(source: Source, roles: Roles) -> str:
    """A sentence that names the separating columns as the ids; empty without any."""
    names = separating_columns(source, roles)
    if not names:
        return ""
    quoted = [f"`{name}`" for name in names]
    if len(names) == 1 and roles.ids is None:
        return (
            f"Column {quoted[0]} separates the rows of one time: pass "
            f"{option('id_col', names[0])} if it names the series."
        )
    every = [f"`{roles.ids}`", *quoted] if roles.ids is not None else quoted
    together = joined_name([*([] if roles.ids is None else [roles.ids]), *names])
    return (
        f"Columns {joined(every)} together separate the rows of one time: pass "
        f"{option('id_col', together)} if they name the series."
    )
