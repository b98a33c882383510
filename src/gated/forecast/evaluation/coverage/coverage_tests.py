"""Defines the tests of intervals: Kupiec's of their coverage, Christoffersen's of runs of misses.

A miss is a value outside its interval. Both tests are likelihood ratios of independent values. The
values of a backtest are not independent: neighbouring steps of one forecast share its error, and
series share common shocks. Each ratio is therefore divided by the design effect, the variance of
the sum relative to that of independent values (Rao & Scott 1981, "The analysis of categorical data
from complex sample surveys", JASA 76).
"""

import math

import numpy as np

from gated.arrays import FloatArray, IntArray

__all__ = [
    "chi_square_tail",
    "christoffersen_ratio",
    "clusters",
    "design_effect",
    "inverse_variance",
    "kupiec_ratio",
    "student_tail",
]


def kupiec_ratio(misses: FloatArray, values: FloatArray, expected: float) -> FloatArray:
    """Kupiec's likelihood ratio of unconditional coverage.

    2 log of [(1 − x/n)^(n − x) (x/n)^x] / [(1 − p)^(n − x) p^x], for x misses among n values and
    the expected share p. If the values are independent and p is right, it is distributed like χ²
    with one degree of freedom. Kupiec (1995), "Techniques for verifying the accuracy of risk
    measurement models", Journal of Derivatives 3.

    Args:
        misses: [K] number of misses x.
        values: [K] number of values n.
        expected: p, between 0 and 1.

    Returns:
        [K]; 0 without values.

    >>> kupiec_ratio(np.array([10.0]), np.array([252.0]), 0.01).round(2).tolist()
    [12.83]
    """
    share = _ratio(misses, values)
    found = _log_likelihood(values - misses, misses, share)
    return 2 * (found - _log_likelihood(values - misses, misses, np.full_like(share, expected)))


def christoffersen_ratio(
    transitions: FloatArray, expected_pairs: FloatArray | None = None
) -> FloatArray:
    """Christoffersen's likelihood ratio of independence, against a first-order Markov chain.

    2 Σ O log(O / E) over the four kinds of pairs of successive values, for their numbers O, and E
    with the same totals if misses are independent. It equals 2 log of the likelihood with one
    probability of a miss after a hit and another after a miss, by that with a single one. For
    independent misses it is distributed like χ² with one degree of freedom; its sum with Kupiec's
    ratio tests both (conditional coverage; two degrees). Christoffersen (1998), "Evaluating
    interval forecasts", International Economic Review 39.

    Args:
        transitions: [K, 2, 2] numbers of pairs of successive values: [before, after], 1 for a miss.
        expected_pairs: [K] expected number of pairs of misses; by default from the totals, as for
            one sequence.

    Returns:
        [K]; 0 if there are no misses, or nothing else.

    >>> christoffersen_ratio(np.array([[[80.0, 10.0], [10.0, 10.0]]])).round(2).tolist()
    [13.79]
    """
    expected = _expected(transitions, expected_pairs)
    possible = (transitions > 0) & (expected > 0)
    ratio = np.where(possible, transitions / np.where(possible, expected, 1.0), 1.0)
    return np.asarray(2 * (transitions * np.log(ratio)).sum(axis=(1, 2)))


def inverse_variance(transitions: FloatArray, expected_pairs: FloatArray) -> FloatArray:
    """[K] Σ 1 / E: Christoffersen's ratio ÷ the square of (pairs of misses − expected pairs).

    0 where a kind of pair is impossible.
    """
    expected = _expected(transitions, expected_pairs)
    possible = (expected > 0).all(axis=(1, 2))
    inverse = 1 / np.where(expected > 0, expected, 1.0)
    return np.asarray(np.where(possible, inverse.sum(axis=(1, 2)), 0.0))


