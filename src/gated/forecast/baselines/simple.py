"""Simple baselines: each a few lines of numpy over all series at once, without fitting.

    for name, rule in RULES.items():
        print(name, rule.description)
        forecast = apply(name, values, offsets, season_length=7, h=28)   # [N, 28]

Series lie end to end in `values`, series i in `values[offsets[i]:offsets[i + 1]]`. Inside, they
are laid into a right-aligned matrix: the last column is the newest step of every series, and
NaN stands both for a step that was not observed and for the time before a series began. A rule
then is a few numpy lines over all series at once.

Every rule commutes with multiplying a series by a constant. `apply` uses that: it first divides
each series by the power of two above its largest value, which is exact, so that sums of values
near the end of the float64 range stay finite inside the rules.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.baselines.theta import theta_forecast

__all__ = ["RULES", "History", "Rule", "apply"]


RECENT_SEASONS = 8
"""How many seasons back `recent_seasonal_mean` looks: two months of weeks, eight years."""

_CELLS = 1 << 20  # series are worked on in groups of about this many matrix cells (8 MiB)


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
    def seen(self) -> BoolArray:
        """Where something was observed, `[N, L]`."""
        return ~np.isnan(self.values)

    @property
    def by_phase(self) -> FloatArray:
        """The values as `[N, seasons, season_length]`; phase 0 is the first step ahead's."""
        return self.values.reshape(len(self.values), -1, self.season_length)

    @cached_property
    def first(self) -> IntArray:
        """The column of the first observation, `[N, 1]`; column 0 where there is none."""
        first: IntArray = self.seen.argmax(axis=1)[:, None]
        return first

    @cached_property
    def last(self) -> IntArray:
        """The column of the last observation, `[N, 1]`; the last column where there is none."""
        return _last_seen(self.seen)[:, None]

    def at(self, columns: IntArray) -> FloatArray:
        """Pick values of each series by column: `[N, K] -> [N, K]`."""
        return np.take_along_axis(self.values, columns, axis=1)


@dataclass(frozen=True)
class Rule:
    """A named way of forecasting.

    Attributes:
        name: its key in `RULES`.
        description: what it does, in one line of plain words.
        forecast: the past and how many steps ahead in, `[N, h]` float64 out.
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
    observed = past.seen.any(axis=1, keepdims=True)
    return np.repeat(np.where(observed, 0.0, np.nan), h, axis=1)


def _theta(past: History, h: int) -> FloatArray:
    begins = past.seen.any(axis=0).argmax()  # theta walks through time: spare it the padding
    return theta_forecast(past.values[:, begins:], past.season_length, h)


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("naive", "the last observed value", _naive),
        Rule("seasonal_naive", "the value of one season before", _seasonal_naive),
        Rule("drift", "the line from the first to the last observation, carried on", _drift),
        Rule(
            "seasonal_naive_drift",
            "the value of one season before, plus the mean change per season",
            _seasonal_naive_drift,
        ),
        Rule(
            "seasonal_mean",
            "the mean of the same place in every past season (weekly: the weekday's mean)",
            _seasonal_mean,
        ),
        Rule(
            "recent_seasonal_mean",
            f"the mean of the same place in the last {RECENT_SEASONS} seasons",
            _recent_seasonal_mean,
        ),
        Rule("mean", "the mean of everything observed", _overall_mean),
        Rule("zero", "nothing is sold: zero", _zero),
        Rule(
            "theta",
            "half a straight line, half a smoothed level, season put back (theta method)",
            _theta,
        ),
    )
}
"""Every rule by name, from the plainest to the cleverest."""


def apply(
    rule: str,
    values: FloatArray,
    offsets: IntArray,
    season_length: int,
    h: int,
    known_zero: BoolArray | None = None,
    closed: BoolArray | None = None,
) -> FloatArray:
    """Forecast every series by one rule.

    Args:
        rule: a name in `RULES`.
        values: `[R]` float64, the series end to end; NaN, and infinity, mean "not observed".
        offsets: `[N + 1]` int, where each series begins, and R.
        season_length: steps in a season; 1 means none.
        h: how many steps ahead.
        known_zero: `[N, h]` bool, steps ahead known to be zero (the shop is closed): forecast 0.
        closed: `[R]` bool, past steps to be treated as not observed (the shop was closed).

    Returns:
        `[N, h]` float64. Finite for every series with at least one observation; NaN for a series
        without any, except at `known_zero`. The inputs are not changed.

    Raises:
        UsageError: for an unknown rule, a season or horizon below 1, or shapes that disagree.

    >>> week = np.array([5.0, 6.0, 7.0, 8.0, 9.0, 0.0, 0.0])
    >>> values, offsets = np.concatenate([week, week + 2]), np.array([0, 14])
    >>> apply("seasonal_mean", values, offsets, season_length=7, h=3)
    array([[6., 7., 8.]])
    >>> apply("naive", values, offsets, 7, 3, closed=np.arange(14) % 7 > 4)
    array([[11., 11., 11.]])
    """
    _check(rule, values, offsets, season_length, h, known_zero, closed)
    observed = np.isfinite(values) if closed is None else np.isfinite(values) & ~closed
    observed_values = np.where(observed, values, np.nan)
    forecast = np.empty((len(offsets) - 1, h))
    for rows, past, exponent in _histories(observed_values, offsets, season_length, h):
        ahead = RULES[rule].forecast(past, h)
        with np.errstate(over="ignore"):
            forecast[rows] = np.ldexp(ahead, exponent[:, None])
    # A trend of values near 1.8e308 can leave float64: stop at its end, keep NaN.
    largest = np.finfo(np.float64).max
    np.clip(forecast, -largest, largest, out=forecast)
    if known_zero is not None:
        forecast[known_zero] = 0.0
    return forecast


def _histories(
    values: FloatArray, offsets: IntArray, season_length: int, h: int
) -> Iterator[tuple[IntArray, History, IntArray]]:
    """Cut the series into right-aligned matrices of similar length and a bounded size.

    Yields:
        The series' numbers `[n]`, their scaled past, and the exponents `[n]`: the past's
        values times 2 ** exponent are the series' own.
    """
    lengths = np.diff(offsets)
    order = np.argsort(lengths, kind="stable")[::-1]  # long ones first: little padding
    padded = np.append(values, np.nan)  # index -1: before the series began
    while order.size:
        seasons = max(1, -(-int(lengths[order[0]]) // season_length))
        width = seasons * season_length
        rows, order = np.split(order, [max(1, _CELLS // max(width, h))])
        columns = offsets[rows + 1, None] - width + np.arange(width)  # [n, L]
        matrix = padded[np.where(columns >= offsets[rows, None], columns, -1)]
        _, exponent = np.frexp(np.where(np.isnan(matrix), 0.0, np.abs(matrix)).max(axis=1))
        yield rows, History(np.ldexp(matrix, -exponent[:, None]), season_length), exponent


def _season_before(past: History, h: int) -> IntArray:
    """Return the newest observed column of each step ahead's phase, else of all: `[N, h]`."""
    m = past.season_length
    seen = past.seen.reshape(len(past.values), -1, m)
    source = _last_seen(seen) * m + np.arange(m)  # [N, m]
    source = np.where(seen.any(axis=1), source, past.last)
    return source[:, np.arange(h) % m]


