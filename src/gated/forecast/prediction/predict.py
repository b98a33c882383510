"""Forecasts the steps after the end of every series with a fitted network and baseline."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray
from gated.errors import GatedError
from gated.forecast.data.dataset import Dataset
from gated.forecast.model.views import averaged
from gated.forecast.prediction.columns import ForecastColumns, constrain
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.validation import baseline_points

__all__ = ["Prediction", "predict"]


@dataclass(frozen=True)
class Prediction:
    """The forecast of the h steps after the end of n series.

    Attributes:
        quantiles: [n, h, Q] at `QUANTILES`, sorted, in the unit of the series.
        closed: [n, h] whether a step is closed.
        non_negative, integer: whether all past values are non-negative, or whole numbers.
    """

    quantiles: FloatArray
    closed: BoolArray
    non_negative: bool
    integer: bool

    def columns(self, requested: ForecastColumns) -> dict[str, FloatArray]:
        """The requested columns: name to [n, h]."""
        columns = requested.read(self.quantiles)
        return {name: self._constrain(values) for name, values in columns.items()}

    def constrained(self) -> FloatArray:
        """[n, h, Q] all quantiles, with the constraints of the past: sign and whole numbers."""
        count = self.quantiles.shape[-1]
        return np.stack([self._constrain(self.quantiles[..., q]) for q in range(count)], axis=-1)

    def _constrain(self, values: FloatArray) -> FloatArray:
        return constrain(
            values, non_negative=self.non_negative, integer=self.integer, closed=self.closed
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
        points = baseline_points(combination.baseline, data, series, data.history, h, season_length)
        points = data.with_effect(points, series, ahead)
    network_quantiles = data.with_effect(scaled.astype(np.float64), series, ahead)
    quantiles = data.scale.inverse_transform(combination.mix(network_quantiles, points))
    profile = fitted.profile
    return Prediction(quantiles, data.closed[ahead], profile.non_negative, profile.integer)


def _require_numbers(scaled: NDArray[np.float32]) -> None:
    """Raise an error for quantiles [n, h, Q] that are not finite."""
    wrong: BoolArray = np.asarray(~np.isfinite(scaled).all((1, 2)))
    if wrong.any():
        raise GatedError(
            f"The network forecasts NaN or infinity for {wrong.sum():,} of {len(wrong):,} series. "
            "Expected finite numbers: its weights are too large, or the model file was changed. "
            "Fit again, with a smaller learning rate if it was trained, or load another model."
        )
