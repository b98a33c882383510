"""Reads quantiles as a whole distribution: mean, normal scores of values, values of normal scores.

Between two trained levels, and beyond the first and the last, the quantile is linear in the normal
score z of its level, as in `at_level`. A normal forecast is then exact, tails included.
"""

import math
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.forecast.quantiles import QUANTILES

__all__ = ["SCORES", "mean_of", "mean_with_long_tail", "normal_scores", "segment_of", "values_at"]

SCORES: FloatArray = np.array([NormalDist().inv_cdf(level) for level in QUANTILES])
"""[Q] the normal scores of `QUANTILES`."""

Reals = NDArray[np.floating[Any]]

_STEEPEST = 1.5  # rise of the logarithm in a long tail: a factor of 4.5 for each normal score
_FARTHEST = 3.0  # scores of values beyond the quantiles: one outlier must not decide a correlation


@cache
def _mean_weights() -> FloatArray:
    """[Q] the weight of each quantile in the mean."""
    weights = np.zeros(len(SCORES))
    last = len(SCORES) - 2
    for i in range(last + 1):
        low = -math.inf if i == 0 else SCORES[i]
        high = math.inf if i == last else SCORES[i + 1]
        share, moment = _cdf(low, high), _density(low) - _density(high)
        right = (moment - SCORES[i] * share) / (SCORES[i + 1] - SCORES[i])
        weights[i] += share - right
        weights[i + 1] += right
    return weights


def _cdf(low: float, high: float) -> float:
    normal = NormalDist()
    return normal.cdf(high) - normal.cdf(low)


def _density(score: float) -> float:
    return math.exp(-(score**2) / 2) / math.sqrt(2 * math.pi)


def mean_of(quantiles: FloatArray, *, non_negative: bool = False) -> FloatArray:
    """The mean of each distribution.

    Args:
        quantiles: [..., Q] at `QUANTILES`, ascending.
        non_negative: whether values below 0 count as 0.

    Returns:
        [...] float64.

    >>> mean_of(5 + 2 * SCORES).round(6).item()
    5.0
    >>> mean_of(SCORES, non_negative=True).round(6).item()  # 1 / √(2π)
    0.398942
    """
    mean: FloatArray = quantiles @ _mean_weights()
    if not non_negative:
        return mean
    crosses = quantiles[..., 0] <= 2 * (quantiles[..., 1] - quantiles[..., 0])
    if crosses.any():  # only a distribution whose far lower tail is below 0 needs the longer way
        mean = np.array(mean)
        mean[crosses] = _mean_above_zero(np.asarray(quantiles)[crosses])
    return mean


def mean_with_long_tail(quantiles: FloatArray) -> FloatArray:
    """The mean of non-negative distributions whose upper tail is that of a lognormal one.

    Beyond the last quantile, the logarithm of the value is linear in the normal score, not the
    value itself: sales of single goods exceed the 97.5 % quantile by three times as much as a
    normal tail would (decision 17).

    Args:
        quantiles: [..., Q] at `QUANTILES`, ascending.

    >>> mean_of(np.exp(SCORES)).round(2).item(), mean_with_long_tail(np.exp(SCORES)).round(2).item()
    (1.62, 1.67)
    """
    before, last = (np.maximum(quantiles[..., i], 0.0) for i in (-2, -1))
    width = SCORES[-1] - SCORES[-2]
    with np.errstate(divide="ignore", invalid="ignore"):
        rise = np.where(last > 0, np.log(last) - np.log(before), 0.0) / width
    rise = np.clip(rise, 0.0, _STEEPEST)
    # The integral of (exp(rise · (z − last score)) − 1) over the normal distribution of z.
    share = 1 - NormalDist().cdf(SCORES[-1])
    moment = np.exp(rise * (rise / 2 - SCORES[-1])) * _normal_cdf(rise - SCORES[-1])
    long = last * (moment - share)
    line = (last - before) / width * (_density(SCORES[-1]) - SCORES[-1] * share)
    mean: FloatArray = mean_of(quantiles, non_negative=True) + np.maximum(long - line, 0.0)
    return mean


