"""Scales a window: its values and levels step by step, and the units of past and future."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["WindowHistory", "WindowScaler", "compress", "tame"]

# A window flatter than this fraction of its series' own spread is treated as that flat:
# dividing by less would turn rounding noise into signal.
_FLATTEST = 1e-3
_DEVIATION_OF_ONE_VALUE = 0.5
# The change from season to season where it cannot be measured, and the least that is used,
# as shares of the window's deviation.
_CHANGE_UNMEASURED = 0.7
_SMALLEST_CHANGE = 0.02
_PAIRS_NEEDED = 3
# A value may lie ten times as far out as the third farthest of its window.
_ALONE, _FARTHER = 3, 10.0


def compress(x: Tensor) -> Tensor:
    """asinh: linear near zero, logarithmic far out, so that an outlier cannot drown the rest.

    Written out, it is several times as fast as torch.asinh on a CPU.
    """
    return torch.log(x.abs() + torch.sqrt(x * x + 1)).copysign(x)


def tame(values: Tensor, seen: Tensor) -> Tensor:
    """Cut typing errors off: what lies ten times as far out as the third farthest value.

    Growth, however fast, has neighbours; so have orders that come now and then. One or two values
    that are alone out there would, as a reference or in a mean, decide the whole forecast.

    Args:
        values: [B, L] around 0.
        seen: [B, L] 1 or 0.

    >>> tame(torch.tensor([[0.1, 1e9, 2.0, -3.0, 2.5]]), torch.ones(1, 5)).tolist()
    [[0.10000000149011612, 25.0, 2.0, -3.0, 2.5]]
    """
    if values.shape[1] < _ALONE:
        return values
    third = (values * seen).abs().topk(_ALONE, dim=1).values[:, -1:]
    farthest = torch.where(third > 0, _FARTHER * third, torch.inf)
    return values.clamp(-farthest, farthest)


class WindowHistory:
    """What a batch of windows shows, step by step.

    Args:
        values: [B, L] series-scaled.
        seen: [B, L] 1 where a value may be looked at, else 0.
        patch: steps over which a level is measured.
    """

    def __init__(self, values: Tensor, seen: Tensor, patch: int) -> None:
        self.values, self.seen, self.patch = values * seen, seen, patch
        # In float64: a level is a difference of two running sums.
        self.sums = F.pad(self.values.double().cumsum(1), (1, 0))
        self.counts = F.pad(seen.double().cumsum(1), (1, 0))

    @property
    def length(self) -> int:
        """Steps L in a window."""
        return self.values.shape[1]

    def at(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """(values, seen), both [B, *steps.shape], of steps counted from the window's start.

        Both are 0 outside the window.
        """
        inside = ((steps >= 0) & (steps < self.length)).to(self.values.dtype)
        steps = steps.clamp(0, self.length - 1)
        return self.values[:, steps] * inside, self.seen[:, steps] * inside

    def level(self, before: Tensor) -> tuple[Tensor, Tensor]:
        """Mean of the patch of steps before each given step, and 1 where anything was seen in it.

        Both [B, *before.shape]; 0 and 0 where nothing was.
        """
        end, start = before.clamp(0, self.length), (before - self.patch).clamp(0, self.length)
        count = self.counts[:, end] - self.counts[:, start]
        mean = (self.sums[:, end] - self.sums[:, start]) / count.clamp(min=1)
        return mean.to(self.values.dtype), (count > 0).to(self.values.dtype)

    def last(self, before: Tensor) -> Tensor:
        """[B, D] int64 the last step seen before each of D steps; 0 where none was."""
        step = torch.arange(self.length, device=self.values.device)
        newest = torch.where(self.seen > 0, step, 0).cummax(1).values
        return newest[:, before - 1]

    def informed(self, before: Tensor) -> Tensor:
        """[B, D] 1 where anything was seen before each of D steps."""
        return (self.counts[:, before] > 0).to(self.values.dtype)


@dataclass(frozen=True)
class WindowScaler:
    """The units in which a window is read, and those of its future.

    The recurrence reads values less the window's mean, in deviations from it. The future is
    measured from today's level, in mean absolute changes from season to season: the unit of MASE.
    All are measured before the first origin, so that no origin sees what follows it.

    Attributes:
        mean, deviation: [B] of the window.
        change: [B] mean absolute change from season to season.
        level: [B, D] mean of the last season before each of D origins, or of the last that was
            seen.
    """

    mean: Tensor
    deviation: Tensor
    change: Tensor
    level: Tensor

    @classmethod
    def fit(cls, past: WindowHistory, start: int, end: int, origins: Tensor) -> "WindowScaler":
        """Measure windows from step `start` to `end`, the first of the origins [D]."""
        patch = past.patch
        values, seen = past.values[:, start:end], past.seen[:, start:end]
        count = seen.sum(1)
        mean = values.sum(1) / count.clamp(min=1)
        variance = ((values - mean[:, None]).square() * seen).sum(1) / count.clamp(min=1)
        # One value has no deviation that could be measured, two hardly any: until there are
        # more, it is taken to be a share of the series' own spread.
        unsure = (_DEVIATION_OF_ONE_VALUE / count.clamp(min=1).square()).clamp(min=_FLATTEST)
        deviation = torch.maximum(variance.sqrt(), unsure)
        both = seen[:, patch:] * seen[:, :-patch]
        pairs = both.sum(1)
        change = ((values[:, patch:] - values[:, :-patch]).abs() * both).sum(1) / pairs.clamp(min=1)
        change = torch.where(
            pairs >= min(_PAIRS_NEEDED, patch), change, _CHANGE_UNMEASURED * deviation
        )
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
        )

    def read(self, values: Tensor) -> Tensor:
        """Values [B, ...] as the recurrence reads them."""
        return compress((values - _like(self.mean, values)) / _like(self.deviation, values))

    def changes(self, difference: Tensor) -> Tensor:
        """Differences [B, ...] in changes from season to season."""
        return difference / _like(self.change, difference)

    def forward(self, values: Tensor) -> Tensor:
        """Values [B, D, ...] as they are forecast: above today's level, in changes."""
        return self.changes(values - _like(self.level, values))

    def inverse(self, scaled: Tensor) -> Tensor:
        """Undo `forward`."""
        return scaled * _like(self.change, scaled) + _like(self.level, scaled)


def _like(measured: Tensor, values: Tensor) -> Tensor:
    """[B] or [B, D] with as many axes as `values`."""
    return measured.reshape(measured.shape + (1,) * (values.ndim - measured.ndim))