def _last_seen(seen: BoolArray) -> IntArray:
    """Return the last True index along axis 1; the last index where there is none."""
    last: IntArray = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    return last


def _steps_after(past: History, columns: IntArray, h: int) -> IntArray:
    """Return how many steps each step ahead lies after the given columns, `[N, h]`."""
    steps: IntArray = past.values.shape[1] + np.arange(h) - columns
    return steps


def _mean(values: FloatArray) -> FloatArray:
    """Average over axis 1 what is not NaN; NaN where everything is."""
    seen = ~np.isnan(values)
    count = seen.sum(axis=1)
    total = np.where(seen, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _phase_mean(by_phase: FloatArray, otherwise: FloatArray, h: int) -> FloatArray:
    """Average per phase `[N, K, m] -> [N, h]`, `otherwise [N]` for a phase never observed."""
    mean = _mean(by_phase)  # [N, m]
    mean = np.where(np.isnan(mean), otherwise[:, None], mean)
    return mean[:, np.arange(h) % by_phase.shape[2]]


def _check(
    rule: str,
    values: FloatArray,
    offsets: IntArray,
    season_length: int,
    h: int,
    known_zero: BoolArray | None,
    closed: BoolArray | None,
) -> None:
    if rule not in RULES:
        raise UsageError(f"There is no rule {rule!r}. Choose one of: {', '.join(RULES)}.")
    if season_length < 1 or h < 1:
        raise UsageError(
            f"season_length is {season_length} and h is {h}; both must be at least 1 "
            "(a season_length of 1 means no season)."
        )
    if offsets[0] != 0 or offsets[-1] != len(values) or (np.diff(offsets) < 0).any():
        raise UsageError(
            f"offsets must rise from 0 to the number of values, {len(values)}; "
            f"they run from {offsets[0]} to {offsets[-1]}. Series i is "
            "values[offsets[i]:offsets[i + 1]]."
        )
    if known_zero is not None and known_zero.shape != (len(offsets) - 1, h):
        raise UsageError(
            f"known_zero has shape {known_zero.shape}; expected one row a series and one column "
            f"a step ahead, {(len(offsets) - 1, h)}."
        )
    if closed is not None and closed.shape != values.shape:
        raise UsageError(
            f"closed has shape {closed.shape}; expected one entry a value, {values.shape}."
        )
