"""Scales windows: measures mean, deviation, level and mean change before the first origin."""

from dataclasses import dataclass

from gated.arrays import Array
from gated.numeric import clip, namespace, primitives
from gated.table.series.outliers import OUTLIER_RANK, OUTLIER_RATIO

__all__ = ["WindowHistory", "WindowScaler", "clip_outliers", "compress", "lower_median"]

# The smallest deviation of a window, as a fraction of the spread of its series: dividing by less
# would amplify rounding errors.
_FLATTEST = 1e-3
_DEVIATION_OF_ONE_VALUE = 0.5
_SMALLEST_VARIANCE = 1e-30  # far below the square of the smallest deviation
# A series counts as positive if no value is below zero by more than this share of its deviation.
_BELOW_ZERO = 1e-3
# Growth from one level to another is limited to this factor, and its inverse.
LARGEST_GROWTH = 8.0
# The change from season to season if it cannot be measured, and the smallest that is used, as
# shares of the window's deviation.
_CHANGE_UNMEASURED = 0.7
_SMALLEST_CHANGE = 0.02
_PAIRS_NEEDED = 3


def compress(x: Array) -> Array:
    """asinh: linear near zero and logarithmic for large values, which limits outliers.

    This formula is several times as fast as the asinh of the libraries on a CPU.
    """
    xp = namespace(x)
    return xp.copysign(xp.log(xp.abs(x) + xp.sqrt(x * x + 1)), x)


def clip_outliers(values: Array, visible: Array) -> Array:
    """Clip outliers at ten times the third largest absolute value.

    One or two extreme values, such as typing errors, would dominate the forecast as a reference or
    in a mean. Fast growth and rare large orders have more than two large values and stay.

    Args:
        values: [B, L] around 0.
        visible: [B, L] 1 or 0.

    >>> import numpy as np
    >>> clip_outliers(np.array([[0.1, 1e9, 2.0, -3.0, 2.5]]), np.ones((1, 5))).tolist()
    [[0.1, 25.0, 2.0, -3.0, 2.5]]
    """
    if values.shape[1] < OUTLIER_RANK:
        return values
    xp = namespace(values)
    third = primitives(values).rank_largest(xp.abs(values * visible), OUTLIER_RANK)
    largest = xp.where(third > 0, OUTLIER_RATIO * third, xp.inf)
    return clip(values, -largest, largest)


