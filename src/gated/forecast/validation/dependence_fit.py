"""Estimates the dependence of steps and series on the held-out windows.

First by moments: the correlations of the normal scores of the actual values at each distance, and
those of different series at one time. Then the totals of the windows are compared with their
intervals, and the constant part of the correlation is changed until the 80 % interval of a total
contains 80 % of them. Few windows count only in part.
"""

from dataclasses import replace

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.distribution.dependence import Dependence, correlated, lag_correlations
from gated.forecast.distribution.marginals import Marginals
from gated.forecast.distribution.quantile_function import mean_of, normal_scores
from gated.forecast.validation.shrinkage import measured_weight

__all__ = ["calibrated", "chance_of_ratio", "dependence_by_moments"]

_PRIOR = Dependence()
# This many windows have the weight of the prior; for the correlation of series, this many periods.
_WINDOWS_FOR_HALF, _PERIODS_FOR_HALF = 4, 4
_CONSTANTS = np.linspace(0.0, 0.95, 20)
_DECAYS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99])
_LARGEST_COMMON = 0.6
# The totals are simulated with this many paths, of at most this many steps of windows.
_PATHS, _STEPS = 200, 4096
_LEVEL = 0.8
_SEED = 0
_WIDTHS = 0.5, 4.0  # limits of the factor of the width of a total
_LARGEST_CONSTANT = 0.98


def dependence_by_moments(y: FloatArray, quantiles: FloatArray, period: IntArray) -> Dependence:
    """Estimate the correlations of normal scores on M held-out windows.

    Args:
        y: [M, h] the actual values, NaN where unobserved.
        quantiles: [M, h, Q] the forecasts of the windows.
        period: [M] number of the period of each window: windows of one period are of different
            series at the same time.
    """
    scores = normal_scores(y, quantiles)
    constant, decay = _fit_lags(scores)
    found = Dependence(constant, decay, windows=len(y))
    return replace(found, common=_fit_common(scores, period, found))


def _fit_lags(scores: FloatArray) -> tuple[float, float]:
    """c and ρ by least squares over the correlation at each distance."""
    h = scores.shape[1]
    if h < 2:
        return _PRIOR.constant, _PRIOR.decay
    known, filled, variance = _known(scores)
    width = 1 << (2 * h - 1).bit_length()
    products = _by_distance(filled, width, h)
    pairs = np.maximum(_by_distance(known.astype(np.float64), width, h), 0.0)
    measured = products / np.maximum(pairs, 1.0) / variance
    prior_pairs = _WINDOWS_FOR_HALF * (h - np.arange(h))
    prior = lag_correlations(_PRIOR, h)
    c, decay = np.meshgrid(_CONSTANTS, _DECAYS, indexing="ij")
    modelled = c[..., None] + (1 - c[..., None]) * decay[..., None] ** np.arange(h)
    error = pairs * (modelled - measured) ** 2 + prior_pairs * (modelled - prior) ** 2
    best = np.unravel_index(np.argmin(error[..., 1:].sum(-1)), c.shape)
    return float(c[best]), float(decay[best])


def _known(scores: FloatArray) -> tuple[BoolArray, FloatArray, float]:
    """Whether each score is known, the scores with 0 for the others, and their mean square."""
    known = np.isfinite(scores)
    filled = np.where(known, scores, 0.0)
    return known, filled, max(float((filled**2).sum()) / max(int(known.sum()), 1), 1e-12)


def _by_distance(values: FloatArray, width: int, h: int) -> FloatArray:
    """[h] the sum over windows and steps of the product of two values at each distance."""
    spectrum = np.fft.rfft(values, width, axis=1)
    products: FloatArray = np.fft.irfft((np.abs(spectrum) ** 2).sum(0), width)[:h]
    return products


def _fit_common(scores: FloatArray, period: IntArray, dependence: Dependence) -> float:
    """g: the mean product of the scores of two series at one time."""
    known, filled, variance = _known(scores)
    sums = np.zeros((int(period.max()) + 1, scores.shape[1]))
    squares, counts = np.zeros_like(sums), np.zeros_like(sums)
    np.add.at(sums, period, filled)
    np.add.at(squares, period, filled**2)
    np.add.at(counts, period, known.astype(np.float64))
    pairs = counts * (counts - 1)
    if not pairs.any():
        return _PRIOR.common
    measured = float((sums**2 - squares).sum() / pairs.sum() / variance)
    # The steps of a period are correlated: h steps count as 1 ÷ their mean correlation.
    steps = 1 / _mean_correlation(scores.shape[1], dependence)
    number = steps * int((pairs.sum(1) > 0).sum())
    weight = measured_weight(number, _PERIODS_FOR_HALF)
    common = weight * measured + (1 - weight) * _PRIOR.common
    return float(np.clip(common, 0.0, _LARGEST_COMMON))


