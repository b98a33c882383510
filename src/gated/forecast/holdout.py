"""The part of a table that training does not see: where rules and network are compared."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

# One cutoff each is enough for this many series; fewer series are asked at several cutoffs.
_WINDOWS_WANTED = 64
_MOST_CUTOFFS = 9
_MOST_WINDOWS = 1024
_LARGEST_SHARE = 0.3


@dataclass(frozen=True)
class Holdout:
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
        """False where every series is too short to spare anything."""
        return len(self.series) > 0


def hold_out(lengths: IntArray, patch: int, h: int, seed: int) -> Holdout:
    """Choose the held-out part of series of these lengths.

    The last `h` steps of each series, and where there are few series also earlier cutoffs, one
    patch apart, as long as no more than 30 % of a series is held out. A series shorter than
    that allows is held out with a shorter horizon if all are short, else only trained on.

    >>> hold_out(np.array([739]), patch=7, h=28, seed=0).cutoff.tolist()
    [655, 662, 669, 676, 683, 690, 697, 704, 711]
    """
    longest = int(lengths.max())
    compared = min(h, int(_LARGEST_SHARE * longest))
    cutoffs = min(_MOST_CUTOFFS, math.ceil(_WINDOWS_WANTED / len(lengths)))
    spare = (_LARGEST_SHARE * lengths).astype(np.int64)
    able = spare >= compared
    if compared < 1 or not able.any():
        empty = np.empty(0, dtype=np.int64)
        return Holdout(empty, empty, lengths.copy(), compared)
    count = np.clip(1 + (spare - compared) // patch, 1, cutoffs)
    end = np.where(able, lengths - compared - (count - 1) * patch, lengths)
    series = np.repeat(np.flatnonzero(able), count[able])
    turn = np.concatenate([np.arange(n) for n in count[able]])
    cutoff = end[series] + turn * patch
    if len(series) > _MOST_WINDOWS:
        chosen = np.random.default_rng(seed).choice(len(series), _MOST_WINDOWS, replace=False)
        chosen.sort()
        series, cutoff = series[chosen], cutoff[chosen]
    return Holdout(series, cutoff, end, compared)
