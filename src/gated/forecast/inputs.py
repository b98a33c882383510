"""Reads the user's input tables: the past, another past with the same columns, the known future."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np

from gated.arrays import FloatArray
from gated.errors import DataError, UsageError
from gated.forecast.config import check_seasons, checked_horizon, default_horizon
from gated.table import Static, Table, read_future, read_table, split_known_future
from gated.text import listed, option

__all__ = [
    "Columns",
    "GivenTable",
    "as_read",
    "future_source",
    "horizon_for",
    "read_ahead",
    "read_given",
    "read_like",
    "without_covariates",
    "without_rows",
]


@dataclass(frozen=True)
class Columns:
    """The roles of columns that the user gave; None for a role that is to be detected."""

    covariates: Sequence[str] | None = None
    past_covariates: Sequence[str] | None = None
    static_df: Any = None
    id_col: str | Sequence[str] | None = None
    time_col: str | None = None
    target_col: str | None = None

    def or_fitted(self, fitted: Table, df: Any) -> "Columns":
        """The same with the covariates of a fit, if none were given and a table has them.

        Args:
            fitted: the table of the fit.
            df: a frame, whose columns are looked at, or a path.
        """
        names = (*fitted.covariate_names, *fitted.past_names)
        is_given = self.covariates is not None or self.past_covariates is not None
        frame = nw.from_native(df, pass_through=True)
        has_columns = isinstance(frame, nw.DataFrame | nw.LazyFrame)
        if is_given or (has_columns and not set(names) <= set(frame.collect_schema().names())):
            return self
        covariates, past = list(fitted.covariate_names), list(fitted.past_names)
        return replace(self, covariates=covariates, past_covariates=past)


@dataclass(frozen=True)
class GivenTable:
    """A given table, split into past and known future.

    Attributes:
        whole: all rows.
        past: the rows up to the last target of each series.
        known_future: a frame of the later rows with known covariates; None without any.
    """

    whole: Table
    past: Table
    known_future: Any

    @classmethod
    def of(cls, whole: Table) -> "GivenTable":
        """Split a table."""
        past, known_future = split_known_future(whole)
        return cls(whole, past, known_future if whole.covariate_names else None)


def read_given(
    df: Any, columns: Columns, freq: str | None, season_length: int | None
) -> GivenTable:
    """Read a table, and split it after the last target.

    Args:
        df: a frame, a path, or a `Table` of `read_table`.
        columns: the given roles.
        freq, season_length: those of the forecaster.

    Raises:
        DataError: the table cannot be read.
        UsageError: options of `read_table` are given with a `Table`.
    """
    if isinstance(df, Table):
        options = (*vars(columns).values(), freq, season_length)
        if any(choice is not None for choice in options):
            raise UsageError(
                "The table was read already: covariates, static features, column names, freq and "
                "season_length were set there. Give them to gated.read_table instead."
            )
        return GivenTable.of(df)
    table = read_table(
        df,
        id_col=columns.id_col,
        time_col=columns.time_col,
        target_col=columns.target_col,
        freq=freq,
        season_length=season_length,
        covariates=columns.covariates,
        past_covariates=columns.past_covariates,
        static_df=columns.static_df,
    )
    return GivenTable.of(table)


def read_like(df: Any, fitted: Table, static_df: Any = None) -> GivenTable:
    """Read another table with the options of the fitted one.

    Args:
        df: a frame, a path, or a `Table` of `read_table`.
        fitted: the table of the fitted model.
        static_df: the features of its series; needed if the fitted table had some.

    Raises:
        DataError: the table cannot be read, or its static features are missing.
        UsageError: it has another frequency or other covariates.
    """
    if isinstance(df, Table):
        _require_same_categories(df, fitted, static_df)
    else:
        df = read_table(
            df,
            **as_read(fitted),
            covariates=list(fitted.covariate_names) or None,
            past_covariates=list(fitted.past_names) or None,
            static_df=static_df,
            like=fitted,
        )
    for what in ("frequency", "covariate_names", "past_names"):
        found, expected = getattr(df, what), getattr(fitted, what)
        if found != expected:
            raise UsageError(
                f"The table's {what.replace('_', ' ')} is {found}, but the model was fitted on "
                f"{expected}. Read it with the same options, or fit again."
            )
    if df.static.names != fitted.static.names:
        known, found = (listed(table.static.names) or "none" for table in (fitted, df))
        advice = "Leave them out."
        if fitted.static.names:
            given = option("static_df")
            advice = f"Give them with {given}: a table with one row for each series."
        raise DataError(f"The static features of the model are {known}; found {found}. {advice}")
    return GivenTable.of(df)


def as_read(table: Table) -> dict[str, Any]:
    """The keywords of `read_table` with which a table was read."""
    schema, frequency = table.schema, table.frequency
    return {
        "id_col": schema.id_col if schema.has_id_col else None,
        "time_col": schema.time_col if schema.has_time_col else None,
        "target_col": None if schema.wide or schema.counts_rows else schema.target_col,
        "wide": schema.wide or None,
        "time_format": schema.time_format,
        "missing": schema.missing or None,
        "aggregate": schema.aggregate,
        "fill": schema.fill,
        "freq": frequency.alias,
        "season_length": frequency.season_length,
    }


def _require_same_categories(table: Table, fitted: Table, static_df: Any) -> None:
    """Check that categories have the same labels: a category is the index of its label."""
    if static_df is not None:
        raise UsageError("static_df goes to gated.read_table instead: the table was read already.")
    own = (table.categories, table.static.categories)
    if own != (fitted.categories, fitted.static.categories):
        raise UsageError(
            "The table's categories are not those that the model was fitted with. Give the frame "
            "or the file itself, or read it with gated.read_table(…, like=model.table_)."
        )


def horizon_for(table: Table, h: object = None) -> int:
    """The requested horizon, or the usual one of the season length.

    Raises:
        UsageError: it is not a whole number of steps, or it or the season is too long.
    """
    frequency, longest = table.frequency, int(table.lengths.max())
    check_seasons(frequency.season_length, frequency.long_season, longest)
    requested = default_horizon(frequency.season_length) if h is None else h
    return checked_horizon(requested, longest)


def future_source(X_df: Any, futr_df: Any, known_future: Any) -> Any:
    """The table of future covariates: the given one, else the rows after the last target.

    Raises:
        UsageError: both names of the same argument are used.
    """
    if X_df is not None and futr_df is not None:
        raise UsageError("X_df and futr_df are two names for the same table: give one.")
    given = X_df if X_df is not None else futr_df
    return given if given is not None else known_future


def read_ahead(
    table: Table, h: int, source: Any, used: Sequence[str]
) -> tuple[FloatArray, tuple[str, ...]]:
    """The covariates [N, h, F] of the steps ahead, and notes on them.

    Args:
        table: the past.
        h: steps ahead.
        source: a frame or path with the covariates; None if there is none.
        used: the covariates that the forecast uses; the others may be missing, and are NaN.

    Raises:
        DataError: they are missing or do not fit.
        UsageError: a source is given, and there are no covariates.
    """
    if source is not None and (used or not table.covariate_names):
        place = [table.covariate_names.index(name) for name in used]
        narrow = replace(table, covariates=table.covariates[:, place], covariate_names=tuple(used))
        values, notes = read_future(source, narrow, h)
        whole = np.full((len(table.ids), h, len(table.covariate_names)), np.nan)
        whole[..., place] = values
        return whole, notes
    if used:
        names = ", ".join(f"`{name}`" for name in used)
        raise DataError(
            f"The forecast needs the values of {names} in the {h} steps ahead. Give them with "
            f"{option('X_df')}: a table with the id and time columns and these, one row per step "
            "and series; or as rows after the last target of the table, with an empty target."
        )
    return np.full((len(table.ids), h, len(table.covariate_names)), np.nan), ()


def without_rows(table: Table) -> Table:
    """A table without its rows: only columns, types and frequency remain."""
    width, past_width = len(table.covariate_names), len(table.past_names)
    return replace(
        table,
        ids=np.empty(0, dtype=object),
        offsets=np.zeros(1, dtype=np.int64),
        ds=table.ds[:0],
        y=np.zeros(0),
        covariates=np.zeros((0, width)),
        past_covariates=np.zeros((0, past_width)),
        static=table.static.of(np.zeros(0, dtype=np.int64)),
        notes=(),
        rejected={},
    )


def without_covariates(table: Table) -> Table:
    """A table of the values only, without covariates and static features."""
    nothing = np.zeros((table.n_rows, 0))
    return replace(
        table,
        covariates=nothing,
        covariate_names=(),
        past_covariates=nothing,
        past_names=(),
        categories={},
        static=Static.none(table.n_series),
    )
