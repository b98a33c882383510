"""Forecasts the steps after the end of every series with a fitted network and baseline."""

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.errors import GatedError
from gated.forecast.config import MEAN_NAME, MODEL_NAME
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.series.value_limits import ValueLimits
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.model.views import averaged
from gated.forecast.prediction.columns import ForecastColumns, constrain
from gated.forecast.training.fitted import Fitted
from gated.forecast.validation.baseline_points import baseline_points
from gated.forecast.validation.mean_correction import WindowQuantiles, window_means

__all__ = ["Prediction", "predict"]


class Prediction(Marginals):
    """The forecast of the h steps after the end of n series, with its columns."""

    def columns(self, requested: ForecastColumns) -> dict[str, FloatArray]:
        """The requested columns and the mean: name to [n, h]."""
        read = requested.read(self.quantiles)
        columns = {name: self._constrain(values) for name, values in read.items()}
        # The mean follows the median. It is not rounded: 0.37 sales a day is the useful number.
        return {MODEL_NAME: columns.pop(MODEL_NAME), MEAN_NAME: self.mean, **columns}

    def constrained(self) -> FloatArray:
        """[n, h, Q] all quantiles, with the constraints of the past: sign and whole numbers."""
        count = self.quantiles.shape[-1]
        return np.stack([self._constrain(self.quantiles[..., q]) for q in range(count)], axis=-1)

    def _constrain(self, values: FloatArray) -> FloatArray:
        return constrain(
            values,
            non_negative=self.is_non_negative,
            integer=self.is_integer,
            closed=self.closed,
        )


def predict(fitted: Fitted, data: Dataset, season_length: int, h: int) -> Prediction:
    """Forecast the steps after each series' end.

    Args:
        fitted: profile, network and combination.
        data: the inputs of the network for the past and at least `h` steps ahead.
        season_length: steps in the main cycle, for the baseline.
        h: steps ahead.

    Raises:
        GatedError: the network's output is not finite.
    """
    network, combination = fitted.network, fitted.combination
    series = np.arange(len(data.history))
    scaled = averaged(combination.views, network, data.source, series, data.history, h)
    _require_numbers(scaled)
    ahead, points = data.ahead(h), None
    if combination.share < 1:
        name = combination.baseline
        found = baseline_points([name], data, series, data.history, h, season_length)
        points = data.with_effect(found[name], series, ahead)
    raw = data.with_effect(scaled.astype(np.float64), series, ahead)
    final = combination.mix(raw, points)
    closed = data.closed[ahead]
    windows = WindowQuantiles(series, data.history, raw, final, ~closed)
    means = window_means(fitted.mean, data, windows, season_length)
    limits = ValueLimits.of(fitted.profile, data)
    mean = data.scale.inverse_transform(means + data.scale.zero[:, None])
    return Prediction(
        data.scale.inverse_transform(final),
        constrain(mean, non_negative=limits.non_negative, integer=False, closed=closed),
        closed,
        limits.non_negative,
        limits.integer,
    )


def _require_numbers(scaled: NDArray[np.float32]) -> None:
    """Raise an error for quantiles [n, h, Q] that are not finite."""
    wrong: BoolArray = np.asarray(~np.isfinite(scaled).all((1, 2)))
    if wrong.any():
        raise GatedError(
            f"The network forecasts NaN or infinity for {wrong.sum():,} of {len(wrong):,} series. "
            "Expected finite numbers: its weights are too large, or the model file was changed. "
            "Fit again, with a smaller learning rate if it was trained, or load another model."
        )
