"""Scores before they are summed, so that one pass gives them by series, cutoff, step and overall.

Every score is a ratio of two sums over steps: the mean of scaled errors (a sum over a count), or
errors over values. `Terms` keeps the two summands of every step; whoever wants a score says over
which groups of steps to sum. `gated.forecast.metrics` tells what each score means, and its source.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError

__all__ = [
    "Terms",
    "coverage",
    "crps",
    "mase",
    "msis",
    "pinball",
    "rmse",
    "smape",
    "wape",
]


@dataclass(frozen=True)
class Terms:
    """score = unit · (sum of above / sum of below) ** power.

    Attributes:
        above: `[N, h]`; NaN where the forecast of a known value is missing.
        below: `[N, h]`; NaN where a step does not count.
        unit: taken out of `above`, so that its squares stay finite.
        power: 1, or ½ for a root of a mean.
    """

    above: FloatArray
    below: FloatArray
    unit: float = 1.0
    power: float = 1.0

    def overall(self) -> float:
        """The score over every step that counts; NaN where none does."""
        return float(self.by(np.zeros((1, 1), dtype=np.int64), 1)[0])

    def by(self, group: IntArray, count: int) -> FloatArray:
        """The score of each group of steps.

        Args:
            group: 0 to count − 1 for every step, of a shape that broadcasts to `[N, h]`.
            count: how many groups there are.

        Returns:
            `[count]` float64; NaN for a group of which no step counts.

        >>> terms = wape(np.array([[10.0, 30.0]]), np.array([[11.0, 30.0]]))
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


def mase(y: FloatArray, forecast: FloatArray, history_scale: FloatArray) -> Terms:
    """Of `metrics.mase`."""
    scale = _positive(history_scale, y)
    return _mean(_known(y, forecast), np.abs(y - forecast) / scale, scale)


def smape(y: FloatArray, forecast: FloatArray) -> Terms:
    """Of `metrics.smape`."""
    size = np.abs(y) + np.abs(forecast)
    return _mean(_known(y, forecast), 200 * np.abs(y - forecast) / np.where(size == 0, 1.0, size))


def wape(y: FloatArray, forecast: FloatArray) -> Terms:
    """Of `metrics.wape`."""
    return Terms(np.abs(y - forecast), np.where(_known(y, forecast), np.abs(y), np.nan))


def rmse(y: FloatArray, forecast: FloatArray) -> Terms:
    """Of `metrics.rmse`."""
    known = _known(y, forecast)
    error = np.abs(y - forecast)
    # Squares of values above 1e154 overflow: they are taken in units of the largest.
    largest = float(np.nanmax(np.where(known, error, 0.0), initial=0.0)) or 1.0
    mean = _mean(known, (error / largest) ** 2)
    return Terms(mean.above, mean.below, unit=largest, power=0.5)


def pinball(y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]) -> Terms:
    """Of `metrics.pinball`."""
    loss = _pinball(y, quantile_forecasts, quantiles)
    return _mean(~np.isnan(y), loss)


def crps(y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]) -> Terms:
    """Of `metrics.crps`."""
    return Terms(2 * _pinball(y, quantile_forecasts, quantiles), np.abs(y))


def coverage(y: FloatArray, lo: FloatArray, hi: FloatArray) -> Terms:
    """Of `metrics.coverage`."""
    within = np.where(np.isnan(lo) | np.isnan(hi), np.nan, (lo <= y) & (y <= hi))
    return _mean(_known(y, lo, hi), within)


def msis(
    y: FloatArray, lo: FloatArray, hi: FloatArray, history_scale: FloatArray, level: float
) -> Terms:
    """Of `metrics.msis`."""
    if not 0 < level < 100:
        raise UsageError(f"level is {level}; expected percent between 0 and 100, such as 80.")
    scale = _positive(history_scale, y)
    missed = np.maximum(lo - y, 0) + np.maximum(y - hi, 0)
    score = ((hi - lo) + 2 / (1 - level / 100) * missed) / scale
    return _mean(_known(y, lo, hi), score, scale)


def _known(y: FloatArray, *others: FloatArray) -> BoolArray:
    """`[N, h]` where something came."""
    for other in others:
        if other.shape != y.shape:
            raise UsageError(
                f"y has shape {y.shape} and what it is compared with {other.shape}; expected "
                "the same: one row a series, one column a step ahead."
            )
    return ~np.isnan(y)


def _positive(history_scale: FloatArray, y: FloatArray) -> FloatArray:
    """`[N, 1]` what each row is divided by; NaN where a series has no scale."""
    if history_scale.shape != y.shape[:1]:
        raise UsageError(
            f"history_scale has shape {history_scale.shape}; expected one number for each of the "
            f"{len(y)} rows of y."
        )
    return np.where(history_scale > 0, history_scale, np.nan)[:, None]


def _mean(known: BoolArray, values: FloatArray, scale: FloatArray | None = None) -> Terms:
    """The mean over the known steps of the rows that have a scale."""
    counts = known if scale is None else known & ~np.isnan(scale)
    return Terms(values, np.where(counts, 1.0, np.nan))


def _pinball(
    y: FloatArray, quantile_forecasts: FloatArray, quantiles: Sequence[float]
) -> FloatArray:
    """`[N, h]` the pinball loss, averaged over the quantiles."""
    q = np.asarray(quantiles, dtype=np.float64)
    if quantile_forecasts.shape != (*y.shape, q.size):
        raise UsageError(
            f"quantile_forecasts has shape {quantile_forecasts.shape}; expected "
            f"{(*y.shape, q.size)}: the shape of y, then one column a quantile."
        )
    if not ((q > 0) & (q < 1)).all():
        raise UsageError(f"quantiles are {list(quantiles)}; expected numbers between 0 and 1.")
    error = y[..., None] - quantile_forecasts
    loss: FloatArray = np.maximum(q * error, (q - 1) * error).mean(axis=-1)
    return loss
