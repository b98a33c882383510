"""Drawing training windows."""

import numpy as np
import torch
from numpy.typing import NDArray

from gated.forecast.prepare import Extended
from gated.forecast.windows import Window


class Sampler:
    """Draws training windows: series by the root of their length, cutoffs evenly.

    Args:
        data: all rows.
        end: [N] steps from here on do not exist for training.
        h: the horizon trained for.
        batch_size: windows drawn at once.

    There must be a series of two steps or more.
    """

    def __init__(self, data: Extended, end: NDArray[np.int64], h: int, batch_size: int) -> None:
        self.source, self.batch_size = data.source, batch_size
        self.end = torch.from_numpy(end)
        self.series = torch.from_numpy(np.flatnonzero(end >= 2))
        patch = data.source.layout.patch
        self.first = torch.minimum(torch.full_like(self.end, 2 * patch), self.end // 2)
        # The last cutoffs see only part of their horizon; beyond half of it they teach little.
        self.last = torch.maximum(self.end - max(1, min(h, 2 * patch) // 2), self.first)
        self.weight = self.end[self.series].double().sqrt()

    def draw(self, generator: torch.Generator) -> Window:
        """A batch of windows."""
        size = (self.batch_size,)
        chosen = torch.multinomial(
            self.weight, self.batch_size, replacement=True, generator=generator
        )
        series = self.series[chosen]
        first, last = self.first[series], self.last[series]
        where = torch.rand(size, generator=generator)
        cutoff = first + (where * (last - first + 1)).long()
        return self.source.cut(series, cutoff, end=self.end[series])
