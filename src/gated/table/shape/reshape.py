"""Brings a table of any shape into rows of series, time and value, before roles are chosen."""

from dataclasses import dataclass, replace

from gated.table.columns.joined_columns import with_joined
from gated.table.columns.request import Request
from gated.table.io.source import Source
from gated.table.schema import Schema
from gated.table.shape.across import turned
from gated.table.shape.filled_down import with_filled_labels
from gated.table.shape.parts.time_parts import with_joined_time
from gated.table.shape.summary_rows import without_subtotals, without_whole_years
from gated.table.shape.year_rows import with_years_of_rows

__all__ = ["Shaped", "reshaped", "reshaped_as_before"]


@dataclass(frozen=True)
class Shaped:
    """A table in rows.

    Attributes:
        source: the table.
        request: the columns that have a role by now, without a pattern for times that were read.
        notes: what was joined or turned, one sentence each.
    """

    source: Source
    request: Request
    notes: tuple[str, ...] = ()


def reshaped(source: Source, request: Request) -> Shaped:
    """Join parts of times and ids, and turn times across the columns into rows.

    Args:
        source: the table as it was read.
        request: the columns that the caller named; an id may be a joined one.

    Raises:
        DataError: parts of a time make no time, or columns may be months or weeks.
    """
    source = with_joined(source, request.id_col)
    columns = source.frame.columns
    named = (request.id_col, request.target_col, *request.all_covariates)
    taken = {name for name in named if name in columns}
    time_col = request.time_col if request.time_col in columns else None
    is_open = request.target_col not in columns and not request.all_covariates
    found = None
    if is_open and request.wide is None:
        found = turned(source, taken, time_col, request.time_format)
    if found is not None:
        # Names that the table does not have are those of an earlier table that was turned.
        names = replace(request, time_col=found.time, target_col=found.value, time_format=None)
        if request.target_col in (None, names.target_col) and request.time_col in (
            None,
            names.time_col,
        ):
            return Shaped(found.source, names, found.notes)
    source, years = with_years_of_rows(source)
    source, totals = without_subtotals(source)
    source, labels = with_filled_labels(source)
    without, notes = without_whole_years(source)
    asks = request.aggregate is None
    joined = with_joined_time(without, taken, time_col, request.time_format, asks=asks)
    if joined is None or (time_col is None and request.time_col not in (None, joined.column)):
        return Shaped(source, request, (*years, *totals, *labels))
    read = replace(request, time_col=joined.column, time_format=None)
    return Shaped(joined.source, read, (*years, *totals, *labels, *notes, *joined.notes))


def reshaped_as_before(source: Source, schema: Schema) -> tuple[Source, Schema]:
    """Join the columns of a table of the future as those of the past were.

    Returns:
        The table, and the schema to read it by.
    """
    if schema.has_id_col:
        source = with_joined(source, schema.id_col)
    if schema.has_time_col and schema.time_col not in source.frame.columns:
        joined = with_joined_time(source, {schema.id_col}, None, schema.time_format)
        if joined is not None and joined.column == schema.time_col:
            return joined.source, replace(schema, time_format=None)
    return source, schema
