"""Scores networks on the held-out windows, and combines the chosen one with a baseline."""

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.baselines import simple
from gated.forecast.data.dataset import Dataset
from gated.forecast.metrics import seasonal_naive_scale
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.model.views import PLAIN, available, forecast_view
from gated.forecast.quantiles import QUANTILES
from gated.forecast.training.combination import Combination, combine, unvalidated
from gated.forecast.training.validation_split import ValidationSplit
from gated.forecast.training.view_weights import most_views, prior_weights, view_weights

# Baselines read only the last values: older ones (years of minutes) do not improve them.
_BASELINE_MEMORY = 4096
# Without held-out windows: the best simple method over thousands of series.
_UNVALIDATED_BASELINE = "theta"


class Validation:
    """Validates networks and baselines on the held-out windows, on the series-scaled axis.

    Args:
        data: all rows.
        holdout: the held-out windows.
        season_length: steps in the main cycle.
    """

    def __init__(self, data: Dataset, holdout: ValidationSplit, season_length: int) -> None:
        self.data, self.holdout, self.season_length = data, holdout, season_length
        rows = data.offsets[holdout.series] + holdout.cutoff
        steps = rows[:, None] + np.arange(holdout.h)
        self.steps = steps  # [M, h]
        self.y = data.actual[steps]  # [M, h], NaN where unobserved or closed
        training_part = np.where(data.shown, data.actual, np.nan)
        naive = seasonal_naive_scale(training_part, data.offsets, season_length)
        # The naive error of an exactly periodic series is 0: its spread is used, which is 1 here.
        weight = np.where(np.isfinite(naive) & (naive > 1e-6), naive, 1.0)
        self.weight = weight[holdout.series]

    def score(self, network: SeasonNetwork) -> float:
        """Mean pinball loss; each window is in units of its series' seasonal-naive error."""
        return self.loss(self.quantiles(network))

    def loss(self, quantiles: FloatArray) -> float:
        """The score of forecasts [M, h, Q] of the windows."""
        observed = np.isfinite(self.y)
        error = np.where(observed, self.y, 0.0)[..., None] - quantiles
        levels = np.array(QUANTILES)
        pinball = np.maximum(levels * error, (levels - 1) * error).mean(-1) * observed
        return float((pinball.sum(1) / observed.sum(1) / self.weight).mean())

    def error(self, quantiles: FloatArray) -> float:
        """Mean absolute error of the medians, in the units of the score."""
        observed = np.isfinite(self.y)
        error = np.abs(np.where(observed, self.y - quantiles[..., QUANTILES.index(0.5)], 0.0))
        return float((error.sum(1) / observed.sum(1) / self.weight).mean())

    def combination(
        self, network: SeasonNetwork, origin: str, quantiles: FloatArray | None = None
    ) -> Combination:
        """Compare a network with the baselines, and combine it with the best.

        Args:
            network: the network to validate.
            origin: its origin, see `Combination`.
            quantiles: [M, h, Q] its forecasts of the windows, if they are known.
        """
        layout = self.data.source.layout
        views = available(layout) if origin == "pretrained" else (PLAIN,)
        if not self.holdout.exists:
            return unvalidated(_UNVALIDATED_BASELINE, origin, prior_weights(views))
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        points = {
            name: self.data.with_effect(
                baseline_points(name, self.data, series, cutoff, h, self.season_length),
                series,
                self.steps,
            )
            for name in simple.BASELINES
        }
        weights, mean = self._views(network, views, quantiles)
        return combine(self.y, mean, points, self.weight, origin, weights)

    def quantiles(self, network: SeasonNetwork, view: str = PLAIN) -> FloatArray:
        """[M, h, Q] the forecasts of a network for the windows, with the effect of covariates."""
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        quantiles = forecast_view(view, network, self.data.source, series, cutoff, h)
        return self.data.with_effect(quantiles.astype(np.float64), series, self.steps)

    def _views(
        self, network: SeasonNetwork, names: tuple[str, ...], plain: FloatArray | None
    ) -> tuple[dict[str, float], FloatArray]:
        """The weights of the views, and the weighted mean of their quantiles [M, h, Q]."""
        most = most_views(len(self.data.history))
        found = {PLAIN: self.quantiles(network) if plain is None else plain}
        found |= {name: self.quantiles(network, name) for name in names if name != PLAIN}
        weights = view_weights(found, self.loss, len(self.y), most)
        mean = np.zeros_like(found[PLAIN])
        for name, weight in weights.items():
            mean += weight * found[name]
        return weights, mean


def baseline_points(
    name: str, data: Dataset, series: IntArray, cutoff: IntArray, h: int, season_length: int
) -> FloatArray:
    """The forecast of a baseline [M, h] on the series-scaled axis, from `series` before `cutoff`.

    The values are shifted so that 0 is 0 again, which the baseline `zero` needs; the others do not
    depend on the shift.
    """
    begin = data.offsets[series]
    end = begin + cutoff
    begin = np.maximum(begin, end - _BASELINE_MEMORY)
    past = [data.scaled[a:b] for a, b in zip(begin, end, strict=True)]
    offsets = np.concatenate([[0], np.cumsum([len(values) for values in past])])
    zero = data.scale.zero.astype(np.float64)[series, None]
    shifted = np.concatenate(past) - np.repeat(zero[:, 0], np.diff(offsets))
    return simple.apply(name, shifted, offsets, season_length, h) + zero
