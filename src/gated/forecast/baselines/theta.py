"""The theta method: half a straight line, half a smoothed level, with the season taken out first.

Assimakopoulos & Nikolopoulos (2000), "The theta model: a decomposition approach to forecasting",
International Journal of Forecasting 16, 521-530: the most accurate method of the M3 competition.
For a series y with least-squares line a + b t:

    theta line 0        a + b t                   carried on as it is
    theta line 2        2 y - (a + b t)           carried on by simple exponential smoothing (SES)
    forecast            the mean of the two

The season is taken out beforehand and put back afterwards, but only where the autocorrelation at
lag m stands out (`is_seasonal`); then by classical decomposition (`seasonal_indices`).

All arrays hold one series a row, right-aligned: the last column is the newest step of every
series, NaN is "not observed" or "before the series began". Loops run over time or over nothing,
never over series. Values are expected within about [-1, 1] (see `rules.apply`, which scales).
"""

import numpy as np

from gated.arrays import BoolArray, FloatArray

__all__ = ["is_seasonal", "seasonal_indices", "smoothed_level", "theta_forecast"]


# From large to small: where several fit equally well (two observations), the first one wins,
# and alpha = 1 is the naive forecast.
_ALPHAS = np.concatenate([np.arange(1.0, 0.0, -0.05), [0.02]])
# One-sided 5 %, two-sided 10 %: the critical value of the M competitions' seasonality test.
_CRITICAL = 1.645
# Of a series whose largest value is about 1: below this a ratio to the average says nothing.
_POSITIVE = 1e-6


def theta_forecast(values: FloatArray, season_length: int, h: int) -> FloatArray:
    """Forecast every row by the theta method.

    Args:
        values: `[N, L]` float64, right-aligned, NaN where not observed.
        season_length: steps in a season; 1 means none.
        h: how many steps ahead.

    Returns:
        `[N, h]` float64; NaN in rows without any observation.

    A straight line is carried on with half its slope:

    >>> theta_forecast(np.array([[0.0, 0.25, 0.5, 0.75]]), season_length=1, h=3)
    array([[0.875, 1.   , 1.125]])
    """
    factor, shift = seasonal_indices(values, season_length)
    steps, ahead = np.arange(values.shape[1]), np.arange(h)
    phase = (steps - values.shape[1]) % season_length  # [L], phase 0 is the first step ahead's
    adjusted = (values - shift[:, phase]) / factor[:, phase]

    intercept, slope = _line(adjusted)
    line = intercept[:, None] + slope[:, None] * steps  # [N, L]
    level = smoothed_level(2 * adjusted - line)
    onward = intercept[:, None] + slope[:, None] * (values.shape[1] + ahead)  # [N, h]
    phase = ahead % season_length
    forecast: FloatArray = 0.5 * (onward + level[:, None]) * factor[:, phase] + shift[:, phase]
    return forecast


def smoothed_level(values: FloatArray) -> FloatArray:
    """Return the last level of simple exponential smoothing, alpha chosen per row.

    l_t = l_{t-1} + alpha (y_t - l_{t-1}), starting at the first observation; a step that was not
    observed leaves the level alone. Of a grid of alphas in (0, 1] each row takes the one with
    the least sum of squared one-step errors.

    Args:
        values: `[N, L]` float64, NaN where not observed.

    Returns:
        `[N]` float64; NaN in rows without any observation.

    >>> smoothed_level(np.array([[1.0, np.nan, 1.0], [0.0, 1.0, 2.0]]))
    array([1., 2.])
    """
    seen = ~np.isnan(values)
    rows = np.arange(len(values))
    first = values[rows, seen.argmax(axis=1)]  # NaN where nothing was observed
    level = np.repeat(first[:, None], len(_ALPHAS), axis=1)  # [N, A]
    squared = np.zeros_like(level)
    filled = np.where(seen, values, 0.0).T[:, :, None]  # [L, N, 1]
    weight = seen.astype(np.float64).T[:, :, None]
    error = np.empty_like(level)
    for y, counts in zip(filled, weight, strict=True):
        np.subtract(y, level, out=error)
        error *= counts
        level += _ALPHAS * error
        error *= error
        squared += error
    best: FloatArray = level[rows, squared.argmin(axis=1)]
    return best


