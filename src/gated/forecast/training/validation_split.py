"""Chooses the held-out windows, on which network and baselines are compared."""

import math
from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, IntArray

# One cutoff each is enough for this many series; fewer series are held out at several cutoffs.
_WINDOWS_WANTED = 64
_MOST_CUTOFFS = 9
_MOST_WINDOWS = 1024
_LARGEST_SHARE = 0.3
# The windows of a long series lie apart, so that they show more than its last days (decision 7).
_SPREAD_OVER = 0.1
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class ValidationSplit:
    """Validation windows, and where the training part of each series ends.

    Attributes:
        series, cutoff: [M] the windows: which series, and the first step forecast.
        end: [N] training sees the steps of series i before end[i].
        h: steps compared.
    """

    series: IntArray
    cutoff: IntArray
    end: IntArray
    h: int

    @property
    def exists(self) -> bool:
        """False where no series has anything to spare that could be compared."""
        return len(self.series) > 0


def split_validation(
    offsets: IntArray, observed: BoolArray, patch: int, h: int, seed: int
) -> ValidationSplit:
    """Choose the held-out part of series laid end to end.

    The last `h` steps of each series, and where there are few series also earlier cutoffs, as long
    as no more than 30 % of a series is held out. They lie one patch apart, or so many that they
    spread over a tenth of the series, where that is more. A series shorter than
    that allows is held out with a shorter horizon if most are short, else only trained on. A
    window that shows nothing, or has nothing before it, cannot be compared and is left out.

    Args:
        offsets: [N+1].
        observed: [R] True where a step counts (not missing, not closed).
        patch: steps in a patch.
        h: the horizon wanted.
        seed: chooses among thousands of series.

    >>> observed = np.ones(739, dtype=bool)
    >>> split_validation(np.array([0, 739]), observed, patch=7, h=28, seed=0).cutoff.tolist()
    [655, 662, 669, 676, 683, 690, 697, 704, 711]
    """
    lengths = np.diff(offsets)
    spare = (_LARGEST_SHARE * lengths).astype(np.int64)
    compared = min(h, int(np.median(spare)) or int(spare.max()))
    able = spare >= max(compared, 1)
    if compared < 1:
        return ValidationSplit(_NONE, _NONE, lengths, compared)
    cutoffs = min(_MOST_CUTOFFS, math.ceil(_WINDOWS_WANTED / int(able.sum())))
    count = np.clip(1 + (spare - compared) // patch, 1, cutoffs)
    spread = (_SPREAD_OVER * lengths).astype(np.int64) - compared
    apart = patch * np.maximum(spread // (np.maximum(count - 1, 1) * patch), 1)
    end = np.where(able, lengths - compared - (count - 1) * apart, lengths)
    series = np.repeat(np.flatnonzero(able), count[able])
    turn = np.concatenate([np.arange(n) for n in count[able]])
    cutoff = end[series] + turn * apart[series]

    seen = np.concatenate([[0], np.cumsum(observed)])  # observed steps before each row
    row = offsets[series] + cutoff
    telling = (seen[row] > seen[offsets[series]]) & (seen[row + compared] > seen[row])
    # Training must have something of the series to learn from, whatever the cutoff.
    telling &= seen[offsets[series] + end[series]] > seen[offsets[series]]
    series, cutoff = series[telling], cutoff[telling]
    if len(series) > _MOST_WINDOWS:
        chosen = np.random.default_rng(seed).choice(len(series), _MOST_WINDOWS, replace=False)
        chosen.sort()
        series, cutoff = series[chosen], cutoff[chosen]
    if not len(series):
        return ValidationSplit(_NONE, _NONE, lengths, compared)
    return ValidationSplit(series, cutoff, end, compared)
