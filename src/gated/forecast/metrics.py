"""Scores of a forecast: each a few lines of numpy, each with its source.

Arrays hold one series (or one series and cutoff) a row and one step ahead a column: `y`,
`forecast`, `lo` and `hi` are `[N, h]` float64. Where `y` is NaN nothing is known and the step is
left out; a NaN forecast of a known value is a missing forecast and makes the score NaN. A score
is one float over every step that counts, and NaN where none does; `gated.forecast.metric_terms`
gives it by series, cutoff or step.

Where all steps are known, a mean over all steps is the mean over series of the series' own means:
the set averages of the M competitions, and of GIFT-Eval.
"""

from collections.abc import Sequence

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.forecast import metric_terms

__all__ = [
    "coverage",
    "crps",
    "mase",
    "msis",
    "pinball",
    "rmse",
    "seasonal_naive_scale",
    "smape",
    "wape",
]


def seasonal_naive_scale(values: FloatArray, offsets: IntArray, season_length: int) -> FloatArray:
    """Return each history's seasonal-naive mean absolute error, the divisor of MASE and MSIS.

    The mean of |y_t - y_{t-m}| over all pairs of observed steps one season apart. Hyndman &
    Koehler (2006), "Another look at measures of forecast accuracy", Int. J. Forecasting 22.

    Args:
        values: `[R]` float64, the histories end to end, NaN where not observed.
        offsets: `[N + 1]` int, where each history begins, and R.
        season_length: m, at least 1.

    Returns:
        `[N]` float64; NaN where no two observations lie a season apart.

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


def mase(y: FloatArray, forecast: FloatArray, history_scale: FloatArray) -> float:
    """Mean absolute scaled error: the mean of |y - f| / scale. Below 1 beats seasonal naive.

    Series whose scale is NaN or 0 (too short, or constant) have no scaled error and are left
    out. Hyndman & Koehler (2006).

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        forecast: `[N, h]` float64.
        history_scale: `[N]` float64, from `seasonal_naive_scale` of the histories.

    >>> mase(np.array([[10.0, 12.0]]), np.array([[11.0, 15.0]]), history_scale=np.array([4.0]))
    0.5
    """
    return metric_terms.mase(y, forecast, history_scale).overall()


def smape(y: FloatArray, forecast: FloatArray) -> float:
    """Symmetric mean absolute percentage error, 0 to 200: the mean of 200 |y - f| / (|y| + |f|).

    0/0 counts as 0. Makridakis & Hibon (2000), "The M3-Competition", Int. J. Forecasting 16.

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> smape(np.array([[100.0, 0.0]]), np.array([[300.0, 0.0]]))
    50.0
    """
    return metric_terms.smape(y, forecast).overall()


def wape(y: FloatArray, forecast: FloatArray) -> float:
    """Weighted absolute percentage error: sum |y - f| / sum |y|, over everything; 0.1 is 10 %.

    NaN where every y is zero. Also called ND; Salinas et al. (2020), "DeepAR" (arXiv 1704.04110).

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> wape(np.array([[100.0, 300.0]]), np.array([[120.0, 280.0]]))
    0.1
    """
    return metric_terms.wape(y, forecast).overall()


def rmse(y: FloatArray, forecast: FloatArray) -> float:
    """Root mean squared error, in the unit of y, over everything.

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        forecast: `[N, h]` float64.

    >>> rmse(np.array([[0.0, 0.0, 0.0, 0.0]]), np.array([[4.0, 0.0, 0.0, 0.0]]))
    2.0
    """
    return metric_terms.rmse(y, forecast).overall()


def pinball(y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]) -> float:
    """Mean pinball (quantile) loss, in the unit of y, over all steps and quantiles.

    q (y - f) above the forecast, (1 - q) (f - y) below it; the quantile 0.5 gives half the
    absolute error. Koenker & Bassett (1978), "Regression Quantiles", Econometrica 46.

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        quantile_forecasts: `[N, h, Q]` float64.
        quantiles: Q numbers in (0, 1).

    >>> pinball(np.array([[10.0]]), np.array([[[8.0, 11.0]]]), quantiles=[0.5, 0.9])
    0.55
    """
    return metric_terms.pinball(y, quantile_forecasts, quantiles).overall()


def crps(y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]) -> float:
    """Mean weighted quantile loss: 2 sum(pinball) / sum |y| per quantile, averaged over them.

    Over a fine grid of quantiles this tends to the continuous ranked probability score, relative
    to the size of y; at the nine deciles it is what GIFT-Eval (arXiv 2410.10393) calls CRPS and
    GluonTS `mean_weighted_sum_quantile_loss`. NaN where every y is zero.

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        quantile_forecasts: `[N, h, Q]` float64.
        quantiles: Q numbers in (0, 1).

    >>> crps(np.array([[10.0]]), np.array([[[8.0, 10.0]]]), quantiles=[0.5, 0.9])
    0.1
    """
    return metric_terms.crps(y, quantile_forecasts, quantiles).overall()


def coverage(y: FloatArray, lo: FloatArray, hi: FloatArray) -> float:
    """Share of known values within [lo, hi], 0 to 1: an honest 80 % interval has about 0.8.

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        lo: `[N, h]` float64, the lower end of the interval.
        hi: `[N, h]` float64, the upper end.

    >>> coverage(np.array([[1.0, 5.0]]), np.array([[0.0, 0.0]]), np.array([[2.0, 2.0]]))
    0.5
    """
    return metric_terms.coverage(y, lo, hi).overall()


def msis(
    y: FloatArray, lo: FloatArray, hi: FloatArray, history_scale: FloatArray, level: float
) -> float:
    """Mean scaled interval score: width plus a fine for each miss, divided by the scale.

    (hi - lo) + (2 / alpha) (lo - y below lo, y - hi above hi), alpha = 1 - level / 100; series
    without a scale are left out as in `mase`. Gneiting & Raftery (2007), "Strictly proper scoring
    rules, prediction, and estimation", JASA 102; scaled as in the M4 competition (Makridakis,
    Spiliotis & Assimakopoulos 2020, Int. J. Forecasting 36), which uses level 95.

    Args:
        y: `[N, h]` float64, what came, NaN where unknown.
        lo: `[N, h]` float64, the lower end of the interval.
        hi: `[N, h]` float64, the upper end.
        history_scale: `[N]` float64, from `seasonal_naive_scale` of the histories.
        level: the interval's level in percent, between 0 and 100.

    >>> one = np.array([[1.0]])
    >>> msis(one * 13, lo=one * 8, hi=one * 12, history_scale=np.array([2.0]), level=50)
    4.0
    """
    return metric_terms.msis(y, lo, hi, history_scale, level).overall()
