"""Appends the future steps to the rows of a table: times and covariates of past and future."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.forecast.data.regression.effect import regression_columns
from gated.forecast.data.time_features.holidays import HolidayCalendar
from gated.table import Table

__all__ = ["FutureRows"]


@dataclass(frozen=True)
class FutureRows:
    """The rows of a table, where each series is followed by its h future steps.

    Attributes:
        ds: [R] times.
        covariates: [R, F] the known covariates.
        past_covariates: [R, G] the past covariates, NaN at the future steps.
        past: the rows of the table among these rows, in its order.
        offsets: [N+1].
        h: number of future steps.
    """

    ds: NDArray[np.generic]
    covariates: FloatArray
    past_covariates: FloatArray
    past: IntArray
    offsets: IntArray
    h: int

    @classmethod
    def of(cls, table: Table, future: FloatArray) -> "FutureRows":
        """Append the future steps.

        Args:
            table: the past.
            future: [N, h, F] known covariates of the future steps; F may be 0.
        """
        h, lengths = future.shape[1], table.lengths
        offsets = np.concatenate([[0], np.cumsum(lengths + h)])
        past = np.arange(table.n_rows) + np.repeat(np.arange(len(lengths)) * h, lengths)
        ahead = np.ones(int(offsets[-1]), dtype=bool)
        ahead[past] = False
        ds = np.empty(len(ahead), dtype=table.ds.dtype)
        ds[past] = table.ds
        ds[ahead] = table.frequency.future(table.last_ds, h).reshape(-1)
        covariates = np.full((len(ahead), len(table.covariate_names)), np.nan)
        covariates[past] = table.covariates
        covariates[ahead] = future.reshape(int(ahead.sum()), covariates.shape[1])
        past_covariates = np.full((len(ahead), len(table.past_names)), np.nan)
        past_covariates[past] = table.past_covariates
        return cls(ds, covariates, past_covariates, past, offsets, h)

    def regression_columns(
        self, holidays: HolidayCalendar | None, part: slice = slice(None)
    ) -> FloatArray:
        """[R, F + H + G] the covariates that a regression reads; see `regression_columns`.

        Args:
            holidays: the holiday calendar, if any.
            part: some of the rows; by default all.
        """
        rows = (self.covariates[part], self.ds[part], holidays, self.past_covariates[part])
        return regression_columns(*rows)
