"""Draws training windows; all series of a batch have one season length."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gated.arrays import IntArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.windows import Window, WindowSource


@dataclass(frozen=True)
class _WindowGroup:
    """Series with one season length: window source, indices, and weights for drawing."""

    source: WindowSource
    series: IntArray
    weight: Tensor


class Sampler:
    """Draws training windows: series by the square root of their length, cutoffs uniformly.

    Args:
        data: all rows; at least one series has two or more steps.
        end: [N] steps from here on are not used in training.
        h: the horizon of the training.
        batch_size: number of windows in a batch.
    """

    def __init__(self, data: Dataset, end: IntArray, h: int, batch_size: int) -> None:
        self.batch_size = batch_size
        self.end = end
        patch = data.source.layout.patch
        self.first = np.minimum(2 * patch, end // 2)
        # The last cutoffs have only part of their horizon; at least half of it is required.
        self.last = np.maximum(end - max(1, min(h, 2 * patch) // 2), self.first)
        usable = np.flatnonzero(end >= 2)
        season = data.source.seasons(usable, end[usable])
        self.groups = []
        for steps in np.unique(season).tolist():
            series = usable[season == steps]
            weight = torch.from_numpy(np.sqrt(end[series].astype(np.float64)))
            self.groups.append(_WindowGroup(data.source.with_season(steps), series, weight))
        self.shares = torch.stack([group.weight.sum() for group in self.groups])

    def draw(self, generator: torch.Generator) -> Window:
        """Draw a batch of windows."""
        drawn = 0
        if len(self.groups) > 1:
            drawn = int(torch.multinomial(self.shares, 1, generator=generator))
        group = self.groups[drawn]
        chosen = torch.multinomial(
            group.weight, self.batch_size, replacement=True, generator=generator
        )
        series = group.series[chosen.numpy()]
        first, last = self.first[series], self.last[series]
        where = torch.rand(self.batch_size, generator=generator).numpy()
        count = (last - first + 1).astype(np.float32)
        cutoff = first + (where * count).astype(np.int64)
        return group.source.cut(series, cutoff, end=self.end[series])
