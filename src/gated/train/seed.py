"""Seeds torch: the same seed, data and number of threads give the same bits."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int) -> Iterator[torch.Generator]:
    """Seed torch inside the block, yield a generator for sampling, restore the caller's state.

    torch has one random state for all threads: work whose bits must be reproducible must not
    run at the same time as other seeded work in the process.

    >>> with seeded(0):
    ...     first = torch.rand(1)
    >>> with seeded(0):
    ...     bool(first == torch.rand(1))
    True
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield torch.Generator().manual_seed(seed)
