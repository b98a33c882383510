"""Finds dates, days around Easter and named holidays that were closed in the years seen."""

from dataclasses import dataclass

import numpy as np

from gated.arrays import BoolArray
from gated.forecast.data.closed.calendar import (
    ClosedRule,
    RuleKind,
    days_from_easter,
    month_day,
)
from gated.forecast.data.closed.days import CLOSED, OPEN, Days
from gated.forecast.data.time_features.holidays import holiday_names

__all__ = ["dated_rules", "rule_of_days"]

# Holidays at a distance from Easter Sunday: Carnival, Maundy Thursday to Easter Monday, Ascension,
# Whitsun, Corpus Christi.
_EASTER_HOLIDAYS = (-48, -47, -46, -3, -2, -1, 0, 1, 39, 49, 50, 60)
_YEARS_NEEDED = 2
# One exception is allowed in so many years, but not in the latest.
_ONE_IN = 5
# Days on each side of closed dates, and the share of them that must be open.
_AROUND, _USUALLY_OPEN = 21, 0.8
# The number of rules that would be found by chance, from the closed days that no rule explains.
_CHANCE = 0.1
# The chance that the day after a closed day is closed too.
_STAYS_CLOSED = 0.5
# Christmas is believed after a single year, with the closed days around it from 20 December on.
_CHRISTMAS, _FIRST, _LONGEST = 1225, 1220, 20
# All holidays are closed if nearly all were, of at least this number.
_HOLIDAYS_NEEDED, _NEARLY_ALL = 5, 0.9
_LEAP_YEAR = np.arange("2000-01-01", "2001-01-01", dtype="M8[D]")
_YEARS_AHEAD = 2  # names of holidays that may come


@dataclass(frozen=True)
class _Chance:
    """What is found by chance.

    Attributes:
        share: how often a day is closed that no rule explains.
        allowed: the number of rules that may be found by chance.
    """

    share: float
    allowed: float


def dated_rules(days: Days, place: str | None, groups: int = 1) -> tuple[ClosedRule, ...]:
    """The rules for dates of a group.

    Args:
        days: what was open and closed.
        place: place of the holidays; None without holidays.
        groups: number of groups that are searched; fewer rules may be found by chance in each.
    """
    if not (days.state == CLOSED).any():
        return ()
    runs = _candidate_runs(days)
    easter = days_from_easter(days.days)
    names: list[tuple[str, ...]] = [()] * len(days.days)
    if place is not None:
        names = holiday_names(place, days.days)
    special = np.isin(easter, _EASTER_HOLIDAYS) | np.array([bool(n) for n in names])
    for run in runs:
        special |= np.isin(month_day(days.days), run.dates) & (run.years >= _YEARS_NEEDED)
    chance = _Chance(days.without(special).closed_share, _CHANCE / groups)

    rules = [
        rule_of_days("date", days, np.isin(month_day(days.days), run.dates), run.dates)
        for run in runs
        if _is_closed_run(days, run, chance)
    ]
    found = np.isin(month_day(days.days), [date for rule in rules for date in rule.values])
    left = days.without(found)
    closed = [
        distance
        for distance in _EASTER_HOLIDAYS
        if _is_closed_holiday(days, left, easter == distance, len(_EASTER_HOLIDAYS), chance)
    ]
    if closed:
        at = np.isin(easter, closed)
        rules.append(rule_of_days("easter", left, at, tuple(closed)))
        left = left.without(at)
    if place is not None and (rule := _holiday_rule(days, left, names, place, chance)) is not None:
        rules.append(rule)
    return tuple(rules)


@dataclass(frozen=True)
class _Run:
    """Consecutive dates that were closed in (nearly) all years seen.

    Attributes:
        dates: the dates, as `month_day`; the first may be in December and the last in January.
        years: number of years in which one of the dates was closed.
    """

    dates: tuple[int, ...]
    years: int


