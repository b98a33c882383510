"""Detects season lengths from the values, for tables whose frequency has no usual season.

A moving average of one period is subtracted, and the correlation between all pairs of cycles is
averaged. The mean is near 1 for a season and near 0 for noise and for random walks, smooth or
not. A period is accepted if the mean is significant.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from gated.arrays import FloatArray, IntArray

__all__ = ["detect_long_season", "detect_season"]

Values = FloatArray

SAMPLE = 100  # series that are examined
LONGEST = 5_000  # last values of each series that are examined
MAX_PERIOD = 400
FEWEST_CYCLES = 3
FEWEST_IN_LONG, MOST_IN_LONG = 3, 60  # short seasons in a long one: up to the weeks of a year
CANDIDATES = 20  # peaks of the autocorrelation that are examined
MIN_CORRELATION = 0.15  # mean correlation between cycles that a season must have in any case
CRITICAL_VALUE = 4.0  # standard deviations above the mean correlation of unrelated cycles
NEARLY = 0.8  # a shorter period with this share of the best correlation is the season


def detect_season(
    y: Values,
    offsets: IntArray,
    candidates: Sequence[int] | None = None,
    max_period: int = MAX_PERIOD,
) -> int:
    """Find the season that the series of a table share.

    Args:
        y: [R] float64 values, NaN where not observed.
        offsets: [N+1] int64, series i is rows offsets[i]:offsets[i+1].
        candidates: periods to consider; by default the peaks of the autocorrelation.
        max_period: longest period to consider, in steps.

    Returns:
        The season's length in steps; 1 where no period is significant.

    >>> steps = np.arange(96)
    >>> detect_season(np.sin(2 * np.pi * steps / 12) + steps, np.array([0, 96]))
    12
    """
    series = [values for values in _sample(y, offsets) if len(values) >= 2 * FEWEST_CYCLES]
    if not series:
        return 1
    longest = max(len(values) for values in series) // FEWEST_CYCLES
    limit = min(max_period, longest)
    if candidates is not None:
        found = _significant(series, [period for period in candidates if 2 <= period <= limit])
    else:
        found = _significant(series, _with_parts(_peaks(series, limit)))
    if not found:
        return 1
    season = _shortest_of_best(found)
    if candidates is not None:
        return season
    reach = 1 + season // 20  # noise moves the peak of a long period by a few steps
    around = range(max(season - reach, 2), min(season + reach, limit) + 1)
    found = _significant(series, around)
    return max(found, key=lambda period: found[period])


def detect_long_season(y: Values, offsets: IntArray, season: int) -> int | None:
    """Find a season that contains several known seasons, as a week contains days.

    Args:
        y: [R] float64 values, NaN where not observed.
        offsets: [N+1] int64, series i is rows offsets[i]:offsets[i+1].
        season: steps of the known season; 1 if there is none.

    Returns:
        Its length in steps, a whole number of known seasons; None if none is significant.

    >>> steps = np.arange(24 * 7 * 8)
    >>> days = np.sin(2 * np.pi * steps / 24) - 2.0 * (steps // 24 % 7 >= 5)
    >>> detect_long_season(days, np.array([0, len(days)]), 24)
    168
    """
    if season < 2:
        return None
    rests = [_without_season(values, season) for values in _sample(y, offsets)]
    series = [rest for rest in rests if rest is not None]
    if not series:
        return None
    most = min(MOST_IN_LONG, max(len(rest) for rest in series) // (FEWEST_CYCLES * season))
    found = _significant(series, [number * season for number in range(FEWEST_IN_LONG, most + 1)])
    return _shortest_of_best(found) if found else None


def _shortest_of_best(found: dict[int, float]) -> int:
    """The shortest period whose correlation is near the best: the best may be a multiple of it."""
    best = max(found.values())
    return min(period for period, correlation in found.items() if correlation >= NEARLY * best)


def _without_season(values: Values, season: int) -> Values | None:
    """Subtract the season, but keep the level of each season; None below two cycles."""
    cycles = (len(values) - 2 * (season // 2)) // season
    if cycles < 2:
        return None
    half = season // 2
    rest = values[half : len(values) - half] - _moving_average(values, season)
    rest = rest[-cycles * season :].reshape(cycles, season)
    # The level of each season forms the longer season (the days of a week): it is added again.
    level = values[half : len(values) - half][-cycles * season :].reshape(cycles, season)
    shape = rest - rest.mean(axis=0)
    return np.asarray((shape + (level - rest).mean(axis=1, keepdims=True)).reshape(-1))


def _sample(y: Values, offsets: IntArray) -> list[Values]:
    """The last values of evenly chosen series, gaps interpolated, scaled to a deviation of 1."""
    n_series = len(offsets) - 1
    chosen = np.unique(np.linspace(0, n_series - 1, min(n_series, SAMPLE)).astype(np.int64))
    sample = []
    for index in chosen:
        values = y[max(offsets[index], offsets[index + 1] - LONGEST) : offsets[index + 1]]
        known = np.flatnonzero(np.isfinite(values))
        if len(known) < 2:
            continue
        values = values[known[0] : known[-1] + 1]
        known = known - known[0]
        largest = np.abs(values[known]).max()
        if largest == 0:
            continue
        scaled = values[known] / largest  # before squaring, for values up to 1e300
        filled = np.interp(np.arange(len(values)), known, scaled)
        spread = filled.std()
        if spread > 1e-12:
            sample.append((filled - filled.mean()) / spread)
    return sample


def _peaks(series: list[Values], limit: int) -> list[int]:
    """Lags at which the autocorrelation of the detrended or of the differenced values peaks."""
    found: set[int] = set()
    for transform in (_detrend, np.diff):
        total = np.zeros(limit + 2)
        for values in series:
            total += _autocorrelation(transform(values), limit + 2)
        inner = total[1:-1]
        is_peak = (inner > total[:-2]) & (inner >= total[2:]) & (inner > 0)
        lags = np.flatnonzero(is_peak) + 1
        found.update(lags[np.argsort(-total[lags])][:CANDIDATES].tolist())
    return sorted(found)


def _with_parts(peaks: list[int]) -> list[int]:
    """The peaks and their halves, thirds and quarters: a peak may be a multiple of the season."""
    parts = {round(peak / share) for peak in peaks for share in (1, 2, 3, 4)}
    return sorted(part for part in parts if part >= 2)


def _significant(series: list[Values], periods: Iterable[int]) -> dict[int, float]:
    """Maps each significant period to the mean correlation between its cycles."""
    found = {}
    for period in periods:
        correlation, threshold = _cycle_correlation(series, period)
        if correlation > threshold:
            found[period] = correlation
    return found


def _detrend(values: Values) -> Values:
    """Subtract the regression line."""
    time = np.linspace(-1, 1, len(values))
    return np.asarray(values - values.mean() - time * (time @ values) / (time @ time))


def _autocorrelation(values: Values, lags: int) -> Values:
    """Autocorrelation at lags 0 to lags - 1; 0 beyond the values' length."""
    centred = values - values.mean()
    spectrum = np.fft.rfft(centred, n=2 * len(values))
    covariance = np.fft.irfft(spectrum * spectrum.conj())[: min(lags, len(values))]
    correlation = np.zeros(lags)
    if covariance[0] > 0:
        correlation[: len(covariance)] = covariance / covariance[0]
    return correlation


def _cycle_correlation(series: list[Values], period: int) -> tuple[float, float]:
    """Mean correlation between pairs of cycles over all series, and its significance threshold."""
    weighted, pairs = 0.0, 0.0
    for values in series:
        half = period // 2
        cycles = (len(values) - 2 * half) // period
        if cycles < 2:
            continue
        rest = values[half : len(values) - half] - _moving_average(values, period)
        rest = rest[-cycles * period :]
        total = float(np.mean(rest**2))
        if total < 1e-20:
            continue
        common = float(np.mean(rest.reshape(cycles, period).mean(axis=0) ** 2))
        # The mean of independent cycles has 1 / cycles of their variance: this bias is removed.
        correlation = (cycles * common / total - 1) / (cycles - 1)
        count = cycles * (cycles - 1) / 2
        weighted, pairs = weighted + count * correlation, pairs + count
    if pairs == 0:
        return 0.0, np.inf
    # The correlation of two unrelated cycles has a standard deviation of 1 / √freedom; smooth
    # cycles have few degrees of freedom.
    freedom = min(period - 1, 3)
    return weighted / pairs, max(MIN_CORRELATION, CRITICAL_VALUE / np.sqrt(freedom * pairs))


def _moving_average(values: Values, period: int) -> Values:
    """Centred moving average over one period; an even period has half weights at both ends."""
    window = np.full(period + 1 - period % 2, 1 / period)
    if period % 2 == 0:
        window[[0, -1]] /= 2
    return np.convolve(values, window, mode="valid")