def _mean_above_zero(quantiles: FloatArray) -> FloatArray:
    """The mean of max(value, 0) for quantiles [M, Q]: the integral over each segment above 0."""
    low, rise = quantiles[:, :-1], np.diff(quantiles, axis=-1)
    slope = rise / np.diff(SCORES)
    begin = np.concatenate([[-np.inf], SCORES[1:-1]])
    end = np.concatenate([SCORES[1:-1], [np.inf]])
    intercept = low - slope * SCORES[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = np.where(slope > 0, -intercept / slope, np.where(low > 0, -np.inf, np.inf))
    start = np.clip(zero, begin, end)
    share = _normal_cdf(end) - np.where(start == begin, _normal_cdf(begin), _normal_cdf(end))
    inside = (start > begin) & (start < end)  # at most one segment of a distribution has the zero
    share[inside] = np.broadcast_to(_normal_cdf(end), share.shape)[inside]
    share[inside] -= _normal_cdf(start[inside])
    moment = _normal_density(start) - _normal_density(end)
    mean: FloatArray = (intercept * share + slope * moment).sum(axis=-1)
    return np.maximum(mean, 0.0)


def _normal_cdf(scores: FloatArray) -> FloatArray:
    found = [math.erfc(-score / math.sqrt(2)) / 2 for score in np.ravel(scores).tolist()]
    return np.array(found).reshape(np.shape(scores))


def _normal_density(scores: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-(scores**2) / 2) / math.sqrt(2 * math.pi))


def segment_of(scores: Reals) -> IntArray:
    """The index of the quantile left of each normal score, 0 to Q − 2."""
    return np.searchsorted(SCORES[1:-1].astype(scores.dtype), scores, side="right")


def values_at(quantiles: FloatArray, scores: Reals) -> FloatArray:
    """The values of normal scores: the inverse of `normal_scores`.

    Args:
        quantiles: [..., Q] at `QUANTILES`, ascending.
        scores: [..., P] normal scores.

    Returns:
        [..., P] float64.

    >>> values_at(5 + 2 * SCORES, np.array([-3.0, 0.0, 1.0])).round(6).tolist()
    [-1.0, 5.0, 7.0]
    """
    slope = np.diff(quantiles, axis=-1) / np.diff(SCORES)
    intercept = quantiles[..., :-1] - slope * SCORES[:-1]
    segment = segment_of(scores)
    values: FloatArray = np.take_along_axis(slope, segment, axis=-1)
    values *= scores
    values += np.take_along_axis(intercept, segment, axis=-1)
    return values


def normal_scores(y: FloatArray, quantiles: FloatArray, farthest: float = _FARTHEST) -> FloatArray:
    """The normal score of each value in its distribution, at most 3 in size.

    A value that several levels share, such as 0 on a day without sales, has the middle of their
    scores.

    Args:
        y: [...] values, NaN where unknown.
        quantiles: [..., Q] at `QUANTILES`, ascending.
        farthest: the largest size of a score, instead of 3.

    Returns:
        [...] float64, NaN where y is.

    >>> normal_scores(np.array(7.0), 5 + 2 * SCORES).round(6).item()
    1.0
    """
    known = np.isfinite(y)
    values = np.where(known, y, quantiles[..., 0])
    below, up_to = (quantiles < values[..., None]).sum(-1), (quantiles <= values[..., None]).sum(-1)
    low = _score(values, quantiles, below, -_FARTHEST, farthest)
    high = _score(values, quantiles, up_to, _FARTHEST, farthest)
    return np.where(known, (low + high) / 2, np.nan)


def _score(
    values: FloatArray, quantiles: FloatArray, below: IntArray, where_flat: float, farthest: float
) -> FloatArray:
    """The score of values [...] by linear interpolation, given the number of quantiles below."""
    left = np.clip(below - 1, 0, len(SCORES) - 2)
    start = np.take_along_axis(quantiles, left[..., None], axis=-1)[..., 0]
    rise = np.take_along_axis(quantiles, left[..., None] + 1, axis=-1)[..., 0] - start
    width = SCORES[left + 1] - SCORES[left]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        inside = SCORES[left] + width * (values - start) / rise
    # Equal quantiles at one end: the value is inside, below or above all of them.
    flat = np.where(values == start, where_flat, np.sign(values - start) * _FARTHEST)
    return np.clip(np.where(rise > 0, inside, flat), -farthest, farthest)
