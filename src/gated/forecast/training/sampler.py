"""Drawing training windows: each batch of series that keep one season."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gated.arrays import IntArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.data.windows import Window, WindowSource


@dataclass(frozen=True)
class _WindowGroup:
    """Series that keep one season: where to cut them, which they are, how often each is drawn."""

    source: WindowSource
    series: Tensor
    weight: Tensor


class Sampler:
    """Draws training windows: series by the root of their length, cutoffs evenly.

    Args:
        data: all rows.
        end: [N] steps from here on do not exist for training.
        h: the horizon trained for.
        batch_size: windows drawn at once.

    There must be a series of two steps or more.
    """

    def __init__(self, data: Dataset, end: IntArray, h: int, batch_size: int) -> None:
        self.batch_size = batch_size
        self.end = torch.from_numpy(end)
        patch = data.source.layout.patch
        self.first = torch.minimum(torch.full_like(self.end, 2 * patch), self.end // 2)
        # The last cutoffs see only part of their horizon; beyond half of it they teach little.
        self.last = torch.maximum(self.end - max(1, min(h, 2 * patch) // 2), self.first)
        able = torch.from_numpy(np.flatnonzero(end >= 2))
        season = data.source.seasons(able, self.end[able])
        self.groups = []
        for steps in np.unique(season.numpy()).tolist():
            alike = able[season == steps]
            weight = self.end[alike].double().sqrt()
            self.groups.append(_WindowGroup(data.source.with_season(steps), alike, weight))
        self.shares = torch.stack([group.weight.sum() for group in self.groups])

    def draw(self, generator: torch.Generator) -> Window:
        """A batch of windows."""
        turn = 0
        if len(self.groups) > 1:
            turn = int(torch.multinomial(self.shares, 1, generator=generator))
        group = self.groups[turn]
        chosen = torch.multinomial(
            group.weight, self.batch_size, replacement=True, generator=generator
        )
        series = group.series[chosen]
        first, last = self.first[series], self.last[series]
        where = torch.rand(self.batch_size, generator=generator)
        cutoff = first + (where * (last - first + 1)).long()
        return group.source.cut(series, cutoff, end=self.end[series])