def lower_median(values: Array, known: Array) -> tuple[Array, Array]:
    """The median of the known values of the last axis, and whether any value is known.

    Of an even number of values, it is the lower one of the two in the middle.

    Args:
        values: [..., K].
        known: [..., K] above 0 where the value counts.

    >>> import numpy as np
    >>> lower_median(np.array([[4.0, 1.0, 2.0, 9.0]]), np.array([[1.0, 1.0, 1.0, 0.0]]))
    (array([2.]), array([ True]))
    """
    xp, counts = namespace(values), known > 0
    ordered = xp.sort(xp.where(counts, values, xp.inf), axis=-1)
    count = xp.sum(xp.astype(counts, xp.int64), axis=-1, keepdims=True)
    middle = xp.take_along_axis(ordered, clip(count - 1, 0) // 2, axis=-1)
    return middle[..., 0], count[..., 0] > 0


class WindowHistory:
    """The visible values of a batch of windows, with their levels at any step.

    Args:
        values: [B, L] series-scaled.
        visible: [B, L] 1 where the network reads the value, else 0.
        patch: number of steps over which a level is measured.
        zero: [B] the scaled value of 0; by default 0.
    """

    def __init__(
        self, values: Array, visible: Array, patch: int, zero: Array | None = None
    ) -> None:
        xp = namespace(values)
        self.values, self.visible, self.patch = values * visible, visible, patch
        self.zero = xp.zeros_like(values[:, 0]) if zero is None else zero
        # In float64, because a level is a difference of two cumulative sums.
        self.sums, self.counts = (
            xp.cumulative_sum(part, axis=1, dtype=xp.float64, include_initial=True)
            for part in (self.values, visible)
        )
        begin = clip(xp.arange(self.length + 1, device=values.device) - patch, 0)
        count = self.counts - primitives(values).columns(self.counts, begin)
        mean = (self.sums - primitives(values).columns(self.sums, begin)) / clip(count, 1)
        # [B, L + 1] the level before each step, and 1 where any value in it is visible.
        self._levels, self._known = (xp.astype(part, values.dtype) for part in (mean, count > 0))
        outside = xp.zeros_like(values[:, :1])
        self._padded = [xp.concat([part, outside], axis=1) for part in (self.values, visible)]

    @property
    def length(self) -> int:
        """Number of steps L in a window."""
        length: int = self.values.shape[1]
        return length

    def at(self, steps: Array) -> tuple[Array, Array]:
        """(values, visible), both [B, *steps.shape], at steps counted from the window's start.

        Both are 0 outside the window.
        """
        xp, fast = namespace(steps), primitives(steps)
        steps = xp.where((steps >= 0) & (steps < self.length), steps, self.length)
        values, visible = (fast.columns(part, steps) for part in self._padded)
        return values, visible

    def level(self, before: Array) -> tuple[Array, Array]:
        """Mean of the patch before each given step, and 1 if any value in it is visible.

        Both have shape [B, *before.shape]; both are 0 if no value is visible.
        """
        fast, at = primitives(before), clip(before, 0, self.length)
        return fast.columns(self._levels, at), fast.columns(self._known, at)

    def usual_level(self, before: Array, seasons: int) -> Array:
        """Median of the levels of the last `seasons` patches before each given step.

        An odd last season changes the level, but not this one. It has the shape [B, *before.shape],
        and is the level where no value is visible.
        """
        xp = namespace(before)
        back = xp.arange(seasons, device=before.device) * self.patch
        levels, known = self.level(before[..., None] - back)
        middle, any_known = lower_median(levels, known)
        return xp.where(any_known, middle, levels[..., 0])

    def last(self, before: Array) -> Array:
        """[B, D] int64 the last visible step before each of D steps; 0 if there is none."""
        xp = namespace(before)
        step = xp.arange(self.length, device=before.device)
        newest = primitives(before).cumulative_max(xp.where(self.visible > 0, step, 0))
        return newest[:, before - 1]

    def informed(self, before: Array) -> Array:
        """[B, D] 1 if any value is visible before each of D steps."""
        return namespace(before).astype(self.counts[:, before] > 0, self.values.dtype)


@dataclass(frozen=True)
class WindowScaler:
    """The units of the past and of the future of a window.

    The recurrence reads values minus the mean of the window, in units of its deviation. The future
    is relative to the current level, in units of the mean absolute change from season to season,
    the unit of MASE. All are measured before the first origin, so that no origin reads later
    values.

    Attributes:
        mean, deviation: [B] of the window.
        change: [B] mean absolute change from season to season.
        level: [B, D] mean of the last season before each of D origins, or of the last visible one.
        zero: [B] the scaled value of 0.
        positive: [B] 1 if no visible value is below 0: such a series may grow by a factor.
    """

    mean: Array
    deviation: Array
    change: Array
    level: Array
    zero: Array
    positive: Array

    @classmethod
    def fit(cls, past: WindowHistory, start: int, end: int, origins: Array) -> "WindowScaler":
        """Measure windows from step `start` to `end`, the first of the origins [D]."""
        xp, patch = namespace(past.values), past.patch
        values, visible = past.values[:, start:end], past.visible[:, start:end]
        count = visible.sum(1)
        mean = values.sum(1) / clip(count, 1)
        variance = (xp.square(values - mean[:, None]) * visible).sum(1) / clip(count, 1)
        # One or two values are too few to measure a deviation: for few values, it is at least a
        # share of the spread of the series.
        unsure = _DEVIATION_OF_ONE_VALUE / xp.square(clip(count, 1))
        # The root of 0 has no derivative, which explanations need.
        deviation = xp.sqrt(clip(variance, _SMALLEST_VARIANCE))
        deviation = xp.maximum(deviation, clip(unsure, _FLATTEST))
        both = visible[:, patch:] * visible[:, :-patch]
        pairs = both.sum(1)
        total = (xp.abs(values[:, patch:] - values[:, :-patch]) * both).sum(1)
        is_measured = pairs >= min(_PAIRS_NEEDED, patch)
        change = xp.where(is_measured, total / clip(pairs, 1), _CHANGE_UNMEASURED * deviation)
        lowest = xp.min(xp.where(visible > 0, values, xp.inf), axis=1)
        positive = lowest >= past.zero - _BELOW_ZERO * deviation
        level, known = past.level(origins)
        newest = past.last(origins) + 1
        first = clip(newest - patch, 0)
        observed, total = (
            xp.take_along_axis(sums, newest, axis=1) - xp.take_along_axis(sums, first, axis=1)
            for sums in (past.counts, past.sums)
        )
        newest_level = xp.astype(total / clip(observed, 1), level.dtype)
        return cls(
            mean=mean,
            deviation=deviation,
            change=change + _SMALLEST_CHANGE * deviation,
            level=xp.where(known > 0, level, newest_level),
            zero=past.zero,
            positive=xp.astype(positive, values.dtype),
        )

    def growth(self, now: Array, then: Array) -> tuple[Array, Array]:
        """The factor from one level to another [B, ...], and 1 where there is one.

        There is a factor if the series is positive and both levels are above 0; else it is 1.
        """
        xp = namespace(now)
        above, before = now - _like(self.zero, now), then - _like(self.zero, then)
        least = _like(_SMALLEST_CHANGE * self.deviation, now)
        known = (above > least) & (before > least) & (_like(self.positive, now) > 0)
        factor = xp.where(known, above, 1.0) / xp.where(known, before, 1.0)
        return clip(factor, 1 / LARGEST_GROWTH, LARGEST_GROWTH), xp.astype(known, now.dtype)

    def read(self, values: Array) -> Array:
        """Scale values [B, ...] for the recurrence."""
        return compress((values - _like(self.mean, values)) / _like(self.deviation, values))

    def changes(self, difference: Array) -> Array:
        """Scale differences [B, ...] to units of the change from season to season."""
        return difference / _like(self.change, difference)

    def above(self, values: Array) -> Array:
        """Scale values [B, ...] above 0 to units of the change from season to season."""
        return self.changes(values - _like(self.zero, values))

    def transform(self, values: Array) -> Array:
        """Scale values [B, D, ...] for the forecast: relative to the level, in changes."""
        return self.changes(values - _like(self.level, values))

    def inverse_transform(self, scaled: Array) -> Array:
        """Undo `transform`."""
        return scaled * _like(self.change, scaled) + _like(self.level, scaled)


def _like(measured: Array, values: Array) -> Array:
    """Append axes to [B] or [B, D], to as many as `values` has."""
    return measured.reshape(measured.shape + (1,) * (values.ndim - measured.ndim))
