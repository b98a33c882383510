"""Defines the request for a forecast: the given table, horizon and future covariates.

It reads these tables, and forecasts with a fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gated.errors import UsageError
from gated.forecast.estimator import Fit
from gated.forecast.inputs import (
    Columns,
    GivenTable,
    future_source,
    read_ahead,
    read_given,
    read_like,
)
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.views.notes.covariates import range_notes

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """The arguments of one call of `Forecaster.predict`, None where not given.

    Attributes:
        df: another table than the fitted one.
        h: steps ahead.
        X_df, futr_df: two names for the future values of the covariates.
        static_df: the static features of the series of `df`.
        id_col, time_col, target_col: the columns of `df`, without a fitted table.
    """

    df: Any = None
    h: int | None = None
    X_df: Any = None
    futr_df: Any = None
    static_df: Any = None
    id_col: str | Sequence[str] | None = None
    time_col: str | None = None
    target_col: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no argument is given."""
        return all(given is None for given in vars(self).values())

    def new_table(self, freq: str | None, season_length: int | None) -> GivenTable:
        """Read `df` where there is no fitted table.

        Args:
            freq, season_length: those of the forecaster.

        Raises:
            DataError, UsageError: see `read_given`.
        """
        columns = Columns(
            static_df=self.static_df,
            id_col=self.id_col,
            time_col=self.time_col,
            target_col=self.target_col,
        )
        return read_given(self.df, columns, freq, season_length)

    def table_for(self, fit: Fit) -> GivenTable:
        """Read `df` with the columns of the fitted table; without `df`, the fitted table itself.

        Raises:
            DataError: see `read_like`.
            UsageError: columns are named, or there is no table to forecast; see also `read_like`.
        """
        if self.id_col or self.time_col or self.target_col:
            raise UsageError(
                "id_col, time_col and target_col are those of the fitted table. Leave them out "
                "here, or give them to fit."
            )
        if isinstance(self.df, int):
            raise UsageError(
                f"predict was given {self.df} as a table. For the horizon write h={self.df}."
            )
        if self.df is not None:
            return read_like(self.df, fit.table, self.static_df)
        if self.static_df is not None:
            raise UsageError(
                "static_df has the features of another table's series. Give that table as df."
            )
        if not fit.table.n_series:
            raise UsageError(
                "This model was saved without its table (with_table=False). Expected a table to "
                "forecast. Give it as df: predict(df, h=28)."
            )
        return fit.given

    def forecast(self, fit: Fit, columns: ForecastColumns) -> Forecast:
        """Forecast the table of a fit with the future covariates.

        Args:
            fit: the fit, validated for the horizon; its table is the one to forecast.
            columns: the requested quantiles.

        Raises:
            DataError: the future covariates are missing or invalid.
            UsageError: there are two tables of them, or no covariates.
        """
        source = future_source(self.X_df, self.futr_df, fit.given.known_future)
        profile = fit.fitted.profile
        future, notes = read_ahead(fit.table, fit.h, source, profile.known_in_use)
        notes = (*notes, *range_notes(profile, fit.table, future))
        return Forecast(fit.fitted, fit.table, future, columns, notes)
