"""Distinguishes amounts, such as sales, from levels, such as prices and temperatures.

A missing row of an amount is a step without sales. A level has a value at every time, also at
times when nobody measured it.
"""

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = ["are_amounts"]

# The change from one step to the next, relative to the change from one season to the next, is about
# 1 for amounts without a season, more with one, and less for a level.
_LEAST_CHANGE = 0.85
# Values that differ less from their mean than this share of it are those of a level.
_FLAT = 0.04
# A whole number, or any number, below this share of the mean is an amount near 0.
_NEAR_ZERO_WHOLE, _NEAR_ZERO = 0.1, 0.02
# One in a hundred values must be near 0: fewer may be faults of a sensor.
_OFTEN = 0.01
# Fewer values do not show a level.
_FEW = 14


def are_amounts(
    y: FloatArray, offsets: IntArray, season: int, longer: int | None = None
) -> BoolArray:
    """[N] whether the values of each series are amounts.

    A value below 0 shows a level. Values near 0 show an amount. Else an amount is as close to its
    value of one season before as to its previous value: sales of a Friday are like those of the
    last Friday. A level is closer to its previous value: today's price to yesterday's. With fewer
    than 14 values nothing shows a level.

    Args:
        y: [R] values, NaN where not observed.
        offsets: [N+1].
        season: steps in a week of days, or in a day of shorter steps.
        longer: steps in a week of shorter steps: the closer of both seasons counts, as the hours
            of a busy Saturday are not like those of the day before.

    >>> sales, prices = [40.0, 61.0] * 10, list(range(30, 50))
    >>> are_amounts(np.array(sales + prices), np.array([0, 20, 40]), season=2).tolist()
    [True, False]
    """
    starts, lengths = offsets[:-1], np.diff(offsets)
    observed = np.isfinite(y)
    largest = np.maximum.reduceat(np.where(observed, np.abs(y), 0.0), starts)
    unit = np.repeat(np.where(largest > 0, largest, 1.0), lengths)  # keeps sums finite
    values = np.where(observed, y, 0.0) / unit
    step = np.arange(len(y)) - np.repeat(starts, lengths)

    def mean(of: FloatArray, where: BoolArray) -> FloatArray:
        count = np.add.reduceat(where.astype(np.int64), starts)
        return np.asarray(np.add.reduceat(np.where(where, of, 0.0), starts) / np.maximum(count, 1))

    def change(lag: int, least: int = 0) -> FloatArray:
        both = observed & np.roll(observed, lag) & (step >= lag)
        found = mean(np.abs(values - np.roll(values, lag)), both)
        number = np.add.reduceat(both.astype(np.int64), starts)
        return np.where(number >= least, found, np.inf)

    middle = mean(values, observed)
    spread = mean(np.abs(values - np.repeat(middle, lengths)), observed)
    negative = np.logical_or.reduceat(values < 0, starts)
    whole = np.logical_and.reduceat(~observed | (y == np.round(y)), starts)
    zero = np.repeat(np.where(whole, _NEAR_ZERO_WHOLE, _NEAR_ZERO) * middle, lengths)
    near_zero = mean((values <= zero).astype(np.float64), observed) >= _OFTEN
    seasonal = change(season)
    if longer is not None:
        seasonal = np.minimum(seasonal, change(longer, least=_FEW))
    varies = (change(1) >= _LEAST_CHANGE * seasonal) & (spread >= _FLAT * middle)
    few = np.add.reduceat(observed.astype(np.int64), starts) < _FEW
    return np.asarray(~negative & (near_zero | varies | few))
