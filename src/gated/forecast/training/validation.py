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
        self.y = data.scaled[steps]  # [M, h], NaN where unobserved or closed
        training_part = np.where(data.shown, data.scaled, np.nan)
        naive = seasonal_naive_scale(training_part, data.offsets, season_length)
        # The naive error of an exactly periodic series is 0: its spread is used, which is 1 here.
        weight = np.where(np.isfinite(naive) & (naive > 1e-6), naive, 1.0)
        self.weight = weight[holdout.series]

    def score(self, network: SeasonNetwork) -> float:
        """Mean pinball loss; each window is in units of its series' seasonal-naive error."""
        return self._pinball(self._view(PLAIN, network))

    def _pinball(self, quantiles: FloatArray) -> float:
        observed = np.isfinite(self.y)
        error = np.where(observed, self.y, 0.0)[..., None] - quantiles
        levels = np.array(QUANTILES)
        pinball = np.maximum(levels * error, (levels - 1) * error).mean(-1) * observed
        return float((pinball.sum(1) / observed.sum(1) / self.weight).mean())

    def combination(self, network: SeasonNetwork, origin: str) -> Combination:
        """Compare a network with the baselines, and combine it with the best.

        Args:
            network: the network to validate.
            origin: its origin, see `Combination`.
        """
        layout = self.data.source.layout
        views = available(layout) if origin == "pretrained" else (PLAIN,)
        if not self.holdout.exists:
            return unvalidated(_UNVALIDATED_BASELINE, origin, prior_weights(views))
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        points = {
            name: baseline_points(name, self.data, series, cutoff, h, self.season_length)
            for name in simple.BASELINES
        }
        weights, quantiles = self._views(network, views)
        return combine(self.y, quantiles, points, self.weight, origin, weights)

    def _views(
        self, network: SeasonNetwork, names: tuple[str, ...]
    ) -> tuple[dict[str, float], FloatArray]:
        """The weights of the views, and the weighted mean of their quantiles [M, h, Q]."""
        most = most_views(len(self.data.history))
        found = {name: self._view(name, network) for name in names}
        weights = view_weights(found, self._pinball, len(self.y), most)
        mean = np.zeros_like(found[PLAIN])
        for name, weight in weights.items():
            mean += weight * found[name]
        return weights, mean

    def _view(self, name: str, network: SeasonNetwork) -> FloatArray:
        holdout = self.holdout
        return forecast_view(
            name, network, self.data.source, holdout.series, holdout.cutoff, holdout.h
        ).astype(np.float64)


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
