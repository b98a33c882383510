"""From what was fitted and a table to a forecast."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.model.inference import forecast_windows
from gated.forecast.prediction.columns import ForecastColumns, respect
from gated.forecast.training.trainer import Fitted
from gated.forecast.training.validation import baseline_points
from gated.table import Table

__all__ = ["Prediction", "predict"]


@dataclass(frozen=True)
class Prediction:
    """The h steps after the end of n series.

    Attributes:
        quantiles: [n, h, Q] at `network.QUANTILES`, sorted, on the series' own axis.
        closed: [n, h] where a series is known to be shut.
        non_negative, integer: what the past kept to.
    """

    quantiles: FloatArray
    closed: BoolArray
    non_negative: bool
    integer: bool

    def columns(self, asked: ForecastColumns) -> dict[str, FloatArray]:
        """The columns asked for: name to [n, h]."""
        return {name: self._keep(values) for name, values in asked.read(self.quantiles).items()}

    def kept(self) -> FloatArray:
        """[n, h, Q] all quantiles, keeping what the past kept to."""
        count = self.quantiles.shape[-1]
        return np.stack([self._keep(self.quantiles[..., q]) for q in range(count)], axis=-1)

    def _keep(self, values: FloatArray) -> FloatArray:
        return respect(
            values, non_negative=self.non_negative, integer=self.integer, closed=self.closed
        )


def predict(fitted: Fitted, table: Table, future: FloatArray) -> Prediction:
    """Forecast the steps after each series' end.

    Args:
        fitted: network, profile and combination.
        table: the past, in the columns of the table that was fitted.
        future: [N, h, F] known-future covariates; F may be 0.
    """
    profile = fitted.profile
    data = build_dataset(table, profile, fitted.network.config.layout, future)
    return Prediction(
        _quantiles(fitted, table, future.shape[1], data),
        data.closed[data.ahead(future.shape[1])],
        profile.non_negative,
        profile.integer,
    )


def _quantiles(fitted: Fitted, table: Table, h: int, data: Dataset) -> FloatArray:
    """[N, h, Q] network and rule mixed as the verdict says, sorted."""
    network, combination = fitted.network, fitted.combination
    series = np.arange(len(table.ids))
    scaled = forecast_windows(network, data.source, series, data.history, h)
    points = None
    if combination.share < 1:
        season = table.frequency.season_length
        points = baseline_points(combination.rule, data, series, data.history, h, season)
    return data.scale.inverse(combination.mix(scaled.astype(np.float64), points))
