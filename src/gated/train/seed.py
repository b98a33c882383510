"""Seeds: the same seed, data and thread count give the same bits."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int) -> Iterator[torch.Generator]:
    """Seed torch inside the block, give a generator for sampling, restore the caller's state.

    torch has one such state for all threads: work that is to be repeated to the bit must not run
    beside other seeded work in the same process.

    >>> with seeded(0):
    ...     first = torch.rand(1)
    >>> with seeded(0):
    ...     bool(first == torch.rand(1))
    True
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield torch.Generator().manual_seed(seed)