def design_effect(
    deviations: FloatArray, cluster: IntArray, group: IntArray, count: int
) -> FloatArray:
    """The variance of the sum over each group, relative to that of independent values.

    Values of different clusters are independent; those of one cluster need not be.

    Args:
        deviations: [V] of the values from their mean.
        cluster: [V] the cluster of each value.
        group: [V] the group of each value, 0 to count − 1.
        count: number of groups K.

    Returns:
        [K], at least 1.

    >>> apart, together = np.array([0, 1, 2, 3]), np.array([0, 0, 1, 1])
    >>> deviations, group = np.array([1.0, 1.0, -1.0, -1.0]), np.zeros(4, dtype=int)
    >>> [design_effect(deviations, one, group, 1).tolist() for one in (apart, together)]
    [[1.0], [2.0]]
    """
    place, owner = clusters(group, cluster)
    sums = np.bincount(place, deviations, minlength=len(owner))
    together = np.bincount(owner, sums**2, minlength=count)
    apart = np.bincount(group, deviations**2, minlength=count)
    return np.maximum(1.0, np.where(apart > 0, together / np.where(apart > 0, apart, 1.0), 1.0))


def clusters(group: IntArray, cluster: IntArray) -> tuple[IntArray, IntArray]:
    """Number the clusters that occur in each group.

    Args:
        group: [V] the group of each value.
        cluster: [V] its cluster within the group.

    Returns:
        [V] the number of the cluster, among the C of all groups; [C] the group of each, ascending.

    >>> place, owner = clusters(np.array([0, 1, 1, 0]), np.array([7, 7, 5, 7]))
    >>> place.tolist(), owner.tolist()
    ([0, 2, 1, 0], [0, 1, 1])
    """
    width = int(cluster.max(initial=0)) + 1
    key = group * width + cluster
    size = (int(group.max(initial=0)) + 1) * width
    if size > 4 * len(key):
        present, place = np.unique(key, return_inverse=True)
        return place, present // width
    occurs = np.zeros(size, dtype=bool)  # a table is faster than sorting a million values
    occurs[key] = True
    return (np.cumsum(occurs) - 1)[key], np.flatnonzero(occurs) // width


def chi_square_tail(value: FloatArray, degrees: int) -> FloatArray:
    """The probability that χ² with 1 or 2 degrees of freedom exceeds a value.

    >>> limits = np.array([3.841]), np.array([5.991])
    >>> [chi_square_tail(limit, n).round(3).item() for n, limit in enumerate(limits, start=1)]
    [0.05, 0.05]
    """
    if degrees == 2:
        return np.asarray(np.exp(-value / 2))
    return np.array([math.erfc(math.sqrt(one / 2)) for one in np.maximum(value, 0.0).tolist()])


def student_tail(value: FloatArray, degrees: IntArray) -> FloatArray:
    """The probability that |t| exceeds a value, Student's t with n degrees of freedom.

    The finite series of Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.

    Args:
        value: [K], 0 or more.
        degrees: [K] whole numbers n, at least 1.

    >>> student_tail(np.array([3.182, 2.776]), np.array([3, 4])).round(3).tolist()
    [0.05, 0.05]
    """
    tail = np.empty(len(value))
    for n in np.unique(degrees).tolist():
        rows = degrees == n
        tail[rows] = _student_tail(value[rows], n)
    return tail


def _student_tail(value: FloatArray, n: int) -> FloatArray:
    angle = np.arctan(value / math.sqrt(n))
    cosine = np.cos(angle)
    odd = n % 2
    term = cosine if odd else np.ones_like(cosine)
    total = np.zeros_like(cosine)
    for k in range(1 + odd, n, 2):
        total += term
        term = term * cosine**2 * k / (k + 1)
    inside = np.sin(angle) * total
    within = (angle + inside) * 2 / math.pi if odd else inside
    return np.asarray(np.clip(1 - within, 0.0, 1.0))


def _expected(transitions: FloatArray, expected_pairs: FloatArray | None) -> FloatArray:
    """[K, 2, 2] expected numbers of pairs, with the totals of `transitions`."""
    first, second = transitions[:, 1].sum(axis=1), transitions[:, :, 1].sum(axis=1)
    number = transitions.sum(axis=(1, 2))
    both = _ratio(first * second, number) if expected_pairs is None else expected_pairs
    cells = [number - first - second + both, second - both, first - both, both]
    return np.stack(cells, axis=-1).reshape(-1, 2, 2)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.asarray(part / np.where(whole > 0, whole, 1.0))


def _log_likelihood(hits: FloatArray, misses: FloatArray, share: FloatArray) -> FloatArray:
    """Of hits and misses if a miss has this probability; 0 log 0 is 0."""
    log_hit = np.log(np.where(hits > 0, 1 - share, 1.0))
    log_miss = np.log(np.where(misses > 0, share, 1.0))
    return np.asarray(hits * log_hit + misses * log_miss)