def _candidate_runs(days: Days) -> list[_Run]:
    """The runs of dates that were closed whenever they were seen."""
    dates = month_day(days.days)
    calendar = month_day(_LEAP_YEAR)
    position = np.searchsorted(calendar, dates)
    size = len(calendar)
    closed = np.bincount(position[days.state == CLOSED], minlength=size)
    opened = np.bincount(position[days.state == OPEN], minlength=size)
    latest = np.zeros(size, dtype=np.int64)
    seen = days.state > 0
    latest[position[seen]] = days.state[seen]  # the last assignment is the latest year
    fits = (closed > 0) & (opened <= (closed + opened) // _ONE_IN) & (latest == CLOSED)
    breaks = ~fits & (opened + closed > 0)
    if not fits.any() or not breaks.any():
        return []
    # Begin the circle of dates after a date that was open, so that no run crosses its end.
    start = int(np.flatnonzero(breaks)[0])
    order = (start + np.arange(size)) % size
    group = np.cumsum(breaks[order])
    runs = []
    for number in np.unique(group[fits[order]]):
        inside = order[(group == number) & ~breaks[order]]
        at = np.flatnonzero(fits[inside])
        chosen = calendar[inside[at[0] : at[-1] + 1]]
        rows = np.isin(dates, chosen) & (days.state == CLOSED)
        runs.append(_Run(tuple(chosen.tolist()), len(_years(days, rows))))
    return runs


def _years(days: Days, rows: BoolArray) -> tuple[int, ...]:
    """The years of some days; the January after a closed December counts with its year."""
    chosen = days.days[rows]
    begins = np.append(True, (chosen[1:] - chosen[:-1]).astype(np.int64) > _AROUND)
    return tuple(dict.fromkeys((chosen[begins].astype("M8[Y]").astype(np.int64) + 1970).tolist()))


def _is_closed_run(days: Days, run: _Run, chance: _Chance) -> bool:
    """Whether a run of dates is closed in each year, not by chance.

    A year of evidence is enough for Christmas.
    """
    inside = np.isin(month_day(days.days), run.dates)
    if not _is_open_around(days, inside):
        return False
    if run.years < _YEARS_NEEDED:
        is_christmas = _CHRISTMAS in run.dates and run.dates[0] >= _FIRST
        return is_christmas and len(run.dates) <= _LONGEST and chance.share <= chance.allowed
    of_a_year = chance.share * _STAYS_CLOSED ** (len(run.dates) - 1)
    return len(_LEAP_YEAR) * of_a_year**run.years <= chance.allowed


def _is_open_around(days: Days, rows: BoolArray) -> bool:
    """Whether the days around some days are usually open."""
    count = np.convolve(rows, np.ones(2 * _AROUND + 1))[_AROUND : _AROUND + len(rows)]
    near = (count > 0.5) & ~rows
    opened, seen = int((days.state[near] == OPEN).sum()), int((days.state[near] > 0).sum())
    return seen > 0 and opened >= _USUALLY_OPEN * seen


def _is_closed_holiday(
    days: Days, left: Days, rows: BoolArray, tests: int, chance: _Chance
) -> bool:
    """Whether the days [D] of a moving holiday are closed, not by chance.

    Args:
        days: all days.
        left: the days that no other rule explains.
        rows: the days of the holiday.
        tests: number of holidays that are tested.
        chance: how often other days are closed, and how many rules may be found by chance.
    """
    states = left.state[rows & (left.state > 0)]
    closed = int((states == CLOSED).sum())
    if closed < _YEARS_NEEDED or states[-1] != CLOSED:
        return False
    allowed = len(states) // _ONE_IN
    closed_rows = rows & (left.state == CLOSED)
    return (
        len(states) - closed <= allowed
        and tests * chance.share**closed <= chance.allowed
        and _is_open_around(days, closed_rows)
    )


def _holiday_rule(
    days: Days, left: Days, names: list[tuple[str, ...]], place: str, chance: _Chance
) -> ClosedRule | None:
    """The rule for the holidays of a place, by name; None if none is closed."""
    rows = {
        name: np.array([name in of for of in names])
        for name in sorted({name for of in names for name in of})
    }
    closed = [
        name for name, at in rows.items() if _is_closed_holiday(days, left, at, len(rows), chance)
    ]
    if _nearly_all_closed(days, names):
        last = days.days[-1]
        ahead = np.arange(days.days[0], last + 365 * _YEARS_AHEAD)
        coming = {name for of in holiday_names(place, ahead) for name in of}
        opened = {name for name, at in rows.items() if (days.state[at] == OPEN).any()}
        closed = sorted(coming - opened)
    if not closed:
        return None
    at = np.array([not set(closed).isdisjoint(of) for of in names])
    times = {name: int((days.state[rows[name]] == CLOSED).sum()) for name in rows}
    closed.sort(key=lambda name: -times.get(name, 0))  # first those that were closed most often
    return rule_of_days("holiday", days, at, (), tuple(closed))


def _nearly_all_closed(days: Days, names: list[tuple[str, ...]]) -> bool:
    """Whether nearly all holidays were closed, and other days usually open."""
    is_holiday = np.array([bool(of) for of in names])
    states = days.state[is_holiday & (days.state > 0)]
    closed = int((states == CLOSED).sum())
    return (
        len(states) >= _HOLIDAYS_NEEDED
        and closed >= _NEARLY_ALL * len(states)
        and _is_open_around(days, is_holiday)
    )


def rule_of_days(
    kind: RuleKind,
    days: Days,
    rows: BoolArray,
    values: tuple[int, ...],
    names: tuple[str, ...] = (),
) -> ClosedRule:
    """A rule with the evidence of some days.

    Args:
        kind, values, names: as in `ClosedRule`.
        days: what was open and closed.
        rows: [D] the days of the rule.
    """
    closed = rows & (days.state == CLOSED)
    years = tuple(sorted({int(year) for year in days.year[closed]}))
    if kind == "date":
        years = _years(days, closed)
    seen = int((rows & (days.state > 0)).sum())
    zeros = int((closed & days.zero).sum())
    return ClosedRule(kind, values, names, seen, int(closed.sum()), zeros, years)
