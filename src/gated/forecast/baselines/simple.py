"""Forecasts with simple baselines, such as seasonal naive, drift and theta.

    for name, baseline in BASELINES.items():
        print(name, baseline.description)
        forecast = apply(name, values, offsets, season_length=7, h=28)   # [N, 28]

Series are stored one after another in `values`, series i in `values[offsets[i]:offsets[i + 1]]`.
They are copied to a right-aligned matrix: the last column is the newest step of every series, and
NaN is a missing step or a step before the series. Each baseline is a few lines of numpy on this
matrix.

The forecasts scale with the series. So `apply` divides each series by the power of two above its
largest value, which is exact; sums of values near the float64 maximum stay finite.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.baselines.theta import theta_forecast

__all__ = ["BASELINES", "Baseline", "History", "apply"]


RECENT_SEASONS = 8
"""Number of seasons in `recent_seasonal_mean`: about two months of weeks, or eight years."""

_CELLS = 1 << 20  # series are processed in groups of about this many matrix cells (8 MiB)


@dataclass(frozen=True)
class History:
    """The past of several series as a matrix.

    Attributes:
        values: `[N, L]` float64, right-aligned, NaN where not observed; L is a whole number of
            seasons, so the phases of the season are columns of `by_phase`.
        season_length: steps in a season, at least 1.
    """

    values: FloatArray
    season_length: int

    @cached_property
    def observed(self) -> BoolArray:
        """Whether each value is observed, `[N, L]`."""
        return ~np.isnan(self.values)

    @property
    def by_phase(self) -> FloatArray:
        """The values as `[N, seasons, season_length]`; the first step ahead has phase 0."""
        return self.values.reshape(len(self.values), -1, self.season_length)

    @cached_property
    def first(self) -> IntArray:
        """The column of the first observation, `[N, 1]`; column 0 if there is none."""
        first: IntArray = self.observed.argmax(axis=1)[:, None]
        return first

    @cached_property
    def last(self) -> IntArray:
        """The column of the last observation, `[N, 1]`; the last column if there is none."""
        return _last_observed(self.observed)[:, None]

    def at(self, columns: IntArray) -> FloatArray:
        """The values of each series at columns: `[N, K] -> [N, K]`."""
        return np.take_along_axis(self.values, columns, axis=1)


@dataclass(frozen=True)
class Baseline:
    """A named baseline.

    Attributes:
        name: its key in `BASELINES`.
        description: description of its forecast in one line.
        forecast: maps the past and the number of steps ahead to `[N, h]` float64.
    """

    name: str
    description: str
    forecast: Callable[[History, int], FloatArray]


def _naive(past: History, h: int) -> FloatArray:
    return np.repeat(past.at(past.last), h, axis=1)


def _drift(past: History, h: int) -> FloatArray:
    rise = past.at(past.last) - past.at(past.first)
    slope = rise / np.maximum(past.last - past.first, 1)
    line: FloatArray = past.at(past.last) + slope * _steps_after(past, past.last, h)
    return line


def _seasonal_naive(past: History, h: int) -> FloatArray:
    return past.at(_season_before(past, h))


def _seasonal_naive_drift(past: History, h: int) -> FloatArray:
    m = past.season_length
    slope = _mean(past.values[:, m:] - past.values[:, :-m]) / m
    slope = np.where(np.isnan(slope), 0.0, slope)  # no two observations a season apart: no drift
    source = _season_before(past, h)
    return past.at(source) + slope[:, None] * _steps_after(past, source, h)


def _seasonal_mean(past: History, h: int) -> FloatArray:
    return _phase_mean(past.by_phase, _mean(past.values), h)


def _recent_seasonal_mean(past: History, h: int) -> FloatArray:
    recent = past.by_phase[:, -RECENT_SEASONS:]
    level = _mean(recent.reshape(len(recent), -1))
    level = np.where(np.isnan(level), past.at(past.last)[:, 0], level)
    return _phase_mean(recent, level, h)


def _overall_mean(past: History, h: int) -> FloatArray:
    return np.repeat(_mean(past.values)[:, None], h, axis=1)


def _zero(past: History, h: int) -> FloatArray:
    observed = past.observed.any(axis=1, keepdims=True)
    return np.repeat(np.where(observed, 0.0, np.nan), h, axis=1)


def _theta(past: History, h: int) -> FloatArray:
    begin = past.observed.any(axis=0).argmax()  # theta loops over time: skip the padding
    return theta_forecast(past.values[:, begin:], past.season_length, h)


BASELINES: dict[str, Baseline] = {
    baseline.name: baseline
    for baseline in (
        Baseline("naive", "the last observed value", _naive),
        Baseline("seasonal_naive", "the value of one season before", _seasonal_naive),
        Baseline("drift", "the line from the first to the last observation, extrapolated", _drift),
        Baseline(
            "seasonal_naive_drift",
            "the value of one season before, plus the mean change per season",
            _seasonal_naive_drift,
        ),
        Baseline(
            "seasonal_mean",
            "the mean of the same phase in all past seasons (in a week: the mean of the weekday)",
            _seasonal_mean,
        ),
        Baseline(
            "recent_seasonal_mean",
            f"the mean of the same phase in the last {RECENT_SEASONS} seasons",
            _recent_seasonal_mean,
        ),
        Baseline("mean", "the mean of all observed values", _overall_mean),
        Baseline("zero", "zero, as if nothing were sold", _zero),
        Baseline(
            "theta",
            "the mean of a straight line and a smoothed level, plus the season (theta method)",
            _theta,
        ),
    )
}
"""Maps names to baselines, from simple to complex."""


def apply(
    name: str,
    values: FloatArray,
    offsets: IntArray,
    season_length: int,
    h: int,
    known_zero: BoolArray | None = None,
    closed: BoolArray | None = None,
) -> FloatArray:
    """Forecast every series with one baseline.

    Args:
        name: a name in `BASELINES`.
        values: `[R]` float64, the series one after another; NaN and infinity mean "not observed".
        offsets: `[N + 1]` int, the first row of each series, and R.
        season_length: steps in a season; 1 means none.
        h: number of steps ahead.
        known_zero: `[N, h]` bool, closed steps ahead: forecast 0.
        closed: `[R]` bool, closed past steps: treated as not observed.

    Returns:
        `[N, h]` float64. Finite for every series with at least one observation; NaN for a series
        without any, except at `known_zero`. The inputs are not changed.

    Raises:
        UsageError: the name is unknown, a season or horizon is below 1, or shapes do not match.

    >>> week = np.array([5.0, 6.0, 7.0, 8.0, 9.0, 0.0, 0.0])
    >>> values, offsets = np.concatenate([week, week + 2]), np.array([0, 14])
    >>> apply("seasonal_mean", values, offsets, season_length=7, h=3)
    array([[6., 7., 8.]])
    >>> apply("naive", values, offsets, 7, 3, closed=np.arange(14) % 7 > 4)
    array([[11., 11., 11.]])
    """
    _check(name, values, offsets, season_length, h, known_zero, closed)
    observed = np.isfinite(values) if closed is None else np.isfinite(values) & ~closed
    observed_values = np.where(observed, values, np.nan)
    forecast = np.empty((len(offsets) - 1, h))
    for rows, past, exponent in _histories(observed_values, offsets, season_length, h):
        ahead = BASELINES[name].forecast(past, h)
        with np.errstate(over="ignore"):
            forecast[rows] = np.ldexp(ahead, exponent[:, None])
    # A trend of values near 1.8e308 can exceed float64: clip it; NaN stays NaN.
    largest = np.finfo(np.float64).max
    np.clip(forecast, -largest, largest, out=forecast)
    if known_zero is not None:
        forecast[known_zero] = 0.0
    return forecast


def _histories(
    values: FloatArray, offsets: IntArray, season_length: int, h: int
) -> Iterator[tuple[IntArray, History, IntArray]]:
    """Copy groups of series of similar length into right-aligned matrices of limited size.

    Yields:
        The indices of the series `[n]`, their scaled past, and the exponents `[n]`: the scaled
        values times 2 ** exponent are the values of the series.
    """
    lengths = np.diff(offsets)
    order = np.argsort(lengths, kind="stable")[::-1]  # sorted by length: little padding
    padded = np.append(values, np.nan)  # index -1 is a step before the series
    while order.size:
        seasons = max(1, -(-int(lengths[order[0]]) // season_length))
        width = seasons * season_length
        rows, order = np.split(order, [max(1, _CELLS // max(width, h))])
        columns = offsets[rows + 1, None] - width + np.arange(width)  # [n, L]
        matrix = padded[np.where(columns >= offsets[rows, None], columns, -1)]
        _, exponent = np.frexp(np.where(np.isnan(matrix), 0.0, np.abs(matrix)).max(axis=1))
        yield rows, History(np.ldexp(matrix, -exponent[:, None]), season_length), exponent


def _season_before(past: History, h: int) -> IntArray:
    """Return the last observed column at the phase of each step ahead, else of all: `[N, h]`."""
    m = past.season_length
    observed = past.observed.reshape(len(past.values), -1, m)
    source = _last_observed(observed) * m + np.arange(m)  # [N, m]
    source = np.where(observed.any(axis=1), source, past.last)
    return source[:, np.arange(h) % m]


def _last_observed(observed: BoolArray) -> IntArray:
    """Return the last True index along axis 1; the last index if there is none."""
    last: IntArray = observed.shape[1] - 1 - observed[:, ::-1].argmax(axis=1)
    return last


def _steps_after(past: History, columns: IntArray, h: int) -> IntArray:
    """Return the number of steps from the given columns to each step ahead, `[N, h]`."""
    steps: IntArray = past.values.shape[1] + np.arange(h) - columns
    return steps


def _mean(values: FloatArray) -> FloatArray:
    """Average the values that are not NaN over axis 1; NaN if all are NaN."""
    observed = ~np.isnan(values)
    count = observed.sum(axis=1)
    total = np.where(observed, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _phase_mean(by_phase: FloatArray, otherwise: FloatArray, h: int) -> FloatArray:
    """Average per phase `[N, K, m] -> [N, h]`; `otherwise [N]` for a phase without values."""
    mean = _mean(by_phase)  # [N, m]
    mean = np.where(np.isnan(mean), otherwise[:, None], mean)
    return mean[:, np.arange(h) % by_phase.shape[2]]


def _check(
    name: str,
    values: FloatArray,
    offsets: IntArray,
    season_length: int,
    h: int,
    known_zero: BoolArray | None,
    closed: BoolArray | None,
) -> None:
    if name not in BASELINES:
        raise UsageError(f"There is no baseline {name!r}. Choose one of: {', '.join(BASELINES)}.")
    if season_length < 1 or h < 1:
        raise UsageError(
            f"season_length is {season_length} and h is {h}. Both must be at least 1 "
            "(a season_length of 1 means no season)."
        )
    if offsets[0] != 0 or offsets[-1] != len(values) or (np.diff(offsets) < 0).any():
        raise UsageError(
            f"offsets go from {offsets[0]} to {offsets[-1]}. They must ascend from 0 to the number "
            f"of values, {len(values)}: series i is values[offsets[i]:offsets[i + 1]]."
        )
    if known_zero is not None and known_zero.shape != (len(offsets) - 1, h):
        raise UsageError(
            f"known_zero has shape {known_zero.shape}. Expected one row per series and one column "
            f"per step ahead, {(len(offsets) - 1, h)}."
        )
    if closed is not None and closed.shape != values.shape:
        raise UsageError(
            f"closed has shape {closed.shape}. Expected one entry per value, {values.shape}."
        )
