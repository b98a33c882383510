"""Defines the part of `Forecaster` that makes tables of the future to fill in."""

from typing import Any

from gated.forecast.estimator import Estimator
from gated.table.frames import future_frame, missing_future

__all__ = ["FutureFrames"]


class FutureFrames(Estimator):
    """A fitted forecaster that makes frames of the next steps of its table."""

    def make_future_dataframe(self, h: int | None = None) -> Any:
        """The next steps of every fitted series, with empty cells for the covariates.

        Args:
            h: steps ahead; by default those of the fit.

        Returns:
            A frame of the library of the fitted table: id, time, and a column of NaN for each
            covariate that is known in the future. Fill it in and pass it to `predict` as `X_df`.

        Raises:
            NotFittedError: the forecaster is not fitted.
            UsageError: `h` is below 1.

        >>> import pandas as pd
        >>> from gated import Forecaster
        >>> days = pd.date_range("2024-01-01", periods=70)
        >>> sales = pd.DataFrame({"ds": days, "y": range(70), "price": 2.5})
        >>> model = Forecaster().fit(sales, covariates=["price"])
        >>> model.make_future_dataframe(h=2)
          unique_id         ds  price
        0         y 2024-03-11    NaN
        1         y 2024-03-12    NaN
        """
        fit = self._fit_
        return future_frame(fit.table, fit.h if h is None else h)

    def get_missing_future(self, X_df: Any, h: int | None = None) -> Any:
        """The rows of `make_future_dataframe` that a table of the future lacks.

        Args:
            X_df: a frame or the path of a file; its columns have the names of the fitted table.
            h: steps ahead; by default those of the fit.

        Raises:
            NotFittedError: the forecaster is not fitted.
            DataError: the table lacks a column or a series, or cannot be read.
            UsageError: `h` is below 1.
        """
        fit = self._fit_
        return missing_future(fit.table, fit.h if h is None else h, X_df)
