"""Scores networks on the held-out windows, and combines the chosen one with a baseline.

Mean and dependence of the combined forecast are estimated on the same windows.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.baselines import simple
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.series.value_limits import non_negative_series
from gated.forecast.distribution.dependence import Dependence
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.metrics import seasonal_naive_scale
from gated.forecast.model.inference import Network
from gated.forecast.model.views import PLAIN, available, forecast_views
from gated.forecast.quantiles import QUANTILES
from gated.forecast.validation.baseline_points import baseline_points
from gated.forecast.validation.combination import Combination, combine, unvalidated
from gated.forecast.validation.dependence_fit import (
    calibrated,
    chance_of_ratio,
    dependence_by_moments,
)
from gated.forecast.validation.expected_error import ExpectedError, expected_error
from gated.forecast.validation.mean_correction import (
    MeanModel,
    PeriodSums,
    WindowQuantiles,
    chosen_level,
    corrected_means,
    intermittent_windows,
    own_means,
    window_means,
)
from gated.forecast.validation.split import ValidationSplit, is_short
from gated.forecast.validation.view_weights import most_views, prior_weights, view_weights

_MEDIAN = QUANTILES.index(0.5)
# Without held-out windows: the best simple method over thousands of series.
_UNVALIDATED_BASELINE = "theta"


@dataclass(frozen=True)
class Validated:
    """The result of validating a network: its combination with a baseline, mean and dependence."""

    combination: Combination
    mean: MeanModel
    dependence: Dependence


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

    def score(self, network: Network) -> float:
        """Mean pinball loss; each window is in units of its series' seasonal-naive error."""
        return self.loss(self.with_effect(self.plain(network)))

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
        error = np.abs(np.where(observed, self.y - quantiles[..., _MEDIAN], 0.0))
        return float((error.sum(1) / observed.sum(1) / self.weight).mean())

    def validated(
        self, network: Network, origin: str, plain: NDArray[np.float32] | None = None
    ) -> Validated:
        """Compare a network with the baselines, combine it with the best, and calibrate the result.

        Args:
            network: the network to validate.
            origin: its origin, see `Combination`.
            plain: [M, h, Q] its forecasts of the windows, see `plain`, if they are known.
        """
        layout, longest = self.data.source.layout, int(self.holdout.end.max())
        views = available(layout, longest) if origin == "pretrained" else (PLAIN,)
        if not self.holdout.exists:
            combination = unvalidated(_UNVALIDATED_BASELINE, origin, prior_weights(views))
            return Validated(combination, MeanModel(), Dependence())
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        forecasts = baseline_points(
            simple.BASELINES, self.data, series, cutoff, h, self.season_length
        )
        points = {
            name: self.data.with_effect(found, series, self.steps)
            for name, found in forecasts.items()
        }
        weights, quantiles = self._views(network, views, plain)
        combination = combine(
            *(self.y, quantiles, points, self.weight, self._independent_windows),
            *(origin, weights),
            short=is_short(h, layout.patch),
        )
        final = combination.mix(quantiles, points[combination.baseline])
        observed = np.isfinite(self.y)
        windows = WindowQuantiles(series, cutoff, quantiles, final, observed)
        mean, means, dependence = self._mean_and_dependence(windows)
        expected = self._expected(windows, means)
        return Validated(replace(combination, expected=expected), mean, dependence)

    def _expected(self, windows: WindowQuantiles, means: FloatArray) -> ExpectedError:
        """The errors of the forecast, in the unit of the values.

        Args:
            windows: the forecasts.
            means: [M, h] their means, see `window_means`.
        """
        data, series = self.data, windows.series
        spread, zero = (part[series, None] for part in (data.scale.spread, data.scale.zero))
        y, points = self.y - zero, windows.final[..., _MEDIAN] - zero
        of_positive = non_negative_series(data)[series]
        points = np.where(of_positive[:, None], np.maximum(points, 0.0), points)
        with np.errstate(over="ignore"):
            return expected_error(
                spread * y,
                spread * points,
                spread * means,
                self._period,
                adds_up=bool(of_positive.all()),
            )

    def _mean_and_dependence(
        self, windows: WindowQuantiles
    ) -> tuple[MeanModel, FloatArray, Dependence]:
        """Estimate both, in units of the values, so that each series has its own weight.

        Returns:
            The model of the mean, the means [M, h] of the windows (see `window_means`) with the
            factors that the other periods give, and the dependence.
        """
        data, series, season = self.data, windows.series, self.season_length
        # Only ratios of values are used: dividing by the largest spread keeps all sums finite.
        unit = (data.scale.spread / data.scale.spread.max())[series, None]
        zero = data.scale.zero[series, None]
        y = unit * (self.y - zero)
        final = windows.final - zero[..., None]
        quantiles = unit[..., None] * final
        of_positive = non_negative_series(data)[series]
        quantiles = np.where(of_positive[:, None, None], np.maximum(quantiles, 0.0), quantiles)
        found = dependence_by_moments(y, quantiles, self._period)
        rows = intermittent_windows(data, windows)
        some, own = windows.part(rows), 1.0
        if len(rows):
            sums = self._sums(some, y[rows], unit[rows] * own_means(data, some), rows, found)
            own = sums.factor
        model = chosen_level(data, windows, self.y, season, own)
        means = window_means(model, data, windows, season)  # with a factor of 1
        if not of_positive.all():
            marginals = self._marginals(quantiles, unit * means, of_positive)
            return model, means, calibrated(found, y, marginals)
        sums = self._sums(windows, y, unit * means, np.arange(len(y)), found)
        model = replace(model, factor=sums.factor)
        mean = unit * corrected_means(means, model.factor, final)
        left_out = corrected_means(means, sums.left_out_factors[self._period, None], final)
        marginals = self._marginals(quantiles, mean, of_positive)
        return model, left_out, calibrated(found, y, marginals)

    def _marginals(
        self, quantiles: FloatArray, mean: FloatArray, non_negative: BoolArray
    ) -> Marginals:
        """The distributions of the windows [M, h, Q], without closed steps."""
        closed = np.zeros(mean.shape, dtype=bool)
        return Marginals(quantiles, mean, closed, non_negative, integer=False)

    def _sums(
        self,
        windows: WindowQuantiles,
        y: FloatArray,
        means: FloatArray,
        rows: IntArray,
        dependence: Dependence,
    ) -> PeriodSums:
        """The sums of actual values and means [M, h] of some windows, both in one unit."""
        actual, mean = (np.where(windows.open, part, 0.0) for part in (y, means))
        period, count = self._period[rows], int(self._period.max()) + 1
        periods = self._periods(windows.series, windows.cutoff)
        noise = chance_of_ratio(actual, mean, period, periods, dependence)
        actual_sums, mean_sums = (
            np.asarray(np.bincount(period, part.sum(1), count), dtype=np.float64)
            for part in (actual, mean)
        )
        return PeriodSums(actual_sums, mean_sums, noise, periods)

    def plain(self, network: Network) -> NDArray[np.float32]:
        """[M, h, Q] the forecasts of a network for the windows, from the past as it is."""
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        return forecast_views([PLAIN], network, self.data.source, series, cutoff, h)[PLAIN]

    def with_effect(self, quantiles: NDArray[np.float32]) -> FloatArray:
        """[M, h, Q] forecasts for the windows, with the effect of covariates."""
        wide = quantiles.astype(np.float64)
        return self.data.with_effect(wide, self.holdout.series, self.steps)

    @cached_property
    def _period(self) -> IntArray:
        """[M] the number of each window's period: windows of one period are at the same time.

        Series may end at different times: their windows are counted from their ends.
        """
        since_end = self.holdout.cutoff - self.data.history[self.holdout.series]
        _, period = np.unique(since_end, return_inverse=True)
        return np.asarray(period)

    @property
    def _independent_windows(self) -> float:
        """The number of held-out windows, as if all were independent.

        Windows that overlap share values, and series at one time share their causes: periods of one
        horizon are counted, times the square root of the number of series.
        """
        series, windows = self.holdout.series, len(self.y)
        count = len(np.unique(series))
        periods = self._periods(series, self.holdout.cutoff)
        return float(min(windows, min(periods, windows / count) * np.sqrt(count)))

    def _periods(self, series: IntArray, cutoff: IntArray) -> float:
        """The number of horizons that windows cover, without overlap."""
        since = cutoff - self.holdout.end[series]
        return float(1 + (since.max() - since.min()) / self.holdout.h)

    def _views(
        self, network: Network, names: tuple[str, ...], plain: NDArray[np.float32] | None
    ) -> tuple[dict[str, float], FloatArray]:
        """The weights of the views, and the weighted mean of their quantiles [M, h, Q]."""
        most = most_views(len(self.data.history))
        given = {} if plain is None else {PLAIN: plain}
        others = [name for name in names if name not in given]
        series, cutoff, h = self.holdout.series, self.holdout.cutoff, self.holdout.h
        source = self.data.source
        found = given | forecast_views(others, network, source, series, cutoff, h, plain)
        views = {name: self.with_effect(quantiles) for name, quantiles in found.items()}
        weights = view_weights(views, self.loss, self._independent_windows, most)
        mean = np.zeros_like(views[PLAIN])
        for name, weight in weights.items():
            mean += weight * views[name]
        return weights, mean
