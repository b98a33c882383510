"""Scores networks on the held-out windows, and combines the chosen one with a baseline."""

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast.baselines import simple
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.rows import before
from gated.forecast.metrics import seasonal_naive_scale
from gated.forecast.model.inference import forecast_windows
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.quantiles import QUANTILES
from gated.forecast.training.combination import Combination, combine, unchecked
from gated.forecast.training.validation_split import ValidationSplit

# A baseline that reads years of minutes gains nothing from the first of them.
_BASELINE_MEMORY = 4096
# Where nothing can be held out: the best simple method over thousands of series.
_UNCHECKED_BASELINE = "theta"


class Validation:
    """Forecasts of the held-out windows, on the series-scaled axis.

    Args:
        data: all rows.
        holdout: which windows, and where training ends.
        season_length: steps in the main cycle.
    """

    def __init__(self, data: Dataset, holdout: ValidationSplit, season_length: int) -> None:
        self.data, self.holdout, self.season_length = data, holdout, season_length
        rows = data.offsets[holdout.series] + holdout.cutoff
        steps = rows[:, None] + np.arange(holdout.h)
        self.y = data.scaled[steps]  # [M, h], NaN where unobserved or closed
        learned = np.where(before(holdout.end, data.offsets), data.scaled, np.nan)
        naive = seasonal_naive_scale(learned, data.offsets, season_length)
        # A series that repeats itself exactly is measured by its own spread, which is 1 here.
        weight = np.where(np.isfinite(naive) & (naive > 1e-6), naive, 1.0)
        self.weight = weight[holdout.series]

    def score(self, network: SeasonNetwork) -> float:
        """Mean pinball loss, each window in units of its series' seasonal-naive error."""
        seen = np.isfinite(self.y)
        error = np.where(seen, self.y, 0.0)[..., None] - self._network(network)
        levels = np.array(QUANTILES)
        pinball = np.maximum(levels * error, (levels - 1) * error).mean(-1) * seen
        return float((pinball.sum(1) / seen.sum(1) / self.weight).mean())

    def combination(self, network: SeasonNetwork, origin: str) -> Combination:
        """Network against simple.

        Args:
            network: to be compared.
            origin: how it was made, for the verdict's words.
        """
        if not self.holdout.exists:
            return unchecked(_UNCHECKED_BASELINE, origin)
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        points = {
            name: baseline_points(name, self.data, series, cutoff, h, self.season_length)
            for name in simple.RULES
        }
        return combine(self.y, self._network(network), points, self.weight, origin)

    def _network(self, network: SeasonNetwork) -> FloatArray:
        holdout = self.holdout
        return forecast_windows(
            network, self.data.source, holdout.series, holdout.cutoff, holdout.h
        ).astype(np.float64)


def baseline_points(
    name: str, data: Dataset, series: IntArray, cutoff: IntArray, h: int, season_length: int
) -> FloatArray:
    """The forecast of a baseline [M, h] on the series-scaled axis, from `series` before `cutoff`.

    Every baseline but `zero` is the same on any scale; that one needs to know where 0 lies.
    """
    begin = data.offsets[series]
    end = begin + cutoff
    begin = np.maximum(begin, end - _BASELINE_MEMORY)
    past = [data.scaled[a:b] for a, b in zip(begin, end, strict=True)]
    offsets = np.concatenate([[0], np.cumsum([len(values) for values in past])])
    zero = data.scale.zero.astype(np.float64)[series, None]
    shifted = np.concatenate(past) - np.repeat(zero[:, 0], np.diff(offsets))
    return simple.apply(name, shifted, offsets, season_length, h) + zero
