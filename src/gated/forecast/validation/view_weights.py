"""Weighs the views of a series by their errors on the held-out windows of the table.

Each set of views, with equal weights, is a candidate. Its weight is its prior odds times a factor
that falls with its error and with the number of windows, as in Bayesian model averaging. So a few
windows hardly change the prior, and thousands decide.
"""

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np

from gated.arrays import FloatArray
from gated.forecast.model.views import PLAIN

__all__ = ["most_views", "prior_weights", "view_weights"]

# Prior odds that a view is in the mean, from drawn series and the training parts of other tables.
_ODDS = {
    "negated": 4.0,
    "two seasons": 0.25,
    "three seasons": 0.1,
    "no long season": 0.1,
    "own cycle": 1.0,
}
# An error that is lower by 1 % on seven independent windows multiplies the odds by about e.
_PER_WINDOW = 15.0
_SMALLEST_WEIGHT = 0.05
_VIEWS_OF_FEW, _VIEWS_OF_MANY, _FORECASTS_WANTED = 4, 2, 8_000

Error = Callable[[FloatArray], float]


def most_views(series: int) -> int:
    """The most views for a number of series: fewer for many, so that they are forecast in seconds.

    >>> most_views(1), most_views(4_000), most_views(10_000)
    (4, 2, 2)
    """
    return max(_VIEWS_OF_MANY, min(_VIEWS_OF_FEW, _FORECASTS_WANTED // series))


def prior_weights(views: tuple[str, ...]) -> dict[str, float]:
    """The weights without held-out windows: the views that are more likely than not.

    >>> prior_weights(("plain", "negated", "two seasons"))
    {'plain': 0.5, 'negated': 0.5}
    """
    likely = [name for name in views if name == PLAIN or _ODDS[name] > 1]
    return dict.fromkeys(likely, 1 / len(likely))


def view_weights(
    quantiles: Mapping[str, FloatArray], error: Error, windows: float, most: int
) -> dict[str, float]:
    """The weights of the views of a table.

    Args:
        quantiles: maps the name of a view to its forecasts of the held-out windows [M, h, Q].
        error: the error of forecasts [M, h, Q].
        windows: number of independent held-out windows.
        most: the most views that may have a weight.
    """
    sets = _sets(tuple(quantiles), most)
    errors = np.array(
        [error(np.mean([quantiles[name] for name in names], axis=0)) for names in sets]
    )
    prior = np.array([np.prod([_ODDS[name] for name in names if name != PLAIN]) for names in sets])
    reference = errors[0] or 1.0
    logit = np.log(prior) - _PER_WINDOW * windows * (errors / reference - 1)
    share = np.exp(logit - logit.max())
    share /= share.sum()
    total = dict.fromkeys(quantiles, 0.0)
    for names, weight in zip(sets, share.tolist(), strict=True):
        for name in names:
            total[name] += weight / len(names)
    return _largest(total, most)


def _sets(names: tuple[str, ...], most: int) -> list[tuple[str, ...]]:
    """All sets of at most so many views; the first is the plain view alone."""
    sizes = range(1, min(most, len(names)) + 1)
    return [chosen for size in sizes for chosen in combinations(names, size)]


def _largest(weights: Mapping[str, float], most: int) -> dict[str, float]:
    """The largest weights, without the smallest ones, rounded; their sum is 1."""
    order = sorted(weights, key=lambda name: -weights[name])[:most]
    kept = {name: weights[name] for name in order if weights[name] >= _SMALLEST_WEIGHT}
    total = sum(kept.values())
    return {name: round(weight / total, 4) for name, weight in kept.items()}
