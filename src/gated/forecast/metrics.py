"""Defines the scores of forecasts, each with its source; the names are those of utilsforecast.

Arrays have one row per series (or per series and cutoff) and one column per step ahead: `y`,
`forecast`, `lo` and `hi` are `[N, h]` float64. If `y` is NaN, the actual value is unknown and the
step is left out; a NaN forecast of a known value is a missing forecast, and the score is NaN.

Every score is a ratio of two sums over steps: the mean of scaled errors (a sum over a count), or
errors over values. `mase(y, forecast, scale)` is one float over all valid steps, NaN if there are
none. `mase.terms(y, forecast, scale)` returns the two summands of every step, from which the score
by series, cutoff or step is computed.

If all steps are known, the mean over all steps equals the mean over the means of the series, which
the M competitions and GIFT-Eval report.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, Protocol, cast

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError

__all__ = [
    "Metric",
    "MetricTerms",
    "bias",
    "coverage",
    "mase",
    "mqloss",
    "msis",
    "rmse",
    "scaled_crps",
    "seasonal_naive_scale",
    "smape",
    "wape",
]

P = ParamSpec("P")


@dataclass(frozen=True)
class MetricTerms:
    """score = unit · (sum of above / sum of below) ** power.

    Attributes:
        above: `[N, h]`; NaN where the forecast of a known value is missing.
        below: `[N, h]`; NaN where a step is left out.
        unit: a common factor of `above`, so that its squares stay finite.
        power: 1, or ½ for a root of a mean.
    """

    above: FloatArray
    below: FloatArray
    unit: float = 1.0
    power: float = 1.0

    def overall(self) -> float:
        """The score over all valid steps; NaN if there are none."""
        return float(self.by(np.zeros((1, 1), dtype=np.int64), 1)[0])

    def by(self, group: IntArray, count: int) -> FloatArray:
        """The score of each group of steps.

        Args:
            group: 0 to count − 1 for every step, of a shape that broadcasts to `[N, h]`.
            count: number of groups.

        Returns:
            `[count]` float64; NaN for a group without valid steps.

        >>> terms = wape.terms(np.array([[10.0, 30.0]]), np.array([[11.0, 30.0]]))
        >>> terms.by(np.array([[0, 1]]), count=2).tolist(), terms.overall()
        ([0.1, 0.0], 0.025)
        """
        counts = ~np.isnan(self.below)
        owner = np.broadcast_to(group, self.below.shape)[counts]
        above = np.bincount(owner, self.above[counts], minlength=count)
        below = np.bincount(owner, self.below[counts], minlength=count)
        ratio = np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
        score: FloatArray = self.unit * ratio**self.power
        return score


class Metric(Protocol[P]):
    """A score function: a call returns one float; `terms` returns the summands of every step."""

    terms: Callable[P, MetricTerms]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> float:
        """The score over all valid steps; NaN if there are none."""


def _metric(terms: Callable[P, MetricTerms]) -> Metric[P]:
    """Build a score from a function that returns its terms."""

    @wraps(terms)
    def overall(*args: P.args, **kwargs: P.kwargs) -> float:
        return terms(*args, **kwargs).overall()

    metric = cast("Metric[P]", overall)
    metric.terms = terms
    return metric


def seasonal_naive_scale(values: FloatArray, offsets: IntArray, season_length: int) -> FloatArray:
    """Return the seasonal-naive mean absolute error of each history, the divisor of MASE and MSIS.

    The mean of |y_t - y_{t-m}| over all pairs of observed steps one season apart. Hyndman &
    Koehler (2006), "Another look at measures of forecast accuracy", Int. J. Forecasting 22.

    Args:
        values: `[R]` float64, the histories one after another, NaN where not observed.
        offsets: `[N + 1]` int, the first row of each history, and R.
        season_length: m, at least 1.

    Returns:
        `[N]` float64; NaN if no two observations are one season apart.

    >>> values, offsets = np.array([1.0, 2.0, 4.0, 7.0, 7.0]), np.array([0, 4, 5])
    >>> seasonal_naive_scale(values, offsets, season_length=2)
    array([ 4., nan])
    """
    series = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))  # [R]
    change = np.abs(values[season_length:] - values[:-season_length])
    pair = (series[season_length:] == series[:-season_length]) & ~np.isnan(change)
    owner = series[season_length:][pair]
    total = np.bincount(owner, change[pair], minlength=len(offsets) - 1)
    count = np.bincount(owner, minlength=len(offsets) - 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


@_metric
def mase(y: FloatArray, forecast: FloatArray, history_scale: FloatArray) -> MetricTerms:
    """Mean absolute scaled error: the mean of |y - f| / scale. 1 is the error of seasonal naive.

    Series whose scale is NaN or 0 (too short, or constant) have no scaled error and are left
    out. Hyndman & Koehler (2006).

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        forecast: `[N, h]` float64.
        history_scale: `[N]` float64, from `seasonal_naive_scale` of the histories.

    >>> mase(np.array([[10.0, 12.0]]), np.array([[11.0, 15.0]]), history_scale=np.array([4.0]))
    0.5
    """
    scale = _positive(history_scale, y)
    return _mean(_known(y, forecast), np.abs(y - forecast) / scale, scale)


@_metric
def smape(y: FloatArray, forecast: FloatArray) -> MetricTerms:
    """Symmetric mean absolute percentage error, 0 to 200: the mean of 200 |y - f| / (|y| + |f|).

    0/0 is 0. Makridakis & Hibon (2000), "The M3-Competition", Int. J. Forecasting 16.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> smape(np.array([[100.0, 0.0]]), np.array([[300.0, 0.0]]))
    50.0
    """
    size = np.abs(y) + np.abs(forecast)
    return _mean(_known(y, forecast), 200 * np.abs(y - forecast) / np.where(size == 0, 1.0, size))


@_metric
def wape(y: FloatArray, forecast: FloatArray) -> MetricTerms:
    """Weighted absolute percentage error: sum |y - f| / sum |y|, over all steps; 0.1 is 10 %.

    NaN if every y is zero. Also called ND; Salinas et al. (2020), "DeepAR" (arXiv 1704.04110).

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> wape(np.array([[100.0, 300.0]]), np.array([[120.0, 280.0]]))
    0.1
    """
    return MetricTerms(np.abs(y - forecast), np.where(_known(y, forecast), np.abs(y), np.nan))


@_metric
def bias(y: FloatArray, forecast: FloatArray) -> MetricTerms:
    """Sum of forecasts ÷ sum of actual values: 1 is right, 0.9 is a tenth too low.

    For gated, the forecast is that of the mean. NaN if the actual values add up to 0 or less. The
    `bias` of utilsforecast is a mean difference in the unit of y; `cfe` is the sum of it.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> bias(np.array([[10.0, 0.0, 20.0]]), np.array([[9.0, 9.0, 9.0]]))
    0.9
    """
    return MetricTerms(forecast, np.where(_known(y, forecast), y, np.nan))


@_metric
def rmse(y: FloatArray, forecast: FloatArray) -> MetricTerms:
    """Root mean squared error, in the unit of y, over all steps.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> rmse(np.array([[0.0, 0.0, 0.0, 0.0]]), np.array([[4.0, 0.0, 0.0, 0.0]]))
    2.0
    """
    known = _known(y, forecast)
    error = np.abs(y - forecast)
    # Squares of values above 1e154 overflow: errors are scaled by the largest first.
    largest = float(np.nanmax(np.where(known, error, 0.0), initial=0.0)) or 1.0
    mean = _mean(known, (error / largest) ** 2)
    return MetricTerms(mean.above, mean.below, unit=largest, power=0.5)


@_metric
def mqloss(
    y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]
) -> MetricTerms:
    """Mean pinball (quantile) loss, in the unit of y, over all steps and quantiles.

    q (y - f) above the forecast, (1 - q) (f - y) below it; the quantile 0.5 gives half the
    absolute error. Koenker & Bassett (1978), "Regression Quantiles", Econometrica 46.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        quantile_forecasts: `[N, h, Q]` float64.
        quantiles: Q numbers in (0, 1).

    >>> mqloss(np.array([[10.0]]), np.array([[[8.0, 11.0]]]), quantiles=[0.5, 0.9])
    0.55
    """
    loss = _pinball(y, quantile_forecasts, quantiles)
    return _mean(~np.isnan(y), loss)


@_metric
def scaled_crps(
    y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]
) -> MetricTerms:
    """Mean weighted quantile loss: 2 sum(pinball) / sum |y| per quantile, averaged over them.

    With a fine grid of quantiles this approximates the continuous ranked probability score,
    relative to the size of y; at the nine deciles it is the CRPS of GIFT-Eval (arXiv 2410.10393)
    and `mean_weighted_sum_quantile_loss` of GluonTS. NaN if every y is zero.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        quantile_forecasts: `[N, h, Q]` float64.
        quantiles: Q numbers in (0, 1).

    >>> scaled_crps(np.array([[10.0]]), np.array([[[8.0, 10.0]]]), quantiles=[0.5, 0.9])
    0.1
    """
    return MetricTerms(2 * _pinball(y, quantile_forecasts, quantiles), np.abs(y))


@_metric
def coverage(y: FloatArray, lo: FloatArray, hi: FloatArray) -> MetricTerms:
    """Share of known values within [lo, hi], 0 to 1: for a calibrated 80 % interval about 0.8.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        lo: `[N, h]` float64, the lower end of the interval.
        hi: `[N, h]` float64, the upper end.

    >>> coverage(np.array([[1.0, 5.0]]), np.array([[0.0, 0.0]]), np.array([[2.0, 2.0]]))
    0.5
    """
    within = np.where(np.isnan(lo) | np.isnan(hi), np.nan, (lo <= y) & (y <= hi))
    return _mean(_known(y, lo, hi), within)


@_metric
def msis(
    y: FloatArray, lo: FloatArray, hi: FloatArray, history_scale: FloatArray, level: float
) -> MetricTerms:
    """Mean scaled interval score: width plus a penalty for each miss, divided by the scale.

    (hi - lo) + (2 / alpha) (lo - y below lo, y - hi above hi), alpha = 1 - level / 100; series
    without a scale are left out as in `mase`. Gneiting & Raftery (2007), "Strictly proper scoring
    rules, prediction, and estimation", JASA 102; scaled as in the M4 competition (Makridakis,
    Spiliotis & Assimakopoulos 2020, Int. J. Forecasting 36), which uses level 95.

    Args:
        y: `[N, h]` float64, the actual values, NaN where unknown.
        lo: `[N, h]` float64, the lower end of the interval.
        hi: `[N, h]` float64, the upper end.
        history_scale: `[N]` float64, from `seasonal_naive_scale` of the histories.
        level: the interval's level in percent, between 0 and 100.

    >>> one = np.array([[1.0]])
    >>> msis(one * 13, lo=one * 8, hi=one * 12, history_scale=np.array([2.0]), level=50)
    4.0
    """
    if not 0 < level < 100:
        raise UsageError(f"level is {level}; expected percent between 0 and 100, such as 80.")
    scale = _positive(history_scale, y)
    missed = np.maximum(lo - y, 0) + np.maximum(y - hi, 0)
    score = ((hi - lo) + 2 / (1 - level / 100) * missed) / scale
    return _mean(_known(y, lo, hi), score, scale)


def _known(y: FloatArray, *others: FloatArray) -> BoolArray:
    """`[N, h]` whether the actual value is known."""
    for other in others:
        if other.shape != y.shape:
            raise UsageError(
                f"y has shape {y.shape}, but the forecast has shape {other.shape}. Expected equal "
                "shapes: one row per series, one column per step ahead."
            )
    return ~np.isnan(y)


def _positive(history_scale: FloatArray, y: FloatArray) -> FloatArray:
    """`[N, 1]` the divisor of each row; NaN for a series without a scale."""
    if history_scale.shape != y.shape[:1]:
        raise UsageError(
            f"history_scale has shape {history_scale.shape}. Expected one number for each of the "
            f"{len(y)} rows of y."
        )
    return np.where(history_scale > 0, history_scale, np.nan)[:, None]


def _mean(known: BoolArray, values: FloatArray, scale: FloatArray | None = None) -> MetricTerms:
    """The mean over the known steps of the rows that have a scale."""
    counts = known if scale is None else known & ~np.isnan(scale)
    return MetricTerms(values, np.where(counts, 1.0, np.nan))


def _pinball(
    y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]
) -> FloatArray:
    """`[N, h]` the pinball loss, averaged over the quantiles."""
    q = np.asarray(quantiles, dtype=np.float64)
    if quantile_forecasts.shape != (*y.shape, q.size):
        raise UsageError(
            f"quantile_forecasts has shape {quantile_forecasts.shape}. Expected "
            f"{(*y.shape, q.size)}: the shape of y, and one entry per quantile."
        )
    if not ((q > 0) & (q < 1)).all():
        raise UsageError(f"quantiles are {list(quantiles)}; expected numbers between 0 and 1.")
    error = y[..., None] - quantile_forecasts
    loss: FloatArray = np.maximum(q * error, (q - 1) * error).mean(axis=-1)
    return loss
