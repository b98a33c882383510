"""Finds dates and holidays that are closed for some series, such as most branches of a chain.

Days on which more series are closed than by chance are searched for rules; then each series shows
on which of these days it is closed. In small tables each series is searched for others, too.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gated.arrays import BoolArray, IntArray, ObjectArray, TimeArray
from gated.forecast.data.closed.calendar import (
    ClosedRule,
    OwnDates,
    days_from_easter,
    month_day,
)
from gated.forecast.data.closed.dates import dated_rules, rule_of_days
from gated.forecast.data.closed.days import CLOSED, OPEN, Days
from gated.forecast.data.time_features.holidays import holiday_names

__all__ = ["own_dated_rules", "plain_labels", "series_alike"]

# Series that are less often open show no closed dates: a good that is rarely sold is not closed.
_USUALLY_OPEN = 0.8
# Days on which at least so many series are closed, and this share of them, are common ones.
_FEWEST, _LEAST_SHARE = 2, 0.1
# How many standard deviations above the usual number of closed series a common day lies.
_FAR, _ROUNDING = 3.0, 0.5
# A series may be open once in so many years, but not in the latest.
_ONE_IN = 5
# A series that has not seen a day follows if nearly all others do.
_NEARLY_ALL = 0.9
# In tables with more series, days that a single series closes are not searched for.
_MOST_SINGLE = 200
_CHRISTMAS = 1225


def own_dated_rules(
    ids: ObjectArray,
    days: TimeArray,
    state: IntArray,
    zero: BoolArray,
    place: str | None,
    *,
    single: bool = True,
) -> tuple[OwnDates, ...]:
    """The closed days of groups of series and of single ones.

    Args:
        ids: [N] the labels of the series.
        days: [D] datetime64[D], without gaps.
        state: [N, D] state of each day, as in `Days`; 0 where a rule for all series closes it.
        zero: [N, D] whether the closed day had a value 0.
        place: place of the holidays; None without holidays.
        single: whether days of one series alone are searched, if there are not too many series.
    """
    seen, closed = (state > 0).sum(axis=1), (state == CLOSED).sum(axis=1)
    which = np.flatnonzero((closed <= (1 - _USUALLY_OPEN) * seen) & (seen > 0))
    if not closed[which].any():
        return ()
    ids, state, zero = ids[which], state[which], zero[which]
    found: list[OwnDates] = []
    for rule in dated_rules(_common_days(days, state, zero), place):
        parts = _parts(rule, days, place)
        follows = _followers(state, parts)
        found += _groups(ids, days, state, zero, parts, follows)
        for number, part in enumerate(parts):
            state[np.ix_(follows[:, number], part.days)] = 0  # explained
    if single and len(ids) <= _MOST_SINGLE:
        for series in np.flatnonzero(_may_have_rules(days, state)):
            own = Days(days, state[series], zero[series])
            rules = dated_rules(own, place, groups=len(ids))
            found += [OwnDates(plain_labels(ids[[series]]), rule) for rule in rules]
    return tuple(found)


def _common_days(days: TimeArray, state: IntArray, zero: BoolArray) -> Days:
    """The days, closed where more series are closed than by chance, else open."""
    is_closed = state == CLOSED
    seen, closed = (state > 0).sum(axis=0), is_closed.sum(axis=0)
    usual = closed.sum() / seen.sum()
    by_chance = seen * usual + _FAR * np.sqrt(seen * usual * (1 - usual)) + _ROUNDING
    is_common = closed >= np.maximum(np.maximum(by_chance, _LEAST_SHARE * seen), _FEWEST)
    common = np.where(is_common, CLOSED, np.where(seen > 0, OPEN, 0))
    return Days(days, common, np.asarray((is_closed & zero).any(axis=0)))


@dataclass(frozen=True)
class _Part:
    """One date, day from Easter or holiday of a rule.

    Attributes:
        rule: a rule for this part only.
        days: positions of its days in the past.
    """

    rule: ClosedRule
    days: IntArray


def _parts(rule: ClosedRule, days: TimeArray, place: str | None) -> list[_Part]:
    """The parts of a rule, each of which a series may follow or not."""
    if rule.kind == "holiday" and place is not None:
        of_days = holiday_names(place, days)
        return [
            _Part(
                replace(rule, names=(name,)),
                np.flatnonzero(np.array([name in names for names in of_days])),
            )
            for name in rule.names
        ]
    code = month_day(days) if rule.kind == "date" else days_from_easter(days)
    return [
        _Part(replace(rule, values=(value,)), np.flatnonzero(code == value))
        for value in rule.values
    ]


def _followers(state: IntArray, parts: list[_Part]) -> BoolArray:
    """[N, P] whether each series is closed on the days of each part of a rule."""
    shape = (len(state), len(parts))
    follows, has_seen = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for number, part in enumerate(parts):
        of_part = state[:, part.days]
        seen, closed = (of_part > 0).sum(axis=1), (of_part == CLOSED).sum(axis=1)
        latest = np.zeros(len(state), dtype=np.int64)
        for column in of_part.T:
            latest = np.where(column > 0, column, latest)
        has_seen[:, number] = seen > 0
        follows[:, number] = (latest == CLOSED) & (seen - closed <= seen // _ONE_IN)
    # Of days that a series has not seen: those between days on which it is closed, and those on
    # which nearly all other series are.
    count = np.maximum(has_seen.sum(axis=0), 1)
    usual = (follows.sum(axis=0) >= _NEARLY_ALL * count) & has_seen.any(axis=0)
    before = np.logical_or.accumulate(follows, axis=1)
    after = np.logical_or.accumulate(follows[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(follows | (~has_seen & (usual | (before & after))))


def _groups(
    ids: ObjectArray,
    days: TimeArray,
    state: IntArray,
    zero: BoolArray,
    parts: list[_Part],
    follows: BoolArray,
) -> list[OwnDates]:
    """The series that follow the same parts of a rule together, with their evidence."""
    groups = []
    for of_group in series_alike(follows):
        chosen = [
            part for part, is_kept in zip(parts, follows[of_group[0]], strict=True) if is_kept
        ]
        rows = np.zeros(len(days), dtype=bool)
        rows[np.concatenate([part.days for part in chosen])] = True
        of_members = state[of_group]
        seen, closed = (of_members > 0).sum(axis=0), (of_members == CLOSED).sum(axis=0)
        usually = np.where(2 * closed >= np.maximum(seen, 1), CLOSED, np.where(seen > 0, OPEN, 0))
        together = Days(days, usually, np.asarray(zero[of_group].any(axis=0)))
        values = tuple(value for part in chosen for value in part.rule.values)
        names = tuple(name for part in chosen for name in part.rule.names)
        rule = rule_of_days(chosen[0].rule.kind, together, rows, values, names)
        groups.append(OwnDates(plain_labels(ids[of_group]), rule))
    return groups


def _may_have_rules(days: TimeArray, state: IntArray) -> BoolArray:
    """[N] whether a series has closed days in two years, or at Christmas."""
    is_closed = state == CLOSED
    year = days.astype("M8[Y]").astype(np.int64)
    first = np.where(is_closed, year, year.max()).min(axis=1)
    last = np.where(is_closed, year, year.min()).max(axis=1)
    at_christmas = is_closed[:, month_day(days) == _CHRISTMAS].any(axis=1)
    return np.asarray((last > first) | at_christmas)


def series_alike(marked: BoolArray) -> list[list[int]]:
    """Group the series with the same marks [N, K]; those without any mark are left out.

    >>> series_alike(np.array([[True, False], [False, False], [True, True], [True, False]]))
    [[0, 3], [2]]
    """
    members: dict[bytes, list[int]] = {}
    for series in np.flatnonzero(marked.any(axis=1)).tolist():
        members.setdefault(marked[series].tobytes(), []).append(series)
    return list(members.values())


def plain_labels(labels: ObjectArray) -> tuple[Any, ...]:
    """Labels [N] as types of JSON, if NumPy has one for them; they stay equal."""
    return tuple(
        label.item() if isinstance(label, np.generic) else label for label in labels.tolist()
    )
