"""Forecasts with the theta method: the mean of a straight line and a smoothed level.

Assimakopoulos & Nikolopoulos (2000), "The theta model: a decomposition approach to forecasting",
International Journal of Forecasting 16, 521-530: the most accurate method of the M3 competition.
For a series y with least-squares line a + b t:

    theta line 0        a + b t                   extrapolated as a line
    theta line 2        2 y - (a + b t)           extrapolated by simple exponential smoothing (SES)
    forecast            the mean of the two

A series is deseasonalised first by classical decomposition (`seasonal_indices`), if the
autocorrelation at lag m is significant (`is_seasonal`). The season is added to the forecast.

All arrays have one series per row, right-aligned: the last column is the newest step of every
series, NaN is a missing step or a step before the series. There are loops over time, but not over
each series. Values are expected within about [-1, 1] (`simple.apply` scales them).
"""

import numpy as np

from gated.arrays import BoolArray, FloatArray

__all__ = ["is_seasonal", "seasonal_indices", "smoothed_level", "theta_forecast"]


# In descending order: if several fit equally well (two observations), the first is taken, and
# alpha = 1 is the naive forecast.
_ALPHAS = np.concatenate([np.arange(1.0, 0.0, -0.05), [0.02]])
# Steps K of a block; the loops have one turn for each block, and one for each step of a block.
_BLOCK = 64
# [K, A] the shares of the values of a block in the level after it.
_GAINED = _ALPHAS * (1 - _ALPHAS) ** np.arange(_BLOCK - 1, -1, -1)[:, None]
_CELLS = 1 << 15  # values that are smoothed at once, to limit memory
# One-sided 5 %, two-sided 10 %: the critical value of the M competitions' seasonality test.
_CRITICAL = 1.645
# Limit for ratios to the average, in a series whose largest value is about 1.
_POSITIVE = 1e-6


def theta_forecast(values: FloatArray, season_length: int, h: int) -> FloatArray:
    """Forecast every row with the theta method.

    Args:
        values: `[N, L]` float64, right-aligned, NaN where not observed.
        season_length: steps in a season; 1 means none.
        h: number of steps ahead.

    Returns:
        `[N, h]` float64; NaN in rows without any observation.

    A straight line is extrapolated with half its slope:

    >>> theta_forecast(np.array([[0.0, 0.25, 0.5, 0.75]]), season_length=1, h=3)
    array([[0.875, 1.   , 1.125]])
    """
    factor, shift = seasonal_indices(values, season_length)
    steps, ahead = np.arange(values.shape[1]), np.arange(h)
    phase = (steps - values.shape[1]) % season_length  # [L], the first step ahead has phase 0
    adjusted = (values - shift[:, phase]) / factor[:, phase]

    intercept, slope = _line(adjusted)
    line = intercept[:, None] + slope[:, None] * steps  # [N, L]
    level = smoothed_level(2 * adjusted - line)
    extended = intercept[:, None] + slope[:, None] * (values.shape[1] + ahead)  # [N, h]
    phase = ahead % season_length
    forecast: FloatArray = 0.5 * (extended + level[:, None]) * factor[:, phase] + shift[:, phase]
    return forecast


