"""Detects cycles of no calendar length, such as the eleven years of sunspots.

The autocorrelation of a series without its season and its trend has a high peak at the length of
such a cycle. The network then reads the cycle as a long season.
"""

import math

import numpy as np

from gated.arrays import FloatArray, IntArray

__all__ = ["own_cycle", "own_cycles"]

# A cycle has at least this many seasons, and occurred at least this many times.
_FEWEST_SEASONS, _FEWEST_CYCLES = 2, 3
# The autocorrelation at the length of the cycle, and its minimum before.
_LEAST_PEAK, _LARGEST_VALLEY = 0.4, -0.2
# Lengths are rounded to steps of this factor, so that few layouts of windows are needed.
_FACTOR = 1.04
_LONGEST_PAST = 1 << 15


def own_cycles(values: FloatArray, begin: IntArray, end: IntArray, season: int) -> IntArray:
    """The length of the cycle of each window in steps; 0 without one.

    Args:
        values: [R] NaN where not observed.
        begin, end: [M] the rows of each past.
        season: steps of the season (or of a patch).
    """
    found: dict[tuple[int, int], int] = {}
    for first, last in zip(begin.tolist(), end.tolist(), strict=True):
        if (first, last) not in found:
            found[first, last] = own_cycle(values[first:last], season)
    pairs = zip(begin.tolist(), end.tolist(), strict=True)
    return np.array([found[pair] for pair in pairs], dtype=np.int64)


def own_cycle(values: FloatArray, season: int) -> int:
    """The length of the cycle of a series in steps; 0 without one.

    Args:
        values: [n] NaN where not observed.
        season: steps of the season (or of a patch); a cycle is at least twice as long.

    >>> time = np.arange(600)
    >>> own_cycle(np.sin(2 * np.pi * time / 132) + (time % 12 == 0), season=12)
    135
    >>> own_cycle(np.random.default_rng(0).normal(size=600), season=12)
    0
    """
    least = _FEWEST_SEASONS * season
    values = values[-_LONGEST_PAST:]
    observed = np.isfinite(values)
    if len(values) < (_FEWEST_CYCLES + 1) * least or observed.mean() < 0.5:
        return 0
    # In units of the largest value, so that sums of squares stay finite.
    unit = float(np.abs(values[observed]).max()) or 1.0
    level = np.convolve(np.where(observed, values / unit, 0.0), np.ones(season), "valid")
    known = np.convolve(observed.astype(np.float64), np.ones(season), "valid")
    level = level / np.maximum(known, 1.0)
    time = np.linspace(-1.0, 1.0, len(level))
    level = level - np.polynomial.Polynomial.fit(time, level, 1)(time)
    correlation = _autocorrelation(level)
    return _peak(correlation[: len(level) // _FEWEST_CYCLES], least)


def _autocorrelation(values: FloatArray) -> FloatArray:
    """[n] the autocorrelation at each lag, of mean products instead of sums."""
    count = len(values)
    size = 1 << (2 * count - 1).bit_length()
    products = np.fft.irfft(np.abs(np.fft.rfft(values, size)) ** 2, size)[:count]
    if products[0] <= 1e-12 * count:
        return np.zeros(count)
    unbiased: FloatArray = products / products[0] * count / (count - np.arange(count))
    return unbiased


def _peak(correlation: FloatArray, least: int) -> int:
    """The first high peak after the autocorrelation has been negative; 0 without one."""
    negative = np.flatnonzero(correlation < _LARGEST_VALLEY)
    first = max(int(negative[0]), least) if len(negative) else len(correlation)
    if first + 1 >= len(correlation):
        return 0
    window = correlation[first:]
    peaks = np.flatnonzero((window[1:-1] >= window[:-2]) & (window[1:-1] > window[2:])) + 1
    high = peaks[window[peaks] >= max(_LEAST_PEAK, 0.8 * window.max())]
    if not len(high):
        return 0
    steps = math.log(first + int(high[0])) / math.log(_FACTOR)
    return round(_FACTOR ** round(steps))
