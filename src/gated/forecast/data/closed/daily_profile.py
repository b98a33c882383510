"""Predicts how often a slot would be open if the daily profile were smooth.

A quiet hour of the night is empty by chance: its neighbours are nearly empty, and the numbers fall
towards it. A closed hour is empty although its neighbours, or other days at this hour, are not.
"""

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray

__all__ = ["between_closed", "predicted_share", "sums_of_runs"]

# The slope of the profile is that over three hours: an eighth of a day, at least two slots.
_DAY_IN_SLOPES, _FEWEST = 8, 2
# A slot without any open step has about this number of them, for the slope.
_LEAST = 0.3
# Less than the predicted rate is assumed: the profile may fall faster than its slope at the edge.
_CAUTION = 0.8


def predicted_share(
    opens: IntArray, seen: IntArray, candidate: BoolArray, usual: FloatArray, per_day: int
) -> FloatArray:
    """[G, S] how often a slot would be open at least, given its neighbours and other days.

    The rate at which open steps occur in a slot is λ = −log(1 − share), as in a Poisson process.
    The logarithm of λ between two slots that are not candidates is the cubic through their values
    with their slopes: a profile that falls towards the night goes on to fall, while closing times
    end a profile abruptly. For times of the week, λ is at most that of the other days at this time.

    Args:
        opens: [G, S] open occurrences of each slot; slots are a circle.
        seen: [G, S] occurrences; 0 for slots that are known to be closed.
        candidate: [G, S] slots that were (nearly) never open.
        usual: [G, 1] how often slots are open that are not candidates.
        per_day: slots in a day. S is this, or seven times this.

    >>> hours, seen = np.arange(24), np.full((1, 24), 30)
    >>> shop = np.where((hours >= 9) & (hours < 18), 29, 0)[None]
    >>> night = np.minimum(np.abs(hours - 3) ** 3 // 5, 29)[None]  # 0, 0, 1, 5, 12, 25, … from 3:00
    >>> for opens in (shop, night):
    ...     share = predicted_share(opens, seen, opens == 0, np.array([[0.9]]), 24)
    ...     print(share[0, 3].round(2))
    0.93
    0.01
    """
    rate = _rate(opens, seen, usual)
    log_rate = np.log(rate)
    is_open = ~candidate & (seen > 0)
    slots = np.arange(opens.shape[1])
    lag = max(per_day // _DAY_IN_SLOPES, _FEWEST)
    left, to_left, left_slope = _edge(log_rate, is_open, seen > 0, lag)
    mirrored = _edge(log_rate[:, ::-1], is_open[:, ::-1], seen[:, ::-1] > 0, lag)
    right, to_right, right_slope = (part[:, ::-1] for part in mirrored)
    width = np.maximum(to_left + to_right, 1)  # of an open slot 0
    at = to_left / width
    smooth = (
        left * (1 + 2 * at) * (1 - at) ** 2
        + right * (3 - 2 * at) * at**2
        + width * at * (1 - at) * (left_slope * (1 - at) + right_slope * at)
    )
    smooth = np.exp(smooth)
    if len(slots) > per_day:
        smooth = np.minimum(smooth, _other_days(opens, seen, candidate, usual, per_day))
    return np.asarray(-np.expm1(-_CAUTION * smooth))


def between_closed(found: BoolArray, candidate: BoolArray, known: BoolArray) -> BoolArray:
    """[G, S] the candidates that are closed, or that lie between closed slots.

    Where a shop has closed and not yet opened, the prediction for the middle of the night is
    uncertain, but that it is closed is not.

    Args:
        found: [G, S] candidates that are closed.
        candidate: [G, S].
        known: [G, S] slots that are known to be closed; they are not among the candidates.

    >>> found, candidate = (np.array([[c == "1" for c in text]]) for text in ("0010010", "0111111"))
    >>> between_closed(found, candidate, np.zeros((1, 7), bool)).astype(int).tolist()
    [[0, 0, 1, 1, 1, 1, 0]]
    """
    is_open = ~candidate & ~known
    sides = []
    for order in (slice(None), slice(None, None, -1)):
        opened, ends, begins = (
            _latest(part[:, order])[:, order] for part in (is_open, found | known, found)
        )
        sides.append((ends > opened, begins > opened))
    (ends_left, left), (ends_right, right) = sides
    return np.asarray(candidate & ends_left & ends_right & (left | right))


def sums_of_runs(values: FloatArray, is_open: BoolArray) -> FloatArray:
    """[G, S] for each slot the sum of values [G, S] from the last open slot to the next.

    >>> is_open = np.array([[False, False, True, False, True]])
    >>> sums_of_runs(np.array([[1.0, 2, 0, 4, 0]]), is_open).tolist()
    [[3.0, 3.0, 4.0, 4.0, 3.0]]
    """
    groups, size = values.shape
    begun = np.cumsum(is_open, axis=1)
    run = begun % np.maximum(begun[:, -1:], 1)  # slots before the first open one: the last run
    run += np.arange(groups)[:, None] * size
    sums = np.bincount(run.reshape(-1), values.reshape(-1), groups * size)
    return np.asarray(sums[run])


def _latest(marked: BoolArray) -> IntArray:
    """[G, S] the position of the last marked slot up to each, in a circle; −S − 1 if there is none.

    A slot of the previous round has a negative position.
    """
    size = marked.shape[1]
    twice = np.where(np.tile(marked, 2), np.arange(2 * size), -1)
    latest = np.maximum.accumulate(twice, axis=1)[:, size:]
    return np.asarray(np.where(latest < 0, -1, latest) - size)


def _edge(
    log_rate: FloatArray, is_open: BoolArray, seen: BoolArray, lag: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    """The nearest open slot before each slot: its value, its distance, and the slope from it.

    The slope is the mean fall over the `lag` slots before it, and 0 for a rise.
    """
    size = log_rate.shape[1]
    position = np.maximum(_latest(is_open), -size)
    change = (log_rate - np.roll(log_rate, lag, axis=1)) / lag
    slope = np.minimum(np.where(np.roll(seen, lag, axis=1), change, 0.0), 0.0)
    at = position % size
    value, falls = (np.take_along_axis(part, at, axis=1) for part in (log_rate, slope))
    return value, np.arange(size) - position, falls


def _rate(opens: IntArray, seen: IntArray, usual: FloatArray) -> FloatArray:
    """The rate λ = −log(1 − share); a slot that was always open is at least as often as usual."""
    closed = seen - opens + (1 - usual)
    share = 1 - closed / (closed + opens)
    return np.asarray(-np.log1p(-np.maximum(share, _LEAST / np.maximum(seen, 1))))


def _other_days(
    opens: IntArray, seen: IntArray, candidate: BoolArray, usual: FloatArray, per_day: int
) -> FloatArray:
    """[G, S] the rate of the days that are open at each time; of all days if none is."""
    by_day = (len(opens), -1, per_day)

    def rate(which: BoolArray) -> FloatArray:
        of_days = [np.where(which, part, 0).reshape(by_day).sum(axis=1) for part in (opens, seen)]
        return _rate(of_days[0], of_days[1], usual)

    is_open = ~candidate & (seen > 0)
    has_open = is_open.reshape(by_day).any(axis=1)
    rates = np.where(has_open, rate(is_open), rate(seen > 0))
    return np.tile(rates, opens.shape[1] // per_day)
