"""Asks which column is meant where a role falls on one of several with the same name."""

from collections.abc import Sequence

from gated.errors import DataError
from gated.table.columns.request import Request, Roles
from gated.table.io.source import Source
from gated.text import listed, option

__all__ = ["refuse_consumed", "refuse_repeated", "with_positions"]

MOST_LISTED = 10  # columns of one name in a message


def refuse_repeated(source: Source, roles: Roles, request: Request) -> None:
    """Check that no role was given to one of several columns of the same name by detection.

    Args:
        source: the table, whose columns of one name are numbered.
        roles: the roles.
        request: the columns that the caller named; these may have a number.

    Raises:
        DataError: a role falls on such a column; the message lists all of this name.
    """
    if not source.repeated or (roles.wide and request.wide):
        return
    named = {request.id_col, request.time_col, request.target_col, *request.all_covariates}
    parts = {part for name in named if name is not None for part in name.split("/")}
    for name in roles.used:
        of_name = (one for one in (name, *name.split("/")) if one in source.repeated)
        found = next((one for one in of_name if one not in parts), None)
        if found is None or name in named:
            continue
        parameter = (
            "time_col" if name == roles.time else "id_col" if name == roles.ids else "target_col"
        )
        role = {"time_col": "time", "id_col": "series", "target_col": "target"}[parameter]
        wide = f", or make each column a series of its own with {option('wide')}"
        raise DataError(
            f"{source.prefix}the header names `{source.repeated[found].written}` more than once, "
            f"and each of these columns could be the {role}: "
            f"{with_positions(source, _of_one_name(source, found))}. Name one, such as "
            f"{option(parameter, found)}{wide if roles.wide else ''}."
        )


def refuse_consumed(before: Source, after: Source) -> None:
    """Check that a change of the table's shape used no column whose name is repeated.

    Args:
        before: the table as it was read.
        after: the table in rows.

    Raises:
        DataError: a column of a repeated name is no column any more.
    """
    left = set(after.frame.columns)
    gone = next((name for name in before.repeated if name not in left), None)
    if gone is not None:
        raise DataError(
            f"{before.prefix}the header names `{before.repeated[gone].written}` more than once: "
            f"{with_positions(before, _of_one_name(before, gone))}. The columns are times or parts "
            "of times, and which is meant is not known. Expected a different name for each column."
        )


def with_positions(source: Source, names: Sequence[str]) -> str:
    """The names of columns, with the position of those whose name is repeated."""
    if not any(name in source.repeated for name in names):
        return listed(names)
    shown = [
        f"`{name}` (column {source.repeated[name].position})"
        if name in source.repeated
        else f"`{name}`"
        for name in names[:MOST_LISTED]
    ]
    more = f", … ({len(names) - MOST_LISTED:,} more)" if len(names) > MOST_LISTED else ""
    return ", ".join(shown) + more


def _of_one_name(source: Source, name: str) -> list[str]:
    written = source.repeated[name].written
    return [other for other, found in source.repeated.items() if found.written == written]
