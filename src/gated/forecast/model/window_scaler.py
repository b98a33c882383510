"""Scales windows: measures mean, deviation, level and mean change before the first origin."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.table.series.outliers import OUTLIER_RANK, OUTLIER_RATIO

__all__ = ["WindowHistory", "WindowScaler", "clip_outliers", "compress"]

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


def compress(x: Tensor) -> Tensor:
    """asinh: linear near zero and logarithmic for large values, which limits outliers.

    This formula is several times as fast as torch.asinh on a CPU.
    """
    return torch.log(x.abs() + torch.sqrt(x * x + 1)).copysign(x)


def clip_outliers(values: Tensor, visible: Tensor) -> Tensor:
    """Clip outliers at ten times the third largest absolute value.

    One or two extreme values, such as typing errors, would dominate the forecast as a reference or
    in a mean. Fast growth and rare large orders have more than two large values and stay.

    Args:
        values: [B, L] around 0.
        visible: [B, L] 1 or 0.

    >>> clip_outliers(torch.tensor([[0.1, 1e9, 2.0, -3.0, 2.5]]), torch.ones(1, 5)).tolist()
    [[0.10000000149011612, 25.0, 2.0, -3.0, 2.5]]
    """
    if values.shape[1] < OUTLIER_RANK:
        return values
    third = (values * visible).abs().topk(OUTLIER_RANK, dim=1).values[:, -1:]
    largest = torch.where(third > 0, OUTLIER_RATIO * third, torch.inf)
    return values.clamp(-largest, largest)


class WindowHistory:
    """The visible values of a batch of windows, with their levels at any step.

    Args:
        values: [B, L] series-scaled.
        visible: [B, L] 1 where the network reads the value, else 0.
        patch: number of steps over which a level is measured.
        zero: [B] the scaled value of 0; by default 0.
    """

    def __init__(
        self, values: Tensor, visible: Tensor, patch: int, zero: Tensor | None = None
    ) -> None:
        self.values, self.visible, self.patch = values * visible, visible, patch
        self.zero = values.new_zeros(len(values)) if zero is None else zero
        # In float64, because a level is a difference of two cumulative sums.
        self.sums = F.pad(self.values.double().cumsum(1), (1, 0))
        self.counts = F.pad(visible.double().cumsum(1), (1, 0))

    @property
    def length(self) -> int:
        """Number of steps L in a window."""
        return self.values.shape[1]

    def at(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """(values, visible), both [B, *steps.shape], at steps counted from the window's start.

        Both are 0 outside the window.
        """
        inside = ((steps >= 0) & (steps < self.length)).to(self.values.dtype)
        steps = steps.clamp(0, self.length - 1)
        return self.values[:, steps] * inside, self.visible[:, steps] * inside

    def level(self, before: Tensor) -> tuple[Tensor, Tensor]:
        """Mean of the patch before each given step, and 1 if any value in it is visible.

        Both have shape [B, *before.shape]; both are 0 if no value is visible.
        """
        end, start = before.clamp(0, self.length), (before - self.patch).clamp(0, self.length)
        count = self.counts[:, end] - self.counts[:, start]
        mean = (self.sums[:, end] - self.sums[:, start]) / count.clamp(min=1)
        return mean.to(self.values.dtype), (count > 0).to(self.values.dtype)

    def usual_level(self, before: Tensor, seasons: int) -> Tensor:
        """Median of the levels of the last `seasons` patches before each given step.

        An odd last season changes the level, but not this one. It has the shape [B, *before.shape],
        and is the level where no value is visible.
        """
        back = torch.arange(seasons, device=before.device) * self.patch
        levels, known = self.level(before[..., None] - back)
        middle = torch.where(known > 0, levels, torch.nan).nanmedian(-1).values
        return torch.where(middle.isnan(), levels[..., 0], middle)

    def last(self, before: Tensor) -> Tensor:
        """[B, D] int64 the last visible step before each of D steps; 0 if there is none."""
        step = torch.arange(self.length, device=self.values.device)
        newest = torch.where(self.visible > 0, step, 0).cummax(1).values
        return newest[:, before - 1]

    def informed(self, before: Tensor) -> Tensor:
        """[B, D] 1 if any value is visible before each of D steps."""
        return (self.counts[:, before] > 0).to(self.values.dtype)


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

    mean: Tensor
    deviation: Tensor
    change: Tensor
    level: Tensor
    zero: Tensor
    positive: Tensor

    @classmethod
    def fit(cls, past: WindowHistory, start: int, end: int, origins: Tensor) -> "WindowScaler":
        """Measure windows from step `start` to `end`, the first of the origins [D]."""
        patch = past.patch
        values, visible = past.values[:, start:end], past.visible[:, start:end]
        count = visible.sum(1)
        mean = values.sum(1) / count.clamp(min=1)
        variance = ((values - mean[:, None]).square() * visible).sum(1) / count.clamp(min=1)
        # One or two values are too few to measure a deviation: for few values, it is at least a
        # share of the spread of the series.
        unsure = (_DEVIATION_OF_ONE_VALUE / count.clamp(min=1).square()).clamp(min=_FLATTEST)
        # The root of 0 has no derivative, which explanations need.
        deviation = torch.maximum(variance.clamp(min=_SMALLEST_VARIANCE).sqrt(), unsure)
        both = visible[:, patch:] * visible[:, :-patch]
        pairs = both.sum(1)
        change = ((values[:, patch:] - values[:, :-patch]).abs() * both).sum(1) / pairs.clamp(min=1)
        change = torch.where(
            pairs >= min(_PAIRS_NEEDED, patch), change, _CHANGE_UNMEASURED * deviation
        )
        lowest = torch.where(visible > 0, values, torch.inf).amin(1)
        positive = lowest >= past.zero - _BELOW_ZERO * deviation
        level, known = past.level(origins)
        newest = past.last(origins) + 1
        first = (newest - patch).clamp(min=0)
        observed = past.counts.gather(1, newest) - past.counts.gather(1, first)
        total = past.sums.gather(1, newest) - past.sums.gather(1, first)
        newest_level = (total / observed.clamp(min=1)).to(level.dtype)
        return cls(
            mean=mean,
            deviation=deviation,
            change=change + _SMALLEST_CHANGE * deviation,
            level=torch.where(known > 0, level, newest_level),
            zero=past.zero,
            positive=positive.to(values.dtype),
        )

    def growth(self, now: Tensor, then: Tensor) -> tuple[Tensor, Tensor]:
        """The factor from one level to another [B, ...], and 1 where there is one.

        There is a factor if the series is positive and both levels are above 0; else it is 1.
        """
        above, before = now - _like(self.zero, now), then - _like(self.zero, then)
        least = _like(_SMALLEST_CHANGE * self.deviation, now)
        known = (above > least) & (before > least) & (_like(self.positive, now) > 0)
        factor = torch.where(known, above, 1.0) / torch.where(known, before, 1.0)
        return factor.clamp(1 / LARGEST_GROWTH, LARGEST_GROWTH), known.to(now.dtype)

    def read(self, values: Tensor) -> Tensor:
        """Scale values [B, ...] for the recurrence."""
        return compress((values - _like(self.mean, values)) / _like(self.deviation, values))

    def changes(self, difference: Tensor) -> Tensor:
        """Scale differences [B, ...] to units of the change from season to season."""
        return difference / _like(self.change, difference)

    def above(self, values: Tensor) -> Tensor:
        """Scale values [B, ...] above 0 to units of the change from season to season."""
        return self.changes(values - _like(self.zero, values))

    def transform(self, values: Tensor) -> Tensor:
        """Scale values [B, D, ...] for the forecast: relative to the level, in changes."""
        return self.changes(values - _like(self.level, values))

    def inverse_transform(self, scaled: Tensor) -> Tensor:
        """Undo `transform`."""
        return scaled * _like(self.change, scaled) + _like(self.level, scaled)


def _like(measured: Tensor, values: Tensor) -> Tensor:
    """Append axes to [B] or [B, D], to as many as `values` has."""
    return measured.reshape(measured.shape + (1,) * (values.ndim - measured.ndim))
