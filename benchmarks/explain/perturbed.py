"""Forecasts a series again after some of its past values were replaced."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.windows import WindowSource
from gated.forecast.model.views import averaged
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.baseline_points import BaselinePast

__all__ = ["PerturbedForecast"]

Scalar = TypeVar("Scalar", bound=np.generic)

_MEDIAN = QUANTILES.index(0.5)


@dataclass(frozen=True)
class PerturbedForecast:
    """The median forecast of one series as a function of its past, on the series-scaled axis.

    Everything else is kept: the scaling, the weights of views and baseline, and the covariates. It
    is the forecast that a user gets, with its views and its baseline, before it is rounded.

    Attributes:
        made: the forecast.
        series: index of the series.
    """

    made: Forecast
    series: int

    @property
    def past(self) -> FloatArray:
        """[T] the past values; NaN where missing."""
        data = self.made.data
        begin = int(data.offsets[self.series])
        return data.scaled[begin : begin + int(data.history[self.series])]

    def of(self, pasts: FloatArray) -> FloatArray:
        """[K, h] the forecasts of K pasts [K, T]."""
        made, count = self.made, len(pasts)
        data = self._copies(pasts)
        series, h = np.arange(count), made.h
        combination = made.verdict
        quantiles = averaged(
            combination.views, made.fitted.network, data.source, series, data.history, h
        ).astype(np.float64)
        points = None
        if combination.share < 1:
            season = made.table.frequency.season_length
            past = BaselinePast.of(data, series, data.history, season)
            points = past.forecast(combination.baseline, season, h)
        found: FloatArray = combination.mix(quantiles, points)[..., _MEDIAN]
        return found

    def _copies(self, pasts: FloatArray) -> Dataset:
        """The series with each of the pasts, as a dataset of K series."""
        data, source, count = self.made.data, self.made.data.source, len(pasts)
        rows = slice(int(data.offsets[self.series]), int(data.offsets[self.series + 1]))
        steps = rows.stop - rows.start
        scaled = np.full((count, steps), np.nan)
        scaled[:, : pasts.shape[1]] = pasts
        copies = np.full(count, self.series)

        def tiled(features: NDArray[Scalar]) -> NDArray[Scalar]:
            return np.tile(features[rows], (count, *[1] * (features.ndim - 1)))

        scale = data.scale.of(copies)
        offsets = np.arange(count + 1) * steps
        return replace(
            data,
            values=scaled.reshape(-1),
            scaled=scaled.reshape(-1),
            target=scaled.reshape(-1),
            actual=scaled.reshape(-1),
            closed=tiled(data.closed),
            shown=tiled(data.shown),
            offsets=offsets,
            history=np.full(count, pasts.shape[1]),
            scale=scale,
            adjustment=None,
            source=WindowSource(
                values=scaled.reshape(-1),
                covariates=tiled(source.covariates),
                past_covariates=tiled(source.past_covariates),
                calendar=tiled(source.calendar),
                static=source.static[copies],
                offsets=offsets,
                zero=scale.zero,
                layout=source.layout,
            ),
        )
