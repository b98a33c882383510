"""Finds weekdays, times of day and times of the week that are closed."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.forecast.data.closed.calendar import ClosedRule, RuleKind
from gated.forecast.data.closed.daily_profile import between_closed, predicted_share, sums_of_runs
from gated.forecast.data.closed.evidence import Evidence

__all__ = ["weekly_rules", "weekly_slots"]

# The last three years count: older opening hours do not.
_WEEKS = 156
# Occurrences that are needed, by kind.
_NEEDED: dict[RuleKind, int] = {"weekday": 3, "time_of_day": 7, "time_of_week": 4}
# One exception is allowed from this number of occurrences, then one in fifty.
_ONE_EXCEPTION_FROM, _ONE_IN = 20, 50
# Exceptions are allowed if the other slots are open at least this often.
_USUALLY_OPEN = 0.5
# Of the last four occurrences at most one may be open: otherwise the opening hours changed.
_LATEST = 4
# The probability that any slot was closed by chance, if it were as often open as the others and,
# for times of the day, as the times around it.
_CHANCE = 1e-3
# The same for a single time among others that are closed.
_ALONE = 0.05
# Exceptions at a closed time are at most this share of what a smooth profile predicts.
_FEW = 0.1
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class _Slots:
    """Closed slots of G groups.

    Attributes:
        closed: [G, S].
        count: [G, S] occurrences that were closed, also in weeks without any open step.
        seen: [G, S] occurrences.
        zeros: [G, S] occurrences with the value 0.
    """

    closed: BoolArray
    count: IntArray
    seen: IntArray
    zeros: IntArray


def weekly_rules(evidence: Evidence) -> tuple[ClosedRule, ...]:
    """The rules for the first group: one for each weekday, one for hours of all days, one for more.

    >>> opened = np.tile([True] * 5 + [False] * 2, (1, 10, 1))
    >>> rules = weekly_rules(Evidence(opened, ~opened, ~opened, 0, 1))
    >>> [(rule.values, rule.closed, rule.seen) for rule in rules]
    [((5,), 10, 10), ((6,), 10, 10)]
    """
    weekdays, times_of_day, times_of_week = _families(evidence)
    rules = [
        _rule("weekday", weekdays, np.array([day])) for day in np.flatnonzero(weekdays.closed[0])
    ]
    kinds: tuple[tuple[RuleKind, _Slots | None], ...] = (
        ("time_of_day", times_of_day),
        ("time_of_week", times_of_week),
    )
    for kind, slots in kinds:
        if slots is not None and slots.closed[0].any():
            rules.append(_rule(kind, slots, np.flatnonzero(slots.closed[0])))
    return tuple(rules)


def weekly_slots(evidence: Evidence) -> BoolArray:
    """[G, S] the closed steps of the week of each group."""
    weekdays, times_of_day, times_of_week = _families(evidence)
    per_day = evidence.steps_per_day
    slots = np.repeat(weekdays.closed, per_day, axis=1)
    if times_of_day is not None:
        slots |= np.tile(times_of_day.closed, (1, 7))
    if times_of_week is not None:
        slots |= times_of_week.closed
    return slots


def _families(evidence: Evidence) -> tuple[_Slots, _Slots | None, _Slots | None]:
    """The closed weekdays; of shorter steps, the closed times of day and times of the week."""
    groups, weeks = evidence.opened.shape[:2]
    per_day = evidence.steps_per_day
    active: BoolArray = np.asarray(evidence.opened.any(axis=2))
    # Weeks without any open step are not evidence: the series had not begun, or paused.
    latest = np.asarray(np.cumsum(active[:, ::-1], axis=1)[:, ::-1] <= _WEEKS)
    recent = np.asarray(active & latest)
    by_day = (groups, weeks, 7, per_day)
    day_open: BoolArray = np.asarray(evidence.opened.reshape(by_day).any(axis=3))
    day_closed: BoolArray = np.asarray(evidence.closed.reshape(by_day).any(axis=3)) & ~day_open
    day_zero: BoolArray = np.asarray(evidence.zero.reshape(by_day).any(axis=3)) & day_closed
    weekdays = _closed_slots("weekday", day_open, day_closed, day_zero, recent, latest)
    if per_day == 1:
        return weekdays, None, None

    rest = evidence.without(np.repeat(weekdays.closed, per_day, axis=1))
    shape = (groups, weeks * 7, per_day)
    days = (day_open & recent[:, :, None]).reshape(groups, weeks * 7)
    times_of_day = _closed_slots(
        "time_of_day",
        rest.opened.reshape(shape),
        rest.closed.reshape(shape),
        rest.zero.reshape(shape),
        days,
        days,
    )
    rest = rest.without(np.tile(times_of_day.closed, (1, 7)))
    times_of_week = _closed_slots(
        "time_of_week", rest.opened, rest.closed, rest.zero, recent, latest
    )
    return weekdays, times_of_day, times_of_week


def _closed_slots(
    kind: RuleKind,
    opened: BoolArray,
    closed: BoolArray,
    zero: BoolArray,
    used: BoolArray,
    reported: BoolArray,
) -> _Slots:
    """Test each slot of each group.

    Args:
        kind: for the number of occurrences needed.
        opened, closed, zero: [G, K, S] K occurrences of S slots.
        used: [G, K] occurrences that count.
        reported: [G, K] occurrences of which the numbers are reported.
    """
    opened_seen, closed_seen, zero_seen = (
        np.asarray((part & reported[:, :, None]).sum(axis=1)) for part in (opened, closed, zero)
    )
    opened, closed = (np.asarray(part & used[:, :, None]) for part in (opened, closed))
    count, opens = closed.sum(axis=1), opened.sum(axis=1)
    seen = count + opens
    allowed = np.where(seen >= _ONE_EXCEPTION_FROM, np.maximum(seen // _ONE_IN, 1), 0)
    candidate = (seen >= _NEEDED[kind]) & (opens <= allowed)
    found = np.zeros_like(candidate)
    which = np.flatnonzero(candidate.any(axis=1) & ~candidate.all(axis=1))
    if len(which):
        part = candidate[which]
        part &= _latest_opens(opened[which], closed[which]) <= 1
        others = np.where(part, 0, opens[which]).sum(axis=1, keepdims=True)
        of = np.where(part, 0, seen[which]).sum(axis=1, keepdims=True)
        usual = (others + 1) / (of + 2)  # how often the other slots are open
        # Where steps are rarely open anyway, a rare one at some hour is demand, not an exception.
        part &= (opens[which] == 0) | (usual >= _USUALLY_OPEN)
        threshold = _CHANCE / candidate.size
        if kind == "weekday":
            chance = _probability_of_at_most(opens[which], seen[which], usual)
            part &= chance <= threshold
        else:
            per_day = part.shape[1] // (7 if kind == "time_of_week" else 1)
            part = _closed_times(part, opens[which], seen[which], usual, per_day, threshold)
        found[which] = part & (others > 0)
    return _Slots(found, closed_seen, opened_seen + closed_seen, zero_seen)


def _closed_times(
    candidate: BoolArray,
    opens: IntArray,
    seen: IntArray,
    usual: FloatArray,
    per_day: int,
    threshold: float,
) -> BoolArray:
    """[G, S] the candidates that are closed, although a smooth daily profile would open them.

    Times that follow each other are closed if all of them together were never open by chance with
    at most this probability, from the first to the last that would have been open alone.
    """
    share = np.minimum(usual, predicted_share(opens, seen, candidate, usual, per_day))
    chance = _probability_of_at_most(opens, seen, share)
    log_chance = np.where(candidate & (opens == 0), np.log(np.maximum(chance, _TINY)), 0.0)
    together = sums_of_runs(log_chance, ~candidate & (seen > 0)) <= np.log(threshold)
    few = opens <= _FEW * share * seen
    found = candidate & few & ((chance <= threshold) | (together & (chance <= _ALONE)))
    return between_closed(found, candidate, seen == 0)


def _latest_opens(opened: BoolArray, closed: BoolArray) -> IntArray:
    """[G, S] how many of the last occurrences of each slot were open."""
    seen = opened | closed
    from_end = np.cumsum(seen[:, ::-1], axis=1, dtype=np.int32)[:, ::-1]
    return np.asarray((opened & (from_end <= _LATEST)).sum(axis=1))


def _probability_of_at_most(most: IntArray, of: IntArray, share: FloatArray) -> FloatArray:
    """The binomial probability of at most `most` successes of `of`; arrays that broadcast."""
    odds = share / (1 - share)
    term = (1 - share) ** of
    total = term.copy()
    for successes in range(int(most.max(initial=0)) + 1):
        if successes:
            term = term * odds * (of - successes + 1) / successes
            total = np.where(successes <= most, total + term, total)
    return total


def _rule(kind: RuleKind, slots: _Slots, values: IntArray) -> ClosedRule:
    """The rule of some slots of the first group, with their occurrences."""
    seen, count, zeros = (
        int(part[0, values].sum()) for part in (slots.seen, slots.count, slots.zeros)
    )
    return ClosedRule(kind, tuple(values.tolist()), (), seen, count, zeros)