def is_seasonal(values: FloatArray, season_length: int) -> BoolArray:
    """Find the rows for which the autocorrelation at lag `season_length` stands out.

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
    seen = ~np.isnan(values)
    count = seen.sum(axis=1)
    candidates = np.flatnonzero(count >= 3 * season_length)
    answer = np.zeros(len(values), dtype=np.bool_)
    if season_length == 1 or not candidates.size:
        return answer
    seen, count = seen[candidates], count[candidates]
    centred = np.where(seen, values[candidates], 0.0)
    rounding = 1e-12 * np.abs(centred).max(axis=1)
    centred -= centred.sum(axis=1, keepdims=True) / count[:, None]
    centred *= seen
    # Wiener-Khinchin: the power spectrum of the zero-padded series holds all its lags at once.
    size = 1 << (2 * values.shape[1] - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=1)) ** 2
    covariance = np.fft.irfft(power, size, axis=1)[:, : season_length + 1]  # [N, m + 1]
    varies = covariance[:, 0] > count * rounding**2  # a constant row varies by rounding only
    r = covariance[:, 1:] / np.where(varies, covariance[:, 0], 1.0)[:, None]
    limit = _CRITICAL * np.sqrt((1 + 2 * (r[:, :-1] ** 2).sum(axis=1)) / count)
    answer[candidates] = varies & (np.abs(r[:, -1]) > limit)
    return answer


def seasonal_indices(values: FloatArray, season_length: int) -> tuple[FloatArray, FloatArray]:
    """Return each row's season by classical decomposition: y = adjusted * factor + shift.

    Every observation is compared with the centred moving average over one season around it, and
    the comparisons are averaged per phase: as ratios (factors) where the row is positive
    throughout, as differences (shifts) otherwise. A row whose season `is_seasonal` does not find
    significant gets factor 1 and shift 0.

    Args:
        values: `[N, L]` float64, right-aligned, NaN where not observed.
        season_length: steps in a season.

    Returns:
        factors with mean 1 and shifts with mean 0, each `[N, season_length]` float64; column 0
        belongs to the first step of the forecast.

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
    """Mean ratio to the moving average per phase, mean 1: `[N, L]` -> `[N, m]`."""
    index = _phase_means(values / _centred_average(values, season_length), season_length, 1.0)
    unit_mean: FloatArray = index / index.mean(axis=1, keepdims=True)
    return unit_mean


def _differences(values: FloatArray, season_length: int) -> FloatArray:
    """Mean distance from the moving average per phase, mean 0: `[N, L]` -> `[N, m]`."""
    index = _phase_means(values - _centred_average(values, season_length), season_length, 0.0)
    zero_mean: FloatArray = index - index.mean(axis=1, keepdims=True)
    return zero_mean


def _phase_means(values: FloatArray, season_length: int, neutral: float) -> FloatArray:
    """Average per phase; `neutral` where a phase was never observed (the shop is closed then)."""
    short = -values.shape[1] % season_length
    values = np.pad(values, ((0, 0), (short, 0)), constant_values=np.nan)
    by_phase = values.reshape(len(values), values.shape[1] // season_length, season_length)
    seen = ~np.isnan(by_phase)
    count = seen.sum(axis=1)
    total = np.where(seen, by_phase, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), neutral)


def _centred_average(values: FloatArray, season_length: int) -> FloatArray:
    """Average one season around each step, over what was observed; NaN where it sticks out.

    An even season takes season_length + 1 steps with half weight at both ends, so that the
    average is centred on a step.
    """
    half = season_length // 2
    seen = ~np.isnan(values)
    total = _window_sums(np.where(seen, values, 0.0), season_length)
    weight = _window_sums(seen.astype(np.float64), season_length)
    average = np.full_like(values, np.nan)
    inner = average[:, half : values.shape[1] - half]
    np.divide(total, weight, out=inner, where=weight > 0.25)
    begins = seen.argmax(axis=1)[:, None]
    average[np.arange(values.shape[1]) - half < begins] = np.nan
    return average


def _window_sums(x: FloatArray, season_length: int) -> FloatArray:
    """Sum each window of one season, half weight at both ends if even: `[N, L - 2 (m // 2)]`."""
    before = np.pad(np.cumsum(x, axis=1), ((0, 0), (1, 0)))  # before[:, t]: the sum of x[:, :t]
    sums = before[:, season_length:] - before[:, :-season_length]
    return 0.5 * (sums[:, :-1] + sums[:, 1:]) if season_length % 2 == 0 else sums


def _line(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit a + b t to what was observed, t the column: intercepts and slopes, `[N]` each."""
    seen = ~np.isnan(values)
    count = np.maximum(seen.sum(axis=1), 1)
    steps = np.arange(values.shape[1], dtype=np.float64)
    mean_step = (seen * steps).sum(axis=1) / count
    mean_value = np.where(seen, values, 0.0).sum(axis=1) / count
    distance = np.where(seen, steps - mean_step[:, None], 0.0)
    spread = (distance**2).sum(axis=1)
    covariance = np.where(seen, distance * values, 0.0).sum(axis=1)
    slope = covariance / np.where(spread > 0, spread, 1.0)
    return mean_value - slope * mean_step, slope