def smoothed_level(values: FloatArray) -> FloatArray:
    """Return the last level of simple exponential smoothing, with one alpha per row.

    l_t = l_{t-1} + alpha (y_t - l_{t-1}), starting at the first observation; a missing step does
    not change the level. The alpha of each row is the one of a grid in (0, 1] with the least sum
    of squared one-step errors.

    Args:
        values: `[N, L]` float64, NaN where not observed.

    Returns:
        `[N]` float64; NaN in rows without any observation.

    >>> smoothed_level(np.array([[1.0, np.nan, 1.0], [0.0, 1.0, 2.0]]))
    array([1., 2.])
    """
    first = values[np.arange(len(values)), (~np.isnan(values)).argmax(axis=1)]  # NaN: nothing
    level = np.empty(len(values))
    some = max(1, _CELLS // max(1, values.shape[1]))
    for begin in range(0, len(values), some):
        part = slice(begin, begin + some)
        level[part] = _smoothed(_packed(values[part], first[part]))
    smoothed: FloatArray = first + level
    return smoothed


def _packed(values: FloatArray, first: FloatArray) -> FloatArray:
    """The observed values minus the first one, right-aligned, after zeros: `[N, B, K]`.

    Zeros before the first value change neither a level of zero nor the sum of errors.
    """
    observed = ~np.isnan(values)
    if not observed.all():
        length = max(1, int(observed.sum(axis=1).max()))
        order = np.argsort(observed, axis=1, kind="stable")[:, -length:]
        values, observed = (np.take_along_axis(part, order, axis=1) for part in (values, observed))
    count, length = values.shape
    steps = min(length, _BLOCK)
    blocks = -(-length // steps)
    packed = np.zeros((count, blocks * steps))
    np.subtract(values, first[:, None], out=packed[:, -length:], where=observed)
    return packed.reshape(count, blocks, steps)


def _smoothed(values: FloatArray) -> FloatArray:
    """The last level, from a level of zero, of values in B blocks of K steps: `[N, B, K] -> [N]`.

    The level after a block is a sum over its values and the level before it. So the levels before
    all blocks are computed first; then all blocks make their steps at once.
    """
    count, blocks, steps = values.shape
    gained = np.ascontiguousarray((values @ _GAINED[-steps:]).swapaxes(0, 1))  # [B, N, A]
    kept = (1 - _ALPHAS) ** steps
    levels = np.zeros((blocks + 1, count, len(_ALPHAS)))
    for before, after, gain in zip(levels, levels[1:], gained, strict=False):
        np.multiply(before, kept, out=after)
        after += gain
    level, last = levels[:-1], levels[-1].copy()
    squared, error = np.zeros_like(level), np.empty_like(level)
    for y in np.ascontiguousarray(values.transpose(2, 1, 0))[..., None]:  # [K, B, N, 1]
        np.subtract(y, level, out=error)
        squared += error * error
        error *= _ALPHAS
        level += error
    best: FloatArray = last[np.arange(count), squared.sum(axis=0).argmin(axis=1)]
    return best


def is_seasonal(values: FloatArray, season_length: int) -> BoolArray:
    """Test for each row whether the autocorrelation at lag `season_length` is significant.

    The test of the M competitions: |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + ... + r_{m-1}^2)) / n),
    tested only on series with at least three seasons (n >= 3 m observations).

    Args:
        values: `[N, L]` float64, NaN where not observed.
        season_length: the lag m, in steps.

    Returns:
        `[N]` bool.

    >>> is_seasonal(np.array([[0, 0, 1.0] * 6, [1.0] * 18]), season_length=3)
    array([ True, False])
    """
    observed = ~np.isnan(values)
    count = observed.sum(axis=1)
    candidates = np.flatnonzero(count >= 3 * season_length)
    answer = np.zeros(len(values), dtype=np.bool_)
    if season_length == 1 or not candidates.size:
        return answer
    observed, count = observed[candidates], count[candidates]
    centred = np.where(observed, values[candidates], 0.0)
    rounding = 1e-12 * np.abs(centred).max(axis=1)
    centred -= centred.sum(axis=1, keepdims=True) / count[:, None]
    centred *= observed
    # Wiener-Khinchin: the power spectrum of the zero-padded series gives all its lags at once.
    size = 1 << (2 * values.shape[1] - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=1)) ** 2
    covariance = np.fft.irfft(power, size, axis=1)[:, : season_length + 1]  # [N, m + 1]
    varies = covariance[:, 0] > count * rounding**2  # a constant row has only rounding errors
    r = covariance[:, 1:] / np.where(varies, covariance[:, 0], 1.0)[:, None]
    limit = _CRITICAL * np.sqrt((1 + 2 * (r[:, :-1] ** 2).sum(axis=1)) / count)
    answer[candidates] = varies & (np.abs(r[:, -1]) > limit)
    return answer


def seasonal_indices(values: FloatArray, season_length: int) -> tuple[FloatArray, FloatArray]:
    """Return the season of each row by classical decomposition: y = adjusted * factor + shift.

    Each observation is compared with the centred moving average over one season. The comparisons
    are averaged per phase: as ratios (factors) if all values of the row are positive, otherwise as
    differences (shifts). A row without a significant season (`is_seasonal`) has factor 1 and
    shift 0.

    Args:
        values: `[N, L]` float64, right-aligned, NaN where not observed.
        season_length: steps in a season.

    Returns:
        factors with mean 1 and shifts with mean 0, each `[N, season_length]` float64; column 0 is
        the phase of the first step ahead.

    >>> factor, shift = seasonal_indices(np.array([[1.0, 3.0] * 6]), season_length=2)
    >>> factor, shift
    (array([[0.5, 1.5]]), array([[0., 0.]]))
    """
    factor, shift = np.ones((len(values), season_length)), np.zeros((len(values), season_length))
    rows = np.flatnonzero(is_seasonal(values, season_length))
    positive = ~(values[rows] < _POSITIVE).any(axis=1)
    factor[rows[positive]] = _ratios(values[rows[positive]], season_length)
    shift[rows[~positive]] = _differences(values[rows[~positive]], season_length)
    return factor, shift


def _ratios(values: FloatArray, season_length: int) -> FloatArray:
    """Mean ratio to the moving average per phase, scaled to mean 1: `[N, L]` -> `[N, m]`."""
    index = _phase_means(values / _centred_average(values, season_length), season_length, 1.0)
    unit_mean: FloatArray = index / index.mean(axis=1, keepdims=True)
    return unit_mean


def _differences(values: FloatArray, season_length: int) -> FloatArray:
    """Mean difference from the moving average per phase, with mean 0: `[N, L]` -> `[N, m]`."""
    index = _phase_means(values - _centred_average(values, season_length), season_length, 0.0)
    zero_mean: FloatArray = index - index.mean(axis=1, keepdims=True)
    return zero_mean


def _phase_means(values: FloatArray, season_length: int, neutral: float) -> FloatArray:
    """Average per phase; `neutral` for a phase without observations (closed steps)."""
    short = -values.shape[1] % season_length
    values = np.pad(values, ((0, 0), (short, 0)), constant_values=np.nan)
    by_phase = values.reshape(len(values), values.shape[1] // season_length, season_length)
    observed = ~np.isnan(by_phase)
    count = observed.sum(axis=1)
    total = np.where(observed, by_phase, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), neutral)


def _centred_average(values: FloatArray, season_length: int) -> FloatArray:
    """Average the observed values of one season around each step; NaN near both ends.

    An even season takes season_length + 1 steps with half weight at both ends, so that the
    average is centred on a step.
    """
    half = season_length // 2
    observed = ~np.isnan(values)
    total = _window_sums(np.where(observed, values, 0.0), season_length)
    weight = _window_sums(observed.astype(np.float64), season_length)
    average = np.full_like(values, np.nan)
    inner = average[:, half : values.shape[1] - half]
    np.divide(total, weight, out=inner, where=weight > 0.25)
    begins = observed.argmax(axis=1)[:, None]
    average[np.arange(values.shape[1]) - half < begins] = np.nan
    return average


def _window_sums(x: FloatArray, season_length: int) -> FloatArray:
    """Sum each window of one season, half weight at both ends if even: `[N, L - 2 (m // 2)]`."""
    before = np.pad(np.cumsum(x, axis=1), ((0, 0), (1, 0)))  # before[:, t]: the sum of x[:, :t]
    sums = before[:, season_length:] - before[:, :-season_length]
    return 0.5 * (sums[:, :-1] + sums[:, 1:]) if season_length % 2 == 0 else sums


def _line(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit a + b t to the observed values, where t is the column: intercepts and slopes, `[N]`."""
    observed = ~np.isnan(values)
    count = np.maximum(observed.sum(axis=1), 1)
    steps = np.arange(values.shape[1], dtype=np.float64)
    mean_step = (observed * steps).sum(axis=1) / count
    mean_value = np.where(observed, values, 0.0).sum(axis=1) / count
    distance = np.where(observed, steps - mean_step[:, None], 0.0)
    spread = (distance**2).sum(axis=1)
    covariance = np.where(observed, distance * values, 0.0).sum(axis=1)
    slope = covariance / np.where(spread > 0, spread, 1.0)
    return mean_value - slope * mean_step, slope
