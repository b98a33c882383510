"""Describes a closed calendar in sentences, each with its evidence."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from gated.forecast.data.closed.calendar import ClosedCalendar, ClosedRule, OwnSlots
from gated.forecast.views.period_text import MONTHS
from gated.text import counted, joined, listed

__all__ = ["closed_notes"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EASTER = {
    -48: "Rose Monday", -47: "Shrove Tuesday", -46: "Ash Wednesday", -3: "Maundy Thursday",
    -2: "Good Friday", -1: "Holy Saturday", 0: "Easter Sunday", 1: "Easter Monday",
    39: "Ascension Day", 49: "Whit Sunday", 50: "Whit Monday", 60: "Corpus Christi",
}  # fmt: skip
_MINUTES = 1_440
_LEAP_YEAR = 366
_CONSEQUENCE = "forecast as 0 and left out of the past."
_NAMES_SHOWN, _TIMES_SHOWN, _GROUPS_SHOWN, _YEARS_SHOWN = 4, 6, 3, 3


def closed_notes(calendar: ClosedCalendar, target: str) -> tuple[str, ...]:
    """One sentence of evidence and one of the consequence for each rule.

    Args:
        calendar: the closed calendar.
        target: name of the target column.

    >>> saturdays = ClosedRule("weekday", (5,), (), seen=105, closed=104, zeros=104)
    >>> closed_notes(ClosedCalendar(1, (saturdays,)), "sales")[0].split(". ")[0]
    'Saturdays are closed: sales was 0 on 104 of 105'
    """
    notes = []
    for rule in calendar.rules:
        evidence = _evidence(rule, target)
        one = rule.kind == "date" and len(rule.values) == 1
        are = "is closed" if one else "are closed"
        subject = _SUBJECTS[rule.kind](rule, calendar)
        notes.append(
            f"{subject} {are}: {evidence}. {'It is' if one else 'They are'} {_CONSEQUENCE}"
        )
    return (*notes, *_own_notes(calendar, target), *_own_dates_notes(calendar, target))


def _evidence(rule: ClosedRule, target: str) -> str:
    """How often the target was 0 or missing, and when."""
    was = "0" if rule.zeros == rule.closed else "0 or missing" if rule.zeros else "missing"
    noun = {"time_of_day": " steps", "time_of_week": " steps"}.get(rule.kind, "")
    if rule.years:
        noun = " days"
    which = f"{rule.closed:,} of {rule.seen:,}{noun}"
    if rule.closed == rule.seen:
        which = f"all {rule.seen:,}{noun}"
    years = ""
    if len(rule.years) > _YEARS_SHOWN:
        years = f" in {len(rule.years)} years from {rule.years[0]} to {rule.years[-1]}"
    elif rule.years:
        years = f" in {joined([str(year) for year in rule.years])}"
        years += ", the only year seen" if len(rule.years) == 1 else ""
    return f"{target} was {was} on {which}{years}"


def _weekday(rule: ClosedRule, calendar: ClosedCalendar) -> str:
    return joined([f"{_WEEKDAYS[day]}s" for day in rule.values])


def _times_of_day(rule: ClosedRule, calendar: ClosedCalendar) -> str:
    return f"The times {joined(_time_ranges(rule.values, calendar.steps_per_day))} of all days"


def _times_of_week(rule: ClosedRule, calendar: ClosedCalendar) -> str:
    return f"The times {_slots(rule.values, calendar.steps_per_day)}"


def _dates(rule: ClosedRule, calendar: ClosedCalendar) -> str:
    runs: list[list[int]] = []
    for code in rule.values:
        if runs and (_day_of_year(code) - _day_of_year(runs[-1][-1])) % _LEAP_YEAR == 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    ends = ((_date(run[0]), _date(run[-1])) for run in runs)
    return joined([first if first == last else f"{first} to {last}" for first, last in ends])


def _easter(rule: ClosedRule, calendar: ClosedCalendar) -> str:
    return joined([_EASTER.get(distance, f"Easter {distance:+d} days") for distance in rule.values])


def _holidays(rule: ClosedRule, calendar: ClosedCalendar) -> str:
    return f"Holidays of {calendar.place} ({listed(rule.names, _NAMES_SHOWN)})"


_SUBJECTS: dict[str, Callable[[ClosedRule, ClosedCalendar], str]] = {
    "weekday": _weekday,
    "time_of_day": _times_of_day,
    "time_of_week": _times_of_week,
    "date": _dates,
    "easter": _easter,
    "holiday": _holidays,
}


def _own_notes(calendar: ClosedCalendar, target: str) -> tuple[str, ...]:
    """A sentence on the series with closed times of their own."""
    if not calendar.own:
        return ()
    count = sum(len(own.ids) for own in calendar.own)
    largest = sorted(calendar.own, key=lambda own: -len(own.ids))

    def described(own: OwnSlots) -> str:
        return f"{listed(own.ids, _NAMES_SHOWN)}: {_slots(own.slots, calendar.steps_per_day)}"

    shown = "; ".join(described(own) for own in largest[:_GROUPS_SHOWN])
    more = "; …" if len(largest) > _GROUPS_SHOWN else ""
    are = "is" if count == 1 else "are"
    return (
        f"{counted(count, 'series', 'series')} {are} closed at times when {target} of others was "
        f"not 0 ({shown}{more}). These steps are {_CONSEQUENCE}",
    )


def _own_dates_notes(calendar: ClosedCalendar, target: str) -> tuple[str, ...]:
    """A sentence on the closed days of each of the largest groups of series."""
    groups: dict[tuple[Any, ...], list[ClosedRule]] = {}
    for own in calendar.own_dates:
        groups.setdefault(own.ids, []).append(own.rule)
    largest = sorted(groups, key=len, reverse=True)
    notes = []
    for ids in largest[:_GROUPS_SHOWN]:
        rules = groups[ids]
        which = joined([_SUBJECTS[rule.kind](rule, calendar) for rule in rules])
        seen, closed, zeros = (
            sum(getattr(rule, name) for rule in rules) for name in ("seen", "closed", "zeros")
        )
        years = tuple(sorted({year for rule in rules for year in rule.years}))
        total = replace(rules[0], seen=seen, closed=closed, zeros=zeros, years=years)
        count = counted(len(ids), "series", "series")
        notes.append(
            f"{count} ({listed(ids, _NAMES_SHOWN)}) {'is' if len(ids) == 1 else 'are'} closed on "
            f"{which}: {_evidence(total, target)}. These days are {_CONSEQUENCE}"
        )
    others = {label for ids in largest[_GROUPS_SHOWN:] for label in ids}
    if others:
        notes.append(
            f"{counted(len(others), 'more series', 'more series')} "
            f"{'has' if len(others) == 1 else 'have'} other closed days. These are {_CONSEQUENCE}"
        )
    return tuple(notes)


def _slots(slots: Sequence[int], per_day: int) -> str:
    """Steps of the week as text: weekdays, or times of the day with their weekdays."""
    by_day: dict[int, list[int]] = {}
    for slot in slots:
        by_day.setdefault(slot // per_day, []).append(slot % per_day)
    days_of: dict[str, list[str]] = {}  # times of the day, and the weekdays that have them
    for day, steps in sorted(by_day.items()):
        whole = len(steps) == per_day
        for times in [""] if whole else _time_ranges(steps, per_day):
            days_of.setdefault(times, []).append(f"{_WEEKDAYS[day]}s")
    parts = [
        f"{times}{' of ' if times else ''}{'all days' if len(days) == 7 else joined(days)}"
        for times, days in days_of.items()
    ]
    if len(parts) > _TIMES_SHOWN:
        return f"{', '.join(parts[:_TIMES_SHOWN])} and {len(parts) - _TIMES_SHOWN} more"
    return joined(parts)


def _time_ranges(steps: Sequence[int], per_day: int) -> list[str]:
    """Ranges of steps of a day as text."""
    ranges: list[list[int]] = []
    for step in sorted(steps):
        if ranges and ranges[-1][1] == step:
            ranges[-1][1] = step + 1
        else:
            ranges.append([step, step + 1])
    return [f"{_clock(a, per_day)} to {_clock(b, per_day)}" for a, b in ranges]


def _clock(step: int, per_day: int) -> str:
    minutes = step * _MINUTES // per_day
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _day_of_year(code: int) -> int:
    return date(2000, code // 100, code % 100).toordinal()


def _date(code: int) -> str:
    return f"{code % 100} {MONTHS[code // 100 - 1]}"
