"""Chooses the held-out windows for the validation of network and baselines."""

import math
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, IntArray

# This many series need only one cutoff each; fewer series have several cutoffs.
_WINDOWS_WANTED = 64
_MOST_CUTOFFS = 9
# A horizon of at most a fifth of a patch is short: its windows cost little, and need not be a
# patch apart, so that they are at several times of the day (decision 32).
_SHORT_SHARE = 0.2
_MOST_SHORT_CUTOFFS = 32
_MOST_WINDOWS = 1024
_LARGEST_SHARE = 0.3
# The windows of a long series are spread over this share of it, not only its end (decision 7).
_SPREAD_OVER = 0.1
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class ValidationSplit:
    """Validation windows, and the end of the training part of each series.

    Attributes:
        series, cutoff: [M] the series of each window, and the first step to forecast.
        end: [N] the training part of series i has the steps before end[i].
        h: number of steps of a window.
    """

    series: IntArray
    cutoff: IntArray
    end: IntArray
    h: int

    @property
    def exists(self) -> bool:
        """Whether there is any window; False if all series are too short."""
        return len(self.series) > 0

    def shown(self, offsets: IntArray) -> BoolArray:
        """[R] whether each row of series [N+1] lies before the held-out part of its series."""
        end = np.repeat(offsets[:-1] + self.end, np.diff(offsets))
        return np.asarray(np.arange(offsets[-1]) < end)


def is_short(h: int, patch: int) -> bool:
    """Whether a horizon is short: at most a fifth of a patch.

    >>> is_short(4, patch=96), is_short(28, patch=7)
    (True, False)
    """
    return h <= _SHORT_SHARE * patch


def split_validation(
    offsets: IntArray, observed: BoolArray, patch: int, h: int, seed: int
) -> ValidationSplit:
    """Choose the held-out windows of series that are stored one after another.

    The last `h` steps of each series are held out; for few series also windows at previous cutoffs,
    at most 30 % of a series. The cutoffs are one patch apart, or several patches, so that they
    spread over a tenth of the series. With a short horizon there are more of them, and they are one
    horizon apart, or several. If most series are too short, the horizon is reduced; otherwise short
    series are only used for training. Windows without observed values, or without any before the
    cutoff, are left out.

    Args:
        offsets: [N+1].
        observed: [R] whether a step is observed (not missing, not closed).
        patch: steps in a patch.
        h: the requested horizon.
        seed: seed for a sample of thousands of series.

    >>> observed = np.ones(739, dtype=bool)
    >>> split_validation(np.array([0, 739]), observed, patch=7, h=28, seed=0).cutoff.tolist()
    [655, 662, 669, 676, 683, 690, 697, 704, 711]
    """
    lengths = np.diff(offsets)
    available = (_LARGEST_SHARE * lengths).astype(np.int64)
    steps = min(h, int(np.median(available)) or int(available.max()))
    is_long = available >= max(steps, 1)
    if steps < 1:
        return ValidationSplit(_NONE, _NONE, lengths, steps)
    unit, most = (steps, _MOST_SHORT_CUTOFFS) if is_short(h, patch) else (patch, _MOST_CUTOFFS)
    cutoffs = min(most, math.ceil(_WINDOWS_WANTED / int(is_long.sum())))
    count = np.clip(1 + (available - steps) // unit, 1, cutoffs)
    spread = (_SPREAD_OVER * lengths).astype(np.int64) - steps
    step_size = unit * np.maximum(spread // (np.maximum(count - 1, 1) * unit), 1)
    end = np.where(is_long, lengths - steps - (count - 1) * step_size, lengths)
    series = np.repeat(np.flatnonzero(is_long), count[is_long])
    number = np.concatenate([np.arange(n) for n in count[is_long]])
    cutoff = end[series] + number * step_size[series]

    before = np.concatenate([[0], np.cumsum(observed)])  # observed steps before each row
    row, first = offsets[series] + cutoff, offsets[series]
    usable = (before[row] > before[first]) & (before[row + steps] > before[row])
    # The training part must have an observed value too, at any cutoff.
    usable &= before[first + end[series]] > before[first]
    series, cutoff = series[usable], cutoff[usable]
    if len(series) > _MOST_WINDOWS:
        chosen = np.random.default_rng(seed).choice(len(series), _MOST_WINDOWS, replace=False)
        chosen.sort()
        series, cutoff = series[chosen], cutoff[chosen]
    if not len(series):
        return ValidationSplit(_NONE, _NONE, lengths, steps)
    return ValidationSplit(series, cutoff, end, steps)