def calibrated(found: Dependence, y: FloatArray, marginals: Marginals) -> Dependence:
    """Change c until the intervals of the windows' totals contain the nominal share of them.

    Args:
        found: the dependence by moments.
        y: [M, h] the actual values, NaN where unobserved.
        marginals: the forecasts of the windows.
    """
    windows, h = y.shape
    if h < 2:
        return found
    chosen = np.linspace(0, windows - 1, min(windows, max(1, _STEPS // h))).astype(np.int64)
    part, observed = marginals.part(chosen), np.isfinite(y[chosen])
    generator = np.random.default_rng(_SEED)
    scores = correlated(found, len(chosen), h, _PATHS, generator)
    with np.errstate(over="ignore", invalid="ignore"):
        totals = np.where(observed[..., None], part.values(scores), 0.0).sum(1)
        low, middle, high = np.quantile(totals, [0.1, 0.5, 0.9], axis=1)
        distance = np.where(observed, y[chosen], 0.0).sum(1) - middle
        half_width = np.where(distance > 0, high - middle, middle - low)
        misses = np.abs(distance) / np.where(half_width > 0, half_width, np.nan)
    misses = misses[np.isfinite(misses)]
    count = len(misses)
    if not count:
        return found
    level = float(np.quantile(misses, min(1.0, _LEVEL * (1 + 1 / count))))
    factor = float(np.clip(level, *_WIDTHS)) ** (2 * measured_weight(count, _WINDOWS_FOR_HALF))
    deviation = np.where(observed, _step_deviations(part), 0.0)
    deviation /= max(float(deviation.max()), np.finfo(np.float64).tiny)  # only ratios are used
    now, none, whole = (
        _total_variances(deviation, replace(found, constant=c)) for c in (found.constant, 0.0, 1.0)
    )
    usable = now > 0
    none_share, whole_share = (float((v[usable] / now[usable]).mean()) for v in (none, whole))
    if not whole_share > none_share:
        return found
    constant = (factor - none_share) / (whole_share - none_share)
    return replace(found, constant=float(np.clip(constant, 0.0, _LARGEST_CONSTANT)))


def _step_deviations(marginals: Marginals) -> FloatArray:
    """[M, h] the standard deviation of each step, from its quantiles; 0 where it is not finite."""
    quantiles = marginals.quantiles
    lowest = np.where(marginals.is_non_negative, 0.0, -np.inf)
    quantiles = np.maximum(quantiles, lowest[:, None, None])
    # Relative to the largest value, whose square may overflow.
    unit = np.maximum(np.abs(quantiles).max(axis=-1), np.finfo(np.float64).tiny)
    relative = quantiles / unit[..., None]
    variance = mean_of((relative - mean_of(relative)[..., None]) ** 2)
    deviation = unit * np.sqrt(np.maximum(variance, 0.0))
    return np.where(np.isfinite(deviation) & ~marginals.closed, deviation, 0.0)


def _total_variances(deviation: FloatArray, dependence: Dependence) -> FloatArray:
    """[M] the variance of the total of each window, from deviations [M, h] of its steps."""
    h = deviation.shape[1]
    distance = np.abs(np.arange(h)[:, None] - np.arange(h))
    correlation = lag_correlations(dependence, h)[distance]
    variances: FloatArray = ((deviation @ correlation) * deviation).sum(axis=1)
    return variances


def _mean_correlation(h: int, dependence: Dependence) -> float:
    """The mean correlation of any two of h steps, each with itself included."""
    return float(_total_variances(np.full((1, h), 1 / h), dependence)[0])


def chance_of_ratio(
    actual: FloatArray,
    mean: FloatArray,
    period: IntArray,
    periods: float,
    dependence: Dependence,
) -> float:
    """The standard deviation of sum of actuals ÷ sum of means by chance, if the means are right.

    The error of the sum over all series differs from step to step of a period. These differences
    and the correlation of the steps determine how far the mean of a period is from 0 by chance.

    Args:
        actual: [M, h] the actual values, all in one unit, 0 where unobserved.
        mean: [M, h] their means, 0 where unobserved.
        period: [M] the number of each window's period.
        periods: number of periods without overlap.
        dependence: the correlation of steps.

    >>> noise = np.array([[1.0, -1.0, 1.0, -1.0]])
    >>> independent = Dependence(constant=0.0, decay=0.0)
    >>> round(chance_of_ratio(10 + noise, 10 + 0 * noise, np.array([0]), 1, independent), 3)
    0.058
    """
    h = actual.shape[1]
    errors, means = (np.zeros((int(period.max()) + 1, h)) for _ in range(2))
    np.add.at(errors, period, actual - mean)
    np.add.at(means, period, mean)
    level = float(means.mean())
    if h < 2 or not (level > 0 and np.isfinite(level)):
        return np.inf
    correlation = _mean_correlation(h, dependence)
    within = float((((errors - errors.mean(axis=1, keepdims=True)) / level) ** 2).mean())
    variance = within * correlation / max(1 - correlation, np.finfo(np.float64).tiny)
    return float(np.sqrt(variance / min(max(periods, 1.0), len(errors))))
