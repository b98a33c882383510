"""Draws paths of the future: joint over the steps of a series and over all series.

Each path is one possible future of the whole table. At every step the paths have the quantiles and
the mean of the forecast; how steps and series move together was estimated on the held-out windows
(`validation.dependence_fit`). Paths are made in blocks of series, so that the memory is bounded.
"""

from collections.abc import Iterator

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.config import LARGEST, check_whole
from gated.forecast.distribution.dependence import Dependence, correlated
from gated.forecast.distribution.marginals import Marginals

__all__ = ["DEFAULT_PATHS", "check_paths", "path_blocks", "paths_for_totals"]

DEFAULT_PATHS = 1000
"""The number of paths by default."""

_MOST_PATHS = 1_000_000
_CELLS_OF_TOTALS, _FEWEST_FOR_TOTALS = 1 << 25, 100
_CELLS = 1 << 21  # values of a block: 16 MiB, several times while it is made


def check_paths(n_paths: object, seed: object) -> None:
    """Check the number of paths and the seed.

    Raises:
        UsageError: one is not a whole number, or out of range.
    """
    check_whole("n_paths", n_paths, 1, _MOST_PATHS)
    check_whole("seed", seed, 0, LARGEST["seed"])


def paths_for_totals(series: int, h: int) -> int:
    """The number of paths for totals: fewer for a large table, so that they take few seconds.

    >>> paths_for_totals(30, 28), paths_for_totals(10_000, 28)
    (1000, 119)
    """
    return min(DEFAULT_PATHS, max(_FEWEST_FOR_TOTALS, _CELLS_OF_TOTALS // max(series * h, 1)))


def path_blocks(
    marginals: Marginals, dependence: Dependence, n_paths: int, seed: int
) -> Iterator[tuple[slice, FloatArray]]:
    """Yield the paths of one block of series after another.

    The same arguments give the same bits; path number p of every series belongs to the same future.

    Args:
        marginals: the distributions of the steps of n series.
        dependence: the correlations of steps and series.
        n_paths: number of paths.
        seed: seed of the random numbers.

    Yields:
        The rows of the series, and their paths [b, h, n_paths] float64.
    """
    series, h = marginals.mean.shape
    of_all, of_one = dependence.parts()
    common = correlated(of_all, 1, h, n_paths, _generator(seed, 0))
    common *= np.float32(np.sqrt(dependence.common))
    block = max(1, _CELLS // max(h * n_paths, 1))
    for number, start in enumerate(range(0, series, block)):
        rows = slice(start, min(start + block, series))
        generator = _generator(seed, number + 1)
        scores = correlated(of_one, rows.stop - start, h, n_paths, generator)
        scores *= np.float32(np.sqrt(1 - dependence.common))
        scores += common
        yield rows, marginals.part(rows).values(scores, generator)


def _generator(seed: int, block: int) -> np.random.Generator:
    return np.random.default_rng([int(seed), block])
