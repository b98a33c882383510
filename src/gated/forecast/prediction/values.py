"""Computes the values of a forecast: of all series of a table, and of those without a past."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, ObjectArray
from gated.forecast.config import MEAN_NAME, MODEL_NAME
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.prediction.cold_start import cold_start_forecast
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.point import Point, point_of
from gated.forecast.prediction.predict import Prediction, predict
from gated.forecast.training.fitted import Fitted
from gated.table import Table

__all__ = ["ForecastValues"]


@dataclass(frozen=True, repr=False)
class ForecastValues:
    """The values of the forecast of N series, and of K cold-start series after them.

    They are computed when they are used, and kept.

    Attributes:
        fitted: profile, network and combination.
        table: the past.
        future: [N, h, F] covariates of the steps ahead.
        requested: the columns of the frame.
    """

    fitted: Fitted
    table: Table
    future: FloatArray
    requested: ForecastColumns

    @cached_property
    def data(self) -> Dataset:
        """The inputs of the network, for the past and the steps ahead."""
        layout = self.fitted.network.config.layout
        return build_dataset(self.table, self.fitted.profile, layout, self.future)

    @cached_property
    def prediction(self) -> Prediction:
        """The forecast of the N series of the table."""
        return predict(self.fitted, self.data, self.table.frequency.season_length, self.h)

    @property
    def h(self) -> int:
        """Steps ahead."""
        return int(self.future.shape[1])

    @cached_property
    def cold_start(self) -> Prediction:
        """The forecast of the cold-start series, from similar series."""
        prediction, profile = self.prediction, self.fitted.profile
        quantiles, mean = cold_start_forecast(self.table, prediction.constrained(), prediction.mean)
        closed = np.zeros(mean.shape, dtype=bool)
        return Prediction(quantiles, mean, closed, profile.non_negative, profile.integer)

    @cached_property
    def ids(self) -> ObjectArray:
        """[N + K] the series of the table, then the cold-start series."""
        return np.concatenate([self.table.ids, self.table.static.cold_start_ids])

    @cached_property
    def ds(self) -> NDArray[Any]:
        """[N + K, h] the forecast times; those of cold-start series are after the table's last."""
        last = self.table.last_ds
        begin = np.full(len(self.table.static.cold_start_ids), last.max(), dtype=last.dtype)
        return self.table.frequency.future(np.concatenate([last, begin]), self.h)

    @cached_property
    def columns(self) -> dict[str, FloatArray]:
        """The requested columns: name to [N + K, h]."""
        return self._columns(self.requested)

    @cached_property
    def marginals(self) -> Marginals:
        """The distributions of the steps of the N + K series."""
        known, cold = self.prediction, self.cold_start
        return Marginals(
            np.concatenate([known.quantiles, cold.quantiles]),
            np.concatenate([known.mean, cold.mean]),
            np.concatenate([known.closed, cold.closed]),
            np.concatenate([known.is_non_negative, cold.is_non_negative]),
            np.concatenate([known.is_integer, cold.is_integer]),
        )

    @property
    def adds_up(self) -> bool:
        """Whether a sum over all series has a meaning: no value of any series was negative."""
        return bool(self.prediction.is_non_negative.all())

    @cached_property
    def point(self) -> Point:
        """The number that is drawn and printed: `name` is "mean" or "median", `text` says why."""
        columns = self.columns
        return point_of(columns[MODEL_NAME], columns[MEAN_NAME], non_negative=self.adds_up)

    @cached_property
    def bands(self) -> dict[float, tuple[FloatArray, FloatArray]]:
        """The requested intervals, by default 80 %: level to (lower, upper), [N + K, h] each."""
        levels = self.requested.levels or (80.0,)
        whole = self._columns(ForecastColumns.of(levels))
        return {
            level: (whole[f"gated-lo-{level:g}"], whole[f"gated-hi-{level:g}"]) for level in levels
        }

    def _columns(self, requested: ForecastColumns) -> dict[str, FloatArray]:
        known = self.prediction.columns(requested)
        if not len(self.table.static.cold_start_ids):
            return known
        cold = self.cold_start.columns(requested)
        return {name: np.concatenate([known[name], cold[name]]) for name in known}
