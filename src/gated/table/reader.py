"""Reads a file or a frame into a `Table`.

The steps: bring the table into rows, choose the columns, read the cells, sort the rows, infer the
time grid, add missing steps, detect the season, read the static features.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import numpy as np

from gated.arrays import BoolArray, FloatArray, ObjectArray
from gated.errors import DataError, UsageError
from gated.table.columns.arguments import decimal_given, marks_given, names_given
from gated.table.columns.content import Content
from gated.table.columns.joined_columns import at_commas, joined_name, with_joined
from gated.table.columns.request import Request, Roles
from gated.table.columns.roles.likely_ids import separating_sentence
from gated.table.io.source import Source, open_source
from gated.table.schema import Fill, Schema
from gated.table.series.aggregation import ADDED_UP, Aggregate, checked_aggregate
from gated.table.series.filter import SeriesFilter
from gated.table.series.future_steps import FutureSteps
from gated.table.series.gathering import Gathering
from gated.table.series.notes import gap_notes, rejection_notes
from gated.table.series.panel import Panel, complete, in_order, is_after_last, until_last
from gated.table.series.static_features import Static, read_static
from gated.table.shape.reshape import reshaped, reshaped_as_before
from gated.table.shape.tidy_rows import TidyRows, tidy_rows
from gated.table.table import Table
from gated.table.time.calendar import Frequency, usual_seasons
from gated.table.time.grid import Grid, parse_alias
from gated.table.time.season import detect_long_season, detect_season
from gated.text import counted, did_you_mean, option

__all__ = ["future_steps", "read_future", "read_table"]


def read_table(
    source: object,
    *,
    id_col: str | Sequence[str] | None = None,
    time_col: str | None = None,
    target_col: str | None = None,
    freq: str | int | None = None,
    season_length: int | None = None,
    covariates: Sequence[str] | None = None,
    past_covariates: Sequence[str] | None = None,
    static_df: object = None,
    time_format: str | None = None,
    fill: Fill | None = None,
    missing: str | float | Sequence[str | float] | None = None,
    decimal: str | None = None,
    aggregate: Aggregate | None = None,
    wide: bool | None = None,
    sheet: str | None = None,
    query: str | None = None,
    like: Table | None = None,
) -> Table:
    """Read a table of past values from a file or a frame.

    Args:
        source: a pandas, polars or pyarrow table (or another that narwhals supports), a series, a
            dict or list of columns or rows, or the path or URL of a file: text (.csv, .tsv, .txt,
            also packed), .json, .jsonl, .parquet, .feather, .arrow, .xlsx, .xls, .ods or .zip; a
            folder or a list of such files with the same columns; "-" for stdin; a database of
            SQLite or DuckDB, or the address of one: "postgresql://user@host/shop".
        id_col, time_col, target_col: names of columns; by default detected by name, then by type.
            Of several id columns each combination of labels is a series.
        freq: pandas alias of the step, or a number for numbered steps; by default inferred.
        season_length: steps in the main cycle; by default the usual one of the frequency; for
            numbered steps it is detected from the values.
        covariates: names of columns that are known in the future: numbers, true and false, or
            categories as text; by default none.
        past_covariates: names of columns that are known only in the past.
        static_df: a frame or path with one row per series: its id, and features that do not change
            with time. A series that has features, but no past, is kept as a cold-start series.
        time_format: strptime pattern of the times, or the unit of a count since 1970 ("s", "ms",
            "us", "ns").
        fill: the target at steps without a row: "missing" (not observed) or "zero". The default
            is "missing"; for the sums and counts of `aggregate` it is "zero".
        missing: further cells that stand for a missing value: texts such as "<1" and numbers such
            as -999. Some are known: "NA", "-", "n/e" and others, and numbers such as -999 where
            they are far from all other values; "none" keeps these numbers.
        decimal: the decimal sign, "," or "."; the other one separates thousands. By default the
            cells of each column decide.
        aggregate: how several rows of one step become one: "sum", "mean", "median", "count",
            "min", "max", "first" or "last". The steps are those of `freq`; without it, the rows of
            one time are brought together. "count" needs no target: it counts the rows. By default,
            several rows of one step are an error.
        wide: whether every column but the time is a series; by default inferred from the columns.
        sheet: the sheet of a spreadsheet, the file of a .zip archive, the field of a JSON
            document, or the table of a database; by default the only one that holds a table.
        query: a SELECT of a database, whose result is the table.
        like: the table of a fitted model, whose categories are used: a category that it does not
            have is unknown, and has no effect. Its codes for missing values are ones here, too.

    Raises:
        DataError: the table cannot be read or made regular; the message gives file, row, column.
        UsageError: an argument names no column, contradicts another or does not apply.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ds": pd.date_range("2021-01-01", periods=4), "y": [1, 2, 3, 4]})
    >>> table = read_table(frame.drop(index=2))
    >>> table.frequency.alias, table.y
    ('D', array([ 1.,  2., nan,  4.]))
    >>> sales = pd.DataFrame({"time": ["2021-01-01 09:12", "2021-01-01 17:40", "2021-01-02 10:05"],
    ...                       "amount": [20.0, 5.0, 7.5]})
    >>> read_table(sales, aggregate="sum", freq="D").y
    array([25. ,  7.5])
    """
    alias = None if freq is None else str(freq)
    requested = None if alias is None else parse_alias(alias)
    _check_fill(fill)
    rule, marks = checked_aggregate(aggregate), marks_given(missing)
    before = None if like is None else like.schema
    opened = open_source(source, marks, sheet=sheet, query=query, can_choose=True, like=before)
    opened = replace(opened, decimal=decimal_given(decimal))
    names, past_names = (
        at_commas(names_given(given), opened.frame.columns)
        for given in (covariates, past_covariates)
    )
    ids = joined_name(at_commas(names_given(id_col), opened.frame.columns) or None)
    named = Request(ids, time_col, target_col, names, past_names, wide, rule, time_format)
    rows = tidy_rows(opened, named, alias, requested, like.categories if like else None)
    del opened  # its cells take memory, and are read
    again = partial(_separating, source, marks, (sheet, query), named, rows.roles)
    regular = _regular(rows, rule, alias, fill, again)
    whole = regular.panel
    is_known = season_length is not None or usual_seasons(regular.grid)[0] is not None
    frequency, season_note = _frequency(regular.grid, season_length, whole, is_known=is_known)
    schema = replace(_schema(rows, named), missing=marks, fill=fill)
    static, static_notes, rejected = _static(static_df, schema, whole.ids, regular.filter, like)
    return Table(
        ids=whole.ids,
        offsets=whole.offsets,
        ds=whole.ds,
        y=whole.y,
        covariates=whole.covariates[:, : len(names)],
        covariate_names=names,
        past_covariates=whole.covariates[:, len(names) :],
        past_names=past_names,
        categories=rows.content.categories,
        static=static,
        frequency=frequency,
        schema=schema,
        notes=(
            *rows.notes,
            *regular.notes,
            season_note,
            *static_notes,
            *rejection_notes(rejected),
        ),
        rejected=rejected,
        season_found=not is_known,
    )


def read_future(source: object, table: Table, h: int) -> tuple[FloatArray, tuple[str, ...]]:
    """Read the covariates of the next `h` steps of every series of `table`.

    Args:
        source: a frame or a path; its id, time and covariate columns have the names of the past
            table. Rows of other times are ignored, so that one file may hold past and future.
        table: the past.
        h: steps ahead, at least 1.

    Returns:
        [N, h, F] float64, in the order of `table.ids` and `table.covariate_names`: NaN where a
        value is missing, a category as the index of its label. And notes on missing values and
        unknown categories.

    Raises:
        DataError: a column, series or step is missing; the message names which.
        UsageError: the table has no covariates, or `h` is below 1.
    """
    if not table.covariate_names:
        raise UsageError(
            "The table was read without covariates, so there are none to read for the future. "
            f"Name them with {option('covariates')} when the past is read or fitted."
        )
    steps, opened = future_steps(source, table, h)
    return steps.read(opened)


def future_steps(source: object, table: Table, h: int) -> tuple[FutureSteps, Source]:
    """The next `h` steps of every series of `table`, and the table of the future they are read in.

    Raises:
        DataError: the table of the future cannot be read.
        UsageError: `h` is below 1.
    """
    if h < 1:
        raise UsageError(f"The horizon is {h}. Expected at least 1 step.")
    opened = open_source(source, table.schema.missing, like=table.schema)
    opened, schema = reshaped_as_before(opened, table.schema)
    steps = FutureSteps(
        schema,
        table.frequency,
        table.covariate_names,
        table.categories,
        table.ids,
        table.last_ds,
        h,
    )
    return steps, opened


def _check_fill(fill: str | None) -> None:
    if fill is not None and fill not in get_args(Fill):
        raise UsageError(
            f"{option('fill', str(fill))} is unknown.{did_you_mean(str(fill), get_args(Fill))} "
            'Expected "missing" or "zero".'
        )


@dataclass(frozen=True)
class _Regular:
    """The series at the times of a grid.

    Attributes:
        panel: the rows, with those of missing steps.
        grid: the times.
        filter: which series were left out.
        notes: what was sorted, brought together, left out and added, one sentence each.
    """

    panel: Panel
    grid: Grid
    filter: SeriesFilter
    notes: tuple[str, ...]


def _regular(
    rows: TidyRows,
    rule: Aggregate | None,
    alias: str | None,
    fill: Fill | None,
    separating: Callable[[], str],
) -> _Regular:
    """Sort the rows, infer the grid of their times, and add its missing steps."""
    content = rows.content
    panel, was_unsorted = in_order(
        content.ids, content.codes, content.ds, content.y, content.covariates
    )
    gathering = _gathering(rows.source, panel, rule, rows.roles, content)
    alias = gathering.gather(alias)
    has_ids = rows.roles.ids is not None or rows.roles.wide
    chosen = SeriesFilter(
        rows.source, rows.count, gathering.panel, has_ids=has_ids, separating=separating
    )
    chosen.drop_empty_twins()
    chosen.drop_repeated(alias)
    chosen.drop_unobserved()
    grid = chosen.choose_grid(alias)
    gathering.panel = chosen.panel
    grid = gathering.snap(grid, is_given=alias is not None)
    chosen.panel = gathering.panel
    chosen.drop_misfits(grid, is_given=alias is not None)
    filled = fill or ("zero" if rule in ADDED_UP else "missing")
    panel = chosen.panel
    if rule in ADDED_UP and filled == "zero":
        panel = until_last(panel, grid)
    whole, added = complete(panel, grid, 0.0 if filled == "zero" else np.nan)
    notes = (
        *(("Rows were not sorted by time; they were sorted.",) if was_unsorted else ()),
        *gathering.notes,
        *_missing_notes(content, whole, added, rule),
        *chosen.notes,
        *gap_notes(whole, added, fill, filled),
        *chosen.outlier_notes(),
    )
    return _Regular(whole, grid, chosen, notes)


def _separating(
    source: object,
    marks: Sequence[str],
    part: tuple[str | None, str | None],
    named: Request,
    roles: Roles,
) -> str:
    """A sentence that names the columns that separate the rows of one time, for an error."""
    sheet, query = part
    try:
        opened = open_source(source, marks, sheet=sheet, query=query, can_choose=True)
    except DataError:  # stdin and pipes are read once only
        return ""
    return separating_sentence(with_joined(reshaped(opened, named).source, roles.ids), roles)


def _static(
    source: object,
    schema: Schema,
    ids: ObjectArray,
    series_filter: SeriesFilter,
    like: Table | None,
) -> tuple[Static, tuple[str, ...], dict[str, str]]:
    """The static features, notes on them, and the series that are left out."""
    if source is None:
        return Static.none(len(ids)), (), series_filter.rejected
    left_out = [label for label in series_filter.rejected if label not in series_filter.unobserved]
    known = like.static if like is not None and like.static.names else None
    opened = open_source(source, schema.missing)
    static, notes = read_static(opened, schema, ids, left_out, known)
    new = {str(label) for label in static.cold_start_ids}
    rejected = {label: why for label, why in series_filter.rejected.items() if label not in new}
    return static, notes, rejected


def _gathering(
    source: Source, panel: Panel, rule: Aggregate | None, roles: Roles, content: Content
) -> Gathering:
    target = f"`{roles.time}`" if roles.counts_rows else content.targets
    return Gathering(
        source.prefix,
        panel,
        rule,
        target,
        [(name, name in content.categories) for name in roles.covariates],
        "value" if roles.wide else "row",
    )


def _frequency(
    grid: Grid, season_length: int | None, panel: Panel, *, is_known: bool
) -> tuple[Frequency, str]:
    """The frequency with its season length: given, usual for the frequency, or detected."""
    frequency = Frequency.of(grid.alias, season_length)
    name = f"frequency: {frequency.description}"
    if is_known:
        return frequency, f"{name}, season of {counted(frequency.season_length, 'step')}."
    season = detect_season(panel.y, panel.offsets)
    if season == 1:
        return frequency, f"{name}; no season was found in the values."
    longer = detect_long_season(panel.y, panel.offsets, season)
    seasons = f"a season of {season} steps was"
    if longer is not None:
        seasons = f"seasons of {season} and {longer} steps were"
    found = f"{name}; {seasons} found in the values ({option('season_length')} overrides)."
    return Frequency.of(grid.alias, season, longer), found


def _schema(rows: TidyRows, named: Request) -> Schema:
    roles, content = rows.roles, rows.content
    return Schema(
        id_col=roles.ids or "unique_id",
        time_col=roles.time or "ds",
        target_col="y" if roles.wide else roles.targets[0],
        time=content.time_form,
        backend=rows.source.backend,
        id_dtype=content.id_dtype,
        has_id_col=roles.ids is not None,
        has_time_col=roles.time is not None,
        time_format=named.time_format,
        wide=roles.wide,
        aggregate=named.aggregate,
        counts_rows=roles.counts_rows,
        decimals=content.decimals,
        missing_codes=content.missing_codes,
    )


def _missing_notes(
    content: Content, panel: Panel, added: BoolArray, rule: Aggregate | None
) -> tuple[str, ...]:
    """A note on missing targets; with a rule, the notes on the rows of a step have it."""
    if rule is not None:
        return ()
    return content.missing_notes(int((~added & is_after_last(panel.y, panel.offsets)).sum()))
