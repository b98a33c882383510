"""Brings a table of any shape into rows whose columns have roles and whose cells are read."""

from dataclasses import dataclass

from gated.errors import UsageError
from gated.table.columns.content import Categories, Content, read_content
from gated.table.columns.joined_columns import with_joined
from gated.table.columns.repeated_columns import refuse_consumed
from gated.table.columns.request import Request, Roles
from gated.table.columns.roles.choose import choose_roles
from gated.table.columns.unobserved_rows import without_empty_rows, without_events
from gated.table.io.source import Source
from gated.table.shape.parts.mixed_periods import of_one_period
from gated.table.shape.reshape import reshaped
from gated.table.time.binning import has_whole_days
from gated.table.time.grid import Grid, Months, Steps
from gated.table.time.times import TimeRequest
from gated.text import option

__all__ = ["TidyRows", "tidy_rows"]


@dataclass(frozen=True)
class TidyRows:
    """The rows of a table in input order, with their cells read.

    Attributes:
        source: the table, without its rows.
        roles, content: the roles of its columns, and their values.
        count: the number of rows.
        notes: how it was read, one sentence each.
    """

    source: Source
    roles: Roles
    content: Content
    count: int
    notes: tuple[str, ...]


def tidy_rows(
    opened: Source,
    named: Request,
    alias: str | None,
    requested: Grid | None,
    categories: Categories | None,
) -> TidyRows:
    """Bring a table into rows, choose its columns and read its cells.

    Args:
        opened: the table as it was read.
        named: the columns that the caller named.
        alias, requested: the step that the caller gave, and its grid.
        categories: the categories of the covariates of an earlier table.

    Raises:
        DataError: the columns are ambiguous, or a cell cannot be read; the message names it.
        UsageError: a named column is none of the table's.
    """
    opened, period_notes = of_one_period(opened, alias)
    shaped = reshaped(opened, named)
    refuse_consumed(opened, shaped.source)
    roles = choose_roles(shaped.source, shaped.request)
    opened = with_joined(shaped.source, roles.ids)
    opened, empty_notes = without_empty_rows(opened.only(roles.used), roles)
    count = len(opened.frame)
    request = _time_request(roles, shaped.request, requested)
    content = read_content(opened, roles, request, categories)
    if named.aggregate is None:
        opened, content = without_events(opened, content)
        count = count if roles.wide else len(content.y)
    opened = opened.without_rows()
    notes = (*opened.notes, *shaped.notes, *roles.notes, *period_notes, *empty_notes)
    return TidyRows(opened, roles, content, count, (*notes, *content.notes))


def _time_request(roles: Roles, asked: Request, requested: Grid | None) -> TimeRequest | None:
    if roles.time is None:
        if asked.time_format is not None:
            raise UsageError(
                f"{option('time_format', asked.time_format)} was given, but no column holds times. "
                f"Name it with {option('time_col')}."
            )
        return None
    return TimeRequest(
        roles.time,
        time_format=asked.time_format,
        years=isinstance(requested, Months) and requested.size % 12 == 0,
        steps=isinstance(requested, Steps),
        by_day=asked.aggregate is not None and requested is not None and has_whole_days(requested),
    )
